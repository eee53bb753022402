// What a screen shows while it waits, when there is nothing, and when something failed: each says what to do.
import type { ReactNode } from 'react'
import { useText } from '../language/language.ts'
import { useOnline } from '../browser/online.ts'
import { Button } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'

/** Grey lines in the place of what comes; without a network nothing comes, and that is said instead. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  const t = useText()
  const isOnline = useOnline()
  if (!isOnline) {
    return (
      <Empty icon="globe" title={t('state.offline')}>
        <p className="text-soft">{t('state.offline-more')}</p>
      </Empty>
    )
  }
  return (
    <div role="status" aria-label={t('state.loading')} className="flex flex-col gap-3">
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} className="h-14 animate-pulse rounded-2xl bg-sunk" />
      ))}
    </div>
  )
}

type EmptyProps = { icon: IconName; title: string; children?: ReactNode }

export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div className="flex flex-col items-center gap-3 rounded-card bg-sunk px-6 py-10 text-center">
      <Icon name={icon} className="size-10 text-soft" />
      <p className="text-lg font-semibold">{title}</p>
      {children}
    </div>
  )
}

/** In the place of what could not be loaded. */
export function ErrorState({ message, onRetry }: { message: string; onRetry?: (() => void) | undefined }) {
  const t = useText()
  return (
    <div
      role="alert"
      className="flex flex-col items-center gap-3 rounded-card bg-bad-tint px-6 py-8 text-center text-bad"
    >
      <Icon name="warn" className="size-10" />
      <p className="wrap-anywhere text-ink">{message}</p>
      {onRetry && (
        <Button look="quiet" onClick={onRetry}>
          {t('action.retry')}
        </Button>
      )}
    </div>
  )
}

const tones = {
  good: 'bg-good-tint text-good',
  wait: 'bg-wait-tint text-wait',
  bad: 'bg-bad-tint text-bad',
} as const

type NoteProps = { tone: keyof typeof tones; icon?: IconName; role?: 'alert' | 'status'; children: ReactNode }

/** A box with what to know before going on: `good`: it is well; `wait`: care is needed; `bad`: it is refused. */
export function Note({ tone, icon, role, children }: NoteProps) {
  const shape = `rounded-2xl px-4 py-3 break-words ${tones[tone]}`
  if (icon === undefined)
    return (
      <p role={role} className={shape}>
        {children}
      </p>
    )
  return (
    <p role={role} className={`flex items-start gap-3 ${shape}`}>
      <Icon name={icon} className="mt-0.5 size-5 shrink-0" />
      <span className="min-w-0 flex-1">{children}</span>
    </p>
  )
}

/** A line in a form that says what was refused. */
export function ErrorNote({ message }: { message: string }) {
  return (
    <Note tone="bad" role="alert">
      {message}
    </Note>
  )
}

// Buttons: one main thing to do on a screen, and quieter ones beside it.
import type { ComponentProps } from 'react'
import { Link } from 'react-router'

const looks = {
  main: 'bg-accent text-on-accent hover:brightness-110 disabled:opacity-50',
  quiet: 'bg-sunk text-ink hover:brightness-95 disabled:opacity-50 dark:hover:brightness-110',
  bare: 'text-accent hover:underline disabled:text-soft disabled:no-underline',
} as const
type Look = keyof typeof looks

const shape =
  'inline-flex min-h-12 items-center justify-center gap-2 rounded-full px-6 font-semibold transition select-none'

type ButtonProps = ComponentProps<'button'> & { look?: Look; busy?: boolean | undefined; wide?: boolean }

/** While `busy` it can't be pressed again, and says so to screen readers. */
export function Button({ look = 'main', busy, wide, className = '', children, ...props }: ButtonProps) {
  return (
    <button
      type="button"
      {...props}
      disabled={props.disabled || busy}
      aria-busy={busy || undefined}
      className={`${shape} ${looks[look]} ${wide ? 'w-full' : ''} ${className}`}
    >
      {busy && <Spinner />}
      {children}
    </button>
  )
}

type LinkButtonProps = ComponentProps<typeof Link> & { look?: Look; wide?: boolean }

export function LinkButton({ look = 'main', wide, className = '', ...props }: LinkButtonProps) {
  return <Link {...props} className={`${shape} ${looks[look]} ${wide ? 'w-full' : ''} ${className}`} />
}

function Spinner() {
  return (
    <svg viewBox="0 0 24 24" className="size-5 animate-spin" aria-hidden="true">
      <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" strokeWidth="3" opacity="0.25" />
      <path
        d="M21 12a9 9 0 0 0-9-9"
        fill="none"
        stroke="currentColor"
        strokeWidth="3"
        strokeLinecap="round"
      />
    </svg>
  )
}

// My sessions: each device, when it was used last, and ending its session from here.
import { useState } from 'react'
import { useLanguage } from '../../language/language.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState, ProblemNote } from '../../api/problem-states.tsx'
import { formatDay, formatShortMoment } from '@bahi/web-ui/format/dates.ts'
import { useDevicesText } from './devices-texts.ts'
import { useEndSessions, useSessions, type Session } from './use-profile.ts'

export function Component() {
  const t = useDevicesText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const { data: sessions, isPending, error, refetch } = useSessions()
  const ending = useEndSessions()
  const [asked, setAsked] = useState<Session[]>()
  const [said, setSaid] = useState('')
  const others = (sessions ?? []).filter(({ current }) => !current)
  return (
    <Page title={t('profile.devices')} back="/profile">
      {isPending && <Skeleton />}
      {error && !sessions && <ProblemState error={error} again={() => void refetch()} />}
      {sessions && (
        <>
          <p className="text-soft">{t('devices.about')}</p>
          <ul className="flex flex-col gap-2">
            {sessions.map((session) => (
              <li
                key={session.id}
                className="flex flex-wrap items-center gap-3 rounded-card border border-line bg-card p-4"
              >
                <Icon name="phone" className="size-6 text-soft" />
                <div className="min-w-0 flex-1 basis-44">
                  <p className="truncate font-semibold">{session.device.name}</p>
                  {session.current ? (
                    <p className="text-sm text-good">{t('devices.this')}</p>
                  ) : (
                    <p className="text-sm text-soft">
                      {t('devices.used', { at: formatShortMoment(language, session.lastUsedAt) })}
                    </p>
                  )}
                  <p className="text-sm text-soft">
                    {t('devices.since', { at: formatDay(language, session.createdAt) })}
                  </p>
                  <p className="text-sm text-soft">
                    {[
                      session.begunBy && t(`devices.by-${session.begunBy}`),
                      session.network && t('devices.network', { network: session.network }),
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </p>
                </div>
                {!session.current && (
                  <Button
                    look="quiet"
                    className="ml-auto px-4"
                    disabled={!isOnline}
                    aria-label={t('devices.end-one', { device: session.device.name })}
                    onClick={() => setAsked([session])}
                  >
                    {t('devices.end')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
          {others.length > 1 && (
            <Button look="quiet" wide disabled={!isOnline} onClick={() => setAsked(others)}>
              {t('devices.end-all')}
            </Button>
          )}
        </>
      )}
      <p role="status" className={said ? 'text-center text-good' : 'sr-only'}>
        {said}
      </p>
      <Sheet
        open={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={t(asked?.length === 1 ? 'devices.end-title' : 'devices.end-all')}
      >
        <p>{asked?.length === 1 ? asked[0]!.device.name : t('devices.end-all-text')}</p>
        <p className="text-soft">{t('devices.end-text')}</p>
        <ProblemNote error={ending.error} />
        <Button
          wide
          busy={ending.isPending}
          onClick={() =>
            ending.mutate(asked?.length === 1 ? asked[0]! : 'others', {
              onSuccess: () => {
                setAsked(undefined)
                setSaid(t('devices.ended'))
              },
            })
          }
        >
          {t('devices.end')}
        </Button>
        <Button look="bare" onClick={() => setAsked(undefined)}>
          {t('action.cancel')}
        </Button>
      </Sheet>
    </Page>
  )
}

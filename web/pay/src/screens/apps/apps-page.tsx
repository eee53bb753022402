// Connected apps: what each may do, since when, and taking it back.
import { disconnectApp, listConnectedApps } from '@bahi/contracts/oauth-apps.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/client.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useSession } from '../../session/session.ts'
import { useLanguage } from '../../language/language.ts'
import { useAppsText } from './apps-texts.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { claimsIn } from '@bahi/web-ui/session/claims.ts'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatDay } from '@bahi/web-ui/format/dates.ts'
import { ScopeList } from './scopes.tsx'

type App = Output<typeof listConnectedApps>['apps'][number]
const appsKey = ['connected-apps']

/** A business that we know. */
const useIsMerchant = () =>
  useSession(
    ({ signedIn }) => signedIn !== undefined && claimsIn(signedIn.accessToken).roles.includes('merchant'),
  )

export function Component() {
  const t = useAppsText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const isMerchant = useIsMerchant()
  const client = useQueryClient()
  const { data, isPending, error, refetch } = useQuery({
    queryKey: appsKey,
    queryFn: async () => (await call(listConnectedApps, {})).apps,
  })
  const ending = useMutation({
    mutationFn: ({ clientId }: App) => call(disconnectApp, { params: { clientId } }),
    onSettled: () => client.invalidateQueries({ queryKey: appsKey }),
  })
  const [asked, setAsked] = useState<App>()
  return (
    <Page title={t('apps.title')} back="/profile">
      <p className="text-soft">{t('apps.about')}</p>
      {isMerchant && (
        <div className="rounded-card border border-line bg-card p-2">
          <Row
            to="/profile/apps/own"
            left={<Icon name="edit" className="size-6 text-soft" />}
            title={t('apps.own')}
            under={t('apps.own-about')}
          />
        </div>
      )}
      {isPending && <Skeleton />}
      {error && !data && <ProblemState error={error} again={() => void refetch()} />}
      {data?.length === 0 && (
        <Empty icon="globe" title={t('apps.none')}>
          <p className="text-soft">{t('apps.none-hint')}</p>
        </Empty>
      )}
      <ul className="flex flex-col gap-3">
        {data?.map((app) => (
          <li key={app.clientId} className="flex flex-col gap-4 rounded-card border border-line bg-card p-5">
            <div className="flex items-center gap-3">
              <Avatar name={app.name} />
              <div className="min-w-0 flex-1">
                <h2 className="truncate font-semibold">{app.name}</h2>
                {app.host && <p className="truncate text-sm text-soft">{app.host}</p>}
                <p className="text-sm text-soft">
                  {t('apps.since', { at: formatDay(language, app.connectedAt) })}
                </p>
              </div>
            </div>
            <ScopeList scopes={app.scopes} />
            <Button
              look="quiet"
              disabled={!isOnline}
              aria-label={t('apps.end-one', { app: app.name })}
              onClick={() => setAsked(app)}
            >
              {t('apps.end')}
            </Button>
          </li>
        ))}
      </ul>
      <Sheet
        open={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={t('apps.end-title', { app: asked?.name ?? '' })}
      >
        <p>{t('apps.end-text')}</p>
        <ProblemNote error={ending.error} />
        <Button
          wide
          busy={ending.isPending}
          onClick={() => ending.mutate(asked!, { onSuccess: () => setAsked(undefined) })}
        >
          {t('apps.end')}
        </Button>
        <Button look="bare" onClick={() => setAsked(undefined)}>
          {t('action.cancel')}
        </Button>
      </Sheet>
    </Page>
  )
}

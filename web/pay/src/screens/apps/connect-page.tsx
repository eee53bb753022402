// The consent screen: which app asks, for what, and the person's decision; then the browser goes back to the app.
import { consentRequest, decideConsent } from '@bahi/contracts/oauth-apps.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { useMe } from '../../accounts/my-accounts.ts'
import { call } from '../../api/client.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useAppsText } from './apps-texts.ts'
import { withStepUp } from '../../session/step-up.ts'
import { formatPhone } from '@bahi/contracts/phone.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { ScopeList } from './scopes.tsx'

export function Component() {
  const t = useAppsText()
  const isOnline = useOnline()
  const me = useMe()
  const { uid = '' } = useParams()
  const asked = useQuery({
    queryKey: ['consent', uid],
    queryFn: () => call(consentRequest, { params: { uid } }),
    // Of another time it would be another request.
    gcTime: 0,
    retry: false,
  })
  const deciding = useMutation({
    mutationFn: (allow: boolean) =>
      withStepUp((proof) => call(decideConsent, { params: { uid }, body: { allow, ...proof } })),
    onSuccess: ({ continueAt }) => window.location.assign(continueAt),
  })
  const isOver = asked.error instanceof Problem && asked.error.code === 'not-found'
  const busy = deciding.isPending || deciding.isSuccess
  return (
    <Page title={t('apps.connect-title')} back="/">
      {asked.isPending && <Skeleton />}
      {isOver && <Empty icon="clock" title={t('apps.over')} />}
      {asked.error && !isOver && <ProblemState error={asked.error} again={() => void asked.refetch()} />}
      {asked.data && (
        <>
          <div className="flex items-center gap-4">
            <Avatar name={asked.data.app.name} className="size-14" />
            <div className="min-w-0">
              <p className="text-xl font-bold wrap-anywhere">{asked.data.app.name}</p>
              {asked.data.app.host && <p className="text-soft wrap-anywhere">{asked.data.app.host}</p>}
            </div>
          </div>
          <p>{t('apps.asks', { app: asked.data.app.name })}</p>
          <Card>
            <ScopeList scopes={asked.data.app.scopes} />
          </Card>
          <p className="text-soft">{t('apps.never')}</p>
          {me.data && (
            <p className="text-sm text-soft wrap-anywhere">
              {t('apps.signed-in', { name: me.data.name, phone: formatPhone(me.data.phone) })}
            </p>
          )}
          <ProblemNote error={deciding.error} />
          <Button
            wide
            busy={busy && deciding.variables !== false}
            disabled={!isOnline || busy}
            onClick={() => deciding.mutate(true)}
          >
            {t('apps.allow')}
          </Button>
          <Button
            look="quiet"
            wide
            busy={busy && deciding.variables === false}
            disabled={!isOnline || busy}
            onClick={() => deciding.mutate(false)}
          >
            {t('apps.deny')}
          </Button>
        </>
      )}
    </Page>
  )
}

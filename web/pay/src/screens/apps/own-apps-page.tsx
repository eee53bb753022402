// Apps that a merchant registers for their own account: added, given another secret, and removed.
import {
  listOwnClients,
  maxOwnClients,
  removeOwnClient,
  renewOwnClientSecret,
  type OwnClient,
} from '@bahi/contracts/oauth-apps.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Copy } from '@bahi/web-ui/components/copy.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatDay } from '@bahi/web-ui/format/dates.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/client.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useLanguage } from '../../language/language.ts'
import { withStepUp } from '../../session/step-up.ts'
import { AddOwnApp } from './add-own-app.tsx'
import { useOwnAppsText } from './own-apps-texts.ts'
import { asksForPayments, ScopeList } from './scopes.tsx'

const key = ['own-apps']

type Confirmed = { what: 'renew' | 'remove'; app: OwnClient }
type Asked = { what: 'add' } | Confirmed | { what: 'secret'; secret: Secret }
type Secret = { clientId: string; clientSecret: string }

export function Component() {
  const t = useOwnAppsText()
  const isOnline = useOnline()
  const client = useQueryClient()
  const { data, isPending, error, refetch } = useQuery({
    queryKey: key,
    queryFn: async () => (await call(listOwnClients, {})).clients,
    retry: false,
  })
  const [asked, setAsked] = useState<Asked>()
  const close = () => setAsked(undefined)
  const show = (secret: Secret) => setAsked({ what: 'secret', secret })
  const again = () => client.invalidateQueries({ queryKey: key })
  /** Also when its sheet was closed meanwhile: the new secret is shown this once. */
  async function act(confirmed: Confirmed): Promise<void> {
    const { clientId } = confirmed.app
    const params = { clientId }
    if (confirmed.what === 'renew') {
      const { clientSecret } = await withStepUp((proof) =>
        call(renewOwnClientSecret, { params, body: { ...proof } }),
      )
      return show({ clientId, clientSecret })
    }
    try {
      await call(removeOwnClient, { params })
      setAsked((now) => (now === confirmed ? undefined : now))
    } finally {
      await again()
    }
  }
  const confirmed = asked?.what === 'renew' || asked?.what === 'remove' ? asked : undefined
  const isFull = (data?.length ?? 0) >= maxOwnClients
  const isNoMerchant = error instanceof Problem && error.code === 'not-allowed'
  return (
    <Page title={t('own.title')} back="/profile/apps">
      <p className="text-soft">{t('own.about')}</p>
      {isPending && <Skeleton />}
      {isNoMerchant && <Empty icon="lock" title={t('own.not-merchant')} />}
      {error && !data && !isNoMerchant && <ProblemState error={error} again={() => void refetch()} />}
      {data?.length === 0 && <Empty icon="globe" title={t('own.none')} />}
      {data && data.length > 0 && (
        <ul className="flex flex-col gap-3">
          {data.map((app) => (
            <OwnApp key={app.clientId} app={app} onAsk={(what) => setAsked({ what, app })} />
          ))}
        </ul>
      )}
      {isFull && <p className="text-soft">{t('own.full', { count: maxOwnClients })}</p>}
      {data && !isFull && (
        <Button wide disabled={!isOnline} onClick={() => setAsked({ what: 'add' })}>
          {t('own.add')}
        </Button>
      )}
      <Sheet open={asked?.what === 'add'} onClose={close} title={t('own.add')}>
        <AddOwnApp
          onAdded={({ client: { clientId }, clientSecret }) => {
            show({ clientId, clientSecret })
            void again()
          }}
        />
      </Sheet>
      <Sheet
        open={confirmed !== undefined}
        onClose={close}
        title={confirmed ? t(`own.${confirmed.what}-title`, { app: confirmed.app.name }) : ''}
      >
        {confirmed && <Confirm what={confirmed.what} act={() => act(confirmed)} onClose={close} />}
      </Sheet>
      <Sheet open={asked?.what === 'secret'} onClose={close} title={t('own.secret-title')}>
        {asked?.what === 'secret' && <ShowSecret secret={asked.secret} onStored={close} />}
      </Sheet>
    </Page>
  )
}

function OwnApp({ app, onAsk }: { app: OwnClient; onAsk: (what: Confirmed['what']) => void }) {
  const t = useOwnAppsText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const { clientId, name, registeredAt, scopes } = app
  return (
    <li className="flex flex-col gap-4 rounded-card border border-line bg-card p-5">
      <div className="min-w-0">
        <h2 className="font-semibold wrap-anywhere">{name}</h2>
        <p className="text-sm text-soft">{t('own.since', { at: formatDay(language, registeredAt) })}</p>
      </div>
      <div>
        <p className="text-sm text-soft">{t('own.id')}</p>
        <Copy text={clientId} label={t('own.id')} />
      </div>
      {/* `openid` is a part of asking for payments. */}
      <ScopeList
        scopes={scopes.filter((scope) => scope !== 'openid')}
        also={asksForPayments(app) ? [t('own.asks')] : []}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          look="quiet"
          className="flex-1"
          disabled={!isOnline}
          aria-label={t('own.renew-one', { app: name })}
          onClick={() => onAsk('renew')}
        >
          {t('own.renew')}
        </Button>
        <Button
          look="quiet"
          className="flex-1"
          disabled={!isOnline}
          aria-label={t('own.remove-one', { app: name })}
          onClick={() => onAsk('remove')}
        >
          {t('own.remove')}
        </Button>
      </div>
    </li>
  )
}

type ConfirmProps = { what: Confirmed['what']; act: () => Promise<void>; onClose: () => void }

/** In its sheet, with which its refusal goes. */
function Confirm({ what, act, onClose }: ConfirmProps) {
  const t = useOwnAppsText()
  const acting = useMutation({ mutationFn: act })
  return (
    <>
      <p>{t(`own.${what}-text`)}</p>
      <ProblemNote error={acting.error} />
      <Button wide busy={acting.isPending} onClick={() => acting.mutate()}>
        {t(`own.${what}`)}
      </Button>
      <Button look="bare" onClick={onClose}>
        {t('action.cancel')}
      </Button>
    </>
  )
}

function ShowSecret({ secret, onStored }: { secret: Secret; onStored: () => void }) {
  const t = useOwnAppsText()
  return (
    <>
      <p>{t('own.secret-about')}</p>
      <dl className="flex flex-col gap-3 rounded-card border border-line bg-card p-5">
        {(
          [
            ['own.id', secret.clientId],
            ['own.secret', secret.clientSecret],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt className="text-sm text-soft">{t(name)}</dt>
            <dd>
              <Copy text={value} label={t(name)} />
            </dd>
          </div>
        ))}
      </dl>
      <Button wide onClick={onStored}>
        {t('own.stored')}
      </Button>
    </>
  )
}

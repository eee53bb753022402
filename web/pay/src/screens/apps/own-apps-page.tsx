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

type Asked =
  { what: 'add' } | { what: 'renew' | 'remove'; app: OwnClient } | { what: 'secret'; secret: Secret }
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
      <Renew app={asked?.what === 'renew' ? asked.app : undefined} onRenewed={show} onClose={close} />
      <Remove app={asked?.what === 'remove' ? asked.app : undefined} onRemoved={again} onClose={close} />
      <Sheet open={asked?.what === 'secret'} onClose={close} title={t('own.secret-title')}>
        {asked?.what === 'secret' && <ShowSecret secret={asked.secret} onStored={close} />}
      </Sheet>
    </Page>
  )
}

function OwnApp({ app, onAsk }: { app: OwnClient; onAsk: (what: 'renew' | 'remove') => void }) {
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

type RenewProps = { app: OwnClient | undefined; onRenewed: (secret: Secret) => void; onClose: () => void }

function Renew({ app, onRenewed, onClose }: RenewProps) {
  const t = useOwnAppsText()
  const renewing = useMutation({
    mutationFn: ({ clientId }: OwnClient) =>
      withStepUp((proof) => call(renewOwnClientSecret, { params: { clientId }, body: { ...proof } })),
    onSuccess: ({ clientSecret }, { clientId }) => onRenewed({ clientId, clientSecret }),
  })
  return (
    <Sheet open={app !== undefined} onClose={onClose} title={t('own.renew-title', { app: app?.name ?? '' })}>
      <p>{t('own.renew-text')}</p>
      <ProblemNote error={renewing.error} />
      <Button wide busy={renewing.isPending} onClick={() => renewing.mutate(app!)}>
        {t('own.renew')}
      </Button>
      <Button look="bare" onClick={onClose}>
        {t('action.cancel')}
      </Button>
    </Sheet>
  )
}

type RemoveProps = { app: OwnClient | undefined; onRemoved: () => Promise<unknown>; onClose: () => void }

function Remove({ app, onRemoved, onClose }: RemoveProps) {
  const t = useOwnAppsText()
  const removing = useMutation({
    mutationFn: ({ clientId }: OwnClient) => call(removeOwnClient, { params: { clientId } }),
    onSuccess: onClose,
    onSettled: onRemoved,
  })
  return (
    <Sheet open={app !== undefined} onClose={onClose} title={t('own.remove-title', { app: app?.name ?? '' })}>
      <p>{t('own.remove-text')}</p>
      <ProblemNote error={removing.error} />
      <Button wide busy={removing.isPending} onClick={() => removing.mutate(app!)}>
        {t('own.remove')}
      </Button>
      <Button look="bare" onClick={onClose}>
        {t('action.cancel')}
      </Button>
    </Sheet>
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

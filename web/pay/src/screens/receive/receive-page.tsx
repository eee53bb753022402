// My QR code: whoever scans it pays me; with an amount when I say one. It needs no network.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { useText } from '../../language/language.ts'
import { useMe, useMyVpas } from '../../accounts/my-accounts.ts'
import { NoUpiId } from '../../accounts/no-upi-id.tsx'
import { parseRupees } from '@bahi/web-ui/format/rupees.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { RupeesField } from '@bahi/web-ui/components/rupees-field.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { upiLink } from '@bahi/contracts/codes/upi-link.ts'
import { CodeActions } from '../../codes/code-actions.tsx'
import { QrCode } from '@bahi/web-ui/components/qr-code.tsx'

export function Component() {
  const t = useText()
  const vpas = useMyVpas()
  const profile = useMe()
  const error = (vpas.data ? null : vpas.error) ?? (profile.data ? null : profile.error)
  return (
    <Page title={t('receive.title')} back="/" width="columns">
      {error ? (
        <ProblemState error={error} again={() => void Promise.all([vpas.refetch(), profile.refetch()])} />
      ) : !vpas.data || !profile.data ? (
        <Skeleton />
      ) : vpas.data.length === 0 ? (
        <NoUpiId />
      ) : (
        <MyCode name={profile.data.name} vpas={vpas.data.map(({ vpa }) => vpa)} />
      )}
    </Page>
  )
}

function MyCode({ name, vpas }: { name: string; vpas: string[] }) {
  const t = useText()
  const [query, setQuery] = useSearchParams()
  const [typed, setTyped] = useState('')
  const vpa = vpas.find((one) => one === query.get('vpa')) ?? vpas[0]!
  const amountPaise = parseRupees(typed)
  const link = upiLink({ vpa, name, ...(amountPaise === undefined ? {} : { amountPaise }) })
  const amount = amountPaise === undefined ? undefined : formatRupees(amountPaise)

  return (
    <div className="flex flex-col gap-5 lg:grid lg:grid-cols-2 lg:items-start lg:gap-x-10">
      <section className="mx-auto flex w-full max-w-sm flex-col items-center gap-3 rounded-card border border-line bg-card p-5">
        <div className="flex max-w-full items-center gap-3">
          <Avatar name={name} />
          <div className="min-w-0">
            <p className="truncate text-lg font-semibold">{name}</p>
            <p className="break-all text-soft">{vpa}</p>
          </div>
        </div>
        <QrCode text={link} label={t('receive.code-of', { name, vpa })} />
        <p role="status" className={amount ? 'text-2xl font-bold tabular-nums' : 'text-sm text-soft'}>
          {amount ?? t('receive.any-amount')}
        </p>
      </section>
      <div className="flex flex-col gap-5">
        <CodeActions
          link={link}
          lines={[name, vpa, ...(amount ? [amount] : [])]}
          fileName={vpa}
          copy={{ label: 'receive.copy', text: vpa, done: t('receive.copied', { vpa }) }}
          shareText={
            amount === undefined
              ? t('receive.share-text', { name, vpa, link })
              : t('receive.share-amount', { name, vpa, amount, link })
          }
        />
        <RupeesField
          label={t('receive.amount')}
          hint={t('receive.amount-hint')}
          value={typed}
          onChange={setTyped}
        />
        {vpas.length > 1 && (
          <fieldset className="flex flex-col gap-1">
            <legend className="mb-2 text-sm font-medium">{t('receive.which')}</legend>
            {vpas.map((one) => (
              <label
                key={one}
                className="flex min-h-13 cursor-pointer items-center gap-3 rounded-2xl border border-line bg-card px-4 break-all has-checked:border-accent"
              >
                <input
                  type="radio"
                  name="vpa"
                  className="size-5 shrink-0 accent-accent"
                  checked={one === vpa}
                  onChange={() => setQuery({ vpa: one }, { replace: true })}
                />
                {one}
              </label>
            ))}
          </fieldset>
        )}
        <LinkButton to="/autopay/code" look="bare">
          {t('autopay.own-code')}
        </LinkButton>
      </div>
    </div>
  )
}

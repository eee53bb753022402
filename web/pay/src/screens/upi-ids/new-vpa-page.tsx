// A new UPI ID for an account: one of those suggested, or one's own, looked at while it is typed.
import { splitVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useState } from 'react'
import { useLocation, useNavigate, useSearchParams } from 'react-router'
import { useText } from '../../language/language.ts'
import { shortAccountNumber, primaryAccount, useMyAccounts, useMyVpas } from '../../accounts/my-accounts.ts'
import { useIsSandbox } from '../../sandbox/sandbox.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Note, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState, ProblemNote } from '../../api/problem-states.tsx'
import { faultOf, nameTyped } from './new-vpa.ts'
import { useCreateVpa, useSuggestions } from '../../accounts/use-vpas.ts'

/** Somebody to pay who is always there. */
const sandboxShopPath = `/pay/${encodeURIComponent('shop@sandbox')}?am=10`

export function Component() {
  const t = useText()
  const accounts = useMyAccounts()
  const vpas = useMyVpas()
  const suggestions = useSuggestions()
  const error = accounts.error ?? vpas.error ?? suggestions.error
  if (accounts.data && vpas.data && !suggestions.isPending) {
    if (accounts.data.length === 0) {
      return (
        <Page title={t('upi-ids.new')} back="/upi-ids">
          <Empty icon="bank" title={t('upi-ids.no-account')}>
            <LinkButton to="/accounts/link">{t('accounts.link')}</LinkButton>
          </Empty>
        </Page>
      )
    }
    return <NewVpa suggestions={suggestions.data ?? []} />
  }
  return (
    <Page title={t('upi-ids.new')} back="/upi-ids">
      {error ? <ProblemState error={error} again={() => void suggestions.refetch()} /> : <Skeleton />}
    </Page>
  )
}

function NewVpa({ suggestions }: { suggestions: string[] }) {
  const t = useText()
  const navigate = useNavigate()
  const [query] = useSearchParams()
  const isPinSet = (useLocation().state as { isPinSet?: boolean } | null)?.isPinSet ?? false
  const accounts = useMyAccounts().data ?? []
  const vpas = useMyVpas().data ?? []
  const [isFirst] = useState(vpas.length === 0)
  const asked = accounts.find(({ id }) => id === query.get('account'))
  const [accountId, setAccountId] = useState((asked ?? primaryAccount(accounts, vpas))?.id ?? '')
  const [name, setName] = useState(splitVpa(suggestions[0] ?? '')?.name ?? '')
  const [isTyped, setIsTyped] = useState(false)
  const creating = useCreateVpa()
  const handle = splitVpa(suggestions[0] ?? vpas[0]?.vpa ?? '')?.handle ?? 'bahi'
  const isSandbox = useIsSandbox()
  const fault = faultOf(name)
  const refused = creating.error instanceof Problem && creating.error.code === 'vpa-taken'

  if (creating.data && isFirst) {
    return (
      <Page title={t('upi-ids.ready')} back="/">
        <div className="flex flex-col items-center gap-4 py-8 text-center">
          <span className="grid size-20 animate-pop place-items-center rounded-full bg-good-tint text-good">
            <Icon name="check" className="size-10" />
          </span>
          <p className="text-2xl font-bold break-all">{creating.data.vpa}</p>
          <p className="text-soft">{t('upi-ids.ready-why')}</p>
        </div>
        <LinkButton to={isSandbox ? sandboxShopPath : '/pay'} replace wide>
          {t('upi-ids.pay-first')}
        </LinkButton>
        <LinkButton to="/receive" replace look="quiet" wide>
          {t('upi-ids.show-qr')}
        </LinkButton>
        <LinkButton to="/" replace look="bare" wide>
          {t('nav.home')}
        </LinkButton>
      </Page>
    )
  }
  const choose = (vpa: string) => {
    setName(splitVpa(vpa)?.name ?? '')
    setIsTyped(false)
    creating.reset()
  }
  return (
    <Page title={t(isFirst ? 'upi-ids.first' : 'upi-ids.new')} back="/upi-ids">
      {isPinSet && (
        <Note tone="good" icon="check" role="status">
          {t('accounts.pin-done')}
        </Note>
      )}
      <p className="text-soft">{t('upi-ids.new-why')}</p>
      <form
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          setIsTyped(true)
          if (fault) return
          creating.mutate(
            { vpa: `${name}@${handle}`, accountId },
            { onSuccess: () => !isFirst && void navigate('/upi-ids', { replace: true }) },
          )
        }}
      >
        <Field
          label={t('upi-ids.label')}
          value={name}
          after={`@${handle}`}
          hint={isTyped && !fault ? t('upi-ids.good', { vpa: `${name}@${handle}` }) : t('upi-ids.hint')}
          fault={
            refused
              ? t('problem.vpa-taken')
              : isTyped && fault && !(fault === 'short' && name === '')
                ? t(`upi-ids.fault-${fault}`)
                : undefined
          }
          autoCapitalize="none"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          onChange={({ target }) => {
            setName(nameTyped(target.value))
            setIsTyped(true)
            if (creating.error) creating.reset()
          }}
        />
        {suggestions.length > 0 && (
          <div role="group" aria-label={t('upi-ids.suggested')} className="flex flex-col gap-2">
            <p className="text-sm font-medium">{t('upi-ids.suggested')}</p>
            <div className="flex flex-wrap gap-2">
              {suggestions.map((vpa) => {
                const isChosen = vpa === `${name}@${handle}`
                return (
                  <button
                    key={vpa}
                    type="button"
                    aria-pressed={isChosen}
                    onClick={() => choose(vpa)}
                    className={`min-h-11 max-w-full rounded-full border px-4 text-sm break-all ${isChosen ? 'border-accent bg-tint text-accent' : 'border-line bg-card'}`}
                  >
                    {vpa}
                  </button>
                )
              })}
            </div>
          </div>
        )}
        {accounts.length > 1 && (
          <fieldset className="flex flex-col gap-1">
            <legend className="mb-2 text-sm font-medium">{t('upi-ids.leads-to')}</legend>
            {accounts.map(({ id, bankName, maskedNumber }) => (
              <label
                key={id}
                className="flex min-h-13 cursor-pointer items-center gap-3 rounded-2xl border border-line bg-card px-4 has-checked:border-accent"
              >
                <input
                  type="radio"
                  name="account"
                  className="size-5 accent-accent"
                  checked={id === accountId}
                  onChange={() => setAccountId(id)}
                />
                {bankName} {shortAccountNumber(maskedNumber)}
              </label>
            ))}
          </fieldset>
        )}
        <ProblemNote error={refused ? undefined : creating.error} />
        <Button type="submit" busy={creating.isPending} disabled={isTyped && fault !== undefined} wide>
          {t('upi-ids.take', { vpa: `${name}@${handle}` })}
        </Button>
      </form>
    </Page>
  )
}

// My UPI IDs: which account each leads to, which one is primary; one that is touched can be changed.
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { useText } from '../../language/language.ts'
import { shortAccountNumber, useMyAccounts, useMyVpas, type MyVpa } from '../../accounts/my-accounts.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState, ProblemNote } from '../../api/problem-states.tsx'
import { UpiNumbers } from './upi-numbers.tsx'
import { maxVpas, useChangeVpa, useReleaseVpa } from '../../accounts/use-vpas.ts'

export function Component() {
  const t = useText()
  const vpas = useMyVpas()
  const accounts = useMyAccounts()
  const [query, setQuery] = useSearchParams()
  const chosen = vpas.data?.find(({ vpa }) => vpa === query.get('vpa'))
  const [message, setMessage] = useState('')
  const bankOf = (accountId: string) => {
    const account = accounts.data?.find(({ id }) => id === accountId)
    return account && `${account.bankName} ${shortAccountNumber(account.maskedNumber)}`
  }
  return (
    <Page title={t('upi-ids.title')} back="/accounts">
      {vpas.isPending && <Skeleton />}
      {vpas.error && !vpas.data && <ProblemState error={vpas.error} again={() => void vpas.refetch()} />}
      {vpas.data?.length === 0 && (
        <Empty icon="qr" title={t('upi-ids.none')}>
          <p className="text-soft">{t('upi-ids.why')}</p>
          <LinkButton to="/upi-ids/new">{t('upi-ids.new')}</LinkButton>
        </Empty>
      )}
      <p role="status" className={message ? 'rounded-2xl bg-good-tint px-4 py-3 text-good' : 'sr-only'}>
        {message}
      </p>
      {vpas.data && vpas.data.length > 0 && (
        <>
          <p className="text-soft">{t('upi-ids.why')}</p>
          <ul className="flex flex-col gap-2">
            {vpas.data.map(({ vpa, accountId, primary }) => (
              <li key={vpa} className="rounded-card border border-line bg-card p-1">
                <Row
                  onClick={() => setQuery({ vpa }, { replace: true })}
                  title={vpa}
                  under={bankOf(accountId)}
                  right={
                    <span className="flex items-center gap-1">
                      {primary && (
                        <span className="rounded-full bg-good-tint px-3 py-1 text-xs font-semibold text-good">
                          {t('upi-ids.primary')}
                        </span>
                      )}
                      <Icon name="right" className="size-5 text-soft" />
                    </span>
                  }
                />
              </li>
            ))}
          </ul>
          {vpas.data.length < maxVpas ? (
            <LinkButton to="/upi-ids/new" look="quiet" wide>
              <Icon name="plus" />
              {t('upi-ids.new')}
            </LinkButton>
          ) : (
            <p className="text-center text-sm text-soft">{t('upi-ids.most', { count: maxVpas })}</p>
          )}
        </>
      )}
      {vpas.data && vpas.data.length > 0 && <UpiNumbers onDone={setMessage} />}
      <Sheet
        open={chosen !== undefined}
        onClose={() => setQuery({}, { replace: true })}
        title={chosen?.vpa ?? ''}
      >
        {chosen && (
          <Change
            chosen={chosen}
            onDone={(text) => {
              setMessage(text)
              setQuery({}, { replace: true })
            }}
          />
        )}
      </Sheet>
    </Page>
  )
}

function Change({ chosen, onDone }: { chosen: MyVpa; onDone: (message: string) => void }) {
  const t = useText()
  const accounts = useMyAccounts().data ?? []
  const changing = useChangeVpa()
  const { vpa } = chosen
  return (
    <>
      <ProblemNote error={changing.error} />
      {chosen.primary ? (
        <p className="text-soft">{t('upi-ids.primary-why')}</p>
      ) : (
        <Button
          wide
          busy={changing.isPending}
          onClick={() =>
            changing.mutate(
              { vpa, change: { primary: true } },
              { onSuccess: () => onDone(t('upi-ids.made-primary', { vpa })) },
            )
          }
        >
          {t('upi-ids.make-primary')}
        </Button>
      )}
      <LinkButton to={`/receive?vpa=${encodeURIComponent(vpa)}`} look="quiet" wide>
        <Icon name="qr" />
        {t('upi-ids.show-qr')}
      </LinkButton>
      {accounts.length > 1 && (
        <fieldset className="flex flex-col gap-1" disabled={changing.isPending}>
          <legend className="mb-2 font-semibold">{t('upi-ids.leads-to')}</legend>
          {accounts.map(({ id, bankName, maskedNumber, status }) => (
            <label
              key={id}
              className="flex min-h-14 cursor-pointer items-center gap-3 rounded-2xl border border-line bg-card px-4 has-checked:border-accent has-disabled:opacity-50"
            >
              <input
                type="radio"
                name="account"
                className="size-5 accent-accent"
                checked={id === chosen.accountId}
                disabled={status === 'closed'}
                onChange={() =>
                  changing.mutate(
                    { vpa, change: { accountId: id } },
                    { onSuccess: () => onDone(t('upi-ids.moved', { vpa, bank: bankName })) },
                  )
                }
              />
              <span>
                {bankName} {shortAccountNumber(maskedNumber)}
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <Close vpa={vpa} onDone={onDone} />
    </>
  )
}

/** Asks once more: nobody can be paid at it afterwards, and printed codes are worth nothing. */
function Close({ vpa, onDone }: { vpa: string; onDone: (message: string) => void }) {
  const t = useText()
  const closing = useReleaseVpa()
  const [isAsked, setIsAsked] = useState(false)
  if (!isAsked) {
    return (
      <Button look="bare" onClick={() => setIsAsked(true)}>
        {t('upi-ids.close')}
      </Button>
    )
  }
  return (
    <>
      <p className="text-soft">{t('upi-ids.close-text')}</p>
      <ProblemNote error={closing.error} />
      <Button
        wide
        busy={closing.isPending}
        onClick={() => closing.mutate(vpa, { onSuccess: () => onDone(t('upi-ids.closed', { vpa })) })}
      >
        {t('upi-ids.close')}
      </Button>
    </>
  )
}

// One mandate: agree to it with the PIN or decline it, pause or cancel it, and what it debits.
import type { Account } from '@bahi/contracts/account.ts'
import { formatRupees, vpaText } from '@bahi/contracts/formats.ts'
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import { useState } from 'react'
import { useParams } from 'react-router'
import { accountOf, shortAccountNumber, useMyAccounts } from '../../accounts/my-accounts.ts'
import { NotThere, ProblemNote } from '../../api/problem-states.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { payPath } from '../../payments/pay-path.ts'
import { useChangeMandate, useMandate, type PinUse } from '../../mandates/mandate-queries.ts'
import {
  isMovable,
  isPausedOn,
  pauseLeft,
  statusColour,
  statusFor,
  useMandateText,
} from '../../mandates/mandate-text.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList, type Fact } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Note, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { AgreeNotes, usePausedFact, useTermsFacts } from './agree-notes.tsx'
import { useMandateTexts } from './mandate-texts.ts'
import { useMoveText } from './move-texts.ts'
import { PauseMandate } from './pause-mandate.tsx'
import { PresentDebit } from './present-debit.tsx'
import { PinForExisting, PinSheet } from './pin-sheet.tsx'

export function Component() {
  const t = useText()
  const { id = '' } = useParams()
  const mandate = useMandate(id)
  return (
    <Page title={t('autopay.one')} back="/autopay">
      {mandate.isPending && <Skeleton />}
      {mandate.error && !mandate.data && (
        <NotThere
          error={mandate.error}
          again={() => void mandate.refetch()}
          title={t('autopay.not-found')}
          to="/autopay"
          text={t('autopay.title')}
        />
      )}
      {mandate.data && <Mandate mandate={mandate.data} />}
    </Page>
  )
}

function Mandate({ mandate }: { mandate: MandateView }) {
  const t = useMandateTexts()
  const { language } = useLanguage()
  const { each, when } = useMandateText()
  const facts = useTermsFacts()
  const pausedFact = usePausedFact()
  const [pinFor, setPinFor] = useState<PinUse>()
  const close = () => setPinFor(undefined)
  const { direction, status, expiresAt, code, reference } = mandate
  const shown = statusFor(mandate)
  const account = accountOf(useMyAccounts().data, mandate.payer.vpa)
  const other = direction === 'payer' ? mandate.payee : mandate.payer
  return (
    <>
      <div className="flex flex-col items-center gap-2 text-center">
        <Avatar name={other.name} className="size-16" />
        <p className="text-lg">
          {t(direction === 'payer' ? 'payment.to-name' : 'payment.from-name', { name: other.name })}
        </p>
        <p className="text-3xl font-bold tabular-nums">{each(mandate)}</p>
        <p className="font-medium">{when(mandate)}</p>
        <p className={statusColour(shown)}>{t(`autopay.status-${shown}`)}</p>
      </div>
      <Card>
        <FactList
          facts={[
            ...facts(
              mandate,
              other,
              direction === 'payer' && (status === 'requested' || status === 'active'),
            ),
            // Which of my accounts it is about.
            ...(direction === 'payer' ? [sourceFact(t('pay.from'), account, mandate.payer.vpa)] : []),
            ...(reference === undefined ? [] : [[t('autopay.reference'), reference] as const]),
            ...pausedFact(mandate),
            ...(status === 'requested' && expiresAt
              ? [[t('requests.until'), formatMoment(language, expiresAt)] as const]
              : []),
          ]}
        />
      </Card>
      {(status === 'requested' || status === 'failed') && code !== undefined && (
        <Note tone="bad">{upiCodeText(code, language)}</Note>
      )}
      <Debits mandate={mandate} />
      <Actions mandate={mandate} onPin={setPinFor} />
      <PinSheet
        mandate={mandate}
        payeeName={mandate.payee.name}
        isOpen={pinFor !== undefined}
        onClose={close}
      >
        {pinFor && <PinForExisting mandate={mandate} use={pinFor} onDone={close} />}
      </PinSheet>
    </>
  )
}

/** Without the account, which may be linked here no more, the UPI ID alone. */
function sourceFact(label: string, account: Account | undefined, vpa: string): Fact {
  if (!account) return [label, vpaText(vpa)]
  return [label, `${account.bankName} ${shortAccountNumber(account.maskedNumber)}`, vpaText(vpa)]
}

function Debits({ mandate }: { mandate: MandateView }) {
  const t = useMandateTexts()
  const isOnline = useOnline()
  const { language } = useLanguage()
  const { day } = useMandateText()
  const change = useChangeMandate(mandate.id)
  const { debits, direction, payer, payee } = mandate
  if (debits.length === 0) return null
  const isOff = !isOnline || change.isPending
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold">{t('autopay.debits')}</h2>
      <ProblemNote error={change.error} />
      <ul className="flex flex-col gap-3">
        {debits.map((debit) => {
          const isPaused = debit.status === 'planned' && isPausedOn(mandate, debit.dueOn)
          return (
            <li
              key={debit.id}
              className="flex flex-col gap-2 rounded-card border border-line bg-card px-4 py-3"
            >
              <p className="flex flex-wrap justify-between gap-x-3">
                <span>{day(debit.dueOn)}</span>
                <strong className="tabular-nums">{formatRupees(debit.amountPaise)}</strong>
              </p>
              <p className="text-sm text-soft">
                {t(
                  isPaused
                    ? 'autopay.debit-paused'
                    : direction === 'payee' && debit.status === 'awaiting-approval'
                      ? 'autopay.debit-awaiting-payer'
                      : `autopay.debit-${debit.status}`,
                )}
                {debit.status === 'failed' && debit.code && `: ${upiCodeText(debit.code, language)}`}
              </p>
              {debit.status === 'paid' && debit.paymentId !== undefined && (
                <LinkButton to={`/payments/${debit.paymentId}`} look="bare">
                  {t('requests.to-payment')}
                </LinkButton>
              )}
              {direction === 'payer' && debit.status === 'awaiting-approval' && !debit.approvableUntil && (
                <p>{t('autopay.debit-not-asked', { name: payee.name })}</p>
              )}
              {direction === 'payer' && debit.approvableUntil !== undefined && (
                <LinkButton
                  wide
                  to={payPath({
                    ...{ vpa: payee.vpa, amountPaise: debit.amountPaise, isFixed: true, from: payer.vpa },
                    initiation: { origin: { kind: 'mandate', id: debit.id } },
                  })}
                >
                  {t('autopay.pay-debit')}
                </LinkButton>
              )}
              {direction === 'payer' &&
                !isPaused &&
                (debit.status === 'planned' || debit.status === 'awaiting-approval') && (
                  <Button
                    look="quiet"
                    disabled={isOff}
                    onClick={() => change.mutate({ what: 'skip', sequence: debit.sequence })}
                  >
                    {t('autopay.skip')}
                  </Button>
                )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function Actions({ mandate, onPin }: { mandate: MandateView; onPin: (use: PinUse) => void }) {
  const t = useMandateTexts()
  const m = useMoveText()
  const isOnline = useOnline()
  const change = useChangeMandate(mandate.id)
  const [isEnding, setIsEnding] = useState(false)
  const { status, direction, terms, operating } = mandate
  const isOff = !isOnline || change.isPending || operating
  const isPayer = direction === 'payer'
  if (status === 'requested' && isPayer)
    return (
      <div className="flex flex-col gap-3">
        <AgreeNotes terms={terms} payee={mandate.payee} withoutPinPaise={mandate.withoutPinPaise} />
        <ProblemNote error={change.error} />
        <Button wide disabled={isOff} onClick={() => onPin('approve')}>
          {t('autopay.approve')}
        </Button>
        <Button look="quiet" wide disabled={isOff} onClick={() => change.mutate({ what: 'decline' })}>
          {t('requests.decline')}
        </Button>
      </div>
    )
  if (status !== 'active') return null
  return (
    <div className="flex flex-col gap-3">
      <ProblemNote error={change.error} />
      {!isPayer && mandate.presentedBy === 'payee' && <PresentDebit mandate={mandate} />}
      {isPayer &&
        !terms.blockFunds &&
        (pauseLeft(mandate) ? (
          <Button look="quiet" wide disabled={isOff} onClick={() => onPin('unpause')}>
            {t(statusFor(mandate) === 'paused' ? 'autopay.unpause' : 'autopay.pause-remove')}
          </Button>
        ) : (
          <PauseMandate mandate={mandate} isOff={isOff} />
        ))}
      {isMovable(mandate) && (
        <>
          <LinkButton to={`/autopay/${mandate.id}/change`} look="quiet" wide>
            {t('autopay.change')}
          </LinkButton>
          <LinkButton to={`/autopay/${mandate.id}/move`} look="quiet" wide>
            {m('autopay-move.open')}
          </LinkButton>
        </>
      )}
      {(terms.revocable || !isPayer) && (
        <Button look="bare" disabled={isOff} onClick={() => setIsEnding(true)}>
          {t('autopay.revoke')}
        </Button>
      )}
      <Sheet open={isEnding} onClose={() => setIsEnding(false)} title={t('autopay.revoke-title')}>
        <div className="flex flex-col gap-4">
          <p className="text-soft">
            {t(isPayer ? 'autopay.revoke-hint' : 'autopay.revoke-hint-payee', { name: mandate.payer.name })}
          </p>
          <Button
            wide
            busy={change.isPending}
            onClick={() => change.mutate({ what: 'revoke' }, { onSettled: () => setIsEnding(false) })}
          >
            {t('autopay.revoke')}
          </Button>
        </div>
      </Sheet>
    </div>
  )
}

// Moves AutoPay to another UPI ID and account of its payer, with the UPI PIN of that account.
import type { Bank } from '@bahi/contracts/account.ts'
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { usePreparePin } from '../../accounts/seal-pin.ts'
import { useBanks } from '../../accounts/use-banks.ts'
import { NotThere, ProblemState } from '../../api/problem-states.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMandate, usePortMandate } from '../../mandates/mandate-queries.ts'
import { isMovable } from '../../mandates/mandate-text.ts'
import { isReady, type ReadySource } from '../../payments/send-money.ts'
import { SourceChoice } from '../../payments/source-choice.tsx'
import { useSources } from '../../payments/use-sources.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useMoveText } from './move-texts.ts'
import { PinForMandate, PinSheet } from './pin-sheet.tsx'
import { WhatIsPaid } from './what-is-paid.tsx'

export function Component() {
  const t = useText()
  const m = useMoveText()
  const { id = '' } = useParams()
  const mandate = useMandate(id)
  const { sources, error, again } = useSources()
  const banks = useBanks()
  const back = `/autopay/${id}`
  if (mandate.data && sources && banks.data) {
    const others = othersOf(mandate.data, sources.filter(isReady), banks.data)
    return <Move mandate={mandate.data} others={others} back={back} />
  }
  return (
    <Page title={m('autopay-move.title')} back={back}>
      {mandate.error ? (
        <NotThere
          error={mandate.error}
          again={() => void mandate.refetch()}
          title={t('autopay.not-found')}
          to="/autopay"
          text={t('autopay.title')}
        />
      ) : error || banks.error ? (
        <ProblemState
          error={error ?? banks.error}
          again={() => {
            again()
            void banks.refetch()
          }}
        />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

/** An authority is its bank's, which moves it between its accounts only when it is ours. */
function othersOf({ payer }: MandateView, sources: ReadySource[], banks: Bank[]): ReadySource[] {
  const isOurs = banks.some(({ code, onUs }) => code === payer.bank && onUs)
  return sources.filter(
    ({ vpa, account }) =>
      vpa !== payer.vpa && (account.vpas.includes(payer.vpa) || (isOurs && account.bank === payer.bank)),
  )
}

type MoveProps = { mandate: MandateView; others: ReadySource[]; back: string }

function Move({ mandate, others, back }: MoveProps) {
  const t = useText()
  const m = useMoveText()
  const navigate = useNavigate()
  const isOnline = useOnline()
  const { language } = useLanguage()
  const [chosen, setChosen] = useState<string>()
  const [isAsking, setIsAsking] = useState(false)
  const close = () => setIsAsking(false)
  const { payee, portableAfter } = mandate
  const source = others.find(({ vpa }) => vpa === chosen) ?? others[0]
  const ask = usePortMandate(mandate, source?.vpa ?? '')
  usePreparePin()
  if (portableAfter !== undefined || !isMovable(mandate) || !source)
    return (
      <Page title={m('autopay-move.title')} back={back}>
        {portableAfter !== undefined ? (
          <Empty
            icon="clock"
            title={m('autopay-move.wait', { date: formatMoment(language, portableAfter) })}
          />
        ) : !isMovable(mandate) ? (
          <Empty icon="clock" title={m('autopay-move.not-now')} />
        ) : (
          <Empty icon="bank" title={m('autopay-move.none')}>
            <p className="text-soft">{m('autopay-move.none-hint')}</p>
            <LinkButton to="/accounts" look="quiet">
              {t('pay.to-accounts')}
            </LinkButton>
          </Empty>
        )}
      </Page>
    )
  return (
    <Page
      title={m('autopay-move.title')}
      back={back}
      width="flow"
      footer={
        <Button wide disabled={!isOnline} onClick={() => setIsAsking(true)}>
          {m('autopay-move.send')}
        </Button>
      }
    >
      <WhatIsPaid mandate={mandate} />
      <SourceChoice sources={others} source={source} isOpenFirst={false} onSource={setChosen} />
      <p className="text-soft">{m('autopay-move.hint', { name: payee.name })}</p>
      <PinSheet mandate={mandate} payeeName={payee.name} isOpen={isAsking} onClose={close}>
        <PinForMandate
          ask={ask}
          account={source.account}
          onDone={() => void navigate(back, { replace: true })}
        />
      </PinSheet>
    </Page>
  )
}

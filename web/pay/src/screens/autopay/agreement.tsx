// What the payer is about to allow, said plainly, with the UPI PIN that allows it.
import { mandateRulesAt, withoutPinPaise } from '@bahi/contracts/mandate-rules.ts'
import { useState, type ReactNode } from 'react'
import { useNavigate } from 'react-router'
import { usePreparePin } from '../../accounts/seal-pin.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { ProblemState } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { useMakeMandate, type WantedMandate } from '../../mandates/mandate-queries.ts'
import { useMandateText } from '../../mandates/mandate-text.ts'
import { NoSource } from '../../payments/no-source.tsx'
import type { KnownPayee } from '../../payments/payee-header.tsx'
import { readySource, type ReadySource, type Source } from '../../payments/send-money.ts'
import { SourceChoice } from '../../payments/source-choice.tsx'
import { useSources } from '../../payments/use-sources.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList } from '@bahi/web-ui/components/facts.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { AgreeNotes, useTermsFacts } from './agree-notes.tsx'
import { PinForMandate, PinSheet } from './pin-sheet.tsx'

type Agreed = Omit<WantedMandate, 'payerVpa'>
type AgreementProps = {
  title: string
  back: string
  payee: KnownPayee
  agreed: Agreed
  agreeing: ReturnType<typeof useAgreeing>
  /** Who vouches for where it came from. */
  children?: ReactNode
}

/** What stays when the terms are looked at again: who pays, and which mandate was sent already. */
export function useAgreeing() {
  const [chosen, setChosen] = useState<string>()
  return { chosen, setChosen, make: useMakeMandate() }
}

export function Agreement(props: AgreementProps) {
  const { title, back, agreeing } = props
  const { chosen, setChosen } = agreeing
  const { sources, error, again } = useSources()
  if (!sources)
    return (
      <Page title={title} back={back}>
        {error ? <ProblemState error={error} again={again} /> : <Skeleton />}
      </Page>
    )
  const source = readySource(sources, chosen)
  if (!source) return <NoSource title={title} nearest={sources[0]} />
  return <WithSource {...props} sources={sources} source={source} onSource={setChosen} />
}

type WithSourceProps = AgreementProps & {
  sources: Source[]
  source: ReadySource
  onSource: (vpa: string) => void
}

function WithSource({ title, back, payee, agreed, agreeing, children, ...from }: WithSourceProps) {
  const t = useText()
  const navigate = useNavigate()
  const isOnline = useOnline()
  const { each, when } = useMandateText()
  const facts = useTermsFacts()
  const [isAsking, setIsAsking] = useState(false)
  const close = () => setIsAsking(false)
  const wanted = { ...agreed, payerVpa: from.source.vpa }
  const ask = agreeing.make(wanted, ({ id }) => void navigate(`/autopay/${id}`, { replace: true }))
  usePreparePin()
  const { terms } = agreed
  // Of a merchant its registered category decides, where it is known; what a code says of it does not count.
  const mostWithoutPin =
    payee.kind === 'person' || payee.mcc !== undefined
      ? withoutPinPaise(mandateRulesAt(new Date(serverNow())), payee.mcc ?? '0000')
      : undefined
  return (
    <Page
      title={title}
      back={back}
      width="flow"
      footer={
        <Button wide disabled={!isOnline} onClick={() => setIsAsking(true)}>
          {t('autopay.approve')}
        </Button>
      }
    >
      {children}
      <div className="flex flex-col items-center gap-1 text-center">
        <Avatar name={payee.name} className="size-14" />
        <p className="mt-1 flex items-center gap-1 text-soft">
          {t('autopay.allows', { name: payee.name })}
          {payee.verified && (
            <Icon name="check" className="size-4 shrink-0 text-good" label={t('pay.verified')} />
          )}
        </p>
        {payee.kind === 'merchant' && <p className="-mt-1 text-sm text-soft">{t('pay.merchant')}</p>}
        <p className="text-3xl font-bold tabular-nums">{each({ terms })}</p>
        <p className="font-medium">{when({ terms })}</p>
      </div>
      <SourceChoice {...from} isOpenFirst={false} />
      <Card>
        <FactList facts={facts(agreed, payee)} />
      </Card>
      <AgreeNotes terms={terms} payee={payee} withoutPinPaise={mostWithoutPin} />
      <PinSheet mandate={wanted} payeeName={payee.name} isOpen={isAsking} onClose={close}>
        <PinForMandate ask={ask} account={from.source.account} onDone={close} />
      </PinSheet>
    </Page>
  )
}

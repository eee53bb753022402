// A mandate that a payee asks a named payer for: its terms in a form, then what is asked, sent once.
import { splitVpa } from '@bahi/contracts/formats.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { useState } from 'react'
import { useLocation, useNavigate, useParams } from 'react-router'
import { usePaidTo, type MyVpa } from '../../accounts/my-accounts.ts'
import { NoUpiId } from '../../accounts/no-upi-id.tsx'
import { PaidToChoice } from '../../accounts/paid-to-choice.tsx'
import { useRegisteredPayee } from '../../accounts/use-registered-payee.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useRequestMandate } from '../../mandates/mandate-queries.ts'
import { useMandateText } from '../../mandates/mandate-text.ts'
import type { KnownPayee } from '../../payments/payee-header.tsx'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { useTermsFacts } from './agree-notes.tsx'
import { useAskText } from './ask-texts.ts'
import { TermsForm, type Draft } from './terms-form.tsx'

type Entered = { name: string; terms: MandateTerms }
const back = '/autopay/ask'

export function Component() {
  const ask = useAskText()
  const { vpa = '' } = useParams()
  const payer = useRegisteredPayee(vpa)
  const { vpas, own, choose } = usePaidTo()
  const [draft, setDraft] = useState<Draft>()
  const payee = useRegisteredPayee(own?.vpa ?? '')
  if (payer.data && payee.data)
    return (
      <WithSides
        {...{
          payer: payer.data,
          payee: payee.data,
          vpas: vpas.data ?? [],
          onPayee: choose,
          draft,
          setDraft,
        }}
      />
    )
  const error = payer.error ?? (vpas.data ? null : vpas.error) ?? payee.error
  return (
    <Page title={ask('autopay-ask.title')} back={back}>
      {error || !splitVpa(vpa) ? (
        <ProblemState
          error={error}
          again={() => void Promise.all([payer.refetch(), vpas.refetch(), payee.refetch()])}
        />
      ) : vpas.data?.length === 0 ? (
        <NoUpiId />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

type Sides = { payer: KnownPayee; payee: KnownPayee; vpas: MyVpa[]; onPayee: (vpa: string) => void }
type WithSidesProps = Sides & { draft: Draft | undefined; setDraft: (draft: Draft) => void }

function WithSides({ draft, setDraft, ...sides }: WithSidesProps) {
  const ask = useAskText()
  const navigate = useNavigate()
  const location = useLocation()
  const request = useRequestMandate()
  const { payer, payee } = sides
  const entered = location.state as Entered | null
  if (entered) return <Review {...sides} entered={entered} request={request} />
  const onTerms = (state: Entered, filled: Draft) => {
    setDraft(filled)
    void navigate(location.pathname, { state })
  }
  return (
    <TermsForm
      title={ask('autopay-ask.title')}
      back={back}
      by="payee"
      payee={payee}
      asked={payer}
      first={draft}
      onTerms={onTerms}
    />
  )
}

type ReviewProps = Sides & { entered: Entered; request: ReturnType<typeof useRequestMandate> }

function Review({ payer, payee, vpas, onPayee, entered, request }: ReviewProps) {
  const ask = useAskText()
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const isOnline = useOnline()
  const { each, when } = useMandateText()
  const facts = useTermsFacts()
  const { name } = payer
  const send = async () => {
    const body = { payeeVpa: payee.vpa, payerVpa: payer.vpa, ...entered }
    const made = await request.mutateAsync(body).catch(() => undefined)
    if (made) void navigate(`/autopay/${made.id}`, { replace: true })
  }
  return (
    <Page
      title={ask('autopay-ask.title')}
      back={pathname}
      width="flow"
      footer={
        <Button wide busy={request.isPending} disabled={!isOnline} onClick={() => void send()}>
          {ask('autopay-ask.send', { name })}
        </Button>
      }
    >
      <ProblemNote error={request.error} />
      <div className="flex flex-col items-center gap-1 text-center">
        <Avatar name={name} className="size-14" />
        <p className="mt-1 text-soft">{ask('autopay-ask.asks', { name })}</p>
        <p className="text-3xl font-bold tabular-nums">{each(entered)}</p>
        <p className="font-medium">{when(entered)}</p>
      </div>
      <PaidToChoice vpas={vpas} chosen={payee.vpa} onChoose={onPayee} />
      <Card>
        <FactList facts={facts(entered, payer, false)} />
      </Card>
      <p className="text-soft">{ask('autopay-ask.hint', { name })}</p>
    </Page>
  )
}

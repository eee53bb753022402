// An AutoPay code of one's own: its terms in a form, then the code and the link that others agree to.
import { mandateLink } from '@bahi/contracts/codes/mandate-order.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { usePaidTo, type MyVpa } from '../../accounts/my-accounts.ts'
import { NoUpiId } from '../../accounts/no-upi-id.tsx'
import { PaidToChoice } from '../../accounts/paid-to-choice.tsx'
import { useRegisteredPayee } from '../../accounts/use-registered-payee.ts'
import { ProblemState } from '../../api/problem-states.tsx'
import { CodeActions } from '../../codes/code-actions.tsx'
import { QrCode } from '@bahi/web-ui/components/qr-code.tsx'
import { useText } from '../../language/language.ts'
import { useMandateText } from '../../mandates/mandate-text.ts'
import type { KnownPayee } from '../../payments/payee-header.tsx'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { TermsForm, type Draft } from './terms-form.tsx'

type Entered = { name: string; terms: MandateTerms }

export function Component() {
  const t = useText()
  const { vpas, own, choose } = usePaidTo()
  const [draft, setDraft] = useState<Draft>()
  const payee = useRegisteredPayee(own?.vpa ?? '')
  if (payee.data)
    return <WithPayee {...{ payee: payee.data, vpas: vpas.data ?? [], onPayee: choose, draft, setDraft }} />
  const error = (vpas.data ? null : vpas.error) ?? payee.error
  return (
    <Page title={t('autopay.own-code')} back="/autopay">
      {error ? (
        <ProblemState error={error} again={() => void Promise.all([vpas.refetch(), payee.refetch()])} />
      ) : vpas.data?.length === 0 ? (
        <NoUpiId />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

type PayeeProps = { payee: KnownPayee; vpas: MyVpa[]; onPayee: (vpa: string) => void }
type WithPayeeProps = PayeeProps & { draft: Draft | undefined; setDraft: (draft: Draft) => void }

function WithPayee({ draft, setDraft, ...own }: WithPayeeProps) {
  const t = useText()
  const navigate = useNavigate()
  const location = useLocation()
  const { payee } = own
  const entered = location.state as Entered | null
  if (entered) return <OwnCode {...own} entered={entered} />
  const onTerms = (state: Entered, filled: Draft) => {
    setDraft(filled)
    void navigate(location.pathname, { state })
  }
  return (
    <TermsForm
      title={t('autopay.own-code')}
      back="/autopay"
      by="payee"
      payee={payee}
      first={draft}
      onTerms={onTerms}
    />
  )
}

function OwnCode({ payee, vpas, onPayee, entered }: PayeeProps & { entered: Entered }) {
  const t = useText()
  const { each, when, day, terms: termsText } = useMandateText()
  const { name, terms } = entered
  const link = mandateLink({
    ...{ vpa: payee.vpa, payeeName: payee.name, name, terms },
    initiation: payee.mcc === undefined ? {} : { mcc: payee.mcc },
  })
  const asked = termsText({ terms })
  return (
    <Page title={t('autopay.own-code')} back="/autopay/code" width="columns">
      <div className="flex flex-col gap-5 lg:grid lg:grid-cols-2 lg:items-start lg:gap-x-10">
        <section className="mx-auto flex w-full max-w-sm flex-col items-center gap-3 rounded-card border border-line bg-card p-5">
          <div className="flex max-w-full items-center gap-3">
            <Avatar name={payee.name} />
            <div className="min-w-0">
              <p className="truncate text-lg font-semibold">{payee.name}</p>
              <p className="break-all text-soft">{payee.vpa}</p>
            </div>
          </div>
          <QrCode text={link} label={t('autopay.code-of', { name: payee.name, terms: asked })} />
          <div className="text-center">
            <p className="text-2xl font-bold tabular-nums">{each({ terms })}</p>
            <p className="font-medium">{when({ terms })}</p>
          </div>
        </section>
        <div className="flex flex-col gap-5">
          <CodeActions
            link={link}
            lines={[payee.name, name, asked]}
            fileName={`autopay-${payee.vpa}`}
            copy={{ label: 'autopay.copy-link', text: link, done: t('autopay.link-copied') }}
            shareText={t('autopay.share-text', { name: payee.name, terms: asked, link })}
          />
          <PaidToChoice vpas={vpas} chosen={payee.vpa} onChoose={onPayee} />
          <Card>
            <FactList
              facts={[
                [t('autopay.for'), name],
                [t('autopay.from'), day(terms.validFrom)],
                [t('autopay.to'), day(terms.validTo)],
                ...(terms.blockFunds ? [[t('autopay.reserved'), each({ terms })] as const] : []),
              ]}
            />
          </Card>
          <p className="text-soft">{t('autopay.own-hint')}</p>
        </div>
      </div>
    </Page>
  )
}

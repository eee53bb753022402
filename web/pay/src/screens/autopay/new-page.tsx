// A mandate of one's own: its terms in a form, then what they allow, and the PIN.
import { splitVpa } from '@bahi/contracts/formats.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { useState } from 'react'
import { useLocation, useNavigate, useParams } from 'react-router'
import { useRegisteredPayee } from '../../accounts/use-registered-payee.ts'
import { ProblemState } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { Agreement, useAgreeing } from './agreement.tsx'
import { TermsForm, type Draft } from './terms-form.tsx'

type Entered = { name: string; terms: MandateTerms }

export function Component() {
  const t = useText()
  const { vpa = '' } = useParams()
  const payee = useRegisteredPayee(vpa)
  const navigate = useNavigate()
  const location = useLocation()
  const agreeing = useAgreeing()
  const [draft, setDraft] = useState<Draft>()
  const entered = location.state as Entered | null
  if (!splitVpa(vpa) || !payee.data)
    return (
      <Page title={t('autopay.make')} back="/autopay/new">
        {payee.isPending && splitVpa(vpa) ? (
          <Skeleton />
        ) : (
          <ProblemState error={payee.error} again={() => void payee.refetch()} />
        )}
      </Page>
    )
  if (entered)
    return (
      <Agreement
        title={t('autopay.make')}
        back={location.pathname}
        payee={payee.data}
        agreed={{ ...entered, payeeVpa: payee.data.vpa }}
        agreeing={agreeing}
      />
    )
  const onTerms = (state: Entered, filled: Draft) => {
    setDraft(filled)
    void navigate(location.pathname, { state })
  }
  return (
    <TermsForm
      title={t('autopay.make')}
      back="/autopay/new"
      by="payer"
      payee={payee.data}
      first={draft}
      onTerms={onTerms}
    />
  )
}

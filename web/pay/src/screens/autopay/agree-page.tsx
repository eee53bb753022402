// A mandate that a code or a link asks for: who vouches for it, what it allows, and the PIN.
import { readCode } from '@bahi/contracts/codes/read-code.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { ReactNode } from 'react'
import { useSearchParams } from 'react-router'
import { useRegisteredPayee } from '../../accounts/use-registered-payee.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { ProblemState } from '../../api/problem-states.tsx'
import { problemText } from '../../api/problem-text.ts'
import { useText } from '../../language/language.ts'
import { useCodeReading } from '../../payments/code-reading.ts'
import { Signer } from '../../payments/signer.tsx'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { Agreement, useAgreeing } from './agreement.tsx'

export function Component() {
  const t = useText()
  const [query] = useSearchParams()
  const code = query.get('code') ?? ''
  const reading = readCode(code, serverNow())
  if (reading.kind === 'mandate') return <ByCode code={code} payeeVpa={reading.order.vpa} />
  return <Refused why={t(`scan.refused-${reading.kind === 'refused' ? reading.reason : 'kind'}`)} />
}

function ByCode({ code, payeeVpa }: { code: string; payeeVpa: string }) {
  const t = useText()
  const verdict = useCodeReading(code)
  const payee = useRegisteredPayee(payeeVpa)
  const agreeing = useAgreeing()
  const mandate = verdict.data?.mandate
  if (verdict.error instanceof Problem && verdict.error.code.startsWith('code-'))
    return <Refused why={problemText(verdict.error, t)} />
  const error = verdict.error ?? payee.error
  if (!mandate || !payee.data)
    return (
      <Screen>
        {error ? (
          <ProblemState error={error} again={() => void Promise.all([verdict.refetch(), payee.refetch()])} />
        ) : (
          <Skeleton />
        )}
      </Screen>
    )
  const { vpa, name, terms } = mandate
  return (
    <Agreement
      title={t('autopay.make')}
      back="/autopay"
      payee={payee.data}
      agreed={{ payeeVpa: vpa, name: name ?? payee.data.name.slice(0, 50), terms, code }}
      agreeing={agreeing}
    >
      <Signer reading={verdict.data} />
    </Agreement>
  )
}

function Refused({ why }: { why: string }) {
  const t = useText()
  return (
    <Screen>
      <Empty icon="warn" title={t('autopay.code-refused')}>
        <p className="text-soft">{why}</p>
        <LinkButton to="/scan" look="quiet" replace>
          {t('scan.title')}
        </LinkButton>
      </Empty>
    </Screen>
  )
}

function Screen({ children }: { children: ReactNode }) {
  const t = useText()
  return (
    <Page title={t('autopay.make')} back="/autopay">
      {children}
    </Page>
  )
}

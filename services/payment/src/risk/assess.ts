// Assesses a payment before it begins: whether it is allowed, with the reasons and what was known. Pure: the same input
// gives the same decision, and the decision is stored with the payment.
import type { EventData } from '@bahi/contracts/events.ts'
import { exceededLimits, type ApplicableLimits, type PayerUsage } from '../limits/limits.ts'
import type { RiskAdapter, RiskFeatures } from './risk.ts'

export type Assessment = NonNullable<EventData<'payment.begun'>['assessment']>

export type AssessmentInput = {
  amountPaise: number
  /** The code of what made the payment impossible before it was assessed. */
  refusalCode?: string | undefined
  usage: PayerUsage
  limits: ApplicableLimits
  risk: RiskAdapter
  /** What the payment came from, and what its payee may have written. */
  about: Pick<RiskFeatures, 'origin' | 'texts'>
  /** The category that the payee's PSP says, where the payer said another one: limits count by it. */
  payeeMcc?: string | undefined
}

/** Of a risk that is refused: "risk threshold exceeded". */
const riskCode = 'U16'

export type Refusal = { reason: string; code: string }

/** With everything that refuses the payment, in order of precedence: the first one's code is its outcome. */
export function assess({ amountPaise, refusalCode, usage, limits, risk, about, payeeMcc }: AssessmentInput): {
  assessment: Assessment
  refusals: Refusal[]
} {
  const { isNewPayee, recentPayees } = usage
  const findings = risk.find({ ...about, amountPaise, isNewPayee, otherPayees: recentPayees.length })
  const reasonsOf = (decision: 'warn' | 'refuse') =>
    findings.flatMap((one) => (one.decision === decision ? [one.reason] : []))
  const refusals = [
    ...(refusalCode === undefined ? [] : [{ reason: `impossible:${refusalCode}`, code: refusalCode }]),
    ...exceededLimits(amountPaise, usage, limits).map(({ limit, code }) => ({ reason: limit, code })),
    ...reasonsOf('refuse').map((reason) => ({ reason, code: riskCode })),
  ]
  const warnings = reasonsOf('warn')
  const { rules, category, controls, cooling } = limits
  return {
    refusals,
    assessment: {
      decision: refusals.length === 0 ? 'allow' : 'refuse',
      reasons: refusals.map(({ reason }) => reason),
      rulesFrom: rules.effectiveFrom,
      riskRules: risk.version,
      ...(warnings.length === 0 ? {} : { warnings }),
      features: {
        count: usage.total.count,
        paise: usage.total.paise,
        ...(category === undefined ? {} : { category, categoryPaise: usage.category.paise }),
        ...(controls ? { personalLimits: true } : {}),
        ...(cooling ? { coolingCount: usage.coolingCount, coolingPaise: usage.coolingPaise } : {}),
        ...(isNewPayee === undefined ? {} : { newPayee: isNewPayee }),
        ...(recentPayees.length === 0 ? {} : { otherPayees: recentPayees.length }),
        ...(payeeMcc === undefined ? {} : { payeeMcc }),
      },
    },
  }
}

// Assesses a payment before it begins: whether it is allowed, with the reasons and what was known. Pure: the same input
// gives the same decision, and the decision is stored with the payment.
import type { EventData } from '@bahi/contracts/events.ts'
import { exceededLimits, type ApplicableLimits, type PayerUsage } from '../limits/limits.ts'

export type Assessment = NonNullable<EventData<'payment.begun'>['assessment']>

export type AssessmentInput = {
  amountPaise: number
  /** The code of what made the payment impossible before it was assessed. */
  refusalCode?: string | undefined
  usage: PayerUsage
  limits: ApplicableLimits
}

/** With the UPI code that refuses the payment, when it is refused. */
export function assess({ amountPaise, refusalCode, usage, limits }: AssessmentInput): {
  assessment: Assessment
  code?: string
} {
  const exceeded = exceededLimits(amountPaise, usage, limits)
  const reasons = [
    ...(refusalCode === undefined ? [] : [`impossible:${refusalCode}`]),
    ...exceeded.map(({ limit }) => limit),
  ]
  const code = refusalCode ?? exceeded[0]?.code
  const { rules, category, personal, cooling } = limits
  return {
    assessment: {
      decision: code === undefined ? 'allow' : 'refuse',
      reasons,
      rulesFrom: rules.effectiveFrom,
      features: {
        count: usage.total.count,
        paise: usage.total.paise,
        ...(category === undefined ? {} : { category, categoryPaise: usage.category.paise }),
        ...(personal ? { personalLimits: true } : {}),
        ...(cooling ? { coolingCount: usage.coolingCount, coolingPaise: usage.coolingPaise } : {}),
      },
    },
    ...(code === undefined ? {} : { code }),
  }
}

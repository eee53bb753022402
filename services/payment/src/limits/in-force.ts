// The rules that a payment is assessed by: what is in force at a time, and what of it applies to one payment.
import type { Controls } from '@bahi/contracts/controls.ts'
import type { Initiation } from '@bahi/contracts/initiation.ts'
import { kycRulesAt, type PayerTier } from '@bahi/contracts/kyc-rules.ts'
import {
  furtherLimitsAt,
  furtherLimitsOf,
  istWindowsAt,
  limitCategoryOf,
  limitRulesAt,
  type FurtherLimit,
  type LimitedPayment,
  type LimitRules,
  type OperatorLimit,
} from '@bahi/contracts/limits.ts'
import { riskRulesAt, type RiskRules } from '@bahi/contracts/risk-rules.ts'
import { payRules, rulesAt, type PayRules } from '@bahi/contracts/rules.ts'
import type { ResolvedVpa } from '@bahi/contracts/transfers.ts'
import { coolingAt, type ApplicableLimits, type Cooling, type CoolingCause } from './limits.ts'

/** What a payee's PSP has registered of it; of a person neither. */
export type Merchant = Pick<ResolvedVpa, 'kind' | 'mcc'>

export type RulesInForce = {
  now: Date
  pay: PayRules
  limits: LimitRules
  further: readonly FurtherLimit[]
  risk: RiskRules
  /** Of the day in India. */
  hour: number
}

/** What an operator limits beside the network: rows of their own, and payers by their KYC tier. */
export type OwnLimits = { rows: readonly OperatorLimit[]; byTier: boolean }
export const noOwnLimits: OwnLimits = { rows: [], byTier: false }

export function rulesInForce(now: Date, own: OwnLimits): RulesInForce {
  const limits = limitRulesAt(now)
  const ofTiers = own.byTier ? kycRulesAt(now).limits : []
  return {
    now,
    pay: rulesAt(payRules, now),
    limits,
    further: [...furtherLimitsAt(limits, own.rows, now), ...ofTiers],
    risk: riskRulesAt(now),
    hour: Math.floor((now.getTime() - istWindowsAt(now).day.getTime()) / 3_600_000),
  }
}

/** What is known of a payment before its payer's usage is read. */
export type LimitSubject = LimitedPayment & {
  payerUserId: string
  payeeVpa: string
  /** No merchant that its PSP has registered as one. */
  isPerson: boolean
  /** By a code that was read from a picture. */
  isFromPicture: boolean
  category: string | undefined
  further: FurtherLimit[]
  cooling: Cooling | undefined
  /** Whether it matters if the payer has paid this payee before. */
  needsNewPayee: boolean
}

export function subjectOf(
  rules: RulesInForce,
  about: {
    payer: { userId: string; bank?: string | undefined }
    payeeVpa: string
    merchant?: Merchant | undefined
    initiation: Pick<Initiation, 'mode' | 'purpose' | 'origin'>
    /** Left out: any amount. */
    amountPaise?: number | undefined
    coolingCauses: CoolingCause[]
    /** Left out where payments are not limited by it. */
    tier?: PayerTier | undefined
  },
): LimitSubject {
  const { payer, merchant, payeeVpa, initiation, amountPaise = Infinity, coolingCauses, tier } = about
  const mcc = merchant?.mcc
  const payment = { bank: payer.bank ?? '', mcc, mode: initiation.mode, purpose: initiation.purpose, tier }
  const further = furtherLimitsOf(rules.further, payment)
  return {
    ...payment,
    payerUserId: payer.userId,
    payeeVpa,
    isPerson: merchant?.kind !== 'merchant' && (mcc ?? '0000') === '0000',
    isFromPicture: initiation.origin.kind === 'picture',
    category: limitCategoryOf(rules.limits, mcc),
    further,
    cooling: coolingAt(rules.now, rules.pay, coolingCauses),
    needsNewPayee:
      amountPaise >= rules.risk.newPayee.warnFromPaise || further.some((one) => one.newPayee === true),
  }
}

/** @param controls the payer's own */
export function applicableTo(
  rules: RulesInForce,
  { category, further, cooling, isPerson, isFromPicture, payeeVpa }: LimitSubject,
  controls: Controls | undefined,
): ApplicableLimits {
  return {
    rules: rules.limits,
    category,
    further,
    controls,
    cooling: cooling && rules.pay,
    payee: { vpa: payeeVpa, isPerson },
    isFromPicture,
    hour: rules.hour,
  }
}

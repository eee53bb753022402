// Shows staff which rules hold now and which come later. A pure function of the dated rows and the time.
import { controlRules } from '@bahi/contracts/controls.ts'
import { erasureRules } from '@bahi/contracts/erasure.ts'
import { kycRules } from '@bahi/contracts/kyc-rules.ts'
import { limitRules } from '@bahi/contracts/limits.ts'
import { mandateRules } from '@bahi/contracts/mandate-rules.ts'
import { networkRules } from '@bahi/contracts/network-rules.ts'
import { numberRules } from '@bahi/contracts/number-rules.ts'
import { networkRequestRules } from '@bahi/contracts/request-rules.ts'
import { retention } from '@bahi/contracts/retention.ts'
import { riskRules } from '@bahi/contracts/risk-rules.ts'
import { codeRules, payRules } from '@bahi/contracts/rules.ts'
import type { RulesInForce } from '@bahi/contracts/rules-in-force.ts'
import { scheduleRules } from '@bahi/contracts/schedule-rules.ts'

type Dated = { effectiveFrom: string }

const rowsByName: Record<string, readonly Dated[]> = {
  limits: limitRules,
  payments: payRules,
  risk: riskRules,
  network: networkRules,
  requests: networkRequestRules,
  mandates: mandateRules,
  schedules: scheduleRules,
  codes: codeRules,
  controls: controlRules,
  'upi-numbers': numberRules,
  kyc: kycRules,
  erasure: erasureRules,
  retention,
}

const rowOf = ({ effectiveFrom, ...values }: Dated): { effectiveFrom: string; values: object } => ({
  effectiveFrom,
  values,
})

/** @param own limits of this operator, by `BAHI_LIMITS` */
export function rulesInForceAt(now: Date, own: readonly Dated[]): RulesInForce {
  const all = own.length === 0 ? rowsByName : { ...rowsByName, 'own-limits': own }
  const rules = Object.entries(all).map(([name, rows]) => {
    const from = ({ effectiveFrom }: Dated) => Date.parse(effectiveFrom)
    const inForce = rows.findLast((row) => from(row) <= now.getTime())
    const later = rows.filter((row) => from(row) > now.getTime()).sort((a, b) => from(a) - from(b))
    return { name, ...(inForce ? { inForce: rowOf(inForce) } : {}), later: later.map(rowOf) }
  })
  // As JSON has it: what is undefined is not there.
  return JSON.parse(JSON.stringify({ at: now.toISOString(), rules })) as RulesInForce
}

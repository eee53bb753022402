// Shows staff which rules hold now and which come later. A pure function of the dated rows and the time.
import { controlRules } from '@bahi/contracts/controls.ts'
import { dormancyRules } from '@bahi/contracts/dormancy-rules.ts'
import { erasureRules } from '@bahi/contracts/erasure.ts'
import { kycRules } from '@bahi/contracts/kyc-rules.ts'
import { limitRules, type OperatorLimit } from '@bahi/contracts/limits.ts'
import { mandateRules } from '@bahi/contracts/mandate-rules.ts'
import { networkRules } from '@bahi/contracts/network-rules.ts'
import { numberRules } from '@bahi/contracts/number-rules.ts'
import { networkRequestRules, type ClosedLoopRow } from '@bahi/contracts/request-rules.ts'
import { retention } from '@bahi/contracts/retention.ts'
import { revocationRules } from '@bahi/contracts/revoked-numbers.ts'
import { riskRules } from '@bahi/contracts/risk-rules.ts'
import { codeRules, payRules } from '@bahi/contracts/rules.ts'
import type { RuleName, RulesInForce } from '@bahi/contracts/rules-in-force.ts'
import { scheduleRules } from '@bahi/contracts/schedule-rules.ts'

type Dated = { effectiveFrom: string }
/** Rows of this operator, by settings. */
type OwnRows = { limits: readonly OperatorLimit[]; closedLoop: readonly ClosedLoopRow[] }

const rowsByName: Record<Exclude<RuleName, `own-${string}`>, readonly Dated[]> = {
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
  dormancy: dormancyRules,
  'revoked-numbers': revocationRules,
  erasure: erasureRules,
  retention,
}

type Row = { effectiveFrom: string; values: object }
const rowOf = ({ effectiveFrom, ...values }: Dated): Row => ({ effectiveFrom, values })

const from = ({ effectiveFrom }: Dated) => Date.parse(effectiveFrom)

function shown(name: string, rows: readonly Dated[], now: Date, inForce: Row | undefined) {
  const later = rows.filter((row) => from(row) > now.getTime()).sort((a, b) => from(a) - from(b))
  return { name, ...(inForce ? { inForce } : {}), later: later.map(rowOf) }
}

/** Of each name the newest holds, whatever began of another since; with the time of the last change of any. */
function ownLimitsAt(rows: readonly OperatorLimit[], now: Date): Row | undefined {
  const begun = rows.filter((row) => from(row) <= now.getTime())
  const values = Object.fromEntries(begun.map(({ name, ...row }) => [name, row]))
  return begun.length === 0 ? undefined : { effectiveFrom: begun.at(-1)!.effectiveFrom, values }
}

/** @param own by `BAHI_LIMITS` and `BAHI_CLOSED_LOOP_REQUESTS` */
export function rulesInForceAt(now: Date, own: OwnRows): RulesInForce {
  const { limits, closedLoop } = own
  const lists = { ...rowsByName, ...(closedLoop.length === 0 ? {} : { 'own-requests': closedLoop }) }
  const rules = Object.entries(lists).map(([name, rows]) => {
    const inForce = rows.findLast((row) => from(row) <= now.getTime())
    return shown(name, rows, now, inForce && rowOf(inForce))
  })
  if (limits.length > 0) rules.push(shown('own-limits', limits, now, ownLimitsAt(limits, now)))
  // As JSON has it: what is undefined is not there.
  return JSON.parse(JSON.stringify({ at: now.toISOString(), rules })) as RulesInForce
}

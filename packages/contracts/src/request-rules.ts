// Rules of payment requests (UPI's collect) as dated data: which kinds the network allows. Amounts in paise.
import { rulesAt } from './rules.ts'

/** The most that one request may ask for, and how many one person may make in a rolling day. */
export type RequestLimits = { maxPaise: number; perDay: number }

export type RequestRules = {
  effectiveFrom: string
  /** Left out: people may not request from people. */
  persons?: RequestLimits
  /** Merchant categories that may request; `all` of them, or the ones listed. */
  merchants: 'all' | readonly string[]
  merchantMaxPaise: number
  /** UPI's rule EXPIREAFTER, in minutes. */
  expiry: { min: number; default: number; max: number }
  /** Requests of one person to another that may be open at once. */
  maxOpenPerPayer: number
  /** Requests to one person that registered apps made for anybody, open at once. */
  maxOpenFromApps: number
  /** Reminders of one request, and the least hours between them. */
  reminders: { max: number; everyHours: number }
}

const common = {
  merchantMaxPaise: 1_00_000_00,
  expiry: { min: 1, default: 24 * 60, max: 45 * 24 * 60 },
  maxOpenPerPayer: 3,
  maxOpenFromApps: 10,
  reminders: { max: 3, everyHours: 1 },
}

/**
 * What the network allows, newest last; a change is a new row with its date. Person to person ended on 1 October 2025;
 * merchants ended on 28 February 2026, except MCC 6012 and 6211 (NPCI's circulars, by razorpay.com/docs/announcements).
 */
export const networkRequestRules: readonly RequestRules[] = [
  {
    ...common,
    effectiveFrom: '2025-06-30T00:00:00+05:30',
    persons: { maxPaise: 2_000_00, perDay: 50 },
    merchants: 'all',
  },
  { ...common, effectiveFrom: '2025-10-01T00:00:00+05:30', merchants: 'all' },
  { ...common, effectiveFrom: '2026-02-28T00:00:00+05:30', merchants: ['6012', '6211'] },
]

/**
 * An operator's row for requests between customers of this platform alone (closed loop), which never reach the network:
 * the network's row in force, with `persons` opened from a date on. `acrossBanks`: through the network as well, which
 * only a simulated network can permit.
 */
export type ClosedLoopRow = { effectiveFrom: string; persons: RequestLimits; acrossBanks?: boolean }

/**
 * The rules in force at `at`.
 * @param closedLoop the operator's rows
 * @param way whether the request stays with our own customers, or goes through the network
 */
export function requestRulesAt(
  at: Date,
  closedLoop: readonly ClosedLoopRow[] = [],
  way: 'on-us' | 'network' = 'on-us',
): RequestRules {
  const rules = rulesAt(networkRequestRules, at)
  const own = closedLoop.findLast((row) => Date.parse(row.effectiveFrom) <= at.getTime())
  return own && (way === 'on-us' || own.acrossBanks === true) ? { ...rules, persons: own.persons } : rules
}

/** Whether somebody of this merchant category (`0000`: a person) may request. */
export function mayRequest(rules: RequestRules, mcc: string): boolean {
  if (mcc === '0000') return rules.persons !== undefined
  return rules.merchants === 'all' || rules.merchants.includes(mcc)
}

// Dated rules of the network and the regulator: which one is in force at a time. Amounts in paise.
import { uuidv7TimeMs } from './id.ts'

export type PayRules = {
  effectiveFrom: string
  /** After a new device, registration or PIN: the first transaction and the sum of the cooling time. */
  coolingHours: number
  coolingFirstPaise: number
  coolingSumPaise: number
  /** Wrong PINs until the PIN is locked. */
  pinTries: number
  /** Hours after which a locked PIN opens by itself; setting a new one opens it at once. */
  pinLockHours: number
  /** How far a payment's id may lie from now. */
  idMaxAgeHours: number
  idMaxAheadMinutes: number
  /** How old an encrypted PIN block may be. */
  pinBlockMaxAgeMinutes: number
  /** How far ahead of ours the clock may be that a PIN block was made by. */
  pinBlockMaxAheadMinutes: number
  /** What a person may request from banks in a rolling day: balances, and the list of their accounts. */
  balancePerDay: number
  discoverPerDay: number
  /** Names behind UPI IDs, accounts and phones, for a person and for all people of one network. */
  namesPerDay: number
  namesPerDayOfNetwork: number
  /** Quotes of payments of one person: each names who is paid. */
  quotesPerDay: number
  /** Of one person's UPI IDs: beyond it no new one, since a closed one is nobody else's for ever. */
  closedVpasPerYear: number
}

/** Newest last. A change of the rules is a new row with its date, never an edit. */
export const payRules: readonly PayRules[] = [
  {
    effectiveFrom: '2025-06-30T00:00:00+05:30',
    coolingHours: 24,
    coolingFirstPaise: 5_000_00,
    coolingSumPaise: 5_000_00,
    pinTries: 3,
    pinLockHours: 24,
    idMaxAgeHours: 24,
    idMaxAheadMinutes: 10,
    pinBlockMaxAgeMinutes: 10,
    pinBlockMaxAheadMinutes: 10,
    balancePerDay: 50,
    discoverPerDay: 25,
    namesPerDay: 300,
    namesPerDayOfNetwork: 5_000,
    quotesPerDay: 300,
    closedVpasPerYear: 10,
  },
]

export type CodeRules = {
  effectiveFrom: string
  /** How long a code of one order can be paid when its payee does not say. */
  dynamicCodeS: number
  /** What its payee may say instead, in seconds. */
  minDynamicCodeS: number
  maxDynamicCodeS: number
}

/** Newest last. No rule of the network is public: this is what large apps do (developer.phonepe.com). */
export const codeRules: readonly CodeRules[] = [
  {
    effectiveFrom: '2025-06-30T00:00:00+05:30',
    dynamicCodeS: 480,
    minDynamicCodeS: 30,
    maxDynamicCodeS: 86_400,
  },
]

/** The row in force at `at`. Throws when there is none: a clock before the first rule is a fault. */
export function rulesAt<R extends { effectiveFrom: string }>(rows: readonly R[], at: Date): R {
  const found = rows.findLast((row) => Date.parse(row.effectiveFrom) <= at.getTime())
  if (!found) throw new Error(`no rule is in force at ${at.toISOString()}`)
  return found
}

/** Whether the id of something new (UUIDv7) was made about now, by the rules in force. */
export function isNewId(id: string, now: Date): boolean {
  const { idMaxAgeHours, idMaxAheadMinutes } = rulesAt(payRules, now)
  const aheadMs = uuidv7TimeMs(id) - now.getTime()
  return aheadMs >= -idMaxAgeHours * 3_600_000 && aheadMs <= idMaxAheadMinutes * 60_000
}

/** Why a PIN block made then (`iat`, seconds since 1970) is not used now; undefined: it is. */
export function pinBlockTimeFault(iat: number, at: Date): 'too-old' | 'ahead' | undefined {
  const { pinBlockMaxAgeMinutes, pinBlockMaxAheadMinutes } = rulesAt(payRules, at)
  const ageMinutes = (at.getTime() / 1_000 - iat) / 60
  if (ageMinutes > pinBlockMaxAgeMinutes) return 'too-old'
  return ageMinutes < -pinBlockMaxAheadMinutes ? 'ahead' : undefined
}

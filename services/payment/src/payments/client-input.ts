// What payments and payment requests check alike of what a client sends.
import { uuidv7TimeMs } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'

/** Throws `id-out-of-range` when the id of something new was not minted about now, by the rules in force. */
export function checkNewId(
  id: string,
  now: Date,
  what: 'payment' | 'request' | 'schedule' | 'report' | 'mandate' | 'statement',
): void {
  const { idMaxAgeHours, idMaxAheadMinutes } = rulesAt(payRules, now)
  const aheadMs = uuidv7TimeMs(id) - now.getTime()
  if (aheadMs < -idMaxAgeHours * 3_600_000 || aheadMs > idMaxAheadMinutes * 60_000)
    throw new Problem('id-out-of-range', `mint a new id for a new ${what}`)
}

/** `request-invalid` for one field. @param path a JSON pointer: `/body/amountPaise` */
export function invalidField(path: string, message: string): Problem {
  return new Problem('request-invalid', `${path}: ${message}`, { fields: [{ path, message }] })
}

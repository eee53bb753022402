// What payments and payment requests check alike of what a client sends.
import { Problem } from '@bahi/contracts/problem.ts'
import { isNewId } from '@bahi/contracts/rules.ts'

/** Throws `id-out-of-range` when the id of something new was not minted about now, by the rules in force. */
export function checkNewId(
  id: string,
  now: Date,
  what: 'payment' | 'request' | 'schedule' | 'report' | 'mandate' | 'statement' | 'stop',
): void {
  if (!isNewId(id, now)) throw new Problem('id-out-of-range', `mint a new id for a new ${what}`)
}

/** `request-invalid` for one field. @param path a JSON pointer: `/body/amountPaise` */
export function invalidField(path: string, message: string): Problem {
  return new Problem('request-invalid', `${path}: ${message}`, { fields: [{ path, message }] })
}

// The phone that a person has proven, for what is given to whoever has it: UPI numbers, accounts at banks.
import { personOf } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { AccountDeps } from '../config.ts'

/** Throws `phone-revoked` while it is on a list of disconnected numbers, and `not-found`. */
export async function ownPhoneOf({ call }: Pick<AccountDeps, 'call'>, userId: string): Promise<string> {
  const { phone, phoneRevoked } = await call(personOf, { params: { userId } })
  if (phoneRevoked) throw new Problem('phone-revoked')
  return phone
}

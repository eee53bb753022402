// Refuses what a code to the phone would prove, while the phone is on a list of disconnected numbers.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { revokedOnOf } from './store.ts'

/** Throws `phone-revoked`. */
export async function refuseRevoked(sql: Queryable, userId: string): Promise<void> {
  if ((await revokedOnOf(sql, userId)) !== null) throw new Problem('phone-revoked')
}

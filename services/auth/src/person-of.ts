// Tells another service the phone and state of a person, and since when a device is theirs.
import type { personOf as contract } from '@bahi/contracts/auth.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { phoneKey, type AuthDeps } from './auth.ts'
import { personById, personByPhone } from './store.ts'

/** Throws `not-found`. */
export async function personOf(
  deps: AuthDeps,
  userId: string,
  deviceId: string | undefined,
): Promise<Output<typeof contract>> {
  const row = await personById(deps.sql, userId, deviceId)
  if (!row) throw new Problem('not-found', 'there is no such person')
  return {
    userId,
    phone: deps.seal.open(row.phoneSealed, 'auth.phone'),
    role: row.role,
    createdAt: row.createdAt.toISOString(),
    ...(row.deviceBoundAt ? { deviceBoundAt: row.deviceBoundAt.toISOString() } : {}),
  }
}

/** Throws `not-found`. */
export async function findPerson(deps: AuthDeps, phone: string): Promise<{ userId: string }> {
  const row = await personByPhone(deps.sql, phoneKey(deps, phone))
  if (!row) throw new Problem('not-found', 'nobody has registered with this phone')
  return { userId: row.id }
}

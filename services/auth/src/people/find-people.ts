// Answers other services about people: phone, roles, and since when a person and a device are known.
import type { accountTenures, personOf as contract } from '@bahi/contracts/auth.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { phoneColumn } from '../sealed-columns.ts'
import { findTenures, payeeByPhone, personById, personByPhone } from './store.ts'

/** Throws `not-found`. */
export async function personOf(deps: AuthDeps, userId: string): Promise<Output<typeof contract>> {
  const row = await personById(deps.sql, userId)
  if (!row) throw new Problem('not-found', 'there is no such person')
  return {
    userId,
    phone: deps.seal.open(row.phoneSealed, phoneColumn, userId),
    ...(row.phoneRevoked ? { phoneRevoked: true } : {}),
    roles: row.roles,
    createdAt: row.createdAt.toISOString(),
  }
}

/** Throws `not-found`. */
export async function phoneOf(
  deps: Pick<AuthDeps, 'seal'> & { sql: Queryable },
  userId: string,
): Promise<string> {
  const row = await personById(deps.sql, userId)
  if (!row) throw new Problem('not-found', 'there is no such person')
  return deps.seal.open(row.phoneSealed, phoneColumn, userId)
}

/** The phone, for what a code to it is to prove. Throws `phone-revoked` while it is on a list, and `not-found`. */
export async function provingPhoneOf(deps: AuthDeps, userId: string): Promise<string> {
  const { phone, phoneRevoked } = await personOf(deps, userId)
  if (phoneRevoked) throw new Problem('phone-revoked')
  return phone
}

/** In any order; unknown people are left out. */
export async function accountTenuresOf(
  deps: Pick<AuthDeps, 'sql'>,
  people: Input<typeof accountTenures>['body']['people'],
): Promise<Output<typeof accountTenures>['people']> {
  return (await findTenures(deps.sql, people)).map(({ createdAt, deviceBoundAt, ...person }) => ({
    ...person,
    createdAt: createdAt.toISOString(),
    ...(deviceBoundAt ? { deviceBoundAt: deviceBoundAt.toISOString() } : {}),
  }))
}

/** `paying`: whom a payer would pay by it, so not who may have lost it. Throws `not-found`. */
export async function findPerson(
  deps: AuthDeps,
  phone: string,
  { paying }: { paying: boolean },
): Promise<{ userId: string }> {
  const find = paying ? payeeByPhone : personByPhone
  const userId = await find(deps.sql, phoneKey(deps, phone))
  if (userId === undefined) throw new Problem('not-found', 'nobody has registered with this phone')
  return { userId }
}

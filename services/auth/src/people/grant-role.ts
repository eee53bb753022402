// Gives a person a role; access tokens made from then on name it.
import type { Role } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { setRole } from './store.ts'

/** Throws `not-found` when there is no registered person with this id. */
export async function grantRole(
  sql: Queryable,
  userId: string,
  role: Role,
): Promise<{ userId: string; role: Role }> {
  if (!(await setRole(sql, userId, role))) throw new Problem('not-found', 'there is no such person')
  return { userId, role }
}

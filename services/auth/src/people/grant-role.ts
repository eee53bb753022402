// Grants a person a staff role; access tokens made from then on contain it.
import type { StaffRole } from '@bahi/contracts/permissions.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { AuthDeps } from '../deps.ts'
import { insertRoleGrant } from './store.ts'

/** Idempotent. Throws `not-found` when there is no registered person with this id. */
export async function grantRole(
  deps: Pick<AuthDeps, 'sql' | 'clock'>,
  { userId, role, grantedBy }: { userId: string; role: StaffRole; grantedBy: string },
): Promise<{ userId: string; role: StaffRole }> {
  if (!(await insertRoleGrant(deps.sql, { userId, role, grantedBy, now: deps.clock.now() }))) {
    throw new Problem('not-found', 'there is no such person')
  }
  return { userId, role }
}

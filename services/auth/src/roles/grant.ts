// A grant of a staff role: how it is shown, and what an event says of it.
import type { RoleGrant } from '@bahi/contracts/roles.ts'
import type { Grant } from './store.ts'

export const dayMs = 24 * 3_600_000

export function grantView(grant: Grant): RoleGrant {
  const { id, userId, role, state, origin, note, endsAt, requestedAt } = grant
  return {
    ...{ id, userId, role, state, origin, note },
    endsAt: endsAt.toISOString(),
    requestedAt: requestedAt.toISOString(),
    ...(grant.requestedBy === null ? {} : { requestedBy: grant.requestedBy }),
    ...(grant.decidedAt === null ? {} : { decidedAt: grant.decidedAt.toISOString() }),
    ...(grant.decidedBy === null ? {} : { decidedBy: grant.decidedBy }),
    ...(grant.endedAt === null ? {} : { endedAt: grant.endedAt.toISOString() }),
    ...(grant.endedBy === null ? {} : { endedBy: grant.endedBy }),
    ...(grant.endNote === null ? {} : { endNote: grant.endNote }),
  }
}

/** The part of an event that names the grant. */
export const grantOf = ({ id, userId, role }: Grant) => ({ grantId: id, userId, role })

/** And who requested it, for what is decided on it. */
export const decidedGrantOf = (grant: Grant) => ({
  ...grantOf(grant),
  ...(grant.requestedBy === null ? {} : { makerId: grant.requestedBy }),
})

// Staff roles by maker and checker: one administrator requests a grant, another approves it, each can end it at once.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { listRoleGrants, requestRoleGrant, RoleGrant } from '@bahi/contracts/roles.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import type { Person } from '@bahi/kit/http/http.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { personByPhone } from '../people/store.ts'
import { endsWith, grantEnds } from './end-grants.ts'
import { dayMs, decidedGrantOf, grantOf, grantView } from './grant.ts'
import { approve, decline, endRenewed, findGrant, findGrants, insertGrant, type Grant } from './store.ts'

const defaultLimit = 50
/** A request that nobody has decided on by then is declined. */
const decideWithinMs = 7 * dayMs

type Administrator = Pick<Person, 'userId'>

export async function listGrants(
  { sql }: Pick<AuthDeps, 'sql'>,
  query: Input<typeof listRoleGrants>['querystring'],
): Promise<Output<typeof listRoleGrants>> {
  const limit = query.limit ?? defaultLimit
  const { userId = null, role = null, state = null, before = null } = query
  const rows = await findGrants(sql, { userId, role, state, before, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return {
    grants: page.map(grantView),
    ...(rows.length > limit ? { next: page.at(-1)!.id } : {}),
  }
}

/**
 * Throws `not-found` when nobody has the phone, `not-allowed` for a role of one's own, `wrong-state` while such a
 * request waits, `id-reused`, `request-invalid` for too many days.
 */
export async function requestGrant(
  deps: AuthDeps,
  maker: Administrator,
  anyCaseId: string,
  { phone, role, note, days }: Input<typeof requestRoleGrant>['body'],
): Promise<RoleGrant> {
  if (days > deps.config.BAHI_ROLE_MAX_DAYS) {
    const message = `a role is granted for ${deps.config.BAHI_ROLE_MAX_DAYS} days at most`
    throw new Problem('request-invalid', message, { fields: [{ path: '/body/days', message }] })
  }
  const userId = await personByPhone(deps.sql, phoneKey(deps, phone))
  if (userId === undefined) throw new Problem('not-found', 'nobody is registered with this phone')
  if (userId === maker.userId) throw new Problem('not-allowed', 'nobody grants themselves a role')
  const [id, now] = [anyCaseId.toLowerCase(), deps.clock.now()]
  const asked = { ...{ id, userId, role, note }, requestedBy: maker.userId, requestedAt: now }
  return deps.transaction(async (tx) => {
    const endsAt = new Date(now.getTime() + days * dayMs)
    const inserted = await insertGrant(tx, { ...asked, endsAt, state: 'requested', origin: 'administrators' })
    if (!inserted) return sameGrant(await findGrant(tx, id), asked)
    await schedule(tx, [
      {
        kind: grantEnds,
        key: id,
        dueAt: new Date(Math.min(now.getTime() + decideWithinMs, endsAt.getTime())),
      },
    ])
    await deps.append(tx, {
      type: 'auth.role-requested',
      stream: id,
      data: { ...grantOf(inserted), actorId: maker.userId, note, endsAt: endsAt.toISOString() },
    })
    return grantView(inserted)
  })
}

/** For a request that was sent twice. */
function sameGrant(
  found: Grant | undefined,
  asked: Pick<Grant, 'userId' | 'role' | 'note' | 'requestedBy'>,
): RoleGrant {
  if (!found) throw new Problem('wrong-state', 'the same role of this person waits for a decision already')
  const names = ['userId', 'role', 'note', 'requestedBy'] as const
  if (names.some((name) => found[name] !== asked[name])) throw new Problem('id-reused')
  return grantView(found)
}

/**
 * In effect with the commit: the gateway asks for the roles of a session whenever a request takes one. Throws
 * `not-found`, `not-allowed` for an own request or a role of one's own, `wrong-state`.
 */
export async function approveGrant(deps: AuthDeps, checker: Administrator, id: string): Promise<RoleGrant> {
  const [by, now] = [checker.userId, deps.clock.now()]
  return deps.transaction(async (tx) => {
    const renewed = await endRenewed(tx, id, { by, note: 'renewed', now })
    const granted = await approve(tx, id, by, now)
    if (!granted) throw refusalOf(await findGrant(tx, id), by)
    // From here on the person has the role.
    await schedule(tx, [{ kind: grantEnds, key: id, dueAt: granted.endsAt }], { existing: 'reschedule' })
    if (renewed)
      await deps.append(tx, {
        type: 'auth.role-ended',
        stream: renewed.id,
        data: { ...grantOf(renewed), actorId: by, note: 'renewed', renewed: true },
      })
    const { origin, endsAt } = granted
    await deps.append(tx, {
      type: 'auth.role-granted',
      stream: id,
      data: { ...decidedGrantOf(granted), actorId: by, origin, endsAt: endsAt.toISOString() },
    })
    return grantView(granted)
  })
}

function refusalOf(grant: Grant | undefined, by: string): Problem {
  if (!grant) return new Problem('not-found', 'there is no such grant')
  if (grant.state !== 'requested') return new Problem('wrong-state', `it is ${grant.state} already`)
  if (grant.requestedBy === by) return new Problem('not-allowed', 'another administrator approves it')
  if (grant.userId === by) return new Problem('not-allowed', 'nobody grants themselves a role')
  return new Problem('wrong-state', 'its time is over, or who requested it is no administrator any more')
}

/** Throws `not-found`, `wrong-state`. */
export async function declineGrant(
  deps: AuthDeps,
  { userId: by }: Administrator,
  id: string,
  note: string,
): Promise<RoleGrant> {
  return deps.transaction(async (tx) => {
    const declined = await decline(tx, id, { by, note, now: deps.clock.now() })
    if (!declined) throw refusalOf(await findGrant(tx, id), '')
    await deps.append(tx, {
      type: 'auth.role-declined',
      stream: id,
      data: { ...decidedGrantOf(declined), actorId: by, note },
    })
    return grantView(declined)
  })
}

/** Throws `not-found`, and `wrong-state` when it is not in effect or its person is the last administrator. */
export async function revokeGrant(
  deps: AuthDeps,
  { userId: by }: Administrator,
  id: string,
  note: string,
): Promise<RoleGrant> {
  const ended = await endsWith(deps, id, { by, note })
  if (ended) return grantView(ended)
  const found = await findGrant(deps.sql, id)
  if (!found) throw new Problem('not-found', 'there is no such grant')
  if (found.state === 'active')
    throw new Problem('wrong-state', 'this is the last administrator: appoint another one first')
  throw new Problem('wrong-state', `it is ${found.state}`)
}

// A second factor that was lost: one administrator requests that its person enrols anew, another one approves it.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { requestSecondFactorReset, SecondFactorReset } from '@bahi/contracts/second-factor.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { personByPhone, unbindDevices } from '../people/store.ts'
import { appendEnded, markEnded } from '../sessions/end-session.ts'
import { endSessionsOf, type EndedSession } from '../sessions/store.ts'
import { deleteFactors } from './store.ts'
import { approveReset, declineReset, findReset, findResets, insertReset, type Reset } from './store-resets.ts'

const maxListed = 100
/** An approval takes a person who asks, and so it comes soon or never. */
const decideWithinMs = 2 * 24 * 3_600_000

type Administrator = Pick<Person, 'userId'>

export async function listResets(deps: AuthDeps): Promise<{ resets: SecondFactorReset[] }> {
  return { resets: (await findResets(deps.sql, maxListed)).map(viewOf) }
}

/** Throws `not-found` when nobody has the phone, `not-allowed` for an own one, `wrong-state`, `id-reused`. */
export async function requestReset(
  deps: AuthDeps,
  maker: Administrator,
  anyCaseId: string,
  { phone, note }: Input<typeof requestSecondFactorReset>['body'],
): Promise<SecondFactorReset> {
  const userId = await personByPhone(deps.sql, phoneKey(deps, phone))
  if (userId === undefined) throw new Problem('not-found', 'nobody is registered with this phone')
  if (userId === maker.userId) throw new Problem('not-allowed', 'nobody resets a second factor of their own')
  const [id, now] = [anyCaseId.toLowerCase(), deps.clock.now()]
  const asked = { id, userId, note, requestedBy: maker.userId }
  return deps.transaction(async (tx) => {
    const expiresAt = new Date(now.getTime() + decideWithinMs)
    const inserted = await insertReset(tx, { ...asked, requestedAt: now, expiresAt })
    if (!inserted) return sameReset(await findReset(tx, id), asked)
    await deps.append(tx, {
      type: 'auth.second-factor-reset-requested',
      stream: id,
      data: { resetId: id, userId, actorId: maker.userId, note },
    })
    return viewOf(inserted)
  })
}

/** For a request that was sent twice. */
function sameReset(
  found: Reset | undefined,
  asked: Pick<Reset, 'userId' | 'note' | 'requestedBy'>,
): SecondFactorReset {
  if (!found) throw new Problem('wrong-state', 'a reset of this person waits for a decision already')
  const names = ['userId', 'note', 'requestedBy'] as const
  if (names.some((name) => found[name] !== asked[name])) throw new Problem('id-reused')
  return viewOf(found)
}

/** Throws `not-found`, `not-allowed` for an own request or an own second factor, `wrong-state`. */
export async function approveResetOf(
  deps: AuthDeps,
  { userId: by }: Administrator,
  id: string,
): Promise<SecondFactorReset> {
  const { reset, ended } = await deps.transaction(async (tx) => {
    const approved = await approveReset(tx, id, by, deps.clock.now())
    if (!approved) throw refusalOf(await findReset(tx, id), by)
    const sessions = await resetFactors(deps, tx, { resetId: id, userId: approved.userId, actorId: by })
    return { reset: approved, ended: sessions }
  })
  await markEnded(deps, ended)
  return viewOf(reset)
}

/** Throws `not-found`, `wrong-state`. */
export async function declineResetOf(
  deps: AuthDeps,
  { userId: by }: Administrator,
  id: string,
  note: string,
): Promise<SecondFactorReset> {
  return deps.transaction(async (tx) => {
    const declined = await declineReset(tx, id, { by, note, now: deps.clock.now() })
    if (!declined) throw refusalOf(await findReset(tx, id), '')
    await deps.append(tx, {
      type: 'auth.second-factor-reset-declined',
      stream: id,
      data: { resetId: id, userId: declined.userId, actorId: by, note },
    })
    return viewOf(declined)
  })
}

type ResetDeps = Pick<AuthDeps, 'append' | 'clock'>

/** All sessions end and all devices are unbound: the next sign-in takes password and code, and enrols anew. */
async function resetFactors(
  deps: ResetDeps,
  tx: Tx,
  data: { resetId: string; userId: string; actorId?: string; note?: string },
): Promise<EndedSession[]> {
  const now = deps.clock.now()
  await unbindDevices(tx, data.userId, {}, now)
  await deleteFactors(tx, data.userId)
  const ended = await endSessionsOf(tx, data.userId, {}, now)
  await appendEnded(deps, tx, ended, 'second-factor-reset')
  await deps.append(tx, { type: 'auth.second-factor-reset', stream: data.resetId, data })
  return ended
}

/**
 * By the command of who owns the database: the way back when too few administrators are left to approve a reset. The
 * gateway learns of the ended sessions by the event. Throws `not-found` for a phone that nobody has registered with.
 */
export async function resetByCommand(
  deps: ResetDeps & Pick<AuthDeps, 'transaction' | 'seal'>,
  phone: string,
  note: string,
): Promise<string> {
  return deps.transaction(async (tx) => {
    const userId = await personByPhone(tx, phoneKey(deps, phone))
    if (userId === undefined) throw new Problem('not-found', `nobody is registered with ${phone}`)
    await resetFactors(deps, tx, { resetId: uuidv7(), userId, note })
    return userId
  })
}

function refusalOf(reset: Reset | undefined, by: string): Problem {
  if (!reset) return new Problem('not-found', 'there is no such reset')
  if (reset.state !== 'requested') return new Problem('wrong-state', `it is ${reset.state} already`)
  if (reset.requestedBy === by) return new Problem('not-allowed', 'another administrator approves it')
  if (reset.userId === by) return new Problem('not-allowed', 'nobody resets a second factor of their own')
  return new Problem('wrong-state', 'its time is over, or who requested it is no administrator any more')
}

function viewOf(reset: Reset): SecondFactorReset {
  const { id, userId, state, note, requestedBy } = reset
  return {
    ...{ id, userId, state, note, requestedBy },
    requestedAt: reset.requestedAt.toISOString(),
    expiresAt: reset.expiresAt.toISOString(),
    ...(reset.decidedAt === null ? {} : { decidedAt: reset.decidedAt.toISOString() }),
    ...(reset.decidedBy === null ? {} : { decidedBy: reset.decidedBy }),
  }
}

// Grants without maker and checker: the first administrators, by a command, and the staff of a sandbox.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { GrantedRole } from '@bahi/contracts/permissions.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { phoneKey } from '../deps.ts'
import { isRegistered, personByPhone } from '../people/store.ts'
import { grantEnds } from './end-grants.ts'
import { dayMs, grantOf } from './grant.ts'
import { insertGrant, lockAdministrators, type Grant } from './store.ts'

type AppointDeps = Pick<Deps, 'transaction' | 'append' | 'clock' | 'seal'>

/** Maker and checker. */
const administratorsNeeded = 2
const days = 365

/**
 * As many people as two administrators lack: two on an empty platform, and nobody from then on while there are two.
 * Throws `wrong-state` for any other number, `not-found` for a phone that nobody has registered with.
 */
export async function appointAdministrators(
  deps: AppointDeps,
  phones: string[],
  note: string,
): Promise<string[]> {
  return deps.transaction(async (tx) => {
    const present = new Set(await lockAdministrators(tx))
    const lacking = Math.max(0, administratorsNeeded - present.size)
    if (lacking === 0)
      throw new Problem('wrong-state', 'this platform has its administrators: they grant roles from now on')
    const people = new Set<string>()
    for (const phone of phones) {
      const userId = await personByPhone(tx, phoneKey(deps, phone))
      if (userId === undefined) throw new Problem('not-found', `nobody is registered with ${phone}`)
      if (!present.has(userId)) people.add(userId)
    }
    if (people.size !== lacking)
      throw new Problem('wrong-state', `name ${lacking === 1 ? 'one person' : 'two people'}, by --phone each`)
    for (const userId of people)
      await grant(deps, tx, { userId, role: 'administrator', origin: 'command', note })
    return [...people]
  })
}

/** Idempotent. Throws `not-found` when there is no registered person with this id. */
export async function grantInSandbox(
  deps: AppointDeps,
  { userId, role }: { userId: string; role: GrantedRole },
): Promise<{ userId: string; role: GrantedRole }> {
  await deps.transaction(async (tx) => {
    if (!(await isRegistered(tx, userId))) throw new Problem('not-found', 'there is no such person')
    await grant(deps, tx, { userId, role, origin: 'sandbox', note: 'staff of a sandbox' })
  })
  return { userId, role }
}

async function grant(
  deps: AppointDeps,
  tx: Tx,
  about: Pick<Grant, 'userId' | 'role' | 'origin' | 'note'>,
): Promise<void> {
  const now = deps.clock.now()
  const endsAt = new Date(now.getTime() + days * dayMs)
  const asked = { ...about, id: uuidv7(now.getTime()), requestedAt: now, requestedBy: null }
  const granted = await insertGrant(tx, { ...asked, endsAt, state: 'active' })
  if (!granted) return
  await schedule(tx, [{ kind: grantEnds, key: granted.id, dueAt: endsAt }])
  await deps.append(tx, {
    type: 'auth.role-granted',
    stream: granted.id,
    data: { ...grantOf(granted), origin: about.origin, endsAt: endsAt.toISOString() },
  })
}

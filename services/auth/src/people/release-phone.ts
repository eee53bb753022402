// Takes a phone from a person because it is somebody else's now: whoever has it sees nothing of theirs.
import type { EventData } from '@bahi/contracts/events.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { dormancyOf } from './dormancy.ts'
import { hasStaffRole } from './store-person.ts'
import { markSignedOut, signOutEverywhere, type SignedOut } from './sign-out.ts'
import { phoneToFollow, removePhone } from './store-dormancy.ts'
import { lockPerson, personByPhone } from './store.ts'

/** The kind of due work by which user and account learn the phone of now, and the person that it is another one. */
export const phoneFollows = 'phone-follows'

type Why = Omit<EventData<'auth.phone-released'>, 'userId'>

/**
 * Every session ends, every device is unbound, every app is disconnected; UPI IDs and UPI numbers that are the phone
 * are closed by due work. The person keeps everything else, and has it back with another phone once staff restores
 * their sign-in. Throws `wrong-state` for staff, whose roles end before, and for who has no phone.
 */
export async function releasePhone(deps: AuthDeps, tx: Tx, userId: string, why: Why): Promise<SignedOut> {
  const now = deps.clock.now()
  await lockPerson(tx, userId)
  if (await hasStaffRole(tx, userId))
    throw new Problem('wrong-state', 'the person has a staff role: end it before')
  if (!(await phoneToFollow(tx, userId))?.phoneSealed)
    throw new Problem('wrong-state', 'the person has no phone')

  // From here on the phone is nobody's.
  await removePhone(tx, userId)
  const ended = await signOutEverywhere(deps, tx, userId, 'phone-released', now)
  await schedule(tx, [{ kind: phoneFollows, key: userId, dueAt: now }], { existing: 'reschedule' })
  await deps.append(tx, { type: 'auth.phone-released', stream: userId, data: { userId, ...why } })
  return ended
}

/**
 * For who has proven the phone and declares that it is new to them; the caller holds the lock of its codes. Undefined
 * when whoever has it is not dormant, or is staff: then it takes a decision of staff. A sign-in of theirs that has
 * begun is waited for, and then they are not dormant.
 */
export async function releaseDormant(
  deps: AuthDeps,
  tx: Tx,
  phoneKey: Buffer,
): Promise<SignedOut | undefined> {
  const userId = await personByPhone(tx, phoneKey)
  if (userId === undefined) return undefined
  await lockPerson(tx, userId)
  const { isDormant, isRestored } = await dormancyOf(tx, userId, deps.clock.now())
  if (!isDormant || isRestored || (await hasStaffRole(tx, userId))) return undefined
  return releasePhone(deps, tx, userId, { by: 'new-holder' })
}

/** Once that is committed. */
export async function markReleased(deps: AuthDeps, ended: SignedOut): Promise<void> {
  deps.countReleased('new-holder')
  await markSignedOut(deps, ended)
}

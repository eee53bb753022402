// Gives a person their sign-in back, whom staff has found to be who they say, with the phone that they have now.
import { Problem } from '@bahi/contracts/problem.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { lockCodes } from '../codes/store.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { phoneColumn } from '../sealed-columns.ts'
import { resetAllowedUntil } from './dormancy.ts'
import { regainPhone } from '../revoked-numbers/prove-phone.ts'
import { revokedOnOf } from '../revoked-numbers/store.ts'
import { phoneFollows } from './release-phone.ts'
import { hasStaffRole } from './store-person.ts'
import { allowReset } from './store-dormancy.ts'
import { hasPhone, isRegistered, lockPerson, personByPhone, setPhone } from './store.ts'

/**
 * From now on, and for as long as the rules say, a code to that phone resets their password. Throws `wrong-state` for
 * staff, whose roles end before, for who has closed their account, and when the phone is somebody else's.
 */
export async function restoreSignIn(deps: AuthDeps, tx: Tx, userId: string, phone: string): Promise<void> {
  const now = deps.clock.now()
  const key = phoneKey(deps, phone)
  // Registrations with this phone wait.
  await lockCodes(tx, key)
  await lockPerson(tx, userId)
  if (!(await isRegistered(tx, userId)))
    throw new Problem('wrong-state', 'the person has closed their account')
  if (await hasStaffRole(tx, userId))
    throw new Problem('wrong-state', 'the person has a staff role: end it before')
  if ((await personByPhone(tx, key)) !== userId) {
    if (await hasPhone(tx, key)) throw new Problem('wrong-state', 'somebody else has this phone')
    const phoneSealed = deps.seal.seal(phone, phoneColumn, userId)
    await setPhone(tx, userId, { phoneKey: key, phoneSealed, now })
    await schedule(tx, [{ kind: phoneFollows, key: userId, dueAt: now }], { existing: 'reschedule' })
  } else if ((await revokedOnOf(tx, userId)) !== null) await regainPhone(deps, tx, userId, now)
  await allowReset(tx, userId, resetAllowedUntil(now))
}

// Keeps, changes and removes contacts: of two changes the later one wins, in whatever order they arrive.
import { maxContacts, type Contact } from '@bahi/contracts/contacts.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { changedAtOf, shown } from './contact.ts'
import { lockProfile } from '../profiles/store.ts'
import { countContacts, findContact, forgetRemoved, markRemoved, upsertContact } from './store.ts'

/** Removed contacts that are remembered, so that an older change of another device does not bring them back. */
const maxRemembered = 500

type Change = { vpa: string; name: string; favourite: boolean; changedAt: string }

/**
 * Answers the contact as it is now: nothing when it was removed later than this change.
 * Throws `wrong-state` when one more is too many, `not-found` when the person has no profile.
 */
export function keepContact(
  deps: Deps,
  userId: string,
  { vpa, name, favourite, changedAt }: Change,
): Promise<{ contact?: Contact }> {
  const at = changedAtOf(changedAt, deps.clock.now())
  const own = normaliseVpa(vpa)
  return oneAtATime(deps, userId, async (tx) => {
    const isNew = !(await findContact(tx, userId, own))
    await upsertContact(tx, userId, { vpa: own, name: name.trim(), favourite, changedAt: at })
    // Over the limit, nothing of this stays.
    if (isNew && (await countContacts(tx, userId)) > maxContacts) {
      throw new Problem('wrong-state', `you have ${maxContacts} contacts: remove one first`)
    }
    const row = await findContact(tx, userId, own)
    return row ? { contact: shown(row) } : {}
  })
}

/** Removing what is not there, or again, does nothing. */
export function removeContact(deps: Deps, userId: string, vpa: string, changedAt: string): Promise<void> {
  const at = changedAtOf(changedAt, deps.clock.now())
  return oneAtATime(deps, userId, async (tx) => {
    await markRemoved(tx, userId, normaliseVpa(vpa), at)
    await forgetRemoved(tx, userId, maxRemembered)
  })
}

/** Changes of one person wait for each other: the limit holds, however many come at once. */
function oneAtATime<T>(deps: Deps, userId: string, change: (tx: Tx) => Promise<T>): Promise<T> {
  return deps.transaction(async (tx) => {
    if (!(await lockProfile(tx, userId))) throw new Problem('not-found', 'this person has no profile')
    return change(tx)
  })
}

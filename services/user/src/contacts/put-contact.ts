// Creates, changes and removes contacts: the last write wins by the time of the change, not of its arrival.
import { maxContacts, type Contact } from '@bahi/contracts/contacts.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { normaliseName } from '@bahi/contracts/person-name.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { changedAtOf, sealContactName, toContact } from './contact.ts'
import { lockProfile } from '../profiles/store.ts'
import { countContacts, findContact, purgeRemoved, markRemoved, upsertContact } from './store.ts'

/** Removed contacts whose rows are kept, so that an older change that arrives late does not restore them. */
const maxRemovedKept = 500

type Change = { vpa: string; name: string; favourite: boolean; changedAt: string }

/**
 * Returns the contact as it is now: none when it was removed after this change. Throws `wrong-state` above the limit,
 * `not-found` when the person has no profile.
 */
export function putContact(
  deps: Deps,
  userId: string,
  { vpa, name, favourite, changedAt }: Change,
): Promise<{ contact?: Contact }> {
  const at = changedAtOf(changedAt, deps.clock.now())
  const normalised = normaliseVpa(vpa)
  return withProfileLock(deps, userId, async (tx) => {
    const isNew = !(await findContact(tx, userId, normalised))
    const nameSealed = sealContactName(deps.seal, userId, normalised, normaliseName(name))
    await upsertContact(tx, { userId, vpa: normalised, nameSealed, favourite, changedAt: at })
    // The transaction is rolled back above the limit.
    if (isNew && (await countContacts(tx, userId)) > maxContacts) {
      throw new Problem('wrong-state', `you have ${maxContacts} contacts: remove one first`)
    }
    const row = await findContact(tx, userId, normalised)
    return row ? { contact: toContact(deps.seal, row) } : {}
  })
}

/** Idempotent; removing an unknown contact is not an error. */
export function removeContact(deps: Deps, userId: string, vpa: string, changedAt: string): Promise<void> {
  const at = changedAtOf(changedAt, deps.clock.now())
  return withProfileLock(deps, userId, async (tx) => {
    await markRemoved(tx, userId, normaliseVpa(vpa), at)
    await purgeRemoved(tx, userId, maxRemovedKept)
  })
}

/** Serialises the changes of one person, so that concurrent ones cannot exceed the limit. */
function withProfileLock<T>(deps: Deps, userId: string, change: (tx: Tx) => Promise<T>): Promise<T> {
  return deps.transaction(async (tx) => {
    if (!(await lockProfile(tx, userId))) throw new Problem('not-found', 'this person has no profile')
    return change(tx)
  })
}

// Seals names that a version of before wrote in clear: of people and of their contacts.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { sealContactName } from '../contacts/contact.ts'
import { sealName } from './profile.ts'
import { lockUnsealedContacts, lockUnsealedNames, setContactNames, setNames } from './store-unsealed.ts'

const atOnce = 200

/** True when there may be more. */
export function sealNames({ transaction, seal }: Pick<Deps, 'transaction' | 'seal'>): Promise<boolean> {
  return transaction(async (tx) => {
    const people = await lockUnsealedNames(tx, atOnce)
    await setNames(
      tx,
      people.map(({ userId, name }) => ({ userId, nameSealed: sealName(seal, userId, name) })),
    )
    const contacts = await lockUnsealedContacts(tx, atOnce)
    await setContactNames(
      tx,
      contacts.map(({ userId, vpa, name }) => ({
        ...{ userId, vpa, nameSealed: sealContactName(seal, userId, vpa, name) },
      })),
    )
    return people.length === atOnce || contacts.length === atOnce
  })
}

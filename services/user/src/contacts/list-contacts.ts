// Lists a person's contacts in pages, ordered by UPI ID.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { listContacts as contract } from '@bahi/contracts/contacts.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { toContact } from './contact.ts'
import { findContacts } from './store.ts'

const defaultLimit = 100

export async function listContacts(
  deps: Pick<Deps, 'sql' | 'seal'>,
  userId: string,
  { limit = defaultLimit, after, favourite }: Input<typeof contract>['querystring'],
): Promise<Output<typeof contract>> {
  const found = await findContacts(deps.sql, userId, {
    after: after === undefined ? '' : normaliseVpa(after),
    limit: limit + 1,
    favourite: favourite ?? null,
  })
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    contacts: page.map((row) => toContact(deps.seal, row)),
    ...(found.length > limit && last ? { next: last.vpa } : {}),
  }
}

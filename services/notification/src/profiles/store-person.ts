// The SQL of what notification holds about one person: for its end.
import type { Tx } from '@bahi/kit/sql/sql.ts'

export async function deletePerson(tx: Tx, userId: string): Promise<void> {
  // First: whoever makes a message for them just now is waited for, and nobody does after.
  await tx`select delete_person(${userId})`
  await tx`delete from push_subscriptions where user_id = ${userId}`
  await tx`delete from messages where user_id = ${userId}`
}

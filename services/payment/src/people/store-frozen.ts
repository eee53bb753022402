// The SQL of freezing a person's payments; `limits/store.ts` reads who is frozen.
import type { Tx } from '@bahi/kit/sql/sql.ts'

export async function setFrozen(tx: Tx, userId: string, at: Date | null): Promise<void> {
  if (at === null) await tx`delete from frozen_people where user_id = ${userId}`
  else
    await tx`insert into frozen_people (user_id, frozen_at) values (${userId}, ${at}) on conflict do nothing`
}

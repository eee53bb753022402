// What another app answered as it let a mandate go, with the operation that takes it.
import type { LetGo } from '@bahi/contracts/network-adapter.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'

/** Of an operation that is not decided. The first answer stays. */
export async function storeLetGo(
  sql: Queryable,
  mandateId: string,
  nth: number,
  letGo: LetGo,
): Promise<void> {
  await sql`
    update mandate_operations set let_go = ${sql.json(letGo)}
    where mandate_id = ${mandateId} and nth = ${nth} and decided_at is null and let_go is null`
}

export async function findLetGo(sql: Queryable, mandateId: string, nth: number): Promise<LetGo | undefined> {
  const [row] = await sql<{ letGo: LetGo | null }[]>`
    select let_go from mandate_operations where mandate_id = ${mandateId} and nth = ${nth}`
  return row?.letGo ?? undefined
}

// What another app answered as it ported a mandate out, with the operation that ports it in.
import type { PortOut } from '@bahi/contracts/network-adapter.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'

/** Of an operation that is not decided. The first answer stays. */
export async function storePortOut(
  sql: Queryable,
  mandateId: string,
  nth: number,
  portOut: PortOut,
): Promise<void> {
  await sql`
    update mandate_operations set let_go = ${sql.json(portOut)}
    where mandate_id = ${mandateId} and nth = ${nth} and decided_at is null and let_go is null`
}

export async function findPortOut(
  sql: Queryable,
  mandateId: string,
  nth: number,
): Promise<PortOut | undefined> {
  const [row] = await sql<{ portOut: PortOut | null }[]>`
    select let_go as port_out from mandate_operations where mandate_id = ${mandateId} and nth = ${nth}`
  return row?.portOut ?? undefined
}

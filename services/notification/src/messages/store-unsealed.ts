// The SQL of sealing what is stored in clear. Rows that another copy of the service is at are left to it.
import { rowsIn, type Tx } from '@bahi/kit/sql/sql.ts'
import type { Values } from './templates.ts'

type UnsealedMessage = {
  userId: string
  seq: number
  templateValues: Values | null
  title: string | null
  text: string | null
  data: Record<string, unknown>
}

export function lockUnsealedMessages(tx: Tx, limit: number): Promise<UnsealedMessage[]> {
  return tx<UnsealedMessage[]>`
    select user_id, seq, template_values, title, text, data from messages where content_sealed is null
    order by user_id, seq limit ${limit} for update skip locked`
}

/** Those that were sent at once say nothing. */
export function lockUnsealedDeliveries(tx: Tx, limit: number): Promise<{ id: string; data: Values }[]> {
  return tx<{ id: string; data: Values }[]>`
    select id, data from deliveries where values_sealed is null and user_id is not null
    order by id limit ${limit} for update skip locked`
}

export async function setContents(
  tx: Tx,
  rows: readonly { user_id: string; seq: number; sealed: string }[],
): Promise<void> {
  if (rows.length === 0) return
  await tx`
    update messages m set content_sealed = n.sealed
    from json_to_recordset(${rowsIn(tx, rows)}) as n (user_id uuid, seq bigint, sealed text)
    where m.user_id = n.user_id and m.seq = n.seq`
}

export async function setValues(tx: Tx, rows: readonly { id: string; sealed: string }[]): Promise<void> {
  if (rows.length === 0) return
  await tx`
    update deliveries d set values_sealed = n.sealed
    from json_to_recordset(${rowsIn(tx, rows)}) as n (id uuid, sealed text)
    where d.id = n.id`
}

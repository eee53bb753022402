// Takes what is personal of one person out of the events of a service: ids, amounts and times stay.
import { joinPersonal, splitPersonal } from '@bahi/contracts/personal-parts.ts'
import { rowsIn, type Tx } from '../sql/sql.ts'

const streamsAtOnce = 200

type Row = {
  stream: string
  version: number
  type: string
  data: Record<string, unknown>
  isDelta: boolean
}

/** In the caller's transaction. What others say in the same events stays. Repeating it changes nothing. */
export async function redactEvents(tx: Tx, streams: readonly string[], userId: string): Promise<void> {
  for (let at = 0; at < streams.length; at += streamsAtOnce) {
    const rows = await tx<Row[]>`
      select stream, version, type, data, is_delta from events
      where stream = any (${streams.slice(at, at + streamsAtOnce)}::text[]) order by stream, version`
    const first = new Map(rows.filter(({ version }) => version === 1).map((row) => [row.stream, row.data]))
    const changes = rows.flatMap(({ stream, version, type, data, isDelta }) => {
      const whole = isDelta ? { ...first.get(stream), ...data } : data
      const { open, personal } = splitPersonal(type, data, whole)
      if (!personal.delete(userId.toLowerCase())) return []
      return [{ stream, version, data: [...personal.values()].reduce<unknown>(joinPersonal, open) }]
    })
    if (changes.length > 0) await tx`select redact_events(${rowsIn(tx, changes)})`
  }
}

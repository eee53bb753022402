// Seals what is personal in a record under the key of its person, and opens it for auditors while there is that key.
import { joinPersonal, splitPersonal } from '@bahi/contracts/personal-parts.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { findPersonKeys, makePersonKeys, openUnder, sealUnder } from '@bahi/kit/crypto/person-keys.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

type Data = Record<string, unknown>
type Recorded = { eventId: string; data: Data }

/** The field of a record's data that holds what is sealed, by person; nothing of somebody without a key. */
const sealedField = 'sealed'

/** The data of each event as it is recorded. Of people whose key was shredded nothing personal is recorded. */
export async function sealPersonal(
  { seal }: Pick<Deps, 'seal'>,
  tx: Tx,
  events: { id: string; type: string; data: Data }[],
): Promise<Data[]> {
  const splits = events.map(({ type, data }) => splitPersonal(type, data))
  const keys = await makePersonKeys(
    tx,
    seal,
    splits.flatMap(({ personal }) => [...personal.keys()]),
  )
  return splits.map(({ open, personal }, i) => {
    if (personal.size === 0) return open
    const sealed = [...personal].map(([userId, part]): [string, string] => {
      const key = keys.get(userId)
      if (!key) return [userId, '']
      const plain = Buffer.from(JSON.stringify(part))
      return [userId, sealUnder(key, plain, place(events[i]!.id, userId)).toString('base64url')]
    })
    return { ...open, [sealedField]: Object.fromEntries(sealed) }
  })
}

/** The rows with what can still be opened in its place. */
export async function openPersonal<Row extends Recorded>(
  { seal }: Pick<Deps, 'seal'>,
  sql: Queryable,
  rows: readonly Row[],
): Promise<Row[]> {
  const sealedOf = ({ data }: Recorded) => Object.entries((data[sealedField] ?? {}) as Record<string, string>)
  const keys = await findPersonKeys(
    sql,
    seal,
    rows.flatMap((row) => sealedOf(row).map(([userId]) => userId)),
  )
  return rows.map((row) => {
    const { [sealedField]: _, ...open } = row.data
    const data = sealedOf(row).reduce((whole: unknown, [userId, sealed]) => {
      const key = keys.get(userId)
      if (!key || sealed === '') return whole
      const plain = openUnder(key, Buffer.from(sealed, 'base64url'), place(row.eventId, userId))
      return joinPersonal(whole, JSON.parse(plain.toString('utf8')))
    }, open)
    return { ...row, data: data as Data }
  })
}

const place = (eventId: string, userId: string) => ['audit', eventId.toLowerCase(), userId]

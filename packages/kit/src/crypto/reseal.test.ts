// Re-sealing on a real database: everything ends under the current key, and nothing that was written meanwhile is lost.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import type { AnyService } from '../runtime/service.ts'
import { newDataKeys, withNewKey } from './data-keys.ts'
import { resealSchema } from './reseal.ts'
import { createSeal, type Seal } from './seal.ts'

const phone = { table: 'phones', column: 'phone_sealed', row: 'id' }
const name = { table: 'phones', column: 'name_sealed', row: 'id' }
const columns = [phone, name]
const keys = newDataKeys()
const before = createSeal('user', keys)
const after = createSeal('user', withNewKey(keys))
const keyOf = (seal: Seal) => seal.prefix.split('.')[1]!
const count = 1_203

let folder: string
let database: TestDatabase
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-reseal-'))
  await mkdir(join(folder, 'migrations'))
  await writeFile(
    join(folder, 'migrations/001_phones.sql'),
    `create table phones (id uuid primary key, phone_sealed text not null, name_sealed text);
    create table pairs (person uuid, nth bigint, name_sealed text, primary key (person, nth));`,
  )
  const migrations = pathToFileURL(`${folder}/migrations/`)
  database = await testDatabase(inject('postgresUrl'), [{ name: 'user', migrations } as AnyService])
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})
const idOf = (nth: number) => `00000000-0000-7000-8000-${String(nth).padStart(12, '0')}`
beforeEach(async () => {
  const ids = Array.from({ length: count }, (_, nth) => idOf(nth))
  const phones = ids.map((id) => before.seal(`phone ${id}`, phone, id))
  const names = ids.map((id, nth) => (nth % 3 ? null : before.seal(`name ${id}`, name, id)))
  await database.admin`truncate "user".phones`
  await database.admin`
    insert into "user".phones (id, phone_sealed, name_sealed)
    select id, phone, name from unnest(${ids}::uuid[], ${phones}::text[], ${names}::text[]) as x (id, phone, name)`
})
const stored = () =>
  database.admin<{ id: string; phoneSealed: string; nameSealed: string | null }[]>`
    select id, phone_sealed, name_sealed from "user".phones order by id`

it('leaves nothing under an older key, and every value what it was', async () => {
  const results = await resealSchema(database.admin, { schema: 'user', seal: after, columns, batchSize: 100 })
  expect(results).toEqual([
    { column: phone, changed: count, unopened: [], byKey: { [keyOf(after)]: count } },
    { column: name, changed: count / 3, unopened: [], byKey: { [keyOf(after)]: count / 3 } },
  ])
  for (const row of await stored()) {
    expect(after.open(row.phoneSealed, phone, row.id)).toBe(`phone ${row.id}`)
    if (row.nameSealed) expect(after.open(row.nameSealed, name, row.id)).toBe(`name ${row.id}`)
    expect(() => before.open(row.phoneSealed, phone, row.id)).toThrow('not known')
  }
  const again = await resealSchema(database.admin, { schema: 'user', seal: after, columns })
  expect(again.map((result) => result.changed)).toEqual([0, 0])
})

it('takes back nothing that was written meanwhile, under either key', async () => {
  const written = new Map<string, string>()
  let done = false
  async function write(): Promise<void> {
    for (let nth = 0; !done; nth++) {
      const id = idOf((nth * 7) % count)
      const text = `write ${nth}`
      // The process that was not restarted yet still seals under the older key.
      const sealed = (nth % 2 ? before : after).seal(text, phone, id)
      await database.admin`update "user".phones set phone_sealed = ${sealed} where id = ${id}`
      written.set(id, text)
    }
  }
  const writing = write()
  const reseal = () => resealSchema(database.admin, { schema: 'user', seal: after, columns, batchSize: 50 })
  for (let run = 0; run < 3; run++) await reseal()
  done = true
  await writing
  const [result] = await reseal()
  expect(result?.byKey).toEqual({ [keyOf(after)]: count })
  for (const { id, phoneSealed } of await stored()) {
    expect(after.open(phoneSealed, phone, id)).toBe(written.get(id) ?? `phone ${id}`)
  }
})

it('names rows whose values were swapped, and goes on', async () => {
  const [a, b] = [idOf(3), idOf(700)]
  await database.admin`
    update "user".phones p set phone_sealed = q.phone_sealed from "user".phones q
    where p.id in (${a}, ${b}) and q.id in (${a}, ${b}) and p.id <> q.id`
  const results = await resealSchema(database.admin, { schema: 'user', seal: after, columns, batchSize: 100 })
  expect(results[0]).toEqual({
    column: phone,
    changed: count - 2,
    unopened: [a, b],
    byKey: { [keyOf(before)]: 2, [keyOf(after)]: count - 2 },
  })
})

it('knows rows by several columns, in their order', async () => {
  const pair = { table: 'pairs', column: 'name_sealed', row: ['person', 'nth'] }
  // More than a batch of one person, and numbers whose order as texts is another.
  const rows = Array.from({ length: 130 }, (_, nth) => ({ person: idOf(nth % 2), nth }))
  const rowOf = (row: { person: string; nth: number }) => `${row.person} ${row.nth}`
  const sealed = rows.map((row) => before.seal(rowOf(row), pair, rowOf(row)))
  await database.admin`
    insert into "user".pairs (person, nth, name_sealed)
    select p.person, p.nth, p.sealed from unnest(${rows.map((row) => row.person)}::uuid[],
      ${rows.map((row) => row.nth)}::bigint[], ${sealed}::text[]) as p (person, nth, sealed)`
  const results = await resealSchema(database.admin, {
    ...{ schema: 'user', seal: after, columns: [pair], batchSize: 20 },
  })
  expect(results).toEqual([{ column: pair, changed: 130, unopened: [], byKey: { [keyOf(after)]: 130 } }])
  const stored = await database.admin<{ person: string; nth: number; nameSealed: string }[]>`
    select person, nth, name_sealed from "user".pairs`
  for (const row of stored) expect(after.open(row.nameSealed, pair, rowOf(row))).toBe(rowOf(row))
  const columns = [{ ...pair, row: ['person', 'mth'] }]
  await expect(resealSchema(database.admin, { schema: 'user', seal: after, columns })).rejects.toThrow(
    'pairs.mth',
  )
})

// Every table has a retention, which its service can follow; and what is old is deleted in batches, nothing else.
import { readFileSync } from 'node:fs'
import { retention } from '@bahi/contracts/retention.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { retentionWorker } from '@bahi/kit/sql/retention.ts'
import { testDatabase } from '@bahi/testing/database.ts'
import { expect, inject, it } from 'vitest'
import { services } from './services.ts'

const withSchema = services.filter(({ name, migrations }) => migrations !== undefined && name !== 'sandbox')
const schemaOf = (service: string) =>
  readFileSync(new URL(`../../../services/${service}/schema.sql`, import.meta.url), 'utf8')

/** Partitions are deleted with their table. */
const tablesIn = (schema: string) =>
  [...schema.matchAll(/^create table (\w+) \(\n(.*?)^\)(.*?);/gms)].filter(
    ([, , , more]) => !/partition of/.test(more!),
  )

it.each(withSchema.map(({ name }) => name))('every table of %s has a retention', (service) => {
  const tables = tablesIn(schemaOf(service)).map(([, table]) => table)
  expect(tables.length).toBeGreaterThan(6)
  for (const { services: listed } of retention)
    expect(Object.keys(listed[service as keyof typeof listed] ?? {}).sort()).toEqual(tables.sort())
})

it.each(withSchema.map(({ name }) => name))('%s has the columns and the rights to follow it', (service) => {
  const schema = schemaOf(service)
  const columns = new Map(tablesIn(schema).map(([, table, body]) => [table, body!]))
  const rules = rulesAt(retention, new Date()).services[service as 'auth']!
  for (const [table, kept] of Object.entries(rules)) {
    for (const { since } of 'keeps' in kept ? [] : kept) {
      expect(columns.get(table)).toMatch(new RegExp(`^  ${since} timestamp`, 'm'))
      expect(schema).toMatch(new RegExp(`^grant delete, .* on ${table} to bahi_${service};`, 'm'))
    }
  }
})

it('a worker deletes what is old in batches, and leaves what is not', async () => {
  const database = await testDatabase(inject('postgresUrl'), services)
  const sql = connect(database.url('notification'), { max: 2, name: 'retention test' })
  const now = new Date()
  const worker = retentionWorker({ sql, clock: { now: () => now } as never }, retention, 'notification')
  const insert = (status: string, daysAgo: number, count: number) => database.admin`
    insert into notification.deliveries (id, channel, template, subject, status, next_at, at)
    select gen_random_uuid(), 'sms', 'otp', 'x', ${status}, now(), now() - make_interval(days => ${daysAgo})
    from generate_series(1, ${count})`
  await insert('sent', 91, 1_200)
  await insert('sent', 89, 3)
  await insert('waiting', 400, 2)
  let rounds = 0
  while (await worker.run()) rounds += 1
  expect(rounds).toBe(2)
  const left = await database.admin`
    select status, count(*)::int as count from notification.deliveries group by status order by status`
  expect(left).toEqual([
    { status: 'sent', count: 3 },
    { status: 'waiting', count: 2 },
  ])
  await sql.end()
  await database.drop()
})

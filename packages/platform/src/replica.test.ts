// Reads on a streaming replica: whoever wrote sees it, however far the replica is behind; and without it all goes on.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hidePayment } from '@bahi/contracts/people.ts'
import * as paymentApi from '@bahi/contracts/payment.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import { createLog } from '@bahi/kit/log.ts'
import { createMetrics } from '@bahi/kit/metrics.ts'
import { startPostgres, type EmbeddedPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { replicaReads } from '@bahi/kit/sql/replica.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { adjustableClock } from '@bahi/testing/clock.ts'
import { followPrimary, startReplica } from '@bahi/testing/streaming-replica.ts'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { becomeCustomer, pay, register, type Customer } from './api-client.ts'
import { startEmbedded, type Embedded } from './embedded.ts'
import { makeSecrets } from './secrets.ts'

let folder: string
let primary: EmbeddedPostgres
let replica: EmbeddedPostgres
let platform: Embedded
let there: Sql
let [asha, ravi]: Customer[] = []
const dataDir = () => join(folder, 'postgres')

/** How many reads went where, since the start. */
async function placesOf(): Promise<Record<string, number>> {
  const lines = (await platform.metrics()).matchAll(
    /^bahi_reads_total\{[^}]*place="(\w+)",why="(\w+)"[^}]*\} (\d+)/gm,
  )
  return Object.fromEntries([...lines].map(([, place, why, count]) => [`${place} ${why}`, Number(count)]))
}
/** Where one read went. */
async function placeOf(read: () => Promise<unknown>): Promise<string[]> {
  const before = await placesOf()
  await read()
  const after = await placesOf()
  return Object.keys(after).filter((name) => after[name] !== (before[name] ?? 0))
}
const history = (who: Customer) => who.call(paymentApi.listPayments, { querystring: {} })
const paused = (pause: boolean) =>
  pause ? there`select pg_wal_replay_pause()` : there`select pg_wal_replay_resume()`
const onReplica = ['replica ok']

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-replica-'))
  const settings = {
    ...{ synchronous_commit: 'on', hot_standby_feedback: 'on' },
    // Its log is archived to nowhere.
    ...{ archive_mode: 'on', archive_command: 'false' },
  }
  primary = await startPostgres({ dataDir: dataDir(), durable: false, settings })
  replica = await startReplica(primary, dataDir())
  there = connect(replica.adminUrl, { max: 1 })
  const secrets = await makeSecrets()
  platform = await startEmbedded({
    ...{ adminUrl: primary.adminUrl, secrets, port: 0, logLevel: process.env['BAHI_TEST_LOG'] ?? 'silent' },
    replica: { adminUrl: replica.adminUrl, waitMs: 300, maxLagMs: 60_000 },
    env: { BAHI_ARGON2_MEMORY_KIB: '1024' },
  })
  const customer = async (nth: number) => {
    const who = { phone: `+91980000100${nth}`, name: `Person ${nth}`, password: 'lohe-ka-tala-7' }
    const vpa = `reader.${nth}@bahi`
    return becomeCustomer(await register(platform.url, who), { vpa, pin: '4071', balancePaise: 10_000_00 })
  }
  ;[asha, ravi] = [await customer(1), await customer(2)]
  await vi.waitUntil(async () => (await placeOf(() => history(asha!)))[0] === onReplica[0], 20_000)
})
afterAll(async () => {
  await platform?.close()
  await there?.end({ timeout: 1 })
  await replica?.stop()
  await primary?.stop()
  await rm(folder, { recursive: true, force: true })
})

it('the server says what it does not archive and who follows it, as far as its owner may see it', async () => {
  const admin = connect(primary.adminUrl, { max: 1 })
  const shown = async () => {
    const lines = (await platform.metrics()).matchAll(/^bahi_database_(\w+)\{[^}]*\} (\S+)$/gm)
    return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]))
  }
  const everybodys = {
    ...{ archive_fails: 1, standbys_expected: 0, standbys_of_commit: 0 },
    ...{ connections: expect.any(Number), connections_max: 297, slots_unused: 0 },
    transaction_ids_age: expect.any(Number),
  }
  try {
    await admin`select pg_switch_wal()`
    await vi.waitUntil(async () => (await shown())['archive_fails'] === 1, 20_000)
    const all = {
      ...everybodys,
      ...{ standbys: 1, standbys_synchronous: 0 },
      ...{ unarchived_seconds: expect.any(Number), log_bytes: expect.any(Number) },
      oldest_transaction_seconds: expect.any(Number),
    }
    const found = await shown()
    expect(found).toEqual(all)
    expect(found['unarchived_seconds']).toBeGreaterThan(0)
    expect(found['log_bytes']).toBeGreaterThan(2 * 16_777_216 - 1)
    expect(found['transaction_ids_age']).toBeGreaterThan(0)
    await admin`select pg_create_physical_replication_slot('of_nobody', true)`
    expect((await shown())['slots_unused']).toBe(1)
    await vi.waitUntil(async () => {
      const [{ count }] = await admin<[{ count: number }]>`
        select count(*)::int from pg_stat_activity where datname is not null`
      return (await shown())['connections'] === count
    }, 20_000)
    await admin.begin(async (tx) => {
      await tx`select pg_sleep(0.3)`
      expect((await shown())['oldest_transaction_seconds']).toBeGreaterThan(0.25)
    })
    await admin`select pg_drop_replication_slot('of_nobody')`
    await admin.unsafe(
      `create role plain; grant create on schema account to plain;
       alter function account.database_server() owner to plain;
       alter function account.database_load() owner to plain`,
    )
    expect(await shown()).toEqual(everybodys)
    await admin.unsafe('grant pg_monitor to plain')
    expect(await shown()).toEqual(all)
  } finally {
    await admin.end()
  }
})

it('whoever wrote reads it at once, from the primary while the replica is behind', async () => {
  await paused(true)
  const paid = await pay(asha!, { payeeVpa: ravi!.vpa, amountPaise: 100_00 })
  for (const who of [asha!, ravi!]) {
    let ids: string[] = []
    const place = await placeOf(async () => {
      ids = (await history(who)).payments.map(({ id }) => id)
    })
    expect([place, ids]).toEqual([['primary behind'], [paid.id]])
  }
  await paused(false)
  await vi.waitUntil(async () => (await placeOf(() => history(ravi!)))[0] === onReplica[0], 20_000)
  expect((await history(ravi!)).payments.map(({ id }) => id)).toEqual([paid.id])

  // Nothing but their own row, which no event tells: hidden, it is gone from their history.
  await paused(true)
  await asha!.call(hidePayment, { params: { id: paid.id }, body: { hidden: true } })
  expect((await history(asha!)).payments).toEqual([])
  expect(await placeOf(() => history(asha!))).toEqual(['primary behind'])
  await paused(false)
})

it('a read waits until the replica is as far, and goes there', async () => {
  await paused(true)
  await pay(asha!, { payeeVpa: ravi!.vpa, amountPaise: 1_00 })
  const reading = placeOf(() => history(asha!))
  await new Promise((resolve) => setTimeout(resolve, 30))
  await paused(false)
  expect(await reading).toEqual(onReplica)
})

it('what staff read has all that was written; and what nobody knows to be recent comes from the primary', async () => {
  const sql = connect(primary.adminUrl, { max: 2 })
  const clock = adjustableClock()
  const cache = memoryCache({ clock })
  let [cacheWorks, primaryWorks] = [true, true]
  const primarySql = new Proxy(sql, {
    apply: (query, self, args: unknown[]) =>
      primaryWorks ? Reflect.apply(query, self, args) : Promise.reject(new Error('the connection was lost')),
  })
  const reads = replicaReads({
    ...{
      sql: primarySql,
      replica: connect(replica.adminUrl, { max: 2 }),
      clock,
      waitMs: 5_000,
      maxLagMs: 1_000,
    },
    ...{ log: createLog('test', 'silent'), metrics: createMetrics('test') },
    cache: { ...cache, get: (key) => (cacheWorks ? cache.get(key) : Promise.reject(new Error('away'))) },
  })
  const where = async (db: Sql) => {
    const [row] = await db<{ isReplica: boolean; count: number }[]>`
      select pg_is_in_recovery() as is_replica, (select count(*) from payment.reports) as count`
    return row
  }
  const report = () => sql`
    insert into payment.reports (id, user_id, vpa, reason, at)
    values (gen_random_uuid(), gen_random_uuid(), 'x@bahi', 'other', now())`
  // Before the first sample of the primary nothing is known of the replica.
  expect(await reads.of('a', where)).toMatchObject({ isReplica: false })
  await reads.worker.run()
  await report()
  await paused(true)
  const reading = reads.latest(where)
  await paused(false)
  expect(await reading).toMatchObject({ isReplica: true, count: 1 })

  // Behind by more than is borne, also for somebody who wrote nothing.
  await paused(true)
  await report()
  await reads.worker.run()
  expect(await reads.of('a', where)).toMatchObject({ isReplica: true, count: 1 })
  clock.advance(1_500)
  await reads.worker.run()
  const late = reads.of('a', where)
  await paused(false)
  expect(await late).toMatchObject({ isReplica: true, count: 2 })

  // One that is known to be further behind is not waited for.
  await paused(true)
  await report()
  await reads.worker.run()
  clock.advance(2_500)
  await reads.worker.run()
  expect(await reads.of('a', where)).toMatchObject({ isReplica: false, count: 3 })
  await paused(false)
  await vi.waitUntil(async () => (await where(there))!.count === 3)
  await reads.worker.run()
  expect(await reads.of('a', where)).toMatchObject({ isReplica: true })

  // Whose write could not be placed in the log reads on the primary.
  primaryWorks = false
  await reads.wrote(['a'])
  primaryWorks = true
  expect(await reads.of('a', where)).toMatchObject({ isReplica: false })
  expect(await reads.of('b', where)).toMatchObject({ isReplica: true })

  cacheWorks = false
  expect(await reads.of('a', where)).toMatchObject({ isReplica: false })
  await reads.close()
  await sql.end()
})

it('a replica that is away, or is none any more, is not read; one that is back is', async () => {
  const port = replica.port
  await there.end({ timeout: 1 })
  await replica.stop()
  expect(await placeOf(() => history(asha!))).toEqual(['primary away'])
  expect((await history(asha!)).payments).toHaveLength(1)
  replica = await followPrimary(primary, `${dataDir()}-replica`, port)
  there = connect(replica.adminUrl, { max: 1 })
  await vi.waitUntil(async () => (await placeOf(() => history(asha!)))[0] === onReplica[0], 20_000)
  await there`select pg_promote()`
  expect(await placeOf(() => history(asha!))).toEqual(['primary behind'])
})

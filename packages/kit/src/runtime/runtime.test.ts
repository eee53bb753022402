// Starting and stopping services: events left over are published, requests in flight answered, faults reported.
import { setTimeout as delay } from 'node:timers/promises'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { CloudEvent } from '../bus/bus.ts'
import { systemClock } from '../clock.ts'
import { appendEvents } from '../events/events.ts'
import type { AnyService, Deps } from './service.ts'
import { createTrust, generateServiceKeys } from '../transport/service-token.ts'
import { connect, retryRaces, type Sql, type Tx } from '../sql/sql.ts'
import { allServiceNames, startServices } from './runtime.ts'
import type { RuntimeOptions } from './runtime-options.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { testRuntimeOptions } from '@bahi/testing/runtime-options.ts'

// The kit's own tables are all that is needed: a folder without a numbered file.
const migrations = new URL('../', import.meta.url)
const publish = {
  service: 'user',
  method: 'POST',
  url: '/v1/publish',
  access: 'public',
  summary: 'Publishes an event',
  schema: { response: { 200: Type.Object({ stream: Type.String() }) } },
} as const satisfies Contract

let database: TestDatabase
let sql: Sql
let received: CloudEvent[] = []
let entered = 0
let keys: RuntimeOptions['keys']
let publishing: Deps

const publisher: AnyService = {
  name: 'user',
  config: Type.Object({ BAHI_WORD: Type.String({ default: 'hello' }) }),
  migrations,
  start: (deps: Deps) => ({
    routes(app) {
      publishing = deps
      app.route({
        ...publish,
        async handler() {
          const stream = uuidv7()
          entered += 1
          await delay(50)
          await deps.transaction((tx) => deps.append(tx, created(stream)))
          return { stream }
        },
      })
    },
  }),
}
const consumer: AnyService = {
  name: 'audit',
  config: Type.Object({ BAHI_NUMBER: Type.Integer() }),
  migrations,
  async start() {
    // Slower to start than the publisher is to publish.
    await delay(300)
    return {
      routes: () => undefined,
      consumes: { from: ['user'], handle: (_tx, events) => Promise.resolve(void received.push(...events)) },
    }
  },
}
const created = (stream: string) =>
  ({ type: 'user.profile-created', stream, data: { userId: stream } }) as const

const start = (env: Record<string, string> = { BAHI_NUMBER: '1' }) => {
  received = []
  entered = 0
  return startServices([publisher, consumer], testRuntimeOptions(keys, { env, databaseUrl: database.url }))
}

beforeAll(async () => {
  keys = await generateServiceKeys(allServiceNames)
  database = await testDatabase(inject('postgresUrl'), [publisher, consumer])
  sql = connect(database.url('user'), { max: 1 })
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})

describe('a start', () => {
  it('publishes the events that were left over, once all consumers are subscribed', async () => {
    const stream = uuidv7()
    await sql.begin((tx) => appendEvents(tx, new Date(), [created(stream)]))
    const running = await start()
    await running.settle()
    expect(received.map((event) => event.subject)).toEqual([stream])
    await running.close()
    const next = await start()
    await next.settle()
    expect(received).toEqual([])
    await next.close()
  })

  it('names the faults in the settings of all services at once', async () => {
    const faults = start({ BAHI_WORDS: 'x' })
    await expect(faults).rejects.toThrow('BAHI_WORDS is not known here; did you mean BAHI_WORD?')
    await expect(faults).rejects.toThrow('BAHI_NUMBER is missing')
  })
})

describe('a transaction', () => {
  it('is run again when another one has appended to its stream meanwhile', async () => {
    const running = await start()
    const stream = uuidv7()
    const append = (n: number) =>
      publishing.transaction(async (tx) => {
        await tx`select pg_current_xact_id()`
        await delay(n)
        await publishing.append(tx, created(stream))
        await delay(10)
      })
    await Promise.all([6, 5, 4, 3, 2, 1].map(append))
    await running.settle()
    const versions = received.filter(({ subject }) => subject === stream).map((event) => event.bahiversion)
    expect(versions).toEqual([1, 2, 3, 4, 5, 6])
    await running.close()
  })

  it('is run again after a deadlock', async () => {
    const running = await start()
    const locked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const runs: number[] = []
    const lockBoth = (first: 0 | 1) =>
      publishing.transaction(async (tx) => {
        runs.push(first)
        await tx`select pg_advisory_xact_lock(${first})`
        locked[first]!.resolve()
        await locked[1 - first]!.promise
        await tx`select pg_advisory_xact_lock(${1 - first})`
      })
    await Promise.all([lockBoth(0), lockBoth(1)])
    expect(runs).toHaveLength(3)
    expect(await running.metrics()).toContain(
      'bahi_transactions_repeated_total{why="deadlock",service="user"} 1',
    )
    await running.close()
  })

  it('is not run again for a version that it asks for, nor for any other key that is taken', async () => {
    const running = await start()
    const [stream, id] = [uuidv7(), uuidv7()]
    let runs = 0
    const counted = (run: (tx: Tx) => Promise<unknown>) =>
      publishing.transaction((tx) => {
        runs += 1
        return run(tx)
      })
    const append = (tx: Tx) => publishing.append(tx, { ...created(stream), version: 1 })
    const insert = (tx: Tx) => tx`insert into inbox (event_id) values (${id})`
    await counted(append)
    await counted(insert)
    runs = 0
    await expect(counted(insert)).rejects.toMatchObject({ code: '23505', constraint_name: 'inbox_pkey' })
    expect(runs).toBe(1)
    // The first run might have read the stream before another one appended to it.
    await expect(retryRaces(() => counted(append))).rejects.toMatchObject({ constraint_name: 'events_pkey' })
    expect(runs).toBe(3)
    await running.close()
  })
})

describe('the shutdown', () => {
  it('waits for requests in flight, and accepts no new ones', async () => {
    const running = await start()
    const url = await running.listen('user', 0)
    const { mint } = createTrust(keys, systemClock)
    const headers = { 'x-bahi-service': await mint('gateway', 'user') }
    const inFlight = fetch(`${url}/v1/publish`, { method: 'POST', headers })
    await expect.poll(() => entered).toBe(1)
    const closing = running.close()
    const answer = await inFlight
    expect(answer.status).toBe(200)
    const { stream } = (await answer.json()) as { stream: string }
    await closing
    await expect(fetch(`${url}/v1/publish`, { method: 'POST', headers })).rejects.toThrow()
    const next = await start()
    await next.settle()
    const found = await sql`select 1 from events where stream = ${stream}`
    expect(found).toHaveLength(1)
    await next.close()
  })
})

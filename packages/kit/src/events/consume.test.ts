// Consuming on a real PostgreSQL: a failing event blocks no other stream, and no outage loses an event.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { unhandledOf, type CloudEvent, type Handler } from '../bus/bus.ts'
import { systemClock } from '../clock.ts'
import { createConsumer } from './consume.ts'
import type { AnyService } from '../runtime/service.ts'
import { connect, type Sql, type Tx } from '../sql/sql.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { batchOf } from '@bahi/testing/events.ts'

// The kit's own tables are all that is needed: a folder without a numbered file.
const service = { name: 'user', migrations: new URL('../', import.meta.url) } as AnyService
let database: TestDatabase
let sql: Sql
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), [service])
  sql = connect(database.url('user'), { max: 4 })
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})

let stopping: AbortController
beforeEach(() => {
  stopping = new AbortController()
})

/** A consumer that stores the events it handles, and fails where `fails` says so. */
function consumer(fails: (event: CloudEvent) => boolean, before?: (tx: Tx) => Promise<unknown>): Handler {
  const handle = async (tx: Tx, events: CloudEvent[]) => {
    await before?.(tx)
    for (const event of events) {
      if (fails(event)) throw new Error(`cannot handle ${event.subject} ${event.bahiversion}`)
      await tx`insert into events (stream, version, id, type, data, at)
        values (${event.subject}, ${event.bahiversion}, ${event.id}, 'received', '{}', now())`
    }
  }
  return createConsumer({ sql, handle, clock: systemClock, stopping: stopping.signal })
}
function stream(subject: string, ...versions: number[]): CloudEvent[] {
  return batchOf('user', ...versions).map((event) => ({ ...event, id: uuidv7(), subject }))
}
async function kept(...subjects: string[]): Promise<string[]> {
  const rows = await sql<{ stream: string; version: number }[]>`
    select stream, version from events where stream = any(${subjects}) order by seq`
  return rows.map((row) => `${row.stream} ${row.version}`)
}
const marks = async (events: CloudEvent[]) =>
  (await sql`select 1 from inbox where event_id = any(${events.map(({ id }) => id)}::uuid[])`).length

describe('a batch in which one event cannot be handled', () => {
  it('leaves only the events of that stream, in their order, and none of them half done', async () => {
    const [a, b, c] = [uuidv7(), uuidv7(), uuidv7()]
    const [first, failing, last] = [stream(a, 1, 2), stream(b, 1, 2, 3), stream(c, 1)]
    const events = [first[0]!, failing[0]!, failing[1]!, last[0]!, first[1]!, failing[2]!]
    const consumed = consumer((event) => event.id === failing[1]!.id)(events)
    const error = await consumed.catch((error: unknown) => error)
    const left = unhandledOf(error, [])
    expect(left.events).toEqual(failing)
    expect(String(left.cause)).toBe(`Error: cannot handle ${b} 2`)
    expect(await kept(a, b, c)).toEqual([`${a} 1`, `${a} 2`, `${c} 1`])
    expect([await marks(first), await marks(failing), await marks(last)]).toEqual([2, 0, 1])
    await consumer(() => false)(failing)
    expect(await kept(b)).toEqual([`${b} 1`, `${b} 2`, `${b} 3`])
  })

  it('fails as it is when it holds one stream only', async () => {
    const events = stream(uuidv7(), 1, 2)
    const error = await consumer(() => true)(events).catch((error: unknown) => error)
    expect(unhandledOf(error, events)).toEqual({ events, cause: error })
  })

  it('isolates an event that the inbox itself cannot take', async () => {
    const [good, bad] = [stream(uuidv7(), 1), stream(uuidv7(), 1)]
    bad[0]!.id = 'no uuid'
    const error = await consumer(() => false)([...bad, ...good]).catch((error: unknown) => error)
    expect(unhandledOf(error, []).events).toEqual(bad)
    expect(await marks(good)).toBe(1)
  })
})

describe('the function to run after the commit', () => {
  it('finds everything stored, and redelivered events go to their own handler', async () => {
    const [one, two] = stream(uuidv7(), 1, 2)
    const done: unknown[] = []
    const consume = createConsumer({
      sql,
      handle: (tx, events) => {
        const after = async () => void done.push(['after', events, await marks(events)])
        return tx`select 1`.then(() => after)
      },
      redelivered: (events) => Promise.resolve(void done.push(['redelivered', events])),
      clock: systemClock,
      stopping: stopping.signal,
    })
    await consume([one!])
    await consume([one!, two!])
    await consume([two!])
    expect(done).toEqual([
      ['after', [one], 1],
      ['after', [two], 1],
      ['redelivered', [one]],
      ['redelivered', [two]],
    ])
  })
})

describe('a later event of a stream', () => {
  it('is handled while an earlier one lies aside, and the earlier one once it can be', async () => {
    const subject = uuidv7()
    const [one, two] = stream(subject, 1, 2)
    await expect(consumer((event) => event === one)([one!])).rejects.toThrow()
    await consumer(() => false)([two!])
    await consumer(() => false)([one!, two!])
    expect(await kept(subject)).toEqual([`${subject} 2`, `${subject} 1`])
  })
})

describe('while the database is away', () => {
  it('a batch waits as long as it takes, and is consumed once', async () => {
    const events = stream(uuidv7(), 1)
    let tries = 0
    await consumer(
      () => false,
      async (tx) => {
        if (++tries < 4) await tx`select pg_terminate_backend(pg_backend_pid())`
      },
    )(events)
    expect([tries, await marks(events)]).toEqual([4, 1])
  })

  it('a stopping process does not wait', async () => {
    const consumed = consumer(
      () => false,
      (tx) => tx`select pg_terminate_backend(pg_backend_pid())`,
    )(stream(uuidv7(), 1))
    setTimeout(() => stopping.abort(), 100)
    await expect(consumed).rejects.toThrow()
  })
})

// Hearing on a real PostgreSQL: what cannot be handled keeps nothing else back, and no outage costs an event.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { unhandledOf, type CloudEvent, type Handler } from '../bus/bus.ts'
import { systemClock } from '../clock.ts'
import { createConsumer } from './consume.ts'
import { createLog } from '../log.ts'
import type { AnyService } from '../runtime/service.ts'
import { connect, type Sql, type Tx } from '../sql/sql.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { batchOf } from '@bahi/testing/events.ts'

// The kit's own tables are all that is needed: a folder without a numbered file.
const service = { name: 'user', migrations: new URL('../', import.meta.url) } as AnyService
const log = createLog('test', 'silent')
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

let ending: AbortController
beforeEach(() => {
  ending = new AbortController()
})

/** Handles what it is not told to fail on; what it handled is there after its commit. */
function hearing(fails: (event: CloudEvent) => boolean, before?: (tx: Tx) => Promise<unknown>): Handler {
  const handle = async (tx: Tx, events: CloudEvent[]) => {
    await before?.(tx)
    for (const event of events) {
      if (fails(event)) throw new Error(`cannot handle ${event.subject} ${event.bahiversion}`)
      await tx`insert into events (stream, version, id, type, data, at)
        values (${event.subject}, ${event.bahiversion}, ${event.id}, 'heard', '{}', now())`
    }
  }
  return createConsumer({ sql, handle, clock: systemClock, log, stopping: ending.signal })
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
  it('leaves the events of that stream alone, in their order, and nothing of it half done', async () => {
    const [a, b, c] = [uuidv7(), uuidv7(), uuidv7()]
    const [first, poisoned, last] = [stream(a, 1, 2), stream(b, 1, 2, 3), stream(c, 1)]
    const events = [first[0]!, poisoned[0]!, poisoned[1]!, last[0]!, first[1]!, poisoned[2]!]
    const heard = hearing((event) => event.id === poisoned[1]!.id)(events)
    const error = await heard.catch((error: unknown) => error)
    const left = unhandledOf(error, [])
    expect(left.events).toEqual(poisoned)
    expect(String(left.cause)).toBe(`Error: cannot handle ${b} 2`)
    expect(await kept(a, b, c)).toEqual([`${a} 1`, `${a} 2`, `${c} 1`])
    expect([await marks(first), await marks(poisoned), await marks(last)]).toEqual([2, 0, 1])
    await hearing(() => false)(poisoned)
    expect(await kept(b)).toEqual([`${b} 1`, `${b} 2`, `${b} 3`])
  })

  it('fails as it is when it holds one stream only', async () => {
    const events = stream(uuidv7(), 1, 2)
    const error = await hearing(() => true)(events).catch((error: unknown) => error)
    expect(unhandledOf(error, events)).toEqual({ events, cause: error })
  })

  it('isolates an event that the inbox itself cannot take', async () => {
    const [good, bad] = [stream(uuidv7(), 1), stream(uuidv7(), 1)]
    bad[0]!.id = 'no uuid'
    const error = await hearing(() => false)([...bad, ...good]).catch((error: unknown) => error)
    expect(unhandledOf(error, []).events).toEqual(bad)
    expect(await marks(good)).toBe(1)
  })
})

describe('what is to be done after the commit', () => {
  it('finds everything stored, and what comes again is given to who asks for it', async () => {
    const [one, two] = stream(uuidv7(), 1, 2)
    const done: unknown[] = []
    const heard = createConsumer({
      sql,
      handle: (tx, events) => {
        const after = async () => void done.push(['after', events, await marks(events)])
        return tx`select 1`.then(() => after)
      },
      redelivered: (events) => Promise.resolve(void done.push(['again', events])),
      clock: systemClock,
      log,
      stopping: ending.signal,
    })
    await heard([one!])
    await heard([one!, two!])
    await heard([two!])
    expect(done).toEqual([
      ['after', [one], 1],
      ['after', [two], 1],
      ['again', [one]],
      ['again', [two]],
    ])
  })
})

describe('a later event of a stream', () => {
  it('is handled while an earlier one lies aside, and the earlier one once it can be', async () => {
    const subject = uuidv7()
    const [one, two] = stream(subject, 1, 2)
    await expect(hearing((event) => event === one)([one!])).rejects.toThrow()
    await hearing(() => false)([two!])
    await hearing(() => false)([one!, two!])
    expect(await kept(subject)).toEqual([`${subject} 2`, `${subject} 1`])
  })
})

describe('while the database is away', () => {
  it('a batch waits, however often it takes, and is heard once', async () => {
    const events = stream(uuidv7(), 1)
    let tries = 0
    await hearing(
      () => false,
      async (tx) => {
        if (++tries < 4) await tx`select pg_terminate_backend(pg_backend_pid())`
      },
    )(events)
    expect([tries, await marks(events)]).toEqual([4, 1])
  })

  it('the end waits for nobody', async () => {
    const heard = hearing(
      () => false,
      (tx) => tx`select pg_terminate_backend(pg_backend_pid())`,
    )(stream(uuidv7(), 1))
    setTimeout(() => ending.abort(), 100)
    await expect(heard).rejects.toThrow()
  })
})

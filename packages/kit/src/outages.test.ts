// What an operator reads of an outage: which server, why, what to do, and when it is over; once each.
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createLog } from './log.ts'
import { createOutages, dependencies, dependencyOf, failureOf, reasonOf, type Outages } from './outages.ts'
import { connect } from './sql/sql.ts'
import { createMetrics } from './metrics.ts'
import { metricsText } from './metrics-text.ts'

type Line = { level: string; msg: string } & Record<string, unknown>

let lines: Line[] = []
let outages: Outages
function start(times = {}): Outages {
  lines = []
  const log = createLog('kit', 'info', { write: (line) => void lines.push(JSON.parse(line) as Line) })
  return (outages = createOutages(log, { settleMs: 30, probeMs: 10, ...times }))
}
afterEach(() => outages.close())
const url = 'postgres://bahi_payment:secret@db.internal:5432/bahi?sslmode=require'
const postgres = dependencies.postgres(url)
const redis = dependencies.redis('rediss://:secret@cache:6379')

describe('an outage', () => {
  it('is one line when it begins and one when it is over, however often it fails', async () => {
    start()
    for (let n = 0; n < 50; n++) outages.failed(postgres, new Error('connect ECONNREFUSED 10.0.0.5:5432'))
    outages.recovered(postgres)
    await expect.poll(() => lines.length).toBe(2)
    expect(lines[0]).toMatchObject({
      level: 'error',
      dependency: 'PostgreSQL at db.internal:5432',
      reason: 'connect ECONNREFUSED 10.0.0.5:5432',
    })
    expect(lines[0]!.msg).toMatch(
      /^PostgreSQL at db.internal:5432 cannot be used: connect ECONNREFUSED.+see that/,
    )
    expect(lines[1]).toMatchObject({
      level: 'warn',
      failures: 50,
      downMs: expect.any(Number) as number,
      msg: 'PostgreSQL at db.internal:5432 can be used again',
    })
    expect(JSON.stringify(lines)).not.toContain('secret')
  })

  it('of each server is its own', () => {
    start()
    outages.failed(postgres, new Error('away'))
    outages.failed(redis, new Error('away too'))
    outages.failed(postgres, new Error('away'))
    expect(lines.map((line) => line['dependency'])).toEqual([
      'PostgreSQL at db.internal:5432',
      'Redis at cache:6379',
    ])
    expect(outages.reason(redis)).toBe('away too')
  })

  it('that goes on is repeated with its count', async () => {
    start({ repeatMs: 20 })
    outages.failed(postgres, new Error('away'))
    await delay(40)
    outages.failed(postgres, new Error('still starting'))
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatchObject({ level: 'error', failures: 2, reason: 'still starting' })
    expect(lines[1]!.msg).toContain('still cannot be used')
  })

  it('that comes back at once is the same one', async () => {
    start({ settleMs: 60_000 })
    for (let n = 0; n < 5; n++) {
      outages.failed(postgres, new Error('away'))
      outages.recovered(postgres)
    }
    expect(lines).toHaveLength(1)
  })

  it('is looked after when nobody else would notice that it is over', async () => {
    start()
    let probes = 0
    const probe = () => (++probes < 3 ? Promise.reject(new Error('away')) : Promise.resolve())
    outages.failed(postgres, new Error('away'), probe)
    await expect.poll(() => lines.length).toBe(2)
    expect(lines[1]!.msg).toContain('can be used again')
  })
})

describe('whose outage an error is', () => {
  it('a socket that breaks is the database only where the database was asked', async () => {
    const server = createServer((socket) => socket.resetAndDestroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const sql = connect(`postgres://bahi@127.0.0.1:${port}/bahi`, { max: 1 })
    const error = await sql`select 1`.catch((thrown: unknown) => thrown)
    await sql.end()
    server.close()
    expect(dependencyOf(error)).toBe('PostgreSQL')
    // What a client that goes away, a mail server or another service leaves behind.
    for (const code of ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'])
      expect(dependencyOf(Object.assign(new Error(code), { code }))).toBeUndefined()
    expect(dependencyOf(failureOf('Redis', new Error('late')))).toBe('Redis')
    expect(dependencyOf(undefined)).toBeUndefined()
  })

  it('and why, also when several addresses were tried', () => {
    const tried = [
      new Error('connect ECONNREFUSED ::1:5432'),
      new Error('connect ECONNREFUSED 127.0.0.1:5432'),
    ]
    expect(reasonOf(Object.assign(new AggregateError(tried), { code: 'ECONNREFUSED' }))).toBe(
      'connect ECONNREFUSED ::1:5432',
    )
  })
})

describe('metrics while a server is away', () => {
  it('each gauge fails alone, within a deadline', async () => {
    const metrics = createMetrics('payment')
    const never = new Promise<never>(() => undefined)
    let isAway = false
    metrics.gauge('hangs', 'x', () => (isAway ? never : undefined))
    metrics.gauge(
      'fails',
      'x',
      async (samples) => {
        samples.set({ kind: 'a' }, 1)
        if (isAway) throw new Error('the database is away')
      },
      ['kind'],
    )
    metrics.gauge('bare', 'x', (samples) => {
      if (isAway) throw new Error('away')
      samples.set(7)
    })
    metrics.gauge('unknown', 'x', () => undefined)
    metrics.gauge('works', 'x', (samples) => samples.set(5))
    metrics.counter('counts', 'x').inc(3)
    const read = () => metricsText([metrics])
    expect(await read()).toMatch(/^fails\{kind="a",service="payment"\} 1$/m)
    expect(await read()).toMatch(/^bare\{service="payment"\} 7$/m)
    isAway = true
    for (let scrape = 0; scrape < 2; scrape++) {
      const text = await read()
      expect(text).toMatch(/^works\{service="payment"\} 5$/m)
      expect(text).toMatch(/^counts\{service="payment"\} 3$/m)
      // No value, rather than an old or a wrong one.
      expect(text).not.toMatch(/^(hangs|fails|bare|unknown)\{/m)
    }
    isAway = false
    expect(await read()).toMatch(/^bare\{service="payment"\} 7$/m)
  })
})

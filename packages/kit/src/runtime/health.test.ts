// Readiness: what a service works without, and how long a database may fail before its copies are taken out.
import { expect, it } from 'vitest'
import { readinessOf, tolerance, type HealthOptions } from './health.ts'

const fine = () => Promise.resolve()
let database: 'works' | 'fails' = 'works'
let nowMs = 0
let stalled = false
const tolerates = tolerance(10_000, () => nowMs)
const options = {
  sql: () => (database === 'works' ? fine() : Promise.reject(new Error('gone'))),
  bus: { check: fine },
  cache: { check: fine },
  blobs: undefined,
  parts: {},
  workers: [{ name: 'turn', idleMs: () => (stalled ? 2 : 0), stallAfterMs: 1 }],
  tolerates,
  report: () => undefined,
  isStopping: () => false,
} as unknown as HealthOptions

const status = async () => (await readinessOf(options)).status

it('a service that was never ready waits for its database', async () => {
  database = 'fails'
  expect(await readinessOf({ ...options, tolerates: tolerance(10_000, () => nowMs) })).toMatchObject({
    ready: false,
  })
  database = 'works'
})

it('a database that fails for a moment leaves a service degraded; later it is not ready', async () => {
  expect(await status()).toBe('ready')
  database = 'fails'
  stalled = true
  expect(await readinessOf(options)).toMatchObject({ ready: true, status: 'degraded' })
  nowMs += 9_000
  expect(await status()).toBe('degraded')
  nowMs += 6_001
  expect(await readinessOf(options)).toMatchObject({ ready: false, checks: { database: 'fails: gone' } })
})

it('once it works again it may fail as long as before', async () => {
  database = 'works'
  expect(await status()).toBe('not ready')
  stalled = false
  expect(await status()).toBe('ready')
  database = 'fails'
  nowMs += 9_000
  expect(await status()).toBe('degraded')
  database = 'works'
})

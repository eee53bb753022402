// The door while Redis dies and comes back: nobody notices but the limits, which each gateway then keeps by itself.
import { setTimeout as delay } from 'node:timers/promises'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { redisCache } from '@bahi/kit/cache/redis-cache.ts'
import type { Cache } from '@bahi/kit/cache/cache.ts'
import { freePort } from '@bahi/kit/port.ts'
import { ensureServers, startRedis, type Server } from '@bahi/testing/servers.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { bearer, openDoor, type Door } from '../testing.ts'

const { missing } = await ensureServers(['redis-server'])
const bucket = { capacity: 4, refillPerS: 0.01 }

describe.skipIf(missing.length > 0 && process.env['CI'] !== 'true')('a Redis that is killed', () => {
  let port: number
  let redis: Server
  let door: Door
  let watching: Cache
  beforeAll(async () => {
    port = await freePort()
    redis = await startRedis({ port })
    watching = redisCache(redis.url)
    door = await openDoor(inject('postgresUrl'), {
      cache: redisCache(redis.url),
      env: { BAHI_RATE_PERSON: '4:0.01' },
    })
  })
  afterAll(async () => {
    await door.stop()
    await watching.close()
    await redis.stop()
  })

  /** Statuses of so many requests of one person, and how long the slowest took. */
  async function ask(token: string, times: number): Promise<{ statuses: number[]; slowestMs: number }> {
    const statuses: number[] = []
    let slowestMs = 0
    for (let i = 0; i < times; i++) {
      const beganMs = performance.now()
      const response = await door.fetch('/v1/me', { headers: bearer(token) })
      await response.arrayBuffer()
      statuses.push(response.status)
      slowestMs = Math.max(slowestMs, performance.now() - beganMs)
    }
    return { statuses, slowestMs }
  }
  const left = async (sub: string) => (await watching.take(`rate:person:${sub}`, bucket, 0)).remaining

  async function readiness(): Promise<[code: number, status: string]> {
    const answer = await door.platform.app('gateway').inject('/readyz')
    return [answer.statusCode, answer.json<{ status: string }>().status]
  }

  it('is missed by nobody, and counts again when it is back', async () => {
    const [before, during, after] = [uuidv7(), uuidv7(), uuidv7()]
    expect((await ask(await door.token({ sub: before }), 5)).statuses).toEqual([200, 200, 200, 200, 429])
    expect(await left(before)).toBe(0)

    process.kill(redis.pid, 'SIGKILL')
    const alone = await ask(await door.token({ sub: during }), 6)
    expect(alone.statuses).toEqual([200, 200, 200, 200, 429, 429])
    expect(alone.slowestMs).toBeLessThan(1_500)
    await expect.poll(readiness).toEqual([200, 'degraded'])

    await redis.stop()
    redis = await startRedis({ port })
    await expect.poll(readiness, { timeout: 10_000 }).toEqual([200, 'ready'])
    await delay(1_100)
    expect((await ask(await door.token({ sub: after }), 2)).statuses).toEqual([200, 200])
    await expect.poll(() => left(after).catch(() => undefined), { timeout: 5_000 }).toBe(2)
    // What it had counted is forgotten with it: limits are no promise.
    expect((await ask(await door.token({ sub: before }), 1)).statuses).toEqual([200])
  })
})

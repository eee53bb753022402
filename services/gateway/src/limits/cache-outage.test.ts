// The gateway while Redis is killed and restarted: requests succeed, and rates are limited in memory.
import { setTimeout as delay } from 'node:timers/promises'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { redisCache } from '@bahi/kit/cache/redis-cache.ts'
import type { Cache } from '@bahi/kit/cache/cache.ts'
import { freePort } from '@bahi/kit/port.ts'
import { ensureServers, startRedis, type Server } from '@bahi/testing/servers.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { bearer, startGateway, type TestGateway } from '../testing.ts'

const { missing } = await ensureServers(['redis-server'])
const bucket = { capacity: 4, refillPerS: 0.01 }
/** A slow answer is no outage; a server that is killed is noticed at once. */
const patient = { commandTimeoutMs: 60_000 }

describe.skipIf(missing.length > 0 && process.env['CI'] !== 'true')('a Redis that is killed', () => {
  let port: number
  let redis: Server
  let gateway: TestGateway
  let observer: Cache
  beforeAll(async () => {
    port = await freePort()
    redis = await startRedis({ port })
    observer = redisCache(redis.url, patient)
    gateway = await startGateway(inject('postgresUrl'), {
      cache: redisCache(redis.url, patient),
      env: { BAHI_RATE_PERSON: '4:0.01' },
    })
  })
  afterAll(async () => {
    await gateway.stop()
    await observer.close()
    await redis.stop()
  })

  /** The statuses of so many requests of one person. */
  async function send(token: string, times: number): Promise<number[]> {
    const statuses: number[] = []
    for (let i = 0; i < times; i++) {
      const response = await gateway.fetch('/v1/me', { headers: bearer(token) })
      await response.arrayBuffer()
      statuses.push(response.status)
    }
    return statuses
  }
  const left = async (sub: string) => (await observer.take(`rate:person:${sub}`, bucket, 0)).remaining

  async function readiness(): Promise<[ready: boolean, status: string]> {
    const { ready, services } = await gateway.platform.readiness()
    return [ready, services['gateway']!.status]
  }

  it('does not fail requests, and is used again after its restart', async () => {
    const [before, during, after] = [uuidv7(), uuidv7(), uuidv7()]
    expect(await send(await gateway.token({ sub: before }), 5)).toEqual([200, 200, 200, 200, 429])
    expect(await left(before)).toBe(0)

    process.kill(redis.pid, 'SIGKILL')
    const withoutCache = await send(await gateway.token({ sub: during }), 6)
    expect(withoutCache).toEqual([200, 200, 200, 200, 429, 429])
    await expect.poll(readiness).toEqual([true, 'degraded'])

    await redis.stop()
    redis = await startRedis({ port })
    await expect.poll(readiness).toEqual([true, 'ready'])
    await delay(1_100)
    expect(await send(await gateway.token({ sub: after }), 2)).toEqual([200, 200])
    await expect.poll(() => left(after).catch(() => undefined)).toBe(2)
    // Its counters were lost with it: rate limits are not durable.
    expect(await send(await gateway.token({ sub: before }), 1)).toEqual([200])
  })
})

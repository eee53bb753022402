// Processes on real servers that are not there yet or go away, each alone and together: live, not ready, and back.
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres, type EmbeddedPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { freePort } from '@bahi/kit/port.ts'
import {
  hasExited,
  preparePlatform,
  stopProcess,
  type Platform,
  type PlatformProcess,
} from '@bahi/platform/distributed.ts'
import { makeSecrets } from '@bahi/platform/secrets.ts'
import { ensureServers, startRabbit, startRedis, type Server } from '@bahi/testing/servers.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const { missing } = await ensureServers(['redis-server', 'rabbitmq-server'])
const skip = missing.length > 0 && process.env['CI'] !== 'true'

/** Every night the other one too: there the gateway has no database. */
const layout = process.env['BAHI_TEST_LAYOUT'] === 'separate' ? 'separate' : 'compact'

let folder: string
let platform: Platform
let ports: Record<'postgres' | 'redis' | 'rabbit', number>
const running: { postgres?: EmbeddedPostgres; redis?: Server; rabbit?: Server } = {}
const children = new Map<string, ChildProcess>()

type Name = keyof typeof running
const begin = {
  postgres: async () =>
    (running.postgres = await startPostgres({
      dataDir: join(folder, 'postgres'),
      port: ports.postgres,
      durable: false,
    })),
  redis: async () => (running.redis = await startRedis({ port: ports.redis, dir: join(folder, 'redis') })),
  rabbit: async () =>
    (running.rabbit = await startRabbit({ port: ports.rabbit, dir: join(folder, 'rabbit') })),
}
async function end(name: Name): Promise<void> {
  await running[name]?.stop()
  delete running[name]
}

beforeAll(async () => {
  if (skip) return
  folder = await mkdtemp(join(tmpdir(), 'bahi-start-order-'))
  ports = { postgres: await freePort(), redis: await freePort(), rabbit: await freePort() }
  const { adminUrl } = await begin.postgres()
  platform = await preparePlatform({
    layout,
    secrets: await makeSecrets(),
    adminUrl,
    redisUrl: `redis://127.0.0.1:${ports.redis}`,
    amqpUrl: `amqp://guest:guest@127.0.0.1:${ports.rabbit}`,
    logLevel: 'info',
  })
  await end('postgres')
  for (const one of platform.processes) {
    const log = openSync(join(folder, `${one.title}.log`), 'a')
    children.set(one.title, one.start(log))
    closeSync(log)
  }
})
afterAll(async () => {
  if (skip) return
  await Promise.all([...children.values()].map(stopProcess))
  for (const name of ['postgres', 'redis', 'rabbit'] as const) await end(name)
  await rm(folder, { recursive: true, force: true })
})

const get = (url: string) =>
  fetch(url).then(
    async (answer) => ({
      status: answer.status,
      type: answer.headers.get('content-type'),
      text: await answer.text(),
    }),
    () => ({ status: 0, type: '', text: '' }),
  )
const readiness = ({ adminUrl }: PlatformProcess) => get(`${adminUrl}/readyz`).then(({ status }) => status)
/** Whether one of its services is checked against that server. */
const uses = async ({ adminUrl }: PlatformProcess, name: Name) => {
  const check = { postgres: 'database', redis: 'cache', rabbit: 'bus' }[name]
  return (await get(`${adminUrl}/readyz`)).text.includes(`"${check}":`)
}
const everyReadiness = () => Promise.all(platform.processes.map(readiness))
const api = (path: string) => get(`${platform.gateways[0]}${path}`)

type Line = { level: string; msg: string; dependency?: string }
async function linesOf({ title }: PlatformProcess): Promise<Line[]> {
  const text = await readFile(join(folder, `${title}.log`), 'utf8')
  const whole = text.split('\n').filter((line) => line.startsWith('{'))
  return whole.map((line) => JSON.parse(line) as Line)
}

describe.skipIf(skip)('processes that are started before their servers', { timeout: 240_000 }, () => {
  it('are live and not ready, answer with a problem, and say what they wait for', async () => {
    for (const { adminUrl } of platform.processes)
      await expect.poll(() => get(`${adminUrl}/livez`).then(({ status }) => status)).toBe(200)
    await expect.poll(() => api('/v1/banks').then(({ status }) => status)).not.toBe(0)
    for (const path of ['/v1/banks', '/v1/auth/jwks']) {
      const { status, type, text } = await api(path)
      expect([status, type]).toEqual([503, 'application/problem+json'])
      expect(JSON.parse(text)).toMatchObject({ code: 'unavailable' })
    }
    for (const one of platform.processes) {
      expect((await get(`${one.adminUrl}/metrics`)).status).toBe(200)
      if (!(await uses(one, 'postgres'))) continue
      expect(await readiness(one)).toBe(503)
      await expect
        .poll(async () =>
          (await linesOf(one)).filter(({ level }) => level === 'error').map((line) => line.dependency),
        )
        .toEqual(expect.arrayContaining([`PostgreSQL at 127.0.0.1:${ports.postgres}`]))
      expect((await get(`${one.adminUrl}/readyz`)).text).toContain('ECONNREFUSED')
    }
    for (const child of children.values()) expect(hasExited(child)).toBe(false)
  })

  it('are ready with their database, while broker and cache are still away', async () => {
    await begin.postgres()
    await expect.poll(everyReadiness).toEqual(platform.processes.map(() => 200))
    expect((await api('/v1/auth/jwks')).status).toBe(200)
    for (const { adminUrl } of platform.processes)
      expect((await get(`${adminUrl}/readyz`)).text).toContain('"status":"degraded"')
  })

  it('consume and limit rates once broker and cache come, in any order', async () => {
    await begin.redis()
    await begin.rabbit()
    for (const { adminUrl } of platform.processes)
      await expect.poll(async () => (await get(`${adminUrl}/readyz`)).text).not.toContain('degraded')
  })

  it.each(['rabbit', 'redis', 'postgres'] as const)(
    'outlive that %s goes away and comes back',
    async (name) => {
      await end(name)
      for (const one of platform.processes) {
        const isUsed = await uses(one, name)
        await expect
          .poll(async () => {
            const { status, text } = await get(`${one.adminUrl}/readyz`)
            return [status, text.includes('fails')]
          })
          .toEqual([isUsed && name === 'postgres' ? 503 : 200, isUsed])
      }
      for (const { adminUrl } of platform.processes) {
        const { status, text } = await get(`${adminUrl}/metrics`)
        expect(status).toBe(200)
        expect(text).toContain('bahi_http_request_seconds')
      }
      await begin[name]()
      for (const { adminUrl } of platform.processes)
        await expect.poll(async () => (await get(`${adminUrl}/readyz`)).text).not.toContain('fails')
      for (const child of children.values()) expect(hasExited(child)).toBe(false)
    },
  )

  it('wrote one line when an outage began, one when it was over, and no other error', async () => {
    const servers = { postgres: 'PostgreSQL', rabbit: 'RabbitMQ', redis: 'Redis' } as const
    const linesSaying = async (one: PlatformProcess, what: RegExp) =>
      (await linesOf(one))
        .filter(({ msg }) => what.test(msg))
        .map(({ dependency = '' }) => dependency.split(' ')[0]!)
        .sort()
    for (const one of platform.processes) {
      const begun = await linesSaying(one, /at \S+ cannot be used: /)
      await expect.poll(() => linesSaying(one, / can be used again$/)).toEqual(begun)
      // Away at the start and once later: two outages of each, or one when they follow one another at once.
      for (const [name, title] of Object.entries(servers)) {
        const outages = begun.filter((each) => each === title).length
        const isUsed = await uses(one, name as Name)
        expect([one.title, title, isUsed ? outages === 1 || outages === 2 : outages === 0]).toEqual([
          one.title,
          title,
          true,
        ])
      }
      const errors = (await linesOf(one)).filter(({ level }) => level === 'error' || level === 'fatal')
      expect(errors.filter(({ dependency }) => !dependency)).toEqual([])
    }
  })
})

// Accounts of RabbitMQ with least rights, on a real broker: each does the work of its service, and nothing else.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { rabbitBus } from '@bahi/kit/bus/rabbit-bus.ts'
import type { Bus, CloudEvent } from '@bahi/kit/bus/bus.ts'
import { queueOf } from '@bahi/kit/events/consume.ts'
import { trustCas } from '@bahi/kit/transport/service-tls.ts'
import { testAuthority } from '@bahi/testing/certificates.ts'
import { batchOf } from '@bahi/testing/events.ts'
import { ensureServers, startRabbit, type Server } from '@bahi/testing/servers.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { brokerDefinitions, brokerUsers } from './broker-accounts.ts'

const { missing } = await ensureServers(['rabbitmq-server'])
const noBroker = missing.length > 0 && process.env['CI'] !== 'true'

let broker: Server
const buses: Bus[] = []
const passwordOf = (user: string) => `${user}-secret`
const urlOf = (service: string) =>
  broker.url.replace('guest:guest', `bahi_${service}:${passwordOf(`bahi_${service}`)}`)

/** As the process of that service has it. */
function busOf(service: string): Bus {
  const bus = rabbitBus(urlOf(service), { declares: false, retry: { tries: 2, backoffMs: [100] } })
  buses.push(bus)
  return bus
}

beforeAll(async () => {
  if (!noBroker)
    broker = await startRabbit({ definitions: brokerDefinitions(brokerUsers('separate'), passwordOf) })
}, 90_000)
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()))
  await broker?.stop()
})

it('are one for each process of a layout', () => {
  expect(brokerUsers('compact').map(({ user }) => user)).toEqual(['bahi_payment_path', 'bahi_rest'])
  const { users, permissions } = brokerDefinitions(brokerUsers('compact'), passwordOf)
  expect(users).toHaveLength(2)
  expect(JSON.stringify(users)).not.toContain('secret')
  expect(permissions.every(({ configure }) => !configure.includes('.*|') || configure.includes('amq'))).toBe(
    true,
  )
})

describe.skipIf(noBroker)('with its own account', () => {
  it('a service publishes, consumes, tries again and keeps dead letters, and the gateway listens', async () => {
    const [user, notification, audit, gateway] = ['user', 'notification', 'audit', 'gateway'].map(
      busOf,
    ) as Bus[]
    const received: CloudEvent[] = []
    const audited: CloudEvent[] = []
    let tries = 0
    await gateway!.listen(['user'], (events) => void received.push(...events))
    await audit!.subscribe(queueOf('audit'), [], async (events) => void audited.push(...events))
    await notification!.subscribe(queueOf('notification'), [], async () => {
      tries += 1
      throw new Error('not now')
    })
    await user!.publish('user', batchOf('user', 1, 2))
    await expect.poll(() => [received.length, audited.length, tries]).toEqual([2, 2, 2])
    await expect.poll(() => notification!.countDeadLetters(queueOf('notification'))).toBe(1)
    const [letter] = await audit!.deadLetters(queueOf('notification'))
    const rewritten = audit!.rewriteDeadLetters(queueOf('notification'), async ({ events }) => events)
    expect(await rewritten).toBe(1)
    expect(await audit!.replay(queueOf('notification'), letter!.id)).toBe(1)
    await expect.poll(() => tries).toBe(4)
    for (const bus of [user, notification, audit, gateway]) await bus!.check()
  })

  it('a service publishes in nobody else\u2019s name, reads nothing of others, and declares nothing', async () => {
    const refused = async (act: Promise<unknown>) =>
      act.then(
        () => 'done',
        (error: { code?: string }) => error.code,
      )
    expect(await refused(busOf('user').publish('user', batchOf('user', 3)))).toBe('done')
    const foreign = [{ queue: queueOf('audit'), sources: ['user'] }]
    const declaring = rabbitBus(urlOf('user'), { queues: foreign })
    buses.push(declaring)
    for (const act of [
      () => busOf('user').publish('payment', batchOf('payment', 1)),
      () => busOf('user').deadLetters(queueOf('audit')),
      () => busOf('notification').publish('audit', batchOf('audit', 1)),
      () => busOf('gateway').publish('gateway', batchOf('gateway', 1)),
      () => declaring.publish('user', batchOf('user', 4)),
    ])
      expect(await refused(act())).toBe('ACCESS_REFUSED')
  })

  it('a service reaches the broker over TLS, once it trusts its CA', async () => {
    const system = getCACertificates('default')
    const folder = await mkdtemp(join(tmpdir(), 'bahi-amqps-'))
    const authority = await testAuthority()
    await writeFile(join(folder, 'ca.crt'), authority.ca)
    const { port } = new URL(broker.url)
    const front = createServer(await authority.issue(), (socket) => {
      const behind = connect(Number(port), '127.0.0.1')
      for (const end of [socket, behind]) end.on('error', () => undefined)
      socket.pipe(behind).pipe(socket)
    })
    await new Promise<void>((done) => front.listen(0, '127.0.0.1', done))
    const url = new URL(urlOf('user'))
    Object.assign(url, { protocol: 'amqps:', host: `localhost:${(front.address() as AddressInfo).port}` })
    const bus = rabbitBus(url.href, { declares: false })
    buses.push(bus)
    await expect(bus.check()).rejects.toThrow()
    const log = { info: () => undefined, warn: () => undefined }
    const trusted = trustCas([join(folder, 'ca.crt')], log)
    await expect.poll(() => bus.publish('user', batchOf('user', 9)).then(() => 'done', String)).toBe('done')
    trusted.close()
    setDefaultCACertificates(system)
    await bus.close()
    front.close()
    await rm(folder, { recursive: true })
  })
})

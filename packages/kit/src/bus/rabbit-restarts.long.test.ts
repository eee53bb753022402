// The bus on a RabbitMQ that starts after it, and is started again without its data.
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { batchOf as batch } from '@bahi/testing/events.ts'
import { ensureServers, startRabbit } from '@bahi/testing/servers.ts'
import { freePort } from '../port.ts'
import { rabbitBus } from './rabbit-bus.ts'

const { missing } = await ensureServers(['rabbitmq-server'])
const noBroker = missing.length > 0 && process.env['CI'] !== 'true'
const until = (check: () => unknown) => vi.waitFor(check, { interval: 5 })

it.skipIf(noBroker)('waits for a broker that starts later, and outlives its restart', async () => {
  const port = await freePort()
  const [source, queue, seen] = ['source', 'queue', [] as number[]]
  const url = `amqp://guest:guest@127.0.0.1:${port}`
  const retry = { tries: 3, backoffMs: [20, 40] }
  const bus = rabbitBus(url, { retry, queues: [{ queue, sources: [source] }] })
  const subscribed = bus.subscribe(queue, [source], async (events) => {
    seen.push(...events.map((event) => event.bahiversion))
  })
  await delay(500)
  const first = await startRabbit({ port })
  await subscribed
  await bus.publish(source, batch(source, 1))
  await until(() => expect(seen).toEqual([1]))
  await first.stop()
  await expect(bus.check()).rejects.toThrow()
  await expect(bus.publish(source, batch(source, 2))).rejects.toThrow()
  // A new broker without data: the bus declares what it needs again.
  const second = await startRabbit({ port })
  await until(() => bus.publish(source, batch(source, 3)))
  await until(() => expect(seen.at(-1)).toBe(3))
  await bus.close()
  await second.stop()
})

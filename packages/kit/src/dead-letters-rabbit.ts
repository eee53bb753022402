// Dead letters on RabbitMQ: a queue beside each queue, looked through by one at a time.
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { AsyncMessage, Channel, Connection, Envelope, SyncMessage } from 'rabbitmq-client'
import { maxListed, type CloudEvent, type DeadLetter } from './bus.ts'
import { deadOf, deliveryLimit, mainQueue } from './rabbit-topology.ts'

const lockQueue = 'bahi.dead-letters.lock'
const lockTimeoutMs = 8_000

export type RabbitDeadLetters = {
  list(queue: string): Promise<DeadLetter[]>
  find(queue: string, id: string): Promise<DeadLetter | undefined>
  count(queue: string): Promise<number>
  replay(queue: string, id?: string): Promise<number>
  drop(queue: string, id: string): Promise<boolean>
}

/** @param give publishes, and resolves when the broker has confirmed */
export function rabbitDeadLetters(
  connection: Connection,
  give: (envelope: Envelope, body: Buffer) => Promise<void>,
): RabbitDeadLetters {
  let tail: Promise<unknown> = Promise.resolve()

  /**
   * Who looks through a queue holds all its messages for that moment: a second one would see none. An exclusive queue
   * keeps other processes out, and ends with the connection of a process that dies.
   */
  function alone<T>(run: (channel: Channel) => Promise<T>): Promise<T> {
    const turn = tail.then(async () => {
      const channel = await lock()
      try {
        return await run(channel)
      } finally {
        // Gives back, in order, what was taken and not answered.
        await channel.close().catch(() => undefined)
        await unlock().catch(() => undefined)
      }
    })
    tail = turn.catch(() => undefined)
    return turn
  }

  async function lock(): Promise<Channel> {
    for (const untilMs = Date.now() + lockTimeoutMs; ; await delay(50)) {
      const channel = await connection.acquire()
      try {
        await channel.queueDeclare({ queue: lockQueue, exclusive: true })
        return channel
      } catch (error) {
        await channel.close().catch(() => undefined)
        if ((error as { code?: string }).code !== 'RESOURCE_LOCKED' || Date.now() > untilMs) throw error
      }
    }
  }

  async function unlock(): Promise<void> {
    const channel = await connection.acquire()
    await channel.queueDelete({ queue: lockQueue })
    await channel.close()
  }

  /** How many there are; 0 where there is no such queue, which ends the channel. */
  async function countIn(channel: Channel, queue: string): Promise<number> {
    try {
      return (await channel.queueDeclare({ queue: deadOf(queue), passive: true })).messageCount
    } catch (error) {
      if ((error as { code?: string }).code === 'NOT_FOUND') return 0
      throw error
    }
  }

  /** Those that are there now, oldest first. */
  async function* taken(channel: Channel, queue: string): AsyncGenerator<SyncMessage> {
    for (let left = await countIn(channel, queue); left > 0; left--) {
      const message = await channel.basicGet({ queue: deadOf(queue) })
      if (!message) return
      yield message
    }
  }

  return {
    list: (queue) =>
      alone(async (channel) => {
        const letters: DeadLetter[] = []
        for await (const message of taken(channel, queue)) {
          letters.push(letterOf(queue, message))
          if (letters.length === maxListed) break
        }
        return letters
      }),
    find: (queue, id) =>
      alone(async (channel) => {
        for await (const message of taken(channel, queue))
          if (idOf(message) === id) return letterOf(queue, message)
        return undefined
      }),
    count: (queue) => alone((channel) => countIn(channel, queue)),
    replay: (queue, id) =>
      alone(async (channel) => {
        let replayed = 0
        for await (const message of taken(channel, queue)) {
          if (id !== undefined && idOf(message) !== id) continue
          // A message to a queue that is not there would be confirmed and lost.
          if (replayed === 0) await channel.queueDeclare(mainQueue(queue))
          await give({ routingKey: queue, messageId: idOf(message) }, toBuffer(message.body))
          channel.basicAck({ deliveryTag: message.deliveryTag })
          replayed += 1
          if (id !== undefined) break
        }
        return replayed
      }),
    drop: (queue, id) =>
      alone(async (channel) => {
        for await (const message of taken(channel, queue)) {
          if (idOf(message) !== id) continue
          channel.basicAck({ deliveryTag: message.deliveryTag })
          return true
        }
        return false
      }),
  }
}

/** Of a message that came without an id: what it holds. */
function idOf({ messageId, body }: SyncMessage): string {
  return messageId ?? createHash('sha256').update(toBuffer(body)).digest('hex').slice(0, 32)
}

function letterOf(queue: string, message: SyncMessage): DeadLetter {
  const { 'x-error': error, 'x-at': at } = message.headers ?? {}
  return {
    id: idOf(message),
    queue,
    events: read(message) ?? [],
    error: String(error ?? `its reader broke off ${deliveryLimit} times`),
    at: String(at ?? new Date((message.timestamp ?? 0) * 1000).toISOString()),
  }
}

export function toBuffer(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

export function read({ body }: Pick<AsyncMessage, 'body'>): CloudEvent[] | undefined {
  try {
    const events: unknown = JSON.parse(toBuffer(body).toString())
    return Array.isArray(events) ? (events as CloudEvent[]) : undefined
  } catch {
    return undefined
  }
}

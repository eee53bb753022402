// Dead letters on RabbitMQ: a queue beside each queue, searched by one process at a time.
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { AsyncMessage, Channel, Connection, Envelope, SyncMessage } from 'rabbitmq-client'
import { maxListed, type CloudEvent, type DeadLetter } from './bus.ts'
import { deadOf, deliveryLimit, mainQueue } from './rabbit-topology.ts'

/** Held by whoever searches dead letters. */
export const lockQueue = 'bahi.dead-letters.lock'
const lockTimeoutMs = 8_000
const requeueTimeoutMs = 2_000

/** One search: its channel, and how many messages it has taken and not acknowledged. */
type Search = { channel: Channel; unacknowledged: number }

export type RabbitDeadLetters = {
  list(queue: string): Promise<DeadLetter[]>
  find(queue: string, id: string): Promise<DeadLetter | undefined>
  count(queue: string): Promise<number>
  replay(queue: string, id?: string): Promise<number>
  drop(queue: string, id: string): Promise<boolean>
  rewrite(queue: string, change: (letter: DeadLetter) => Promise<CloudEvent[] | undefined>): Promise<number>
}

/**
 * @param send publishes, and resolves when the broker has confirmed
 * @param declares whether the account may declare queues
 */
export function rabbitDeadLetters(
  connection: Connection,
  send: (envelope: Envelope, body: Buffer) => Promise<void>,
  declares: boolean,
): RabbitDeadLetters {
  let tail: Promise<unknown> = Promise.resolve()

  /**
   * A search takes all messages of the queue for its duration: a second one would find none. An exclusive queue is the
   * lock; it ends with the connection of a process that dies.
   */
  function exclusively<T>(queue: string, run: (search: Search) => Promise<T>): Promise<T> {
    const turn = tail.then(async () => {
      const search: Search = { channel: await lock(), unacknowledged: 0 }
      try {
        return await run(search)
      } finally {
        // Closing the channel requeues, in order, what was not acknowledged.
        await search.channel.close().catch(() => undefined)
        await untilRequeued(queue, search.unacknowledged).catch(() => undefined)
        await unlock().catch(() => undefined)
      }
    })
    tail = turn.catch(() => undefined)
    return turn
  }

  /** A quorum queue requeues a moment later: the next search must find all messages there. */
  async function untilRequeued(queue: string, count: number): Promise<void> {
    if (count === 0) return
    const channel = await connection.acquire()
    for (const untilMs = Date.now() + requeueTimeoutMs; Date.now() < untilMs; await delay(20))
      if ((await countIn(channel, queue)) >= count) break
    await channel.close()
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

  /** How many there are; 0 when there is no such queue, which also closes the channel. */
  async function countIn(channel: Channel, queue: string): Promise<number> {
    try {
      return (await channel.queueDeclare({ queue: deadOf(queue), passive: true })).messageCount
    } catch (error) {
      if ((error as { code?: string }).code === 'NOT_FOUND') return 0
      throw error
    }
  }

  /** The messages that are there now, oldest first. */
  async function* taken(search: Search, queue: string): AsyncGenerator<SyncMessage> {
    for (let left = await countIn(search.channel, queue); left > 0; left--) {
      const message = await search.channel.basicGet({ queue: deadOf(queue) })
      if (!message) return
      search.unacknowledged += 1
      yield message
    }
  }

  function acknowledge(search: Search, { deliveryTag }: SyncMessage): void {
    search.channel.basicAck({ deliveryTag })
    search.unacknowledged -= 1
  }

  return {
    list: (queue) =>
      exclusively(queue, async (search) => {
        const letters: DeadLetter[] = []
        for await (const message of taken(search, queue)) {
          letters.push(letterOf(queue, message))
          if (letters.length === maxListed) break
        }
        return letters
      }),
    find: (queue, id) =>
      exclusively(queue, async (search) => {
        for await (const message of taken(search, queue))
          if (idOf(message) === id) return letterOf(queue, message)
        return undefined
      }),
    count: (queue) => exclusively(queue, ({ channel }) => countIn(channel, queue)),
    replay: (queue, id) =>
      exclusively(queue, async (search) => {
        let replayed = 0
        for await (const message of taken(search, queue)) {
          if (id !== undefined && idOf(message) !== id) continue
          // A message to a queue that does not exist would be confirmed and lost.
          if (replayed === 0)
            await search.channel.queueDeclare(declares ? mainQueue(queue) : { queue, passive: true })
          await send({ routingKey: queue, messageId: idOf(message) }, toBuffer(message.body))
          acknowledge(search, message)
          replayed += 1
          if (id !== undefined) break
        }
        return replayed
      }),
    drop: (queue, id) =>
      exclusively(queue, async (search) => {
        for await (const message of taken(search, queue)) {
          if (idOf(message) !== id) continue
          acknowledge(search, message)
          return true
        }
        return false
      }),
    rewrite: (queue, change) =>
      exclusively(queue, async (search) => {
        let rewritten = 0
        for await (const message of taken(search, queue)) {
          const events = read(message) && (await change(letterOf(queue, message)))
          if (!events) continue
          const { headers = {} } = message
          const envelope = { routingKey: deadOf(queue), messageId: idOf(message), headers }
          // The new one is confirmed before the one that it replaces is gone.
          await send(envelope, Buffer.from(JSON.stringify(events)))
          acknowledge(search, message)
          rewritten += 1
        }
        return rewritten
      }),
  }
}

/** A message without an id is identified by a hash of its body. */
function idOf({ messageId, body }: SyncMessage): string {
  return messageId ?? createHash('sha256').update(toBuffer(body)).digest('hex').slice(0, 32)
}

function letterOf(queue: string, message: SyncMessage): DeadLetter {
  const { 'x-error': error, 'x-at': at } = message.headers ?? {}
  return {
    id: idOf(message),
    queue,
    events: read(message) ?? [],
    error: String(error ?? `its consumer disconnected ${deliveryLimit} times`),
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

// Dead letters on RabbitMQ: a queue beside each queue, looked through by one at a time.
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { AsyncMessage, Channel, Connection, Envelope, SyncMessage } from 'rabbitmq-client'
import { maxListed, type CloudEvent, type DeadLetter } from './bus.ts'
import { deadOf, deliveryLimit, mainQueue } from './rabbit-topology.ts'

const lockQueue = 'bahi.dead-letters.lock'
const lockTimeoutMs = 8_000
const backTimeoutMs = 2_000

/** One turn: what it reads through, and how many messages it holds. */
type Look = { channel: Channel; held: number }

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
  function alone<T>(queue: string, run: (look: Look) => Promise<T>): Promise<T> {
    const turn = tail.then(async () => {
      const look: Look = { channel: await lock(), held: 0 }
      try {
        return await run(look)
      } finally {
        // Gives back, in order, what was taken and not answered.
        await look.channel.close().catch(() => undefined)
        await untilBack(queue, look.held).catch(() => undefined)
        await unlock().catch(() => undefined)
      }
    })
    tail = turn.catch(() => undefined)
    return turn
  }

  /** A queue of several nodes takes back by itself, a moment later: who looks next must find everything there. */
  async function untilBack(queue: string, held: number): Promise<void> {
    if (held === 0) return
    const channel = await connection.acquire()
    for (const untilMs = Date.now() + backTimeoutMs; Date.now() < untilMs; await delay(20))
      if ((await countIn(channel, queue)) >= held) break
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
  async function* taken(look: Look, queue: string): AsyncGenerator<SyncMessage> {
    for (let left = await countIn(look.channel, queue); left > 0; left--) {
      const message = await look.channel.basicGet({ queue: deadOf(queue) })
      if (!message) return
      look.held += 1
      yield message
    }
  }

  function take(look: Look, { deliveryTag }: SyncMessage): void {
    look.channel.basicAck({ deliveryTag })
    look.held -= 1
  }

  return {
    list: (queue) =>
      alone(queue, async (look) => {
        const letters: DeadLetter[] = []
        for await (const message of taken(look, queue)) {
          letters.push(letterOf(queue, message))
          if (letters.length === maxListed) break
        }
        return letters
      }),
    find: (queue, id) =>
      alone(queue, async (look) => {
        for await (const message of taken(look, queue))
          if (idOf(message) === id) return letterOf(queue, message)
        return undefined
      }),
    count: (queue) => alone(queue, ({ channel }) => countIn(channel, queue)),
    replay: (queue, id) =>
      alone(queue, async (look) => {
        let replayed = 0
        for await (const message of taken(look, queue)) {
          if (id !== undefined && idOf(message) !== id) continue
          // A message to a queue that is not there would be confirmed and lost.
          if (replayed === 0) await look.channel.queueDeclare(mainQueue(queue))
          await give({ routingKey: queue, messageId: idOf(message) }, toBuffer(message.body))
          take(look, message)
          replayed += 1
          if (id !== undefined) break
        }
        return replayed
      }),
    drop: (queue, id) =>
      alone(queue, async (look) => {
        for await (const message of taken(look, queue)) {
          if (idOf(message) !== id) continue
          take(look, message)
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

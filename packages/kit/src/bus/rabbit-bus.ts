// The bus on RabbitMQ: quorum queues behind a topic exchange, confirms, delayed retries, dead letters.
import { randomUUID } from 'node:crypto'
import { Connection, ConsumerStatus, type AsyncMessage, type Consumer, type Envelope } from 'rabbitmq-client'
import { defaultRetry, unhandledOf, type Bus, type CloudEvent, type DeadLetter, type Retry } from './bus.ts'
import { rabbitDeadLetters, read, toBuffer } from './rabbit-dead-letters.ts'
import type { Log } from '../log.ts'
import { dependencies, failureOf, type Outages } from '../outages.ts'
import {
  bindings,
  deadOf,
  deadQueue,
  delayOf,
  delayQueue,
  exchange,
  mainExchange,
  mainQueue,
} from './rabbit-topology.ts'

export type RabbitBusOptions = {
  retry?: Retry
  log?: Pick<Log, 'info' | 'warn' | 'error'>
  /** Where the broker's outages are reported. */
  outages?: Outages
  /** Of the whole platform: declared before the first publish, so that queues without a consumer yet lose nothing. */
  queues?: { queue: string; sources: string[] }[]
  /** Default true; false for an account that may not: exchange and queues are there already. */
  declares?: boolean
}

const contentType = 'application/cloudevents-batch+json'
const publishTimeoutMs = 8_000
const checkTimeoutMs = 2_000
const closeTimeoutMs = 5_000
const prefetchCount = 16

/**
 * Reconnects by itself and declares what it needs on each connection. One consumer at a time reads a queue, which keeps
 * the order; a failed batch waits in a delay queue and returns behind the others.
 */
export function rabbitBus(
  url: string,
  { retry = defaultRetry, log, outages, queues = [], declares = true }: RabbitBusOptions = {},
): Bus {
  const broker = dependencies.rabbitmq(url)
  const connection = new Connection({
    url,
    acquireTimeout: 5_000,
    connectionTimeout: 5_000,
    heartbeat: 10,
    retryLow: 100,
    retryHigh: 5_000,
    noDelay: true,
    frameMax: 131_072,
  })
  const publisher = connection.createPublisher({
    confirm: true,
    ...(declares
      ? {
          exchanges: [mainExchange],
          queues: queues.flatMap(({ queue }) => [deadQueue(queue), mainQueue(queue)]),
          queueBindings: queues.flatMap(({ queue, sources }) => bindings(sources, queue)),
        }
      : {}),
  })
  const subscriptions = new Set<() => Promise<void>>()
  const closing = Promise.withResolvers<never>()
  closing.promise.catch(() => undefined)
  const known = new Set(queues.map(({ queue }) => queue))
  const letters = rabbitDeadLetters(connection, send, declares)
  let closed = false
  // It reconnects by itself.
  connection.on('error', (error: Error) => outages?.failed(broker, error))
  connection.on('connection', () => {
    outages?.recovered(broker)
    log?.info('connected to RabbitMQ')
  })

  async function send(envelope: Envelope, body: Buffer): Promise<void> {
    const sent = publisher.send({ durable: true, contentType, ...envelope }, body)
    try {
      await within(publishTimeoutMs, 'RabbitMQ did not confirm', sent)
      outages?.recovered(broker)
    } catch (error) {
      if (!closed) outages?.failed(broker, error)
      throw failureOf('RabbitMQ', error)
    }
  }

  /** Moves a failed batch to a delay queue, or to the dead letters after its last try or when it is malformed. */
  async function moveAside(
    queue: string,
    message: AsyncMessage,
    err: unknown,
    events?: CloudEvent[],
  ): Promise<void> {
    const tries = triesOf(message) + 1
    const body = events ? Buffer.from(JSON.stringify(events)) : toBuffer(message.body)
    const messageId = message.messageId ?? randomUUID()
    const headers = {
      'x-tries': tries,
      'x-error': String(err).slice(0, 2_000),
      'x-at': new Date().toISOString(),
    }
    if (!events || tries >= retry.tries) {
      if (declares) await connection.queueDeclare(deadQueue(queue))
      await send({ routingKey: deadOf(queue), messageId, headers }, body)
      log?.error(
        { err, queue, deadLetter: messageId },
        'batch failed too often and became a dead letter: see npm run dlq',
      )
      return
    }
    const delayMs = retry.backoffMs[Math.min(tries, retry.backoffMs.length) - 1] ?? 0
    if (declares) {
      await connection.exchangeDeclare({ exchange: delayOf(delayMs), type: 'fanout', durable: true })
      await connection.queueDeclare(delayQueue(delayMs))
      await connection.queueBind({ exchange: delayOf(delayMs), queue: delayOf(delayMs) })
    }
    await send({ exchange: delayOf(delayMs), routingKey: queue, messageId, headers }, body)
    log?.warn({ err, queue, tries, delayMs }, 'batch failed, will be tried again')
  }

  /** Resolves when the consumer reads; waits for a broker that is not available yet. */
  async function opened(consumer: Consumer, name: string): Promise<{ close(): Promise<void> }> {
    // It subscribes again by itself.
    consumer.on('error', (error: Error) => {
      if (!connection.ready) outages?.failed(broker, error)
      else log?.warn({ err: error, queue: name }, 'subscription lost, reconnecting')
    })
    const close = async () => {
      subscriptions.delete(close)
      await consumer.close().catch(() => undefined)
    }
    subscriptions.add(close)
    await Promise.race([new Promise<void>((resolve) => consumer.once('ready', resolve)), closing.promise])
    return { close }
  }

  function mustBeOpen(): void {
    if (closed) throw new Error('the bus is closed')
  }

  /** Dead letters are for people: while the broker is away they are told so. */
  async function reaching<T>(run: () => Promise<T>): Promise<T> {
    mustBeOpen()
    try {
      return await run()
    } catch (error) {
      throw connection.ready ? error : failureOf('RabbitMQ', error)
    }
  }

  return {
    async publish(source, events) {
      mustBeOpen()
      await send(
        { exchange, routingKey: source, messageId: randomUUID(), headers: traceHeadersOf(events) },
        Buffer.from(JSON.stringify(events)),
      )
    },

    async subscribe(queue, sources, handler) {
      mustBeOpen()
      known.add(queue)
      const queueOptions = mainQueue(queue)
      const props = {
        queue,
        ...(declares
          ? { queueOptions, exchanges: [mainExchange], queueBindings: bindings(sources, queue) }
          : { queueOptions: { queue, passive: true } }),
        qos: { prefetchCount },
        concurrency: 1,
      }
      const consumer = connection.createConsumer(props, async (message) => {
        const events = read(message)
        if (!events) {
          await moveAside(queue, message, 'this is no batch of events')
          return ConsumerStatus.ACK
        }
        // When even putting aside fails, the throw gives the message back to the broker.
        try {
          await handler(events)
        } catch (error) {
          // Parsed again: a handler may have changed the events it was given.
          const left = unhandledOf(error, read(message) ?? [])
          await moveAside(queue, message, left.cause, left.events)
        }
        return ConsumerStatus.ACK
      })
      consumer.on('ready', () => {
        if (!declares) return
        connection
          .queueDeclare(deadQueue(queue))
          .catch((err: unknown) => log?.warn({ err, queue }, 'dead-letter queue could not be declared'))
      })
      return opened(consumer, queue)
    },

    async listen(sources, handler) {
      mustBeOpen()
      const props = {
        queueOptions: { exclusive: true, autoDelete: true },
        ...(declares ? { exchanges: [mainExchange] } : {}),
        queueBindings: bindings(sources),
        noAck: true,
      }
      return opened(
        connection.createConsumer(props, (message) => {
          handler(read(message) ?? [])
        }),
        'listen',
      )
    },

    deadLetters: (queue) =>
      reaching(async () => {
        const found: DeadLetter[] = []
        for (const one of queue === undefined ? known : [queue]) found.push(...(await letters.list(one)))
        return found
      }),
    deadLetter: (queue, id) => reaching(() => letters.find(queue, id)),
    countDeadLetters: (queue) => reaching(() => letters.count(queue)),
    countWaiting: (queue) =>
      reaching(async () => (await connection.queueDeclare({ queue, passive: true })).messageCount),
    replay: (queue, id) => reaching(() => letters.replay(queue, id)),
    drop: (queue, id) => reaching(() => letters.drop(queue, id)),
    rewriteDeadLetters: (queue, change) => reaching(() => letters.rewrite(queue, change)),

    async check() {
      mustBeOpen()
      if (!connection.ready) throw new Error('RabbitMQ is not connected')
      await within(
        checkTimeoutMs,
        'RabbitMQ did not answer',
        connection.exchangeDeclare({ ...mainExchange, passive: !declares }),
      )
    },

    async close() {
      if (closed) return
      closed = true
      closing.reject(new Error('the bus is closed'))
      // Without a connection there is nothing to close, and whatever waits for one is rejected.
      if (!connection.ready) connection.unsafeDestroy()
      await Promise.all([...subscriptions].map((close) => close()))
      if (!connection.ready) return connection.unsafeDestroy()
      const closingDown = publisher.close().then(() => connection.close())
      await within(closeTimeoutMs, 'RabbitMQ did not close the connection', closingDown).catch(() =>
        connection.unsafeDestroy(),
      )
    },
  }
}

/** For tools that look at messages: the trace of the first event. Each event has its own inside. */
function traceHeadersOf([first]: CloudEvent[]): { traceparent?: string } {
  return first?.traceparent ? { traceparent: first.traceparent } : {}
}

function triesOf({ headers }: Pick<AsyncMessage, 'headers'>): number {
  return Number(headers?.['x-tries'] ?? 0)
}

async function within<T>(ms: number, otherwise: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} within ${ms / 1000} s`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

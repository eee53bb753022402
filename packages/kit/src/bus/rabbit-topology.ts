// What bahi declares on RabbitMQ: an exchange, and for each queue its main, its delayed and its dead letters.

export const exchange = 'bahi'
/** A message whose consumer disconnected this often while handling it is a dead letter too. */
export const deliveryLimit = 20

export const deadOf = (queue: string) => `${queue}.dead`
export const delayOf = (ms: number) => `${exchange}.retry.${ms}`

export const mainExchange = { exchange, type: 'topic', durable: true }

/** A message leaves for another queue only when it has arrived there. */
const safeDeadLettering = {
  'x-queue-type': 'quorum',
  'x-dead-letter-exchange': '',
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
} as const

export function mainQueue(queue: string) {
  const limits = { 'x-delivery-limit': deliveryLimit, 'x-dead-letter-routing-key': deadOf(queue) }
  return {
    queue,
    durable: true,
    arguments: { ...safeDeadLettering, ...limits, 'x-single-active-consumer': true },
  }
}

/** One queue for all messages that wait equally long: the routing key names the queue that each returns to. */
export function delayQueue(ms: number) {
  return { queue: delayOf(ms), durable: true, arguments: { ...safeDeadLettering, 'x-message-ttl': ms } }
}

/** Listing counts as a delivery: it must never be the reason to drop a letter. */
export function deadQueue(queue: string) {
  const args = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 } as const
  return { queue: deadOf(queue), durable: true, arguments: args }
}

/** Without `queue`: for the one declared last. */
export function bindings(sources: string[], queue?: string) {
  return sources.map((routingKey) => ({ exchange, routingKey, ...(queue ? { queue } : {}) }))
}

// What bahi declares on RabbitMQ: an exchange, and for each queue its main, its delayed and its dead letters.

export const exchange = 'bahi'
/** A message whose reader broke off this often without a word is a dead letter, too. */
export const deliveryLimit = 20

export const deadOf = (queue: string) => `${queue}.dead`
export const delayOf = (ms: number) => `${exchange}.retry.${ms}`

export const mainExchange = { exchange, type: 'topic', durable: true }

/** Nothing is dropped on the way to another queue: it leaves only when it has arrived. */
const leavesSafely = {
  'x-queue-type': 'quorum',
  'x-dead-letter-exchange': '',
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
} as const

export function mainQueue(queue: string) {
  const limits = { 'x-delivery-limit': deliveryLimit, 'x-dead-letter-routing-key': deadOf(queue) }
  return { queue, durable: true, arguments: { ...leavesSafely, ...limits, 'x-single-active-consumer': true } }
}

/** One for all that wait equally long: each message goes back to the queue it is named after. */
export function delayQueue(ms: number) {
  return { queue: delayOf(ms), durable: true, arguments: { ...leavesSafely, 'x-message-ttl': ms } }
}

/** Listing counts as delivering: it must never be the reason to drop a letter. */
export function deadQueue(queue: string) {
  const args = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 } as const
  return { queue: deadOf(queue), durable: true, arguments: args }
}

/** Without a queue: of the one declared last. */
export function bindings(sources: string[], queue?: string) {
  return sources.map((routingKey) => ({ exchange, routingKey, ...(queue ? { queue } : {}) }))
}

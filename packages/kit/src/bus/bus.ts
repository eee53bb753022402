// What carries events between services: one interface, an adapter in the process and one on RabbitMQ.

/** One event as it travels: a CloudEvent 1.0 in its JSON form; `bahi*` are extension attributes. */
export type CloudEvent = {
  specversion: '1.0'
  /** UUIDv7 of the event: what a consumer dedupes by. */
  id: string
  /** `/user`: the service that owns the stream. */
  source: string
  /** `user.profile-changed` */
  type: string
  /** The stream, e.g. a person's id. Events of one stream keep their order. */
  subject: string
  /** ISO 8601 with zone. */
  time: string
  datacontenttype: 'application/json'
  /** Version within the stream, from 1, without gaps. */
  bahiversion: number
  /** Position in its service's event table. */
  bahiseq: number
  traceparent?: string
  data: Record<string, unknown>
}

/** Throws when it could not handle the batch, or `unhandled(…)` when it could handle a part of it. */
export type Handler = (events: CloudEvent[]) => Promise<void>

/** For a handler to throw: only these events of its batch are left; they alone are tried again, and put aside. */
export function partialFailure(left: CloudEvent[], cause: unknown): Error & { left: CloudEvent[] } {
  const error = new Error(`${left.length} event(s) are left: ${String(cause)}`, { cause })
  return Object.assign(error, { left })
}

/** What is left of a batch after a handler threw, and why. */
export function unhandledOf(error: unknown, batch: CloudEvent[]): { events: CloudEvent[]; cause: unknown } {
  if (!(error instanceof Error && 'left' in error)) return { events: batch, cause: error }
  return { events: error.left as CloudEvent[], cause: error.cause }
}

export type Subscription = { close(): Promise<void> }

/** A message given up on: kept until a person replays or drops it. */
export type DeadLetter = { id: string; queue: string; events: CloudEvent[]; error: string; at: string }

/**
 * At least once, in order per source as long as handlers succeed.
 *
 * `publish` resolves only when the batch can no longer be lost: confirmed by the broker's quorum queues, or (in the
 * process) handled by every subscriber. It rejects when it can't; the relay then sends the same events again.
 */
export type Bus = {
  /** One message with many events of one source (`user`). */
  publish(source: string, events: CloudEvent[]): Promise<void>
  /** Durable and shared: all replicas of a service read one queue; a failing batch is tried again with back-off
   *  (`retry.tries`), then becomes a dead letter and never blocks what comes after it. */
  subscribe(queue: string, sources: string[], handler: Handler): Promise<Subscription>
  /** Ephemeral: every listener gets every event from now on; nothing is kept for an absent one. */
  listen(sources: string[], handler: (events: CloudEvent[]) => void): Promise<Subscription>
  /** Oldest first; of one queue, or of all that this bus knows. At most `maxListed` a queue. */
  deadLetters(queue?: string): Promise<DeadLetter[]>
  deadLetter(queue: string, id: string): Promise<DeadLetter | undefined>
  countDeadLetters(queue: string): Promise<number>
  /**
   * Brings one, or all that there are now, back to the end of their queue, to be tried as if they were new. Resolves to
   * how many. Never loses one; a crash half way delivers it twice at worst.
   */
  replay(queue: string, id?: string): Promise<number>
  /** Forgets one; false when there is none of that id. */
  drop(queue: string, id: string): Promise<boolean>
  /** Rejects when the broker can't be worked with: what `/readyz` asks. */
  check(): Promise<void>
  /** Lets running handlers end, then lets go of everything. */
  close(): Promise<void>
}

/** `tries` in all; the wait before try n+1 is `backoffMs[n-1]`, the last one repeating. */
export type Retry = { tries: number; backoffMs: number[] }
export const maxListed = 1_000
export const defaultRetry: Retry = { tries: 6, backoffMs: [100, 500, 2_000, 10_000, 30_000] }

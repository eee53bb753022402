// The bus that delivers events between services: one interface, an adapter in the process and one on RabbitMQ.

/** One event as it is delivered: a CloudEvent 1.0 in its JSON form; `bahi*` are extension attributes. */
export type CloudEvent = {
  specversion: '1.0'
  /** UUIDv7 of the event: consumers deduplicate by it. */
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

/** Throws when it could not handle the batch; throws `partialFailure(…)` when it could handle a part of it. */
export type Handler = (events: CloudEvent[]) => Promise<void>

/** Thrown by a handler that failed for only these events of its batch: they alone are tried again. */
export function partialFailure(left: CloudEvent[], cause: unknown): Error & { left: CloudEvent[] } {
  const error = new Error(`${left.length} event(s) failed: ${String(cause)}`, { cause })
  return Object.assign(error, { left })
}

/** Which events of a batch a handler failed on, and why. */
export function unhandledOf(error: unknown, batch: CloudEvent[]): { events: CloudEvent[]; cause: unknown } {
  if (!(error instanceof Error && 'left' in error)) return { events: batch, cause: error }
  return { events: error.left as CloudEvent[], cause: error.cause }
}

export type Subscription = { close(): Promise<void> }

/** A batch that its consumer gave up on: kept until a person replays or drops it. */
export type DeadLetter = { id: string; queue: string; events: CloudEvent[]; error: string; at: string }

/**
 * At least once, in order per source as long as handlers succeed.
 *
 * `publish` resolves only when the batch can no longer be lost: confirmed by the broker's quorum queues, or (in the
 * process) handled by every subscriber. Otherwise it rejects, and the relay publishes the same events again.
 */
export type Bus = {
  /** One message with many events of one source (`user`). */
  publish(source: string, events: CloudEvent[]): Promise<void>
  /** Durable and shared: all replicas of a service read one queue; a failing batch is tried again with backoff
   *  (`retry.tries`), then becomes a dead letter and never blocks what comes after it. */
  subscribe(queue: string, sources: string[], handler: Handler): Promise<Subscription>
  /** Ephemeral: every listener gets every event from now on; nothing is stored for an absent one. */
  listen(sources: string[], handler: (events: CloudEvent[]) => void): Promise<Subscription>
  /** Oldest first; of one queue, or of all that this bus knows. At most `maxListed` a queue. */
  deadLetters(queue?: string): Promise<DeadLetter[]>
  deadLetter(queue: string, id: string): Promise<DeadLetter | undefined>
  countDeadLetters(queue: string): Promise<number>
  /** Batches that wait to be consumed, those between two tries apart. */
  countWaiting(queue: string): Promise<number>
  /**
   * Moves one, or all that there are now, back to the end of their queue, to be tried as if they were new. Resolves to
   * their number. Never loses one; after a crash half way it is delivered twice at worst.
   */
  replay(queue: string, id?: string): Promise<number>
  /** Deletes one; false when there is none of that id. */
  drop(queue: string, id: string): Promise<boolean>
  /**
   * Replaces the events of each dead letter of the queue with what `change` answers; undefined leaves it as it is. What
   * they were is stored no more once this resolves to their number. Never loses one; after a crash half way one may be
   * there twice, as it was and as it is now, and doing it again changes that one too.
   */
  rewriteDeadLetters(
    queue: string,
    change: (letter: DeadLetter) => Promise<CloudEvent[] | undefined>,
  ): Promise<number>
  /** Rejects when the broker cannot be used; for `/readyz`. */
  check(): Promise<void>
  /** Resolves when running handlers have ended and all connections are closed. */
  close(): Promise<void>
}

/** `tries` in all; the wait before try n+1 is `backoffMs[n-1]`; the last one repeats. */
export type Retry = { tries: number; backoffMs: number[] }
export const maxListed = 1_000
export const defaultRetry: Retry = { tries: 6, backoffMs: [100, 500, 2_000, 10_000, 30_000] }

// A live feed of all services' events for observers of the sandbox, with personal data masked.
import { setTimeout as sleep } from 'node:timers/promises'
import { subscriptions, liveSource } from '@bahi/contracts/events.ts'
import type { FeedItem } from '@bahi/contracts/feed.ts'
import { isUuid } from '@bahi/contracts/id.ts'
import { maskPersonalData } from '@bahi/contracts/personal-data.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import type { SandboxDeps } from '../sandbox.ts'

const maxBuffered = 600
/** A payment leads to several events: a waiting request is answered with those that come together. */
const lingerMs = 25

export type Feed = {
  /** Events after a number. Answers at once when there are some, else when some arrive or the time is over. */
  after(seq: number, waitMs: number): Promise<{ events: FeedItem[]; last: number }>
  /** Answers all waiting requests now. */
  release(): void
  close(): Promise<void>
}

type Received = { event: CloudEvent; seq: number; receivedAt: string }

export function createFeed(deps: Pick<SandboxDeps, 'bus' | 'clock'>): Feed {
  /** As received: personal data is masked when somebody reads it. */
  const buffer: Received[] = []
  /** Begins above the numbers of earlier runs, so that clients that watched before a restart go on. */
  let last = deps.clock.now().getTime() * 1_000
  let arrival = new AbortController()

  // Not awaited: the sandbox takes calls while the broker is away.
  const listener = deps.bus.listen([...subscriptions.audit, liveSource], (events) => {
    const receivedAt = deps.clock.now().toISOString()
    for (const event of events) buffer.push({ event, seq: ++last, receivedAt })
    buffer.splice(0, buffer.length - maxBuffered)
    release()
  })
  function release() {
    arrival.abort()
    arrival = new AbortController()
  }
  return {
    async after(seq, waitMs) {
      // A number of another instance that is ahead of this one: begin with the oldest event.
      const from = seq > last ? 0 : seq
      if (from === last && waitMs > 0) {
        await sleep(waitMs, undefined, { signal: arrival.signal }).catch(() => sleep(lingerMs))
      }
      return { events: buffer.filter((received) => received.seq > from).map(toFeedItem), last }
    },
    release,
    close: () =>
      listener.then(
        (opened) => opened.close(),
        () => undefined,
      ),
  }
}

function toFeedItem({ event, seq, receivedAt }: Received): FeedItem {
  const { id, type, time, data, source } = event
  const paymentId = paymentIdIn(data)
  return {
    seq,
    id,
    service: source.slice(1),
    type,
    at: time,
    receivedAt,
    ...(paymentId === undefined ? {} : { paymentId }),
    data: maskPersonalData(data),
  }
}

/** Payment events name the payment, messages have it in their data, deliveries have it as their subject. */
function paymentIdIn(data: Record<string, unknown>): string | undefined {
  const message = data['message'] as { data?: Record<string, unknown> } | undefined
  const id = data['paymentId'] ?? message?.data?.['paymentId'] ?? data['subject']
  return typeof id === 'string' && isUuid(id) ? id : undefined
}

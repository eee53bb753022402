// What services tell each other, heard in passing and shown to onlookers with everything personal hidden.
import { setTimeout as sleep } from 'node:timers/promises'
import { subscriptions, liveSource } from '@bahi/contracts/events.ts'
import type { FeedItem } from '@bahi/contracts/feed.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import type { SandboxDeps } from '../sandbox.ts'

const mostKept = 600
/** A payment is several events: who waits gets what belongs together. */
const gatherMs = 25

export type Feed = {
  /** At once when there is something; else when there is, or when the time is over. */
  after(seq: number, waitMs: number): Promise<{ happenings: FeedItem[]; last: number }>
  /** Lets go of everybody who waits. */
  release(): void
  close(): Promise<void>
}

export async function createFeed(deps: Pick<SandboxDeps, 'bus' | 'clock'>): Promise<Feed> {
  /** As they were heard: what is personal in them is hidden when somebody looks. */
  const kept: Heard[] = []
  /** Grows over a new start too: nobody who watched before waits for numbers that are past. */
  let last = deps.clock.now().getTime() * 1_000
  let news = new AbortController()

  const heard = await deps.bus.listen([...subscriptions.audit, liveSource], (events) => {
    const heardAt = deps.clock.now().toISOString()
    for (const event of events) kept.push({ event, seq: ++last, heardAt })
    kept.splice(0, kept.length - mostKept)
    release()
  })
  function release() {
    news.abort()
    news = new AbortController()
  }
  return {
    async after(seq, waitMs) {
      // Not from this life, or from another one's future: from the beginning.
      const from = seq > last ? 0 : seq
      if (from === last && waitMs > 0) {
        await sleep(waitMs, undefined, { signal: news.signal }).catch(() => sleep(gatherMs))
      }
      return { happenings: kept.filter((one) => one.seq > from).map(happeningOf), last }
    },
    release,
    close: () => heard.close(),
  }
}

type Heard = { event: CloudEvent; seq: number; heardAt: string }

function happeningOf({ event, seq, heardAt }: Heard): FeedItem {
  const { id, type, time, data, source } = event
  const paymentId = paymentIn(data)
  return {
    seq,
    id,
    service: source.slice(1),
    type,
    at: time,
    heardAt,
    ...(paymentId === undefined ? {} : { paymentId }),
    data: hide(data) as Record<string, unknown>,
  }
}

/** Events of payments name it, messages carry it, deliveries are about it. */
function paymentIn(data: Record<string, unknown>): string | undefined {
  const message = data['message'] as { data?: Record<string, unknown> } | undefined
  const id = data['paymentId'] ?? message?.data?.['paymentId'] ?? data['subject']
  return typeof id === 'string' && uuid.test(id) ? id : undefined
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const moment = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/
const address = /^([a-z0-9])[a-z0-9._-]*(@[a-z0-9.]+)$/i
/** Names of fields whose texts say nothing about a person. */
const harmless = new Set([
  'type',
  'code',
  'reason',
  'channel',
  'bank',
  'rrn',
  'txnId',
  'purpose',
  'status',
  'route',
  'kind',
  'cycle',
  'direction',
])
const hidden = '•••'

/** Ids, moments, numbers and codes stay, UPI IDs keep their handle; any other text is hidden until it is known. */
export function hide(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => hide(one, name))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, hide(one, key)]))
  }
  if (typeof value !== 'string' || harmless.has(name) || uuid.test(value) || moment.test(value)) return value
  if (name === 'vpa') return value.replace(address, `$1${hidden}$2`)
  return hidden
}

/** The same in a sentence of the switch: `asha@bahi is Asha Rao at BAHI`. */
export function hideIn(sentence: string): string {
  return sentence
    .replace(/([a-z0-9])[a-z0-9._-]*(@[a-z0-9.]+)/gi, `$1${hidden}$2`)
    .replace(/ is .+ at /, ` is ${hidden} at `)
}

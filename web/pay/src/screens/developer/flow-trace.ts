// What leads to payments, put together from the services' events: requests, planned payments and mandates, with who did
// what in them, and when.
import type { FeedItem } from '@bahi/contracts/feed.ts'
import { groupBy } from '@bahi/web-ui/browser/group-by.ts'
import type { Step, Tone } from './payment-trace.ts'

export const flowKinds = ['request', 'schedule', 'mandate'] as const
type FlowKind = (typeof flowKinds)[number]

export type FlowTrace = {
  kind: FlowKind
  id: string
  amountPaise: number
  payer: string
  payee: string
  begunMs: number
  /** `debit-paid` of `payment.mandate-debit-paid`: what happened last. */
  last: string
  tone: Tone
  /** Its own, those of its messages, and those of its payments, in order. */
  events: FeedItem[]
}

const good = ['paid', 'authorised', 'debit-paid', 'resumed', 'unpaused']
const bad = ['declined', 'failed', 'expired', 'missed', 'debit-failed', 'debit-refused']
const waiting = ['made', 'requested', 'reminded', 'due', 'debit-announced']
/** What a person does in the app; everything else happens when it is due, or at the network. */
const byPerson = [
  ...['made', 'changed', 'paused', 'resumed', 'skipped', 'cancelled', 'declined'],
  ...['requested', 'authorised', 'updated', 'unpaused', 'revoked', 'debit-skipped'],
]
/** What the payer's bank authorises by the PIN. */
const byPin = ['authorised', 'unpaused']

const toneOf = (what: string): Tone =>
  good.includes(what) ? 'good' : bad.includes(what) ? 'bad' : waiting.includes(what) ? 'wait' : 'plain'

/** `debit-paid` of `payment.mandate-debit-paid`; undefined for an event of something else. */
function whatOf({ type }: FeedItem): string | undefined {
  const [, what] = /^payment\.(?:request|schedule|mandate)-(.+)$/.exec(type) ?? []
  return what
}

type Data = Record<string, unknown>
const messageData = ({ data }: FeedItem) => (data['message'] as { data?: Data } | undefined)?.data ?? {}
const idIn = (data: Data) =>
  flowKinds.map((kind) => data[`${kind}Id`]).find((id): id is string => typeof id === 'string')
const vpaOf = (party: unknown) => String((party as { vpa?: string } | undefined)?.vpa ?? '')

/** The newest first, by what happened last in each. */
export function flowsIn(all: FeedItem[]): FlowTrace[] {
  const own = groupBy(
    all.filter((event) => whatOf(event) !== undefined && idIn(event.data) !== undefined),
    ({ data }) => idIn(data)!,
  )
  return [...own]
    .map(([id, events]) => flowOf(id, events, all))
    .sort((a, b) => b.events.at(-1)!.seq - a.events.at(-1)!.seq)
}

function flowOf(id: string, own: FeedItem[], all: FeedItem[]): FlowTrace {
  const [first] = own as [FeedItem]
  const last = whatOf(own.at(-1)!)!
  const paid = new Set(own.map(({ data }) => data['paymentId']).filter(Boolean))
  const related = all.filter(
    (event) =>
      own.includes(event) ||
      idIn(messageData(event)) === id ||
      // A delivery names what it is about.
      event.paymentId === id ||
      (event.service === 'payment' && paid.has(event.paymentId)),
  )
  const { amountPaise, payer, payee } = first.data
  return {
    kind: flowKinds.find((kind) => first.data[`${kind}Id`] === id)!,
    ...{ id, amountPaise: Number(amountPaise), payer: vpaOf(payer), payee: vpaOf(payee) },
    ...{ begunMs: Date.parse(first.at), last, tone: toneOf(last), events: related },
  }
}

/** In the order in which it happened. */
export function flowSteps({ begunMs, events }: FlowTrace): Step[] {
  return events
    .flatMap((event) => stepsOf(event).map((step) => ({ ...step, ms: Math.max(0, step.ms - begunMs) })))
    .sort((a, b) => a.ms - b.ms)
}

/** With the moments in which they happened as `ms`. */
function stepsOf(event: FeedItem): Step[] {
  const { service, type, data } = event
  const [ms, receivedMs] = [Date.parse(event.at), Date.parse(event.receivedAt)]
  const plain = { tone: 'plain' } as const
  if (type === 'notification.created')
    return [
      {
        ...{ ...plain, ms: receivedMs, from: 'notification', to: 'app', look: 'event' },
        says: 'developer.step-live',
      },
    ]
  if (service === 'notification') {
    const isGood = type === 'notification.delivered'
    const tone = isGood ? 'good' : 'bad'
    const code = `${String(data['channel'])} ${isGood ? '✓' : '✗'}`
    return [{ ms, from: 'notification', to: 'notification', look: 'note', tone, code }]
  }
  const what = whatOf(event)
  const isSettled = type === 'payment.settled'
  const tone = what === undefined ? (isSettled ? 'good' : 'plain') : toneOf(what)
  const published = { ...plain, ms: receivedMs, from: 'payment', look: 'event', code: type } as const
  return [
    ...(what === undefined ? [] : begunBy(what, ms)),
    { ms, from: 'payment', to: 'payment', look: 'note', tone, code: type },
    { ...published, to: 'notification' },
    { ...published, to: 'audit' },
  ]
}

/** Who begins it: a person in the app, perhaps with the PIN, or the platform when its time has come. */
function begunBy(what: string, ms: number): Step[] {
  const call = { ms, look: 'call', tone: 'plain' } as const
  if (!byPerson.includes(what))
    return [{ ...call, from: 'payment', to: 'payment', look: 'note', says: 'developer.step-due' }]
  return [
    { ...call, from: 'app', to: 'gateway', code: what },
    { ...call, from: 'gateway', to: 'payment', says: 'developer.step-admitted' },
    ...(byPin.includes(what)
      ? ([
          { ...call, from: 'payment', to: 'account', says: 'developer.step-pin' },
          { ms, from: 'account', to: 'payment', look: 'answer', tone: 'good', code: '00' },
        ] as const)
      : []),
  ]
}

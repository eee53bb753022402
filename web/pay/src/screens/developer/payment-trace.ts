// The way of a payment through the services, put together from what they told: who spoke to whom, and when.
import type { Output } from '@bahi/contracts/call.ts'
import type { FeedItem, Movement, paymentTrace } from '@bahi/contracts/feed.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import type { TextKey } from '../../language/en.ts'

export const lanes = [
  'app',
  'gateway',
  'payment',
  'account',
  'ledger',
  'network',
  'notification',
  'audit',
] as const
export type Lane = (typeof lanes)[number]
export type Tone = 'plain' | 'good' | 'bad' | 'wait'

/** A payment, as far as events tell of it. */
export type Trip = {
  id: string
  txnId: string
  route: string
  amountPaise: number
  payer: string
  payee: string
  begunMs: number
  status: 'pending' | 'settled' | 'failed'
  code?: string
  /** From its beginning to its end. */
  tookMs?: number
  happenings: FeedItem[]
}

export type Step = {
  /** Since the payment began. */
  ms: number
  from: Lane
  /** The same lane: something that is done there. */
  to: Lane
  look: 'call' | 'answer' | 'event' | 'note'
  tone: Tone
  /** As it stands in the code: a route, a type of event, a UPI code. */
  code?: string
  /** In words, where code says too little. */
  says?: TextKey
}

type Told = Output<typeof paymentTrace>
/** Later than this the payer's app was told that it is pending. */
const answeredWithinMs = 8_000

const msOf = (at: string) => Date.parse(at)
const vpaOf = (party: unknown) => String((party as { vpa?: string } | undefined)?.vpa ?? '')

/** Newest first. A payment whose beginning nobody heard is left out. */
export function tripsIn(happenings: FeedItem[]): Trip[] {
  const groups = Map.groupBy(
    happenings.filter(({ paymentId }) => paymentId !== undefined),
    ({ paymentId }) => paymentId!,
  )
  return [...groups]
    .flatMap(([id, all]) => {
      const begun = all.find(({ type }) => type === 'payment.begun')
      if (!begun) return []
      const { txnId, route, amountPaise, payer, payee } = begun.data
      const begunMs = msOf(begun.at)
      const end = all.find(({ type }) => type === 'payment.settled' || type === 'payment.failed')
      const trip: Trip = {
        id,
        txnId: String(txnId),
        route: String(route ?? 'ledger'),
        amountPaise: Number(amountPaise),
        payer: vpaOf(payer),
        payee: vpaOf(payee),
        begunMs,
        status: end ? (end.type === 'payment.settled' ? 'settled' : 'failed') : 'pending',
        ...(end ? { tookMs: Math.max(0, msOf(end.at) - begunMs) } : {}),
        ...(end?.data['code'] === undefined ? {} : { code: String(end.data['code']) }),
        happenings: all,
      }
      return [trip]
    })
    .sort((a, b) => b.begunMs - a.begunMs)
}

export const toneOf = ({ status }: Pick<Trip, 'status'>): Tone =>
  status === 'settled' ? 'good' : status === 'failed' ? 'bad' : 'wait'

/** In the order in which it happened; what happened within one millisecond in the order in which it must have. */
export function stepsOf(trip: Trip, { movements, network }: Told): Step[] {
  const steps: Step[] = []
  const add = (at: number, from: Lane, to: Lane, look: Step['look'], what: Partial<Step> = {}) =>
    void steps.push({ ms: Math.max(0, at - trip.begunMs), from, to, look, tone: 'plain', ...what })

  if (trip.route === 'in') {
    add(trip.begunMs, 'network', 'gateway', 'call', { code: 'ReqAuthDetails' })
    add(trip.begunMs, 'gateway', 'payment', 'call', { says: 'developer.step-signature' })
  } else {
    add(trip.begunMs, 'app', 'gateway', 'call', { code: 'PUT /v1/payments' })
    add(trip.begunMs, 'gateway', 'payment', 'call', { says: 'developer.step-admitted' })
  }
  const beginning = steps.length
  for (const movement of movements) moved(add, trip, movement)
  spoken(add, trip, network)
  for (const happening of trip.happenings) told(add, trip, happening)
  const sorted = [...steps.slice(0, beginning), ...steps.slice(beginning).sort(byTime)]
  return sorted
}

type Add = (at: number, from: Lane, to: Lane, look: Step['look'], what?: Partial<Step>) => void

/** Payment's own word on top of each moment's: it is what the others hear. */
function byTime(a: Step, b: Step): number {
  if (a.ms !== b.ms) return a.ms - b.ms
  return Number(isBegun(b)) - Number(isBegun(a))
}
const isBegun = ({ code, look }: Step) => code === 'payment.begun' && look === 'note'

function moved(add: Add, { route }: Trip, movement: Movement): void {
  const at = msOf(movement.postedAt)
  const isDone = movement.code === '00'
  const tone: Tone = isDone ? 'plain' : 'bad'
  const fromNetwork = (route === 'in' || route === 'through') && movement.kind === 'transfer'
  const asks: Lane = fromNetwork ? 'network' : 'payment'
  const isOpening = movement.kind === 'transfer' || movement.kind === 'hold'
  add(
    at,
    asks,
    'account',
    'call',
    fromNetwork
      ? { code: 'ReqPay' }
      : isOpening
        ? { says: 'developer.step-pin' }
        : { code: `${movement.kind} hold` },
  )
  add(at, 'account', 'ledger', 'call', { code: `${movement.kind} ${formatRupees(movement.amountPaise)}` })
  add(
    at,
    'ledger',
    'ledger',
    'note',
    movement.entries.length > 0
      ? { code: movement.entries.map(entryText).join('  '), tone: 'good' }
      : isDone
        ? {
            says: movement.kind === 'hold' ? 'developer.step-held' : 'developer.step-given-back',
            tone: 'wait',
          }
        : { says: 'developer.step-nothing', tone: 'bad' },
  )
  add(at, 'ledger', asks, 'answer', { code: movement.code, tone: isDone ? 'good' : tone })
}

export const signed = (paise: number) => `${paise < 0 ? '−' : '+'}${formatRupees(Math.abs(paise))}`
const entryText = ({ amountPaise }: Movement['entries'][number]) => signed(amountPaise)

function spoken(add: Add, trip: Trip, network: Told['network']): void {
  const [first] = network
  if (!first) return
  if (trip.route !== 'in') add(msOf(first.at), 'payment', 'network', 'call', { code: 'ReqPay' })
  for (const { at, what } of network) {
    const tone: Tone = /^SUCCESS/.test(what)
      ? 'good'
      : /^FAILURE|lost|declin/i.test(what)
        ? 'bad'
        : /^DEEMED/.test(what)
          ? 'wait'
          : 'plain'
    add(msOf(at), 'network', 'network', 'note', { code: what, tone })
  }
  const decided = network.findLast(({ what }) => /^(SUCCESS|FAILURE|DEEMED)/.test(what))
  if (decided) add(msOf(decided.at), 'network', 'payment', 'answer', { code: 'RespPay', tone: toneOf(trip) })
}

function told(add: Add, trip: Trip, { type, at, receivedAt: heardAt, data, service }: FeedItem): void {
  const [atMs, heardMs] = [msOf(at), msOf(heardAt)]
  if (service === 'payment') {
    const isEnd = type === 'payment.settled' || type === 'payment.failed'
    const tone: Tone = isEnd ? toneOf(trip) : type === 'payment.deemed' ? 'wait' : 'plain'
    add(atMs, 'payment', 'payment', 'note', { code: type, tone })
    if (isEnd && trip.route !== 'in' && atMs - trip.begunMs < answeredWithinMs) {
      add(atMs, 'payment', 'app', 'answer', { code: String(data['code'] ?? trip.status), tone })
    }
    if (type !== 'payment.begun') add(heardMs, 'payment', 'notification', 'event', { code: type })
    add(heardMs, 'payment', 'audit', 'event', { code: type })
  }
  if (type === 'notification.created') {
    const message = data['message'] as { data?: { direction?: string } } | undefined
    const says =
      message?.data?.direction === 'credit' ? 'developer.step-live-payee' : 'developer.step-live-payer'
    add(heardMs, 'notification', 'app', 'event', { says, tone: toneOf(trip) })
  } else if (service === 'notification') {
    const isGood = type === 'notification.delivered'
    const code = `${String(data['channel'])} ${isGood ? '✓' : '✗'}`
    add(atMs, 'notification', 'notification', 'note', { code, tone: isGood ? 'good' : 'bad' })
    add(heardMs, 'notification', 'audit', 'event', { code: type.slice('notification.'.length) })
  }
}

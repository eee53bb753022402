// A payment's trace through the services, put together from their events: who called whom, and when.
import type { Output } from '@bahi/contracts/call.ts'
import type { FeedItem, Movement, paymentTrace } from '@bahi/contracts/feed.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { groupBy } from '@bahi/web-ui/browser/group-by.ts'
import type { DeveloperTextKey } from './developer-texts.ts'

export const participants = [
  'app',
  'gateway',
  'payment',
  'account',
  'ledger',
  'network',
  'notification',
  'audit',
] as const
export type Participant = (typeof participants)[number]
export type Tone = 'plain' | 'good' | 'bad' | 'wait'

/** A payment, as far as its events describe it. */
export type PaymentTrace = {
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
  events: FeedItem[]
}

export type Step = {
  /** Since the payment began. */
  ms: number
  from: Participant
  /** Equal to `from` for what a participant does by itself. */
  to: Participant
  look: 'call' | 'answer' | 'event' | 'note'
  tone: Tone
  /** As it stands in the code: a route, a type of event, a UPI code. */
  code?: string
  /** In words, where code says too little. */
  says?: DeveloperTextKey
}

type TraceDetails = Output<typeof paymentTrace>
/** An answer to the payer's app after this time said `pending`. */
const answeredWithinMs = 8_000

const msOf = (at: string) => Date.parse(at)
const vpaOf = (party: unknown) => String((party as { vpa?: string } | undefined)?.vpa ?? '')

/** Newest first. A payment without its first event is left out. */
export function tracesIn(events: FeedItem[]): PaymentTrace[] {
  const groups = groupBy(
    events.filter(({ paymentId }) => paymentId !== undefined),
    ({ paymentId }) => paymentId!,
  )
  return [...groups]
    .flatMap(([id, all]) => {
      const begun = all.find(({ type }) => type === 'payment.begun')
      if (!begun) return []
      const { txnId, route, amountPaise, payer, payee } = begun.data
      const begunMs = msOf(begun.at)
      const end = all.find(({ type }) => type === 'payment.settled' || type === 'payment.failed')
      const trace: PaymentTrace = {
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
        events: all,
      }
      return [trace]
    })
    .sort((a, b) => b.begunMs - a.begunMs)
}

export const toneOf = ({ status }: Pick<PaymentTrace, 'status'>): Tone =>
  status === 'settled' ? 'good' : status === 'failed' ? 'bad' : 'wait'

/** In the order in which it happened; what happened within one millisecond in the order in which it must have. */
export function stepsOf(trace: PaymentTrace, { movements, network }: TraceDetails): Step[] {
  const steps: Step[] = []
  const add = (
    at: number,
    from: Participant,
    to: Participant,
    look: Step['look'],
    what: Partial<Step> = {},
  ) => void steps.push({ ms: Math.max(0, at - trace.begunMs), from, to, look, tone: 'plain', ...what })

  if (trace.route === 'in') {
    add(trace.begunMs, 'network', 'gateway', 'call', { code: 'ReqAuthDetails' })
    add(trace.begunMs, 'gateway', 'payment', 'call', { says: 'developer.step-signature' })
  } else {
    add(trace.begunMs, 'app', 'gateway', 'call', { code: 'PUT /v1/payments' })
    add(trace.begunMs, 'gateway', 'payment', 'call', { says: 'developer.step-admitted' })
  }
  const beginning = steps.length
  for (const movement of movements) addLedgerSteps(add, trace, movement)
  addNetworkSteps(add, trace, network)
  for (const event of trace.events) addEventSteps(add, trace, event)
  const sorted = [...steps.slice(0, beginning), ...steps.slice(beginning).sort(byTime)]
  return sorted
}

type Add = (at: number, from: Participant, to: Participant, look: Step['look'], what?: Partial<Step>) => void

/** Of equal times `payment.begun` comes first: the others follow from it. */
function byTime(a: Step, b: Step): number {
  if (a.ms !== b.ms) return a.ms - b.ms
  return Number(isBegun(b)) - Number(isBegun(a))
}
const isBegun = ({ code, look }: Step) => code === 'payment.begun' && look === 'note'

function addLedgerSteps(add: Add, { route }: PaymentTrace, movement: Movement): void {
  const at = msOf(movement.postedAt)
  const isDone = movement.code === '00'
  const tone: Tone = isDone ? 'plain' : 'bad'
  const fromNetwork = (route === 'in' || route === 'through') && movement.kind === 'transfer'
  const asks: Participant = fromNetwork ? 'network' : 'payment'
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
            says: movement.kind === 'hold' ? 'developer.step-held' : 'developer.step-released',
            tone: 'wait',
          }
        : { says: 'developer.step-nothing', tone: 'bad' },
  )
  add(at, 'ledger', asks, 'answer', { code: movement.code, tone: isDone ? 'good' : tone })
}

export const signed = (paise: number) => `${paise < 0 ? '−' : '+'}${formatRupees(Math.abs(paise))}`
const entryText = ({ amountPaise }: Movement['entries'][number]) => signed(amountPaise)

function addNetworkSteps(add: Add, trace: PaymentTrace, network: TraceDetails['network']): void {
  const [first] = network
  if (!first) return
  if (trace.route !== 'in') add(msOf(first.at), 'payment', 'network', 'call', { code: 'ReqPay' })
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
  if (decided) add(msOf(decided.at), 'network', 'payment', 'answer', { code: 'RespPay', tone: toneOf(trace) })
}

function addEventSteps(
  add: Add,
  trace: PaymentTrace,
  { type, at, receivedAt, data, service }: FeedItem,
): void {
  const [atMs, receivedMs] = [msOf(at), msOf(receivedAt)]
  if (service === 'payment') {
    const isEnd = type === 'payment.settled' || type === 'payment.failed'
    const tone: Tone = isEnd ? toneOf(trace) : type === 'payment.deemed' ? 'wait' : 'plain'
    add(atMs, 'payment', 'payment', 'note', { code: type, tone })
    if (isEnd && trace.route !== 'in' && atMs - trace.begunMs < answeredWithinMs) {
      add(atMs, 'payment', 'app', 'answer', { code: String(data['code'] ?? trace.status), tone })
    }
    if (type !== 'payment.begun') add(receivedMs, 'payment', 'notification', 'event', { code: type })
    add(receivedMs, 'payment', 'audit', 'event', { code: type })
  }
  if (type === 'notification.created') {
    const message = data['message'] as { data?: { direction?: string } } | undefined
    const says =
      message?.data?.direction === 'credit' ? 'developer.step-live-payee' : 'developer.step-live-payer'
    add(receivedMs, 'notification', 'app', 'event', { says, tone: toneOf(trace) })
  } else if (service === 'notification') {
    const isGood = type === 'notification.delivered'
    const code = `${String(data['channel'])} ${isGood ? '✓' : '✗'}`
    add(atMs, 'notification', 'notification', 'note', { code, tone: isGood ? 'good' : 'bad' })
    add(receivedMs, 'notification', 'audit', 'event', { code: type.slice('notification.'.length) })
  }
}

// Pays: finds out who is meant, begins the payment, has account move the money, ends it. The id makes it idempotent.
import { createHash } from 'node:crypto'
import type { PaymentRoute } from '@bahi/contracts/events.ts'
import type { ResolvedVpa, Transfer, TransferOutcome } from '@bahi/contracts/transfers.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { uuidv7TimeMs } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import type { Batch } from '@bahi/kit/batch.ts'
import type { Person } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { currentTrace } from '@bahi/kit/trace.ts'
import type { Begun, Order } from './begin.ts'
import type { ConcurrencyLimiter } from '@bahi/kit/concurrency-limiter.ts'
import type { Conclude } from '../network/apply-network-outcome.ts'
import type { Ending } from './complete.ts'
import type { Measures } from '../metrics.ts'
import type { Waiting } from './await-completion.ts'
import type { Network } from '../network/network.ts'
import { payeeIn, payerIn, unreachable, type Parties } from './resolve.ts'
import type { Payment } from './payment.ts'
import { transferOf } from './post.ts'
import { findPayments, toPayment } from './store.ts'

export type PayDeps = Pick<Deps, 'sql' | 'call' | 'clock' | 'log' | 'transaction'> & {
  parties: Parties
  begin: Batch<Order, Begun>
  post: Batch<Transfer, TransferOutcome>
  end: Batch<Ending, Payment>
  measures: Measures
  flights: Flights
  network: Network | undefined
  waiting: Waiting
  conclude: Conclude['conclude']
  limiter: ConcurrencyLimiter
}

/** How long the answer to the payer waits for the network; after that the payment is told as pending. */
const waitMs = 8_000
/** A message may be repeated as it is: its id makes it one. */
const sendTries = 3
const sendAgainMs = 700
/** When a payment is refused because all slots are in use. */
const retryAfterS = 1

/** Payments on their way in this process, by id. */
export type Flights = Map<string, { wish: Wish; answer: Promise<Payment> }>

/** What the payer asked for. */
export type Wish = {
  id: string
  userId: string
  deviceId: string
  payerVpa: string
  payeeVpa: string
  amountPaise: number
  note?: string
  pin: string
  /** Over all of it but the PIN block. */
  inputHash: string
}

type Body = { payerVpa: string; payeeVpa: string; amountPaise: number; note?: string; pin: string }

export function wishOf(person: Pick<Person, 'userId' | 'deviceId'>, id: string, body: Body): Wish {
  const payerVpa = normaliseVpa(body.payerVpa)
  const payeeVpa = normaliseVpa(body.payeeVpa)
  const { amountPaise, pin } = body
  const note = body.note === '' ? undefined : body.note
  return {
    id,
    userId: person.userId,
    deviceId: person.deviceId,
    payerVpa,
    payeeVpa,
    amountPaise,
    ...(note === undefined ? {} : { note }),
    pin,
    inputHash: hashOf({ payerVpa, payeeVpa, amountPaise, note }),
  }
}

type Content = { payerVpa: string; payeeVpa: string; amountPaise: number; note?: string | undefined }

export function hashOf({ payerVpa, payeeVpa, amountPaise, note }: Content): string {
  const canonical = JSON.stringify([payerVpa, payeeVpa, amountPaise, note ?? null])
  return createHash('sha256').update(canonical).digest('hex')
}

/**
 * The payment: settled, failed, or pending while its outcome is not known. Whoever asks the same again, at the same
 * time too, gets the same answer. Throws `not-found`, `id-reused`, `id-out-of-range`, `rate-limited`, `overloaded`;
 * nothing is stored then.
 */
export async function pay(deps: PayDeps, wish: Wish): Promise<Payment> {
  // What this process has begun is answered however much is going on.
  for (;;) {
    const flight = deps.flights.get(wish.id)
    if (!flight) break
    if (flight.wish.userId === wish.userId && flight.wish.inputHash === wish.inputHash) return flight.answer
    // Somebody else's use of the id comes first; what it leaves decides about this one.
    await flight.answer.catch(() => undefined)
  }
  const release = deps.limiter.acquire()
  if (!release)
    throw new Problem('overloaded', 'nothing was paid: send the same payment again shortly', { retryAfterS })
  const answer = payOnce(deps, wish, release)
  deps.flights.set(wish.id, { wish, answer })
  try {
    return await answer
  } finally {
    release()
    deps.flights.delete(wish.id)
  }
}

async function payOnce(deps: PayDeps, wish: Wish, release: () => void): Promise<Payment> {
  let prepared: Prepared
  try {
    prepared = await deps.measures.step('resolve', () => prepare(deps, wish))
  } catch (refusal) {
    // A payment that exists is answered whatever has become of its id's time, its payer or our neighbours.
    const known = await knownPayment(deps, wish)
    if (known) return finish(deps, known, wish.pin, release)
    throw refusal
  }
  const { payment, fresh } = await deps.begin(prepared.order)
  // Only who begins a payment may start it in the network.
  return finish(deps, payment, wish.pin, release, fresh ? prepared.payer : undefined)
}

type Prepared = { order: Order; payer: ResolvedVpa }

async function prepare(deps: PayDeps, wish: Wish): Promise<Prepared> {
  const now = deps.clock.now()
  const rules = rulesAt(payRules, now)
  const aheadMs = uuidv7TimeMs(wish.id) - now.getTime()
  if (aheadMs < -rules.idMaxAgeHours * 3_600_000 || aheadMs > rules.idMaxAheadMinutes * 60_000)
    throw new Problem('id-out-of-range', 'mint a new id for a new payment')
  const [payer, payee, since] = await Promise.all([
    deps.parties.payer(wish.payerVpa),
    deps.parties.payee(wish.payeeVpa),
    deps.parties.acquaintance(wish),
  ])
  if (payer === unreachable || payer?.userId !== wish.userId)
    throw new Problem('not-found', 'that is no UPI ID of yours')
  if (payee === unreachable) {
    const why = 'the network does not say who has this UPI ID: nothing was paid, try again in a while'
    throw new Problem('bank-unreachable', why, { retryAfterS: 30 })
  }
  const route = routeOf(payer, payee)
  const refused = refusalOf(deps, wish, payer, payee, route)
  const order: Order = {
    id: wish.id,
    route,
    inputHash: wish.inputHash,
    amountPaise: wish.amountPaise,
    ...(wish.note === undefined ? {} : { note: wish.note }),
    payer: payerIn(payer, wish.userId),
    payee: payeeIn(wish.payeeVpa, payee),
    ...(refused === undefined ? {} : { refused }),
    // A device that auth knows nothing of is as new as can be.
    coolingCauses: [
      since.deviceBoundAt ?? 'unknown',
      since.registeredAt,
      ...(payer.pinSetAt === undefined ? [] : [new Date(payer.pinSetAt)]),
    ],
    traceparent: currentTrace()?.traceparent,
  }
  return { order, payer }
}

function routeOf(payer: ResolvedVpa, payee: ResolvedVpa | undefined): PaymentRoute {
  if (!payer.onUs) return 'through'
  return payee === undefined || payee.onUs ? 'ledger' : 'out'
}

/** The UPI code of what makes this payment impossible from the start. */
function refusalOf(
  { network }: PayDeps,
  wish: Wish,
  payer: ResolvedVpa,
  payee: ResolvedVpa | undefined,
  route: PaymentRoute,
): string | undefined {
  if (payee === undefined) return 'ZH'
  const isSame = payer.bank === payee.bank && payer.accountRef === payee.accountRef
  if (wish.payerVpa === wish.payeeVpa || isSame) return 'U96'
  if (network || route === 'ledger') return undefined
  return route === 'out' ? 'U78' : 'U28'
}

/** The payment that has this id already. Throws `id-reused` when it is another one. */
async function knownPayment(deps: PayDeps, wish: Wish): Promise<Payment | undefined> {
  const [row] = await findPayments(deps.sql, [wish.id])
  if (!row) return undefined
  if (row.payerUserId !== wish.userId || row.inputHash !== wish.inputHash) throw new Problem('id-reused')
  return toPayment(row)
}

/**
 * Drives a pending payment to its end; its id makes that safe however often it happens.
 * @param release frees the slot: a payment that waits for the network needs none
 * @param starting the payer's account, when this is the one time that the network may be told to begin
 */
async function finish(
  deps: PayDeps,
  payment: Payment,
  pin: string,
  release: () => void,
  starting?: ResolvedVpa,
): Promise<Payment> {
  if (payment.status !== 'pending') return payment
  const { route } = payment
  try {
    if (route === 'ledger' || (route === 'out' && starting)) {
      const outcome = await deps.post(transferOf(payment, pin))
      const isOver = route === 'ledger' || outcome.status !== 'posted'
      if (isOver) return await deps.end({ payment, outcome, traceparent: currentTrace()?.traceparent })
    }
    release()
    const refused = starting && (await startInNetwork(deps, payment, pin, starting))
    if (refused !== undefined) return await deps.conclude(payment, { is: 'failed', code: refused })
    return await deps.waiting.wait(payment, waitMs)
  } catch (error) {
    // Whether the money moved is not known here: recovery asks account, and nobody debits again.
    deps.log.warn({ err: error, paymentId: payment.id }, 'the outcome of a payment is not known yet')
    return payment
  }
}

/**
 * Sends the payment on its way, the very same message again when nobody is heard: the code of a refusal when it was
 * refused at first sight, so that nothing of it happens. Throws when nobody is heard at all.
 */
async function startInNetwork(
  deps: PayDeps,
  payment: Payment,
  pin: string,
  payer: ResolvedVpa,
): Promise<string | undefined> {
  const creds =
    payment.route === 'out'
      ? ({ type: 'PreApproved' } as const)
      : ({ type: 'PIN', subType: 'MPIN', data: pin } as const)
  const send = await deps.network!.payment(payment, payer, creds)
  for (let tries = 1; ; tries++) {
    try {
      const { err } = await send()
      // After a try that nobody answered a refusal proves nothing.
      return tries === 1 ? err : undefined
    } catch (error) {
      if (tries >= sendTries || !(error instanceof Problem)) throw error
      await deps.clock.sleep(sendAgainMs)
    }
  }
}

// What clients do: pay, enter a wrong PIN, retry, reuse an id, query the status; and they record every answer.
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as payment from '@bahi/contracts/payment.ts'
import * as requests from '@bahi/contracts/requests.ts'
import type { Call, Input, Output } from '@bahi/contracts/call.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import { payFromOutside } from '@bahi/contracts/sandbox.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { sealPin } from '@bahi/platform/api-client.ts'
import type { Acknowledged } from '@bahi/platform/checker/check.ts'
import type { SimulatedClock } from './clock.ts'
import type { Processes } from './processes.ts'
import { randomOf, type Random } from './random.ts'
import type { WorldCustomer, World } from './world.ts'

export type Answers = {
  acknowledged: Acknowledged[]
  /** Ids refused before anything was stored, as far as a client was answered. */
  refused: Set<string>
  /** Ids of which some try was not answered. */
  unanswered: Set<string>
  outcomes: Map<string, number>
}

type Attempt = {
  id: string
  payer: WorldCustomer
  payeeVpa: string
  amountPaise: number
  pin: string
  note?: string
  /** The payment request or the schedule that it pays. */
  origin?: { kind: 'request' | 'schedule'; id: string }
  /** Of a request from another app, for the bank of an account elsewhere. */
  txnId?: string | undefined
}

/** Refusals after which nothing of the payment may exist. */
const storesNothing = new Set([
  ...['request-invalid', 'id-out-of-range', 'not-found', 'rate-limited', 'wrong-state'],
])
export const longestPauseMs = 900
export const tries = 6
/** Access tokens live for 15 minutes. */
const tokenMs = 14 * 60_000

export type RunContext = {
  seed: number
  world: World
  processes: Processes
  clock: SimulatedClock
  answers: Answers
  /** All payments start within it. */
  spanMs: number
}

/** One payment, from the first attempt until its client gives up. */
export async function runPayment(context: RunContext, nth: number): Promise<void> {
  const { seed, clock, answers } = context
  const random = randomOf(seed, `payment ${nth}`)
  await clock.sleep(random.between(0, context.spanMs))
  const attempt = attemptOf(context, random)
  let block = await blockOf(context, attempt)
  const more: Promise<unknown>[] = []
  if (random.chance(0.15)) more.push(send(context, random, attempt, block))
  for (let i = 0; i < tries; i++) {
    const answer = await send(context, random, attempt, block)
    if (answer && (answer.status !== 'pending' || random.chance(0.3))) break
    if (!answer && random.chance(0.1)) break
    await clock.sleep(random.between(10, longestPauseMs))
    // A PIN block expires: the client makes a new one, sometimes with a wrong PIN.
    if (random.chance(0.3))
      block = await blockOf(context, { ...attempt, pin: random.chance(0.2) ? '9999' : attempt.pin })
  }
  if (random.chance(0.1)) {
    const other = { ...attempt, amountPaise: attempt.amountPaise + 1 }
    const answer = await send(context, random, other, await blockOf(context, other), attempt.id)
    if (answer) answers.outcomes.set('other content', (answers.outcomes.get('other content') ?? 0) + 1)
  }
  if (random.chance(0.3)) more.push(queryStatus(context, attempt))
  await Promise.all(more)
}

/** UPI IDs of the sandbox that stand for a fault each. */
const faultyVpas = [
  ...['ok', 'timeout', 'silent', 'deemed', 'returned', 'late', 'twice', 'slow', 'offline', 'chaos'],
  ...['declined.z9', 'declined.yf', 'declined.u16', 'reversal-fails'],
]

function otherBankVpa({ otherBankVpas: outside }: World, random: Random): string {
  if (random.chance(0.15)) return random.pick(['nobody.here@bahi', 'nobody.here@ganga'])
  return random.chance(0.4) ? random.pick(outside) : `${random.pick(faultyVpas)}@sandbox`
}

/** A customer of another bank pays one of ours. */
export async function runInboundPayment(context: RunContext, nth: number): Promise<void> {
  const { seed, processes, clock, world, answers } = context
  const random = randomOf(seed, `from outside ${nth}`)
  await clock.sleep(random.between(0, context.spanMs))
  const body = {
    payerVpa: random.chance(0.5) ? random.pick(world.otherBankVpas) : `${random.pick(faultyVpas)}@sandbox`,
    payeeVpa: random.chance(0.1) ? 'nobody.here@bahi' : random.pick(world.customers).vpa,
    amountPaise: random.between(1, 3_000_00),
  }
  try {
    await processes.asGateway(payFromOutside, { body })
    count(answers, 'from outside')
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    count(answers, `from outside: ${error.code}`)
  }
}

/** One customer requests money; the other one pays, perhaps twice at once, declines, or lets the time pass. */
export async function runRequest(context: RunContext, nth: number): Promise<void> {
  const { seed, clock, world } = context
  const random = randomOf(seed, `request ${nth}`)
  await clock.sleep(random.between(0, context.spanMs))
  const payee = random.pick(world.customers)
  const payer = random.pick(world.customers.filter((one) => one.userId !== payee.userId))
  const amountPaise = random.between(1, 2_000_00)
  const id = uuidv7(clock.now().getTime(), random.fill)
  const body = {
    ...{ payeeVpa: payee.vpa, payerVpa: payer.vpa, amountPaise },
    expiresInMinutes: random.pick([1, 1, 1_440]),
  }
  for (let i = 0; i < tries; i++) {
    if (await tryCall(context, payee, 'request', requests.makeRequest, { params: { id }, body })) break
    await clock.sleep(random.between(10, longestPauseMs))
  }
  const approve = async () => {
    await clock.sleep(random.between(0, longestPauseMs))
    const origin = { kind: 'request' as const, id }
    await payOrigin(context, random, { payer, payeeVpa: payee.vpa, amountPaise, origin })
  }
  const decline = async () => {
    await clock.sleep(random.between(0, longestPauseMs))
    const input = { params: { id }, body: { block: false } }
    await tryCall(context, payer, 'decline', requests.declineRequest, input)
  }
  const cancel = async () => {
    await clock.sleep(random.between(0, longestPauseMs))
    await tryCall(context, payee, 'cancel', requests.cancelRequest, { params: { id } })
  }
  const actions = [approve, approve, approve, decline, cancel]
  await Promise.all(actions.filter(() => random.chance(0.5)).map((act) => act()))
}

/** As the person in the app, by the token of whoever calls for them. */
export const asCustomer = ({ processes }: RunContext, { userId, deviceId }: WorldCustomer): Call =>
  processes.asPerson({ userId, deviceId, sessionId: userId, roles: ['customer'] })

/** Undefined: refused. */
export function read<C extends Contract>(
  context: RunContext,
  person: WorldCustomer,
  contract: C,
  input: Input<C>,
): Promise<Output<C> | undefined> {
  return unlessRefused(() => asCustomer(context, person)(contract, input))
}

/** Undefined: refused, or not answered. */
export async function unlessRefused<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return undefined
  }
}

/** Pays what was asked for or planned, sometimes with a wrong PIN, until it is answered or the client gives up. */
export async function payOrigin(
  context: RunContext,
  random: Random,
  order: Omit<Attempt, 'id' | 'pin'>,
  id = uuidv7(context.clock.now().getTime(), random.fill),
): Promise<void> {
  const attempt = { ...order, id, pin: random.chance(0.2) ? '9021' : order.payer.pin }
  const block = await blockOf(context, attempt)
  for (let i = 0; i < tries; i++) {
    if (await send(context, random, attempt, block)) return
    await context.clock.sleep(random.between(10, longestPauseMs))
  }
}

/** Whether it was answered, whatever the answer. */
export async function tryCall<C extends Contract>(
  context: RunContext,
  person: WorldCustomer,
  what: string,
  contract: C,
  input: Input<C>,
): Promise<boolean> {
  try {
    await asCustomer(context, person)(contract, input)
    count(context.answers, what)
    return true
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    count(context.answers, `${what} refused ${error.code}`)
    return error.status < 500
  }
}

function attemptOf({ world, clock }: RunContext, random: Random): Attempt {
  const { customers: customers } = world
  // Many pay the first customer.
  const payer = random.pick(customers)
  const payee = random.chance(0.3) ? customers[0]! : random.pick(customers)
  const amountPaise = random.pick([
    random.between(1, 500_00),
    random.between(1, 500_00),
    random.between(100, 9_000_00),
    random.between(1_000_00, 60_000_00),
    random.between(60_000_00, 1_10_000_00),
  ])
  return {
    id: uuidv7(clock.now().getTime(), random.fill),
    payer,
    payeeVpa: random.chance(0.35) ? otherBankVpa(world, random) : payee.vpa,
    amountPaise,
    pin: random.chance(0.08) ? '9021' : payer.pin,
    ...(random.chance(0.3) ? { note: `Note ${random.between(1, 9)}` } : {}),
  }
}

function blockOf({ world, clock }: RunContext, attempt: Attempt): Promise<string> {
  const { id, pin, amountPaise, payeeVpa, txnId } = attempt
  const iat = Math.floor(clock.now().getTime() / 1000)
  const block = { pin, purpose: 'pay' as const, paymentId: id, amountPaise, payeeVpa, iat }
  return sealPin(world.keys, { ...block, ...(txnId === undefined ? {} : { txnId }) }, attempt.payer.bank)
}

/** @param not the id of a payment with other content, whose answer is not an answer to this one */
async function send(
  context: RunContext,
  random: Random,
  attempt: Attempt,
  pin: string,
  not?: string,
): Promise<payment.PaymentView | undefined> {
  const { processes, answers, clock, world } = context
  const { id, payer, payeeVpa, amountPaise, note, origin } = attempt
  const body = {
    ...{ payerVpa: payer.vpa, payeeVpa, amountPaise, pin },
    ...(note === undefined ? {} : { note }),
    ...(origin === undefined ? {} : { initiation: { origin } }),
  }
  const call =
    random.chance(0.3) && clock.now().getTime() < Date.parse(world.readyAt) + tokenMs
      ? processes.withToken(payer.token)
      : asCustomer(context, payer)
  try {
    const answer = await call(payment.pay, { params: { id }, body })
    if (not === undefined || answer.amountPaise === amountPaise) answers.refused.delete(id)
    answers.acknowledged.push({ paymentId: id, userId: payer.userId, answer })
    count(answers, answer.status === 'failed' ? `failed ${answer.failure?.code}` : answer.status)
    return answer
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    // A try without an answer may arrive after one that was refused, or after the state that refused it has ended.
    if (!storesNothing.has(error.code)) answers.unanswered.add(id)
    if (answers.unanswered.has(id)) answers.refused.delete(id)
    else if (!answers.acknowledged.some(({ paymentId }) => paymentId === id)) answers.refused.add(id)
    count(answers, `refused ${error.code}`)
    return undefined
  }
}

async function queryStatus(context: RunContext, { id, payer }: Attempt): Promise<void> {
  const answer = await read(context, payer, payment.showPayment, { params: { id } })
  if (answer) context.answers.acknowledged.push({ paymentId: id, userId: payer.userId, answer })
}

function count({ outcomes }: Answers, what: string): void {
  outcomes.set(what, (outcomes.get(what) ?? 0) + 1)
}

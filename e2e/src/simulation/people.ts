// What people do: they pay, mistype, ask again, take an id twice, look at what became of it; and remember each answer.
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as payment from '@bahi/contracts/payment.ts'
import { payFromOutside } from '@bahi/contracts/sandbox.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { sealPin } from '@bahi/platform/api-client.ts'
import type { Acknowledged } from '../checker/check.ts'
import type { SimulatedClock } from './clock.ts'
import type { Fleet } from './fleet.ts'
import { randomOf, type Random } from './random.ts'
import type { Citizen, Town } from './town.ts'

export type Heard = {
  acknowledged: Acknowledged[]
  /** Ids refused before anything was stored, as far as somebody was told. */
  refused: Set<string>
  outcomes: Map<string, number>
}

type Order = {
  id: string
  payer: Citizen
  payeeVpa: string
  amountPaise: number
  pin: string
  note?: string
}

/** Refusals after which nothing of the payment may exist. */
const storesNothing = new Set(['request-invalid', 'id-out-of-range', 'not-found', 'rate-limited'])
const longestPauseMs = 900
const tries = 6
/** Access tokens live for 15 minutes. */
const tokenMs = 14 * 60_000

export type Scene = {
  seed: number
  town: Town
  fleet: Fleet
  clock: SimulatedClock
  heard: Heard
  /** Everybody begins within it. */
  spanMs: number
}

/** One payment from the first try to the moment when its payer stops caring. */
export async function liveOnePayment(scene: Scene, nth: number): Promise<void> {
  const { seed, clock, heard } = scene
  const random = randomOf(seed, `payment ${nth}`)
  await clock.sleep(random.between(0, scene.spanMs))
  const order = orderOf(scene, random)
  let block = await blockOf(scene, order)
  const more: Promise<unknown>[] = []
  if (random.chance(0.15)) more.push(send(scene, random, order, block))
  for (let i = 0; i < tries; i++) {
    const answer = await send(scene, random, order, block)
    if (answer && (answer.status !== 'pending' || random.chance(0.3))) break
    if (!answer && random.chance(0.1)) break
    await clock.sleep(random.between(10, longestPauseMs))
    // Whoever waits long must encrypt the PIN anew; sometimes it is mistyped only now.
    if (random.chance(0.3))
      block = await blockOf(scene, { ...order, pin: random.chance(0.2) ? '9999' : order.pin })
  }
  if (random.chance(0.1)) {
    const other = { ...order, amountPaise: order.amountPaise + 1 }
    const told = await send(scene, random, other, await blockOf(scene, other), order.id)
    if (told) heard.outcomes.set('other content', (heard.outcomes.get('other content') ?? 0) + 1)
  }
  if (random.chance(0.3)) more.push(look(scene, order))
  await Promise.all(more)
}

/** Addresses of the sandbox that misbehave, each in its way. */
const oddities = [
  ...['ok', 'timeout', 'silent', 'deemed', 'returned', 'late', 'twice', 'slow', 'offline', 'chaos'],
  ...['declined.z9', 'declined.yf', 'declined.u16', 'reversal-fails'],
]

function elsewhere({ outside }: Town, random: Random): string {
  if (random.chance(0.15)) return random.pick(['nobody.here@bahi', 'nobody.here@ganga'])
  return random.chance(0.4) ? random.pick(outside) : `${random.pick(oddities)}@sandbox`
}

/** Somebody with the app of another bank pays one of us. */
export async function livePaymentFromOutside(scene: Scene, nth: number): Promise<void> {
  const { seed, fleet, clock, town, heard } = scene
  const random = randomOf(seed, `from outside ${nth}`)
  await clock.sleep(random.between(0, scene.spanMs))
  const body = {
    payerVpa: random.chance(0.5) ? random.pick(town.outside) : `${random.pick(oddities)}@sandbox`,
    payeeVpa: random.chance(0.1) ? 'nobody.here@bahi' : random.pick(town.citizens).vpa,
    amountPaise: random.between(1, 3_000_00),
  }
  try {
    await fleet.asGateway(payFromOutside, { body })
    count(heard, 'from outside')
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    count(heard, `from outside: ${error.code}`)
  }
}

function orderOf({ town, clock }: Scene, random: Random): Order {
  const { citizens } = town
  // Many pay the first one.
  const payer = random.pick(citizens)
  const payee = random.chance(0.3) ? citizens[0]! : random.pick(citizens)
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
    payeeVpa: random.chance(0.35) ? elsewhere(town, random) : payee.vpa,
    amountPaise,
    pin: random.chance(0.08) ? '9021' : payer.pin,
    ...(random.chance(0.3) ? { note: `Note ${random.between(1, 9)}` } : {}),
  }
}

function blockOf({ town, clock }: Scene, order: Order): Promise<string> {
  const { id, pin, amountPaise, payeeVpa } = order
  const iat = Math.floor(clock.now().getTime() / 1000)
  const block = { pin, purpose: 'pay' as const, paymentId: id, amountPaise, payeeVpa, iat }
  return sealPin(town.keys, block, order.payer.bank)
}

/** @param not an id whose answer must not be one to this */
async function send(
  { fleet, heard, clock, town }: Scene,
  random: Random,
  order: Order,
  pin: string,
  not?: string,
): Promise<payment.PaymentView | undefined> {
  const { id, payer, payeeVpa, amountPaise, note } = order
  const { userId, deviceId, token } = payer
  const body = { payerVpa: payer.vpa, payeeVpa, amountPaise, ...(note === undefined ? {} : { note }), pin }
  const call =
    random.chance(0.3) && clock.now().getTime() < Date.parse(town.readyAt) + tokenMs
      ? fleet.withToken(token)
      : fleet.asPerson({ userId, deviceId, sessionId: userId, role: 'person' })
  try {
    const answer = await call(payment.pay, { params: { id }, body })
    if (not === undefined || answer.amountPaise === amountPaise) heard.refused.delete(id)
    heard.acknowledged.push({ paymentId: id, userId, answer })
    count(heard, answer.status === 'failed' ? `failed ${answer.failure?.code}` : answer.status)
    return answer
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (storesNothing.has(error.code) && !heard.acknowledged.some(({ paymentId }) => paymentId === id))
      heard.refused.add(id)
    count(heard, `refused ${error.code}`)
    return undefined
  }
}

async function look({ fleet, heard }: Scene, { id, payer }: Order): Promise<void> {
  const { userId, deviceId } = payer
  try {
    const call = fleet.asPerson({ userId, deviceId, sessionId: userId, role: 'person' })
    const answer = await call(payment.showPayment, { params: { id } })
    heard.acknowledged.push({ paymentId: id, userId, answer })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
}

function count({ outcomes }: Heard, what: string): void {
  outcomes.set(what, (outcomes.get(what) ?? 0) + 1)
}

// What clients do with mandates: agree to one, present debits, perhaps twice at once, pause, skip, change, revoke.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import * as mandates from '@bahi/contracts/mandates.ts'
import type { MandateOperationByPin } from '@bahi/contracts/pin-block.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { idForPin } from '@bahi/contracts/umn.ts'
import { sealPin } from '@bahi/platform/api-client.ts'
import { longestPauseMs, read, tries, tryCall, type RunContext } from './clients.ts'
import { randomOf, type Random } from './random.ts'
import type { WorldCustomer } from './world.ts'

/** Few days, so that a run ends: the clock jumps over them. */
const maxDays = 3
const maxVisits = 6

type Sides = { payer: WorldCustomer; payee: WorldCustomer; id: string }

export async function runMandate(context: RunContext, nth: number): Promise<void> {
  const { seed, clock, world } = context
  const random = randomOf(seed, `mandate ${nth}`)
  await clock.sleep(random.between(0, context.spanMs))
  const payer = random.pick(world.customers)
  const payee = random.pick(world.customers.filter((one) => one.userId !== payer.userId))
  const id = uuidv7(clock.now().getTime(), random.fill)
  const today = istDateOf(clock.now())
  const terms: MandateTerms = {
    ...{
      amountRule: random.pick(['EXACT', 'EXACT', 'MAX'] as const),
      amountPaise: random.between(100, 20_000_00),
    },
    recurrence: random.pick(['DAILY', 'DAILY', 'ONETIME', 'ASPRESENTED'] as const),
    ...{ validFrom: today, validTo: addDays(today, random.between(1, maxDays)), revocable: true },
    blockFunds: false,
  }
  const sides = { payer, payee, id }
  const isAsked = random.chance(0.3)
  const made = { payerVpa: payer.vpa, payeeVpa: payee.vpa, name: 'Newspaper', terms }
  for (let i = 0; i < tries; i++) {
    const entered = random.chance(0.1) ? '9021' : payer.pin
    const pin = await block(context, sides, 'create', terms.amountPaise, entered)
    const asked = { params: { id }, body: made }
    const answered = isAsked
      ? (await tryCall(context, payee, 'mandate', mandates.requestMandate, asked)) &&
        (await tryCall(context, payer, 'approve', mandates.approveMandate, { params: { id }, body: { pin } }))
      : await tryCall(context, payer, 'mandate', mandates.createMandate, { ...asked, body: { ...made, pin } })
    if (answered) break
    await clock.sleep(random.between(10, longestPauseMs))
  }
  for (let visit = 0; visit < maxVisits; visit++) {
    await clock.sleep(random.between(10, 4 * longestPauseMs))
    const mandate = await read(context, payer, mandates.showMandate, { params: { id } })
    if (mandate?.status !== 'active') continue
    const count = random.chance(0.3) ? 2 : 1
    await Promise.all([
      ...(mandate.presentedBy === 'payee'
        ? Array.from({ length: count }, () => present(context, random, sides, mandate))
        : []),
      ...(random.chance(0.3) ? [other(context, random, sides, mandate)] : []),
    ])
  }
}

const block = (
  context: RunContext,
  { payer, payee, id }: Sides,
  operation: MandateOperationByPin,
  amountPaise: number,
  pin = payer.pin,
) => mandateBlock(context, payer, operation, { id, payee, terms: { amountPaise } }, pin)

/** The PIN block of an operation on a mandate. */
export async function mandateBlock(
  { world, clock }: RunContext,
  payer: WorldCustomer,
  operation: MandateOperationByPin,
  about: { id: string; umn?: string; payee: { vpa: string }; terms: { amountPaise: number } },
  pin: string,
) {
  const { payee, terms } = about
  const { amountPaise } = terms
  const iat = Math.floor(clock.now().getTime() / 1_000)
  const use = { purpose: 'mandate', operation, mandateId: idForPin(about) } as const
  const block = { ...use, amountPaise, payeeVpa: payee.vpa, pin, iat }
  return sealPin(world.keys, block, payer.bank)
}

async function present(
  context: RunContext,
  random: Random,
  { payee }: Sides,
  { umn, debits, terms }: mandates.MandateView,
): Promise<void> {
  const sequence = (debits[0]?.sequence ?? 0) + 1
  const dueOn = addDays(istDateOf(context.clock.now()), random.between(1, 2))
  const amountPaise = terms.amountRule === 'EXACT' ? terms.amountPaise : random.between(1, terms.amountPaise)
  const input = { params: { umn: umn! }, body: { sequence, dueOn, amountPaise } }
  await tryCall(context, payee, 'present', mandates.presentDebit, input)
}

async function other(
  context: RunContext,
  random: Random,
  sides: Sides,
  { terms, debits }: mandates.MandateView,
): Promise<void> {
  const { payer, payee, id } = sides
  const params = { id }
  const today = istDateOf(context.clock.now())
  const { amountPaise } = terms
  const sequence = debits[0]?.sequence ?? 1
  const validTo = addDays(terms.validTo, 1)
  const skipped = { params: { id, sequence } }
  const actions = [
    () => tryCall(context, payer, 'skip', mandates.skipDebit, skipped),
    () =>
      tryCall(context, payer, 'pause', mandates.pauseMandate, {
        params,
        body: { from: today, until: today },
      }),
    async () => {
      const pin = await block(context, sides, 'unpause', amountPaise)
      return tryCall(context, payer, 'unpause', mandates.unpauseMandate, { params, body: { pin } })
    },
    async () => {
      const pin = await block(context, sides, 'update', amountPaise)
      const body = { amountPaise, validTo, pin }
      return tryCall(context, payer, 'update', mandates.updateMandate, { params, body })
    },
    async () => {
      const pin = await block(context, sides, 'port', amountPaise)
      const body = { payerVpa: random.pick(payer.vpas), pin }
      return tryCall(context, payer, 'port', mandates.portMandate, { params, body })
    },
    () => tryCall(context, random.pick([payer, payee]), 'revoke', mandates.revokeMandate, { params }),
  ]
  await random.pick(actions)()
}

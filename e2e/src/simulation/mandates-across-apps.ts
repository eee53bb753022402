// What people do with a mandate across apps: they give one with another app and take it over with ours, or the other
// way round, while its payee announces debits, and in between they pause or revoke it, or enter a wrong PIN.
import type { Input } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import * as mandates from '@bahi/contracts/mandates.ts'
import type { MandateOperationByPin } from '@bahi/contracts/pin-block.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { mandateFromOutside, revokeFromOutside } from '@bahi/contracts/sandbox-mandates.ts'
import { changeInOtherApp, mandateInOtherApp, portFromOutside } from '@bahi/contracts/sandbox-ports.ts'
import { handleOf, ownBank } from '@bahi/sandbox/banks/bank.ts'
import { longestPauseMs, read, tryCall, unlessRefused, type RunContext } from './clients.ts'
import { mandateBlock } from './mandate-clients.ts'
import { announce, answer, changesOf } from './mandates-across-banks.ts'
import { randomOf, type Random } from './random.ts'
import type { WorldCustomer } from './world.ts'

const maxVisits = 8
/** Few days, so that a run ends: the clock jumps over them. */
const maxDays = 4
const payees = ['shop', 'shop', 'declined.y1', 'timeout', 'deemed', 'returned', 'twice', 'slow', 'late']

type Moving = { payer: WorldCustomer; payerVpa: string; payeeVpa: string; txnId: string }

export async function runMandateAcrossApps(context: RunContext, nth: number): Promise<void> {
  const { seed, clock, processes, world } = context
  const random = randomOf(seed, `mandate across apps ${nth}`)
  await clock.sleep(random.between(0, context.spanMs))
  const isOurs = random.chance(0.5)
  const payer = random.pick(world.customers)
  const isOfOurBank = payer.bank === ownBank
  // At our bank any free UPI ID of the other app will do; a person there may have given others.
  const name = `Songs ${nth}`
  const local = isOfOurBank && !isOurs ? `${payer.phone.slice(-10)}.${nth}` : payer.phone.slice(-10)
  const payerVpa = `${local}@${isOfOurBank ? 'kaveri' : handleOf(payer.bank)}`
  const payeeVpa = `${random.pick(payees)}@sandbox`
  const today = istDateOf(clock.now())
  const reserves = isOfOurBank && !isOurs && random.chance(0.5)
  const terms: MandateTerms = {
    ...{ amountRule: 'MAX', amountPaise: random.between(100, 2_000_00) },
    ...{ recurrence: reserves ? 'ONETIME' : 'ASPRESENTED', blockFunds: reserves },
    ...{ validFrom: today, validTo: addDays(today, random.between(2, maxDays)), revocable: true },
  }
  const atOurBank =
    isOfOurBank && !isOurs ? await givenThere(context, random, payer, { payeeVpa, terms }) : {}
  const made = isOurs
    ? await unlessRefused(() =>
        processes.asGateway(mandateFromOutside, { body: { payeeVpa, payerVpa: payer.vpa, name, terms } }),
      )
    : await unlessRefused(() =>
        processes.asGateway(mandateInOtherApp, { body: { payeeVpa, payerVpa, name, terms, ...atOurBank } }),
      )
  if (!made) return
  const ours = isOurs ? await answer(context, random, payer, name) : undefined
  if (isOurs && !ours) return
  const moving = { payer, payerVpa, payeeVpa, txnId: made.txnId }
  for (let visit = 0; visit < maxVisits; visit++) {
    await clock.sleep(random.between(10, 4 * longestPauseMs))
    await Promise.all([
      announce(context, random, moving.txnId, terms.amountPaise),
      random.chance(0.4)
        ? ours
          ? giveAway(context, random, moving, ours)
          : take(context, random, moving, name)
        : 0,
      ours && random.chance(0.1) ? random.pick(changesOf(context, payer, ours.id))() : 0,
      random.chance(0.3) ? changeThere(context, random, moving, name) : 0,
    ])
    const params = { txnId: moving.txnId }
    if (random.chance(0.02)) await unlessRefused(() => processes.asGateway(revokeFromOutside, { params }))
  }
}

/** Of an account at our bank, which decides it over the network, and reserves the money where the terms say so. */
async function givenThere(
  context: RunContext,
  random: Random,
  payer: WorldCustomer,
  { payeeVpa, terms }: { payeeVpa: string; terms: MandateTerms },
): Promise<Pick<Input<typeof mandateInOtherApp>['body'], 'atOurBank'>> {
  const id = uuidv7(context.clock.now().getTime(), random.fill)
  const pin = await pinThere(context, random, payer, 'create', { id, payee: { vpa: payeeVpa }, terms })
  return { atOurBank: { accountRef: payer.accountRef, mandateId: id, pin } }
}

/**
 * Sees what other apps keep, and takes it over, perhaps twice at once; then it may be paused or revoked.
 * @param idHere where its payee has a record of it here
 */
export async function take(
  context: RunContext,
  random: Random,
  { payer, payeeVpa }: Pick<Moving, 'payer' | 'payeeVpa'>,
  name: string,
  idHere?: string,
): Promise<void> {
  const held = await heldElsewhere(context, payer, name)
  if (!held) return
  const count = random.chance(0.3) ? 2 : 1
  const about = { id: held.id, payee: { vpa: payeeVpa }, terms: held.terms }
  const blocks = await Promise.all(
    Array.from({ length: count }, () =>
      mandateBlock(context, payer, 'take', about, random.chance(0.15) ? wrongPin(payer) : payer.pin),
    ),
  )
  await Promise.all(
    blocks.map((pin) => {
      const input = { params: { umn: held.umn }, body: { payerVpa: payer.vpa, pin } }
      return tryCall(
        context,
        payer,
        idHere ? 'take over of a payee here' : 'take over',
        mandates.takeMandate,
        input,
      )
    }),
  )
  if (random.chance(0.2)) await random.pick(changesOf(context, payer, idHere ?? held.id))()
}

/** What other apps keep, as our app shows it. */
async function heldElsewhere(
  context: RunContext,
  payer: WorldCustomer,
  name: string,
): Promise<mandates.MandateElsewhere | undefined> {
  const list = await read(context, payer, mandates.listMandatesElsewhere, {})
  return list?.mandates.find((one) => one.name === name)
}

/** As it is entered in the other app, now and then wrong: our bank alone opens a PIN block of its accounts. */
async function pinThere(
  context: RunContext,
  random: Random,
  payer: WorldCustomer,
  operation: MandateOperationByPin,
  about: Parameters<typeof mandateBlock>[3],
): Promise<string> {
  const entered = random.chance(0.1) ? wrongPin(payer) : payer.pin
  return payer.bank === ownBank ? mandateBlock(context, payer, operation, about, entered) : entered
}

const wrongPin = ({ pin }: WorldCustomer): string => pin.replace(/^./, '9')

/** With the other app; ours may be debiting it just now, and then it stays. */
async function giveAway(
  context: RunContext,
  random: Random,
  { payer, payerVpa }: Moving,
  mandate: mandates.MandateView,
): Promise<void> {
  const pin = await pinThere(context, random, payer, 'release', mandate)
  const body = { umn: mandate.umn!, payerVpa, pin }
  await unlessRefused(() => context.processes.asGateway(portFromOutside, { body }))
}

/** With the other app, if it has the mandate; its bank decides, and may be asked just now. */
async function changeThere(
  context: RunContext,
  random: Random,
  { payer, payeeVpa }: Moving,
  name: string,
): Promise<void> {
  const held = await heldElsewhere(context, payer, name)
  if (!held) return
  const today = istDateOf(context.clock.now())
  const amountPaise = random.between(100, 2_000_00)
  const change = random.pick([
    ...[{ do: 'pause' as const, from: today, until: today }, { do: 'unpause' as const }],
    { do: 'update' as const, amountPaise, validTo: addDays(today, random.between(0, maxDays)) },
    ...(random.chance(0.1) ? [{ do: 'revoke' as const }] : []),
  ])
  const terms = change.do === 'update' ? { ...held.terms, amountPaise } : held.terms
  const about = { id: held.id, payee: { vpa: payeeVpa }, terms }
  const pin =
    change.do === 'update' || change.do === 'unpause'
      ? { pin: await pinThere(context, random, payer, change.do, about) }
      : {}
  const body = { umn: held.umn, change, ...pin }
  await unlessRefused(() => context.processes.asGateway(changeInOtherApp, { body }))
}

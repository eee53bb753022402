// What people do with mandates across banks, both ways: a payee with another app asks one of ours, announces debits,
// its PSP makes them; the payer agrees or not, opts out, pauses, revokes; or our payee asks and presents.
import type { Input } from '@bahi/contracts/call.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import * as mandates from '@bahi/contracts/mandates.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import {
  changePayerMandate,
  mandateFromOutside,
  noticeFromOutside,
  revokeFromOutside,
  showOutsideMandate,
} from '@bahi/contracts/sandbox-mandates.ts'
import { longestPauseMs, read, tries, tryCall, unlessRefused, type RunContext } from './clients.ts'
import { mandateBlock } from './mandate-clients.ts'
import { randomOf, type Random } from './random.ts'
import type { WorldCustomer } from './world.ts'

/** How often a person looks whether they were asked. */
const looks = 20
const maxVisits = 8
/** Few days, so that a run ends: the clock jumps over them. */
const maxDays = 4
const names = ['shop', 'shop', 'ok', 'declined.y1', 'timeout', 'deemed', 'returned', 'twice', 'slow', 'late']

export async function runMandateAcrossBanks(context: RunContext, nth: number): Promise<void> {
  const { seed, clock, processes, world } = context
  const random = randomOf(seed, `mandate across banks ${nth}`)
  await clock.sleep(random.between(0, context.spanMs))
  const payer = random.pick(world.customers)
  const payeeVpa = random.chance(0.4) ? random.pick(world.otherBankVpas) : `${random.pick(names)}@sandbox`
  const today = istDateOf(clock.now())
  const terms: MandateTerms = {
    ...{
      amountRule: 'MAX',
      amountPaise: random.between(100, random.chance(0.2) ? 40_000_00 : 5_000_00),
      recurrence: 'ASPRESENTED',
    },
    ...{ validFrom: today, validTo: addDays(today, random.between(2, maxDays)) },
    ...{ revocable: true, blockFunds: false },
  }
  const name = `Music ${nth}`
  const offered = random.chance(0.3)
    ? await offer(context, random, { payer, payeeVpa, name, terms })
    : undefined
  const ask = { body: { payeeVpa, payerVpa: payer.vpa, name, terms } }
  const asked = offered ?? (await unlessRefused(() => processes.asGateway(mandateFromOutside, ask)))
  if (!asked) return
  const mandate = offered ?? (await answer(context, random, payer, name))
  if (!mandate) return
  for (let visit = 0; visit < maxVisits; visit++) {
    await clock.sleep(random.between(10, 4 * longestPauseMs))
    await announce(context, random, asked.txnId, terms.amountPaise)
    const params = { txnId: asked.txnId }
    if (random.chance(0.1)) await change(context, random, payer, mandate)
    if (random.chance(0.02)) await unlessRefused(() => processes.asGateway(revokeFromOutside, { params }))
  }
}

/** The payee with another app announces the next debit, of so much at most. */
export async function announce(
  { processes, clock }: RunContext,
  random: Random,
  txnId: string,
  mostPaise: number,
): Promise<void> {
  const params = { txnId }
  const seen = await unlessRefused(() => processes.asGateway(showOutsideMandate, { params }))
  const taken = seen?.debits.filter(({ status, attempts }) => status !== 'refused' || attempts > 0) ?? []
  const body = {
    ...{ sequence: taken.length + 1, amountPaise: random.between(1, mostPaise) },
    dueOn: addDays(istDateOf(clock.now()), random.between(1, 2)),
  }
  await unlessRefused(() => processes.asGateway(noticeFromOutside, { params, body }))
}

type Offer = { payer: WorldCustomer; payeeVpa: string; name: string; terms: MandateTerms }

/** The payer makes it, of its kind or for the platform to plan; the payee's app is told. */
async function offer(
  context: RunContext,
  random: Random,
  { payer, payeeVpa, name, terms }: Offer,
): Promise<{ id: string; txnId: string } | undefined> {
  const id = uuidv7(context.clock.now().getTime(), random.fill)
  const planned = { ...terms, amountRule: 'EXACT', recurrence: 'DAILY' } as const
  const agreed = random.chance(0.3) ? planned : terms
  const about = { id, payee: { vpa: payeeVpa }, terms: agreed }
  for (let i = 0; i < tries; i++) {
    const pin = await mandateBlock(context, payer, 'create', about, payer.pin)
    const body = { payerVpa: payer.vpa, payeeVpa, name, terms: agreed, pin }
    if (await tryCall(context, payer, 'offer outside', mandates.createMandate, { params: { id }, body }))
      return { id, txnId: `BHI${id.replaceAll('-', '')}` }
    await context.clock.sleep(random.between(10, longestPauseMs))
  }
  return undefined
}

/** The payer sees it, and agrees with the PIN or declines. */
export async function answer(
  context: RunContext,
  random: Random,
  payer: WorldCustomer,
  name: string,
): Promise<mandates.MandateView | undefined> {
  for (let i = 0; i < looks; i++) {
    await context.clock.sleep(random.between(100, longestPauseMs))
    const querystring = { direction: 'payer', status: 'requested' } as const
    const list = await read(context, payer, mandates.listMandates, { querystring })
    const mandate = list?.mandates.find((one) => one.name === name)
    if (!mandate) continue
    const params = { id: mandate.id }
    if (random.chance(0.15)) {
      await tryCall(context, payer, 'decline mandate', mandates.declineMandate, { params })
      return undefined
    }
    const pin = await mandateBlock(context, payer, 'create', mandate, random.chance(0.1) ? '9021' : payer.pin)
    await tryCall(context, payer, 'approve outside', mandates.approveMandate, { params, body: { pin } })
    const after = await read(context, payer, mandates.showMandate, { params })
    if (after && after.status !== 'requested') return after
  }
  return undefined
}

async function change(
  context: RunContext,
  random: Random,
  payer: WorldCustomer,
  { id }: { id: string },
): Promise<void> {
  const skip = () => tryCall(context, payer, 'skip', mandates.skipDebit, { params: { id, sequence: 1 } })
  await random.pick([skip, ...changesOf(context, payer, id)])()
}

/** What its payer may do with a mandate: pause it for today, revoke it. */
export function changesOf(context: RunContext, payer: WorldCustomer, id: string): (() => Promise<boolean>)[] {
  const [params, today] = [{ id }, istDateOf(context.clock.now())]
  const body = { from: today, until: today }
  return [
    () => tryCall(context, payer, 'pause', mandates.pauseMandate, { params, body }),
    () => tryCall(context, payer, 'revoke', mandates.revokeMandate, { params }),
  ]
}

const payers = [
  'ok',
  'ok',
  'declined.z9',
  'declined.za',
  'timeout',
  'deemed',
  'returned',
  'twice',
  'slow',
  'late',
]

/** A payee of ours asks somebody with another app; `there` is what they do with it in that app. */
export async function askOutside(
  context: RunContext,
  random: Random,
  { payee, payerVpa, name }: { payee: WorldCustomer; payerVpa: string; name: string },
) {
  const { clock, processes } = context
  const id = uuidv7(clock.now().getTime(), random.fill)
  const today = istDateOf(clock.now())
  const terms: MandateTerms = {
    ...{ amountRule: 'MAX', amountPaise: random.between(100, 20_000_00), recurrence: 'ASPRESENTED' },
    ...{ validFrom: today, validTo: addDays(today, random.between(2, maxDays)) },
    ...{ revocable: true, blockFunds: false },
  }
  const [params, body] = [{ id }, { payeeVpa: payee.vpa, payerVpa, name, terms }]
  for (let i = 0; i < tries; i++) {
    if (await tryCall(context, payee, 'ask outside', mandates.requestMandate, { params, body })) break
    await clock.sleep(random.between(10, longestPauseMs))
  }
  const asked = { txnId: `BHI${id.replaceAll('-', '')}` }
  const there = (change: Input<typeof changePayerMandate>['body']) =>
    unlessRefused(() => processes.asGateway(changePayerMandate, { params: asked, body: change }))
  return { params, terms, there }
}

/** A payee of ours asks somebody with another app, who agrees there or not, and changes it there. */
export async function runMandateOfOutsider(context: RunContext, nth: number): Promise<void> {
  const { seed, clock, world } = context
  const random = randomOf(seed, `mandate of outsider ${nth}`)
  await clock.sleep(random.between(0, context.spanMs))
  const payee = random.pick(world.customers.filter(({ bank }) => bank === 'BAHI'))
  const payerVpa = random.chance(0.4) ? random.pick(world.otherBankVpas) : `${random.pick(payers)}@sandbox`
  const { params, terms, there } = await askOutside(context, random, {
    payee,
    payerVpa,
    name: `Paper ${nth}`,
  })
  for (let visit = 0; visit < maxVisits; visit++) {
    await clock.sleep(random.between(10, 4 * longestPauseMs))
    await there({ do: random.chance(0.9) ? 'agree' : 'decline' })
    const mandate = await read(context, payee, mandates.showMandate, { params })
    if (mandate?.status !== 'active') continue
    const taken = mandate.debits.find((one) => !mandates.isRefusedNotice(one))
    const debit = {
      sequence: (taken?.sequence ?? 0) + 1,
      amountPaise: random.between(1, mandate.terms.amountPaise),
      dueOn: addDays(istDateOf(clock.now()), random.between(1, 2)),
    }
    const input = { params: { umn: mandate.umn! }, body: debit }
    const count = random.chance(0.3) ? 2 : 1
    await Promise.all(
      Array.from({ length: count }, () => tryCall(context, payee, 'present', mandates.presentDebit, input)),
    )
    if (!random.chance(0.15)) continue
    const [from, validTo] = [istDateOf(clock.now()), terms.validTo]
    await random.pick([
      () => there({ do: 'pause', from, until: from }),
      () => there({ do: 'unpause' }),
      () => there({ do: 'update', amountPaise: random.between(100, terms.amountPaise), validTo }),
      () => there({ do: 'revoke' }),
      () => tryCall(context, payee, 'revoke', mandates.revokeMandate, { params }),
    ])()
  }
}

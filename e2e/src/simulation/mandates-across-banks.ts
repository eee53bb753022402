// What people do with mandates across banks: a payee with another app asks one of ours, announces debits, its PSP makes
// them; the payer agrees or not, opts out, pauses, revokes.
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import * as mandates from '@bahi/contracts/mandates.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import {
  mandateFromOutside,
  noticeFromOutside,
  revokeFromOutside,
  showOutsideMandate,
} from '@bahi/contracts/sandbox-mandates.ts'
import { longestPauseMs, read, tryCall, unlessRefused, type RunContext } from './clients.ts'
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
  const payer = random.pick(world.customers.filter(({ bank }) => bank === 'BAHI'))
  const payeeVpa = random.chance(0.4) ? random.pick(world.otherBankVpas) : `${random.pick(names)}@sandbox`
  const today = istDateOf(clock.now())
  const terms: MandateTerms = {
    ...{ amountRule: 'MAX', amountPaise: random.between(100, 5_000_00), recurrence: 'ASPRESENTED' },
    ...{ validFrom: today, validTo: addDays(today, random.between(2, maxDays)) },
    ...{ revocable: true, blockFunds: false },
  }
  const name = `Music ${nth}`
  const asked = await unlessRefused(() =>
    processes.asGateway(mandateFromOutside, { body: { payeeVpa, payerVpa: payer.vpa, name, terms } }),
  )
  if (!asked) return
  const mandate = await answer(context, random, payer, name)
  if (!mandate) return
  for (let visit = 0; visit < maxVisits; visit++) {
    await clock.sleep(random.between(10, 4 * longestPauseMs))
    const [params, now] = [{ txnId: asked.txnId }, istDateOf(clock.now())]
    const seen = await unlessRefused(() => processes.asGateway(showOutsideMandate, { params }))
    const taken = seen?.debits.filter(({ status, attempts }) => status !== 'refused' || attempts > 0) ?? []
    const body = {
      ...{ sequence: taken.length + 1, amountPaise: random.between(1, terms.amountPaise) },
      dueOn: addDays(now, random.between(1, 2)),
    }
    await unlessRefused(() => processes.asGateway(noticeFromOutside, { params, body }))
    if (random.chance(0.1)) await change(context, random, payer, mandate)
    if (random.chance(0.02)) await unlessRefused(() => processes.asGateway(revokeFromOutside, { params }))
  }
}

/** The payer sees it, and agrees with the PIN or declines. */
async function answer(
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
    const pin = await mandateBlock(context, payer, mandate, random.chance(0.1) ? '9021' : payer.pin)
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
  { id }: mandates.MandateView,
): Promise<void> {
  const [params, today] = [{ id }, istDateOf(context.clock.now())]
  const actions = [
    () => tryCall(context, payer, 'skip', mandates.skipDebit, { params: { id, sequence: 1 } }),
    () =>
      tryCall(context, payer, 'pause', mandates.pauseMandate, {
        params,
        body: { from: today, until: today },
      }),
    () => tryCall(context, payer, 'revoke', mandates.revokeMandate, { params }),
  ]
  await random.pick(actions)()
}

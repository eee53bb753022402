// What people do with requests across banks: ours ask customers of other banks, and are asked by them.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { txnIdOf } from '@bahi/contracts/formats.ts'
import * as requests from '@bahi/contracts/requests.ts'
import { answerFromOutside, requestFromOutside } from '@bahi/contracts/sandbox.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { longestPauseMs, payOrigin, read, tries, tryCall, type RunContext } from './clients.ts'
import { randomOf, type Random } from './random.ts'
import type { WorldCustomer } from './world.ts'

const txnPrefix = 'BHI'
/** How often a person looks whether they were asked. */
const looks = 30

export async function runRequestAcrossBanks(context: RunContext, nth: number): Promise<void> {
  const random = randomOf(context.seed, `request across banks ${nth}`)
  await context.clock.sleep(random.between(0, context.spanMs))
  const own = random.pick(context.world.customers)
  return random.chance(0.5) ? askOutside(context, random, own) : askedFromOutside(context, random, own)
}

async function askOutside(context: RunContext, random: Random, payee: WorldCustomer): Promise<void> {
  const { clock, world } = context
  const isAtBank = random.chance(0.5)
  const names = [
    'ok',
    'asleep',
    'declined.za',
    'declined.z9',
    'timeout',
    'deemed',
    'returned',
    'twice',
    'slow',
  ]
  const payerVpa = isAtBank ? random.pick(world.otherBankVpas) : `${random.pick(names)}@sandbox`
  const id = uuidv7(clock.now().getTime(), random.fill)
  const expiresInMinutes = random.pick([1, 1, 1_440])
  const body = { payeeVpa: payee.vpa, payerVpa, amountPaise: random.between(1, 2_000_00), expiresInMinutes }
  for (let i = 0; i < tries; i++) {
    if (await tryCall(context, payee, 'ask outside', requests.makeRequest, { params: { id }, body })) break
    await clock.sleep(random.between(10, longestPauseMs))
  }
  if (!isAtBank || random.chance(0.3)) return
  const answer = { params: { txnId: txnIdOf(txnPrefix, id) }, body: { approve: random.chance(0.7) } }
  for (let i = 0; i < looks; i++) {
    await clock.sleep(random.between(100, longestPauseMs))
    if (await answered(() => context.processes.asGateway(answerFromOutside, answer))) return
  }
}

async function askedFromOutside(context: RunContext, random: Random, payer: WorldCustomer): Promise<void> {
  const { clock, processes, world } = context
  const payeeVpa = random.chance(0.6) ? random.pick(world.otherBankVpas) : 'ok@sandbox'
  const amountPaise = random.between(1, 2_000_00)
  const body = { payeeVpa, payerVpa: payer.vpa, amountPaise, expiresInMinutes: random.pick([1, 1_440]) }
  if (!(await answered(() => processes.asGateway(requestFromOutside, { body })))) return
  for (let i = 0; i < looks; i++) {
    await clock.sleep(random.between(100, longestPauseMs))
    const querystring = { direction: 'received', status: 'pending' } as const
    const list = await read(context, payer, requests.listRequests, { querystring })
    const request = list?.requests.find((one) => one.acrossBanks && one.amountPaise === amountPaise)
    if (!request) continue
    const origin = { kind: 'request' as const, id: request.id }
    const approve = () =>
      payOrigin(context, random, {
        payer,
        payeeVpa: request.payee.vpa,
        amountPaise,
        origin,
        txnId: request.txnId,
      })
    const decline = () =>
      tryCall(context, payer, 'decline outside', requests.declineRequest, {
        params: { id: request.id },
        body: { block: random.chance(0.1) },
      })
    await Promise.all([approve, approve, decline].filter(() => random.chance(0.6)).map((act) => act()))
    return
  }
}

/** Whether it was answered, whatever the answer. */
async function answered(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call()
    return true
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return error.status < 500 && error.code !== 'not-found'
  }
}

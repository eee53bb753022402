// What must be known before a payment begins: who its two people are, which route it takes, what refuses it.
import { createHash } from 'node:crypto'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { uuidv7TimeMs } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import type { ResolvedVpa } from '@bahi/contracts/transfers.ts'
import type { Person } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { currentTrace } from '@bahi/kit/trace.ts'
import type { PreparedPayment } from './begin.ts'
import { payeeIn, payerIn, unreachable, type PartyResolver } from './resolve.ts'
import { routeBetween, type Routes } from './routes/route.ts'

/** What the payer asked for. */
export type PaymentInstruction = {
  id: string
  userId: string
  deviceId: string
  payerVpa: string
  payeeVpa: string
  amountPaise: number
  note?: string
  pin: string
  /** Over all of it except the PIN block. */
  inputHash: string
}

type Body = { payerVpa: string; payeeVpa: string; amountPaise: number; note?: string; pin: string }

export function toInstruction(
  person: Pick<Person, 'userId' | 'deviceId'>,
  id: string,
  body: Body,
): PaymentInstruction {
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
    inputHash: inputHash({ payerVpa, payeeVpa, amountPaise, note }),
  }
}

type Content = { payerVpa: string; payeeVpa: string; amountPaise: number; note?: string | undefined }

export function inputHash({ payerVpa, payeeVpa, amountPaise, note }: Content): string {
  const canonical = JSON.stringify([payerVpa, payeeVpa, amountPaise, note ?? null])
  return createHash('sha256').update(canonical).digest('hex')
}

type PrepareDeps = Pick<Deps, 'clock'> & { parties: PartyResolver; routes: Routes }

export type Preparation = {
  payment: PreparedPayment
  /** As its bank knows it: for the message to the network. */
  payerAccount: ResolvedVpa
}

/** Throws `not-found`, `id-out-of-range`, `bank-unreachable`. */
export async function prepare(deps: PrepareDeps, instruction: PaymentInstruction): Promise<Preparation> {
  const now = deps.clock.now()
  const rules = rulesAt(payRules, now)
  const aheadMs = uuidv7TimeMs(instruction.id) - now.getTime()
  if (aheadMs < -rules.idMaxAgeHours * 3_600_000 || aheadMs > rules.idMaxAheadMinutes * 60_000)
    throw new Problem('id-out-of-range', 'mint a new id for a new payment')
  const [payer, payee, tenure] = await Promise.all([
    deps.parties.payer(instruction.payerVpa),
    deps.parties.payee(instruction.payeeVpa),
    deps.parties.tenure(instruction),
  ])
  if (payer === unreachable || payer?.userId !== instruction.userId)
    throw new Problem('not-found', 'that is no UPI ID of yours')
  if (payee === unreachable) {
    const why = 'the network does not say who has this UPI ID: nothing was paid, try again in a while'
    throw new Problem('bank-unreachable', why, { retryAfterS: 30 })
  }
  const route = routeBetween(payer, payee)
  const refusalCode = refusalOf(instruction, payer, payee) ?? deps.routes[route].refusalCode
  const payment: PreparedPayment = {
    id: instruction.id,
    route,
    inputHash: instruction.inputHash,
    amountPaise: instruction.amountPaise,
    ...(instruction.note === undefined ? {} : { note: instruction.note }),
    payer: payerIn(payer, instruction.userId),
    payee: payeeIn(instruction.payeeVpa, payee),
    ...(refusalCode === undefined ? {} : { refusalCode }),
    // A device that auth does not know counts as new.
    coolingCauses: [
      tenure.deviceBoundAt ?? 'unknown',
      tenure.registeredAt,
      ...(payer.pinSetAt === undefined ? [] : [new Date(payer.pinSetAt)]),
    ],
    traceparent: currentTrace()?.traceparent,
  }
  return { payment, payerAccount: payer }
}

/** The UPI code of what makes this payment impossible on any route. */
function refusalOf(
  { payerVpa, payeeVpa }: PaymentInstruction,
  payer: ResolvedVpa,
  payee: ResolvedVpa | undefined,
): string | undefined {
  if (payee === undefined) return 'ZH'
  const isSameAccount = payer.bank === payee.bank && payer.accountRef === payee.accountRef
  return payerVpa === payeeVpa || isSameAccount ? 'U96' : undefined
}

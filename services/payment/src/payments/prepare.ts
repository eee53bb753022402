// What must be known before a payment begins: who its two people are, which route it takes, what refuses it.
import { createHash } from 'node:crypto'
import type { PaymentOrder } from '@bahi/contracts/codes/payment-order.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import {
  defaultInitiation,
  initiationFault,
  isSecureMode,
  type Initiation,
  type InitiationInput,
} from '@bahi/contracts/initiation.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { ResolvedVpa } from '@bahi/contracts/transfers.ts'
import type { Person } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { currentTrace } from '@bahi/kit/trace.ts'
import type { PreparedPayment } from './begin.ts'
import { orderIn, payableAs, type VerifyCode } from '../codes/verify-code.ts'
import { checkNewId, invalidField } from './client-input.ts'
import { checkStorable, payeeIn, payerIn, unreachable, type PartyResolver } from './resolve.ts'
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
  initiation: Initiation
  /** The scanned code, whose signature is not verified yet. */
  code?: string
  /** Until when the order of the code may be paid. */
  codeExpiresAt?: Date
  pin: string
  /** Over all of it except the PIN block. */
  inputHash: string
}

type Body = Pick<PaymentInstruction, 'payerVpa' | 'payeeVpa' | 'amountPaise' | 'note' | 'pin'> & {
  initiation?: InitiationInput
  code?: string
}

/**
 * Throws `request-invalid` for an initiation that no payment of a person can have, or with a code for another order;
 * `code-invalid`, `code-unsigned`, `code-forged` for what is no order that can be paid.
 */
export function toInstruction(
  person: Pick<Person, 'userId' | 'deviceId'>,
  anyCaseId: string,
  body: Body,
): PaymentInstruction {
  const id = anyCaseId.toLowerCase()
  const payerVpa = normaliseVpa(body.payerVpa)
  const payeeVpa = normaliseVpa(body.payeeVpa)
  const { amountPaise, pin } = body
  const note = body.note === '' ? undefined : body.note
  const order = body.code === undefined ? undefined : orderOf(body, body.code, payeeVpa)
  const initiation: Initiation = { ...defaultInitiation, ...(order?.initiation ?? body.initiation) }
  if (order === undefined && isSecureMode(initiation.mode))
    throw new Problem('code-unsigned', `mode ${initiation.mode} is that of a signed code: send the code too`)
  const { origin } = initiation
  // Ids are compared as text.
  if (['request', 'schedule', 'mandate'].includes(origin.kind) && origin.id !== undefined)
    initiation.origin = { ...origin, id: origin.id.toLowerCase() }
  const fault = initiationFault(initiation)
  if (fault) throw badInitiation(fault.field, fault.message)
  return {
    id,
    userId: person.userId,
    deviceId: person.deviceId,
    payerVpa,
    payeeVpa,
    amountPaise,
    ...(note === undefined ? {} : { note }),
    initiation,
    ...(body.code === undefined ? {} : { code: body.code }),
    ...(order?.expiresAt === undefined ? {} : { codeExpiresAt: new Date(order.expiresAt) }),
    pin,
    inputHash: inputHash({ payerVpa, payeeVpa, amountPaise, note, initiation }),
  }
}

/** What the code orders, which this payment must be. */
function orderOf(body: Body, code: string, payeeVpa: string): PaymentOrder {
  if (body.initiation !== undefined)
    throw invalidField('/body/initiation', 'is what the code says: leave it out beside a code')
  const order = orderIn(code)
  const fault = payableAs(order, { payeeVpa, amountPaise: body.amountPaise })
  if (fault) throw invalidField(`/body/${fault}`, 'is not that of the code')
  return order
}

function badInitiation(field: keyof Initiation, message: string): Problem {
  return invalidField(`/body/initiation/${field}`, message)
}

type Content = Pick<PaymentInstruction, 'payerVpa' | 'payeeVpa' | 'amountPaise' | 'initiation'> & {
  note?: string | undefined
}

export function inputHash({ payerVpa, payeeVpa, amountPaise, note, initiation }: Content): string {
  const { mode, purpose, reference, infoUrl, mcc, origin } = initiation
  const named = infoUrl === undefined ? [] : [infoUrl]
  const began = [mode, purpose, reference ?? null, mcc, origin.kind, origin.id ?? null, ...named]
  const canonical = JSON.stringify([payerVpa, payeeVpa, amountPaise, note ?? null, ...began])
  return createHash('sha256').update(canonical).digest('hex')
}

type PrepareDeps = Pick<Deps, 'clock'> & { parties: PartyResolver; routes: Routes; verifyCode: VerifyCode }

export type Preparation = {
  payment: PreparedPayment
  /** Its bank's reference: for the message to the network. */
  payerAccount: ResolvedVpa
}

/**
 * Throws `not-found`, `id-out-of-range`, `bank-unreachable`, the problems of codes; `request-invalid` for an MCC
 * that is not the payee's and an account by its number, which is nowhere stored, or a UPI number of ours.
 */
export async function prepare(deps: PrepareDeps, instruction: PaymentInstruction): Promise<Preparation> {
  checkNewId(instruction.id, deps.clock.now(), 'payment')
  const { code, codeExpiresAt } = instruction
  const [{ payer, payee, route, refusalCode, coolingCauses }] = await Promise.all([
    resolveBoth(deps, instruction),
    code === undefined ? undefined : deps.verifyCode(code),
  ])
  checkStorable('/body/payeeVpa', instruction.payeeVpa, payee)
  const payment: PreparedPayment = {
    id: instruction.id,
    route,
    inputHash: instruction.inputHash,
    amountPaise: instruction.amountPaise,
    ...(instruction.note === undefined ? {} : { note: instruction.note }),
    initiation: initiationWith(instruction.initiation, payee?.mcc),
    merchant: payee,
    payer: payerIn(payer, instruction.userId),
    payee: payeeIn(instruction.payeeVpa, payee),
    ...(refusalCode === undefined ? {} : { refusalCode }),
    ...(codeExpiresAt === undefined ? {} : { codeExpiresAt }),
    coolingCauses,
    traceparent: currentTrace()?.traceparent,
  }
  return { payment, payerAccount: payer }
}

type Sides = Pick<PaymentInstruction, 'userId' | 'deviceId' | 'payerVpa' | 'payeeVpa'>

export type ResolvedSides = Pick<PreparedPayment, 'coolingCauses' | 'route'> & {
  payer: ResolvedVpa
  payee: ResolvedVpa | undefined
  /** The UPI code of what makes every payment between them impossible. */
  refusalCode: string | undefined
}

/** Who pays whom, and on which route. Throws `not-found` for the UPI ID of somebody else, and `bank-unreachable`. */
export async function resolveBoth(
  deps: Pick<PrepareDeps, 'parties' | 'routes'>,
  sides: Sides,
): Promise<ResolvedSides> {
  const [payer, payee, tenure] = await Promise.all([
    deps.parties.payer(sides.payerVpa),
    deps.parties.payee(sides.payeeVpa),
    deps.parties.tenure(sides),
  ])
  if (payer === unreachable || payer?.userId !== sides.userId)
    throw new Problem('not-found', 'that is no UPI ID of yours')
  if (payee === unreachable) {
    const why = 'the network does not say who has this UPI ID: nothing was paid, try again in a while'
    throw new Problem('bank-unreachable', why, { retryAfterS: 30 })
  }
  const route = routeBetween(payer, payee)
  return {
    payer,
    payee,
    route,
    refusalCode: refusalOf(sides, payer, payee) ?? deps.routes[route].refusalCode,
    // A device that auth does not know counts as new.
    coolingCauses: [
      tenure.deviceBoundAt ?? 'unknown',
      tenure.registeredAt,
      ...(payer.pinSetAt === undefined ? [] : [new Date(payer.pinSetAt)]),
    ],
  }
}

/** With the category that the payee's PSP verified. */
function initiationWith(initiation: Initiation, mcc: string | undefined): Initiation {
  if (mcc === undefined || mcc === initiation.mcc) return initiation
  if (initiation.mcc !== defaultInitiation.mcc) throw badInitiation('mcc', `the payee's category is ${mcc}`)
  return { ...initiation, mcc }
}

/** The UPI code of what makes this payment impossible on any route. */
function refusalOf(
  { payerVpa, payeeVpa }: Sides,
  payer: ResolvedVpa,
  payee: ResolvedVpa | undefined,
): string | undefined {
  if (payee === undefined) return 'ZH'
  const isSameAccount = payer.bank === payee.bank && payer.accountRef === payee.accountRef
  return payerVpa === payeeVpa || isSameAccount ? 'U96' : undefined
}

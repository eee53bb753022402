// Payments that were sent and not answered yet: kept on this device, so that they are asked about and never made twice.
import type { InitiationInput } from '@bahi/contracts/initiation.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { pay, showPayment, type PaymentView } from '@bahi/contracts/payment.ts'
import { useMemo } from 'react'
import { call } from '../api/client.ts'
import { readDraft, deleteDraft, saveDraft, useDraft } from '../storage/drafts.ts'
import { storage } from '../storage/storage.ts'

/** One payment request: sent with this id and this content, however often it is sent again. */
export type Attempt = {
  id: string
  payerVpa: string
  payeeVpa: string
  payeeName: string
  /** The number of an account that is paid by it, masked. */
  payeeAccount?: string
  amountPaise: number
  note?: string
  /** How it begins, when a code said so. */
  initiation?: InitiationInput
  /** The code itself, when it is signed or expires; it says how the payment begins. */
  code?: string
  /** What the code said of the amount. */
  isFixed?: boolean
  minPaise?: number
  /** Of the account that pays. */
  accountId: string
  maskedNumber: string
  bank: string
  bankName: string
  pinLength: 4 | 6
  sentAtMs: number
}

/** `absent`: the services know nothing of it, so that nothing was paid. */
export type Outcome = { is: 'known'; payment: PaymentView } | { is: 'absent' }

const form = 'attempts'
/** For so long the same request is sent again automatically; later only the person sends it. */
const resendForMs = 60_000
/** After that, a payment the services do not know never reached them. */
const arrivalWindowMs = 25_000
/** The services take an id for a day. */
const keepForMs = 24 * 3_600_000

/** By id. */
type AttemptsById = Record<string, Attempt>

const openOnes = (kept: AttemptsById | undefined, nowMs = Date.now()) =>
  Object.values(kept ?? {}).filter(({ sentAtMs }) => sentAtMs > nowMs - keepForMs)

export const openAttempts = (): Attempt[] => openOnes(readDraft<AttemptsById>(form))

/** Those that are open now, for a screen: without one as soon as its outcome is known. */
export function useOpenAttempts(): Attempt[] {
  const kept = useDraft<AttemptsById>(form)
  return useMemo(() => openOnes(kept), [kept])
}

export const findAttempt = (id: string) => openAttempts().find((one) => one.id === id)

function storeAttempts(attempts: Attempt[]): void {
  if (attempts.length === 0) deleteDraft(form)
  else saveDraft(form, Object.fromEntries(attempts.map((one) => [one.id, one])))
}

const attemptsBut = (id: string) => openAttempts().filter((one) => one.id !== id)

export function forgetAttempt(id: string): void {
  inFlight.delete(id)
  if (findAttempt(id)) storeAttempts(attemptsBut(id))
}

/** A request with its encrypted PIN, in memory only. */
type InFlight = {
  attempt: Attempt
  sealedPin: string
  tries: number
  answer?: Promise<PaymentView> | undefined
}
const inFlight = new Map<string, InFlight>()

/** The codes of payments that were sent from this page: who tries again need not scan again. */
const codes = new Map<string, string>()
export const codeOf = (id: string) => codes.get(id)

/** Sent from this page, and its outcome not shown yet: only then is a payment celebrated. */
const awaited = new Set<string>()
export const isAwaited = (id: string) => awaited.has(id)
export const endAwaiting = (id: string) => void awaited.delete(id)

/** Point of no return: from here on the payment may happen. `fetchOutcome` sends it. */
export async function startAttempt(attempt: Attempt, sealedPin: string): Promise<void> {
  storeAttempts([...attemptsBut(attempt.id), attempt])
  inFlight.set(attempt.id, { attempt, sealedPin, tries: 0 })
  awaited.add(attempt.id)
  if (attempt.code !== undefined) codes.set(attempt.id, attempt.code)
  // The storage works in order: when this read is answered, the attempt is written.
  await storage.read(form)
}

/**
 * How a payment stands. A request whose answer was lost is sent again as it is; after a while it is only asked about.
 * Throws what is worth asking again, and refusals; see `isRefusal`.
 */
export async function fetchOutcome(id: string): Promise<Outcome> {
  const sent = inFlight.get(id)
  try {
    const payment = sent && isFresh(sent) ? await sendOnce(sent) : await call(showPayment, { params: { id } })
    forgetAttempt(id)
    return { is: 'known', payment }
  } catch (error) {
    if (sent && inFlight.get(id) === sent && isFresh(sent)) {
      if (isRefusal(error)) forgetAttempt(id)
      throw error
    }
    if (!(error instanceof Problem) || error.code !== 'not-found') throw error
    // It may be on its way to them still.
    const sentAtMs = findAttempt(id)?.sentAtMs ?? 0
    if (sentAtMs > Date.now() - arrivalWindowMs) throw new Problem('unavailable')
    return { is: 'absent' }
  }
}

const isFresh = ({ attempt }: InFlight) => Date.now() - attempt.sentAtMs < resendForMs

/** Single flight: concurrent callers wait for the same answer. */
function sendOnce(sent: InFlight): Promise<PaymentView> {
  const { id, payerVpa, payeeVpa, amountPaise, note, initiation, code } = sent.attempt
  const began = code === undefined ? (initiation ? { initiation } : {}) : { code }
  const said = { ...(note ? { note } : {}), ...began }
  const body = { payerVpa, payeeVpa, amountPaise, ...said, pin: sent.sealedPin }
  sent.answer ??= call(pay, { params: { id }, body })
    .catch((error: unknown) => {
      // Of a request that was sent before, a full counter says nothing.
      if (isRefusal(error) && sent.tries > 0 && (error as Problem).status === 429)
        throw new Problem('unavailable')
      throw error
    })
    .finally(() => {
      sent.tries++
      sent.answer = undefined
    })
  return sent.answer
}

/** It was refused and nothing of it is stored; anything else leaves the outcome unknown. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Problem)) return false
  if (error.code === 'bank-unreachable') return true
  return error.status >= 400 && error.status < 500 && error.status !== 401
}

// Payments that were sent and not answered yet: kept on this device, so that they are asked about and never made twice.
import { Problem } from '@bahi/contracts/problem.ts'
import { pay, showPayment, type PaymentView } from '@bahi/contracts/payment.ts'
import { call } from '../../api/client.ts'
import { draftOf, dropDraft, keepDraft } from '../../storage/drafts.ts'
import { vault } from '../../storage/storage.ts'

/** One wish to pay. Whatever becomes of it, it goes by this id and with this content. */
export type Attempt = {
  id: string
  payerVpa: string
  payeeVpa: string
  payeeName: string
  amountPaise: number
  note?: string
  bank: string
  bankName: string
  pinLength: 4 | 6
  sentAtMs: number
}

/** `absent`: the services know nothing of it, so that nothing was paid. */
export type Outcome = { is: 'known'; payment: PaymentView } | { is: 'absent' }

const form = 'attempts'
/** For so long the very same request may be sent again by itself; later only the person sends it. */
const resendForMs = 60_000
/** After that, what the services know nothing of never reached them. */
const arrivesWithinMs = 25_000
/** The services take an id for a day. */
const keepForMs = 24 * 3_600_000

/** By id. */
type Kept = Record<string, Attempt>

export function openAttempts(nowMs = Date.now()): Attempt[] {
  const kept = Object.values(draftOf<Kept>(form) ?? {})
  return kept.filter(({ sentAtMs }) => sentAtMs > nowMs - keepForMs)
}

export const attemptOf = (id: string) => openAttempts().find((one) => one.id === id)

function keep(attempts: Attempt[]): void {
  if (attempts.length === 0) dropDraft(form)
  else keepDraft(form, Object.fromEntries(attempts.map((one) => [one.id, one])))
}

const others = (id: string) => openAttempts().filter((one) => one.id !== id)

export function forgetAttempt(id: string): void {
  flights.delete(id)
  if (attemptOf(id)) keep(others(id))
}

/** What was sent, with the PIN as only the bank can read it: in memory alone. */
type Flight = {
  attempt: Attempt
  sealedPin: string
  tries: number
  answer?: Promise<PaymentView> | undefined
}
const flights = new Map<string, Flight>()

/** From here on the payment may happen. `askOutcome` sends it. */
export async function launch(attempt: Attempt, sealedPin: string): Promise<void> {
  keep([...others(attempt.id), attempt])
  flights.set(attempt.id, { attempt, sealedPin, tries: 0 })
  // The vault does one thing after the other: when this is answered, the attempt is kept.
  await vault.kept(form)
}

/**
 * How a payment stands. A request whose answer was lost is sent again as it is; after a while it is only asked about.
 * Throws what is worth asking again, and refusals; see `isRefusal`.
 */
export async function askOutcome(id: string): Promise<Outcome> {
  const flight = flights.get(id)
  try {
    const payment =
      flight && isFresh(flight) ? await sendOnce(flight) : await call(showPayment, { params: { id } })
    forgetAttempt(id)
    return { is: 'known', payment }
  } catch (error) {
    if (flight && flights.get(id) === flight && isFresh(flight)) {
      if (isRefusal(error)) forgetAttempt(id)
      throw error
    }
    if (!(error instanceof Problem) || error.code !== 'not-found') throw error
    // It may be on its way to them still.
    const sentAtMs = attemptOf(id)?.sentAtMs ?? 0
    if (sentAtMs > Date.now() - arrivesWithinMs) throw new Problem('unavailable')
    return { is: 'absent' }
  }
}

const isFresh = ({ attempt }: Flight) => Date.now() - attempt.sentAtMs < resendForMs

/** Whoever asks at the same time waits for the same answer. */
function sendOnce(flight: Flight): Promise<PaymentView> {
  const { id, payerVpa, payeeVpa, amountPaise, note } = flight.attempt
  const body = { payerVpa, payeeVpa, amountPaise, ...(note ? { note } : {}), pin: flight.sealedPin }
  flight.answer ??= call(pay, { params: { id }, body })
    .catch((error: unknown) => {
      // Of a request that was sent before, a full counter says nothing.
      if (isRefusal(error) && flight.tries > 0 && (error as Problem).status === 429)
        throw new Problem('unavailable')
      throw error
    })
    .finally(() => {
      flight.tries++
      flight.answer = undefined
    })
  return flight.answer
}

/** It was refused and nothing of it is stored; anything else leaves the outcome unknown. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Problem)) return false
  if (error.code === 'bank-unreachable') return true
  return error.status >= 400 && error.status < 500 && error.status !== 401
}

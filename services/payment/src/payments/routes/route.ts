// What differs between the ways the money of a payment can go. Each way is one implementation of this interface, used
// alike when a person pays, when the network decides, and when recovery drives a payment on.
import type { PaymentRoute } from '@bahi/contracts/events.ts'
import type { Authorisation, ResolvedVpa, TransferOutcome } from '@bahi/contracts/transfers.ts'
import type { Payment } from '../payment.ts'

export type MoveContext = {
  /** The payer's account, given only by the request that began the payment: it is started in the network once. */
  payerAccount?: ResolvedVpa | undefined
  /** Frees the slot of the concurrency limiter: what waits for the network needs none. */
  release(): void
}

export type MoveOutcome = Omit<TransferOutcome, 'id'>
/** The outcome, or `waiting`: it comes later, as a message of the network or from recovery. */
export type MoveResult = MoveOutcome | 'waiting'

export type Route = {
  /** The UPI code that refuses a payment on this route before it begins; undefined when the route is open. */
  refusalCode: string | undefined
  /** Milliseconds after its begin until recovery first asks about a payment. */
  firstCheckAfterMs(now: Date): number
  /** Moves the money, or starts moving it. Safe to repeat. Throws when the outcome is unknown. */
  move(payment: Payment, authorisation: Authorisation, context: MoveContext): Promise<MoveResult>
  /**
   * Makes our ledger follow the network's decision, before the payment completes. False when the ledger was decided
   * the other way before: the payment then stays pending, for a person to look at. Throws when it is not known.
   */
  applyDecision(payment: Payment, decision: 'settled' | 'failed'): Promise<boolean>
  /** Asks what became of payments that are due; a result each, in order. Never debits. */
  recover(payments: Payment[]): Promise<MoveResult[]>
}

export type Routes = Record<PaymentRoute, Route>

/** The route of a payment that one of our users makes. */
export function routeBetween(payer: ResolvedVpa, payee: ResolvedVpa | undefined): PaymentRoute {
  if (!payer.onUs) return 'through'
  return payee === undefined || payee.onUs ? 'ledger' : 'out'
}

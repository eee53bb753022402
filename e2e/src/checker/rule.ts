// What a rule of the checker is: a name, a sentence, and a search for whatever contradicts it in one snapshot.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'

/** Something that must not be: `rule` is the name of the rule that it breaks. */
export type Fault = { rule: string; detail: string }

/** An answer that a client got for a payment, as payer or as payee. */
export type Acknowledged = { paymentId: string; userId: string; answer: PaymentView }

export type Expected = {
  acknowledged?: Acknowledged[]
  /** Ids that were refused before anything was stored, and that nobody got another answer for. */
  refused?: string[]
  /** Nothing is in flight any more: what is allowed to be under way on a living system is a fault then. */
  quiescent?: boolean
}

export type RuleInput = {
  /** One snapshot: repeatable read, read only. */
  tx: Tx
  quiescent: boolean
  acknowledged: Acknowledged[]
  refused: string[]
  /** Whether a table (`payment.payments`) or a column (`payment.payments.route`) is there. */
  has(name: string): boolean
}

/** `total`: of all faults of the search, of which only the first ones are told. */
export type FaultRow = { detail: string; total: number }

export type Rule = {
  name: string
  /** The sentence that must be true. */
  says: string
  /** Tables or columns without which there is nothing to look at. */
  needs: string[]
  /** The table whose rows are looked at, for the report. */
  over: string
  find(look: RuleInput): Promise<FaultRow[]>
}

/** Faults of one rule that are told in full. */
export const maxReported = 20

/** Events and messages that are younger may still be on their way on a living system. */
export const graceS = 60

/** The first rows of a query of `detail`, and how many there are. */
export function firstFaults(tx: Tx, query: unknown): Promise<FaultRow[]> {
  return tx<
    FaultRow[]
  >`select detail, count(*) over () as total from (${query as never}) as f limit ${maxReported}`
}

// The type of a checker rule: a name, a statement, and a query for whatever contradicts it in one snapshot.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'

/** A violation: `rule` is the name of the rule that it breaks. */
export type Fault = { rule: string; detail: string }

/** An answer that a client received for a payment, as payer or as payee. */
export type Acknowledged = { paymentId: string; userId: string; answer: PaymentView }

export type Expected = {
  acknowledged?: Acknowledged[]
  /** Ids that were refused before anything was stored, and that got no other answer. */
  refused?: string[]
  /** Nothing is in flight any more: what a running system may still have in progress is a fault then. */
  quiescent?: boolean
  /** For a copy of the past: ages are as they were then. Default: now. */
  asOf?: Date
}

export type RuleInput = {
  /** One snapshot: repeatable read, read only. */
  tx: Tx
  quiescent: boolean
  /** What ages are counted to. */
  asOf: Date
  acknowledged: Acknowledged[]
  refused: string[]
  /** Whether a table (`payment.payments`) or a column (`payment.payments.route`) is there. */
  has(name: string): boolean
  /** SQL that is true of an id whose month is in an archive: what it names was checked there, and is not here. */
  isArchived(id: ReturnType<Tx>): ReturnType<Tx>
}

/** One fault; `total` is the number of all faults of the query, of which only the first are returned. */
export type FaultRow = { detail: string; total: number }

export type Rule = {
  name: string
  /** The statement that must be true. */
  says: string
  /** Tables or columns without which the rule does not apply. */
  needs: string[]
  /** The table whose rows are examined, for the report. */
  over: string
  find(input: RuleInput): Promise<FaultRow[]>
}

/** Faults of one rule that are reported in full. */
export const maxReported = 20

/** Younger events and messages may still be in flight on a running system. */
export const graceS = 60

/** The first rows of a query of `detail`, and how many there are. */
export function firstFaults(tx: Tx, query: unknown): Promise<FaultRow[]> {
  return tx<
    FaultRow[]
  >`select detail, count(*) over () as total from (${query as never}) as f limit ${maxReported}`
}

// Three words about one side of a transaction, the network's, the ledger's and the payment's, held against each other.
import type { DifferenceKind } from '@bahi/contracts/reconciliation.ts'
import type { SettlementRow } from '@bahi/contracts/sandbox.ts'
import type { Leg } from '@bahi/contracts/transfers.ts'
import type { Payment } from '../payments/payment.ts'

/** Our bank's side of a transaction. */
export type Side = 'DEBIT' | 'CREDIT'

/** What each of the three knows of one side; reversals stand beside what they reverse. */
export type Words = {
  side: Side
  /** Of all cycles so far. */
  network: Pick<SettlementRow, 'leg' | 'amountPaise' | 'rrn' | 'result'>[]
  ledger: Pick<Leg, 'leg' | 'amountPaise' | 'rrn'>[]
  payment?: Pick<Payment, 'status' | 'amountPaise' | 'rrn'> | undefined
  /** Whether the payment belongs to our PSP: another app may move money of our bank's customers. */
  isOurs: boolean
  /** Whether the network has told all that it ever will of a transaction as old as this. */
  isComplete: boolean
}

export type Finding =
  | { is: 'matched' }
  /** Nothing to say yet: another cycle may tell. */
  | { is: 'early' }
  | { is: 'differs'; kind: DifferenceKind }
  /** The network's word ends a payment that is pending here; then it is looked at again. */
  | { is: 'conclude'; as: 'settled' | 'failed' }

const matched: Finding = { is: 'matched' }
const differs = (kind: DifferenceKind): Finding => ({ is: 'differs', kind })

export function match(words: Words): Finding {
  const { side, network, ledger, payment, isOurs, isComplete } = words
  const reversal = `${side}-REVERSAL` as const
  const told = network.find((row) => row.leg === side)
  const returned = network.some((row) => row.leg === reversal)
  const posted = ledger.some((leg) => leg.leg === side)
  const givenBack = ledger.some((leg) => leg.leg === reversal)
  if (disagree([...network, ...ledger, ...(payment ? [payment] : [])])) return differs('amount-differs')

  if (returned) {
    if (posted && !givenBack) return differs('reversal-pending')
    if (payment?.status === 'pending') return { is: 'conclude', as: 'failed' }
    return payment?.status === 'settled' ? differs('missing-there') : matched
  }
  if (told?.result === 'DEEMED') return differs('deemed-awaiting')
  if (told) {
    if (payment?.status === 'pending') {
      // Nobody is told of money that our ledger does not have; a hold becomes a debit as the payment settles.
      const isHere = side === 'DEBIT' || (posted && !givenBack)
      return isHere ? { is: 'conclude', as: 'settled' } : differs('missing-here')
    }
    if (payment?.status === 'failed') return differs('late-success')
    if (!posted || givenBack) return differs('missing-here')
    // Another app's debit is our bank's business alone; whoever is credited is told by us.
    return payment || (side === 'DEBIT' && !isOurs) ? matched : differs('missing-here')
  }
  if (!isComplete) return { is: 'early' }
  if (posted && !givenBack)
    return differs(payment?.status === 'failed' ? 'reversal-pending' : 'missing-there')
  if (payment?.status === 'pending') return { is: 'conclude', as: 'failed' }
  return payment?.status === 'settled' ? differs('missing-there') : matched
}

/** One transaction has one amount and one RRN, whoever speaks of it. */
function disagree(all: { amountPaise: number; rrn: string }[]): boolean {
  return new Set(all.map(({ amountPaise, rrn }) => `${amountPaise} ${rrn}`)).size > 1
}

/** What the rows sum up to: positive when it is owed to us. */
export function netOf(rows: Pick<Leg, 'leg' | 'amountPaise'>[]): number {
  return rows.reduce((net, { leg, amountPaise }) => {
    return leg === 'CREDIT' || leg === 'DEBIT-REVERSAL' ? net + amountPaise : net - amountPaise
  }, 0)
}

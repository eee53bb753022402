// Three-way match of one side of a transaction: the network's report, the ledger's legs and the payment. Pure.
import type { DifferenceKind } from '@bahi/contracts/reconciliation.ts'
import type { SettledLeg } from '@bahi/contracts/network-adapter.ts'
import type { Leg } from '@bahi/contracts/transfers.ts'
import type { Payment } from '../payments/payment.ts'

/** Our bank's side of a transaction. */
export type Side = 'DEBIT' | 'CREDIT'

/** The records of one side; reversals are listed beside what they reverse. */
export type SideRecords = {
  side: Side
  /** Of all cycles so far. */
  network: Pick<SettledLeg, 'leg' | 'amountPaise' | 'rrn' | 'result'>[]
  ledger: Pick<Leg, 'leg' | 'amountPaise' | 'rrn'>[]
  payment?: Pick<Payment, 'status' | 'amountPaise' | 'rrn'> | undefined
  /** Whether the payment belongs to our PSP: another app may move money of our bank's customers. */
  isOurs: boolean
  /** Whether all reports that can name a transaction of this age have been read. */
  isComplete: boolean
}

export type Finding =
  | { is: 'matched' }
  /** Too early to judge: the report of another cycle may name it. */
  | { is: 'early' }
  | { is: 'differs'; kind: DifferenceKind }
  /** The report decides a payment that is pending here; then the side is matched again. */
  | { is: 'complete'; as: 'settled' | 'failed' }

const matched: Finding = { is: 'matched' }
const differs = (kind: DifferenceKind): Finding => ({ is: 'differs', kind })

export function matchSide(records: SideRecords): Finding {
  const { side, network, ledger, payment, isOurs, isComplete } = records
  const reversal = `${side}-REVERSAL` as const
  const reported = network.find((row) => row.leg === side)
  const reportedReversal = network.some((row) => row.leg === reversal)
  const posted = ledger.some((leg) => leg.leg === side)
  const reversed = ledger.some((leg) => leg.leg === reversal)
  if (disagree([...network, ...ledger, ...(payment ? [payment] : [])])) return differs('amount-differs')

  if (reportedReversal) {
    if (posted && !reversed) return differs('reversal-pending')
    if (payment?.status === 'pending') return { is: 'complete', as: 'failed' }
    return payment?.status === 'settled' ? differs('missing-there') : matched
  }
  if (reported?.result === 'DEEMED') return differs('deemed-awaiting')
  if (reported) {
    if (payment?.status === 'pending') {
      // A credit must be in our ledger before the payment settles; a hold becomes the debit as it settles.
      const isHere = side === 'DEBIT' || (posted && !reversed)
      return isHere ? { is: 'complete', as: 'settled' } : differs('missing-here')
    }
    if (payment?.status === 'failed') return differs('late-success')
    if (!posted || reversed) return differs('missing-here')
    // A debit for another app has no payment here; a credit always has one.
    return payment || (side === 'DEBIT' && !isOurs) ? matched : differs('missing-here')
  }
  if (!isComplete) return { is: 'early' }
  if (posted && !reversed) return differs(payment?.status === 'failed' ? 'reversal-pending' : 'missing-there')
  if (payment?.status === 'pending') return { is: 'complete', as: 'failed' }
  return payment?.status === 'settled' ? differs('missing-there') : matched
}

/** One transaction has one amount and one RRN in all records. */
function disagree(all: { amountPaise: number; rrn: string }[]): boolean {
  return new Set(all.map(({ amountPaise, rrn }) => `${amountPaise} ${rrn}`)).size > 1
}

/** The sum of the rows: positive when it is owed to us. */
export function netOf(rows: Pick<Leg, 'leg' | 'amountPaise'>[]): number {
  return rows.reduce((net, { leg, amountPaise }) => {
    return leg === 'CREDIT' || leg === 'DEBIT-REVERSAL' ? net + amountPaise : net - amountPaise
  }, 0)
}

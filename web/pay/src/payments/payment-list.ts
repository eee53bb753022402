// Lists of payments: who is on the other side, groups by month with their sums, searching.
import { formatRupees } from '@bahi/contracts/formats.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { searchWords } from '@bahi/contracts/search-words.ts'
import { groupBy } from '@bahi/web-ui/browser/group-by.ts'
import { isoDateIndia } from '@bahi/web-ui/format/dates.ts'

/** The person on the other side. */
export const counterpartyOf = ({ direction, payee, payer }: PaymentView) =>
  direction === 'debit' ? payee : payer
/** My own side. */
export const ownPartyOf = ({ direction, payee, payer }: PaymentView) =>
  direction === 'debit' ? payer : payee

export type Person = { vpa: string; name: string }

/** As the service does: all words must be found in what is shown of a payment. */
export function searchPayments(payments: PaymentView[], search: string): PaymentView[] {
  const words = searchWords(search)
  if (words.length === 0) return payments
  return payments.filter((payment) => {
    const { name, vpa } = counterpartyOf(payment)
    const amount = formatRupees(payment.amountPaise).replaceAll(/[₹,]/g, '')
    const { note = '', rrn, txnId, initiation } = payment
    const parts = [name, vpa, note, amount, rrn, txnId, initiation?.reference]
    const text = parts.filter(Boolean).join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

export type Month = {
  month: string
  payments: PaymentView[]
  spentPaise: number
  receivedPaise: number
  /** All of its payments are there: its sums are those of the month. */
  isWhole: boolean
}

/**
 * Newest first, by months of India. What is settled counts; a month is whole when something older was loaded too.
 * @param hasMore there are older payments that are not loaded
 */
export function monthsOf(payments: PaymentView[], hasMore: boolean): Month[] {
  const groups = [...groupBy(payments, ({ createdAt }) => isoDateIndia(createdAt).slice(0, 7))]
  return groups.map(([month, ones], i) => {
    const sum = (direction: PaymentView['direction']) =>
      ones
        .filter((one) => one.direction === direction && one.status === 'settled')
        .reduce((total, { amountPaise }) => total + amountPaise, 0)
    return {
      month,
      payments: ones,
      spentPaise: sum('debit'),
      receivedPaise: sum('credit'),
      isWhole: !hasMore || i < groups.length - 1,
    }
  })
}

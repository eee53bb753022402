// Lists of payments: who is on the other side, groups by month with their sums, searching.
import { asciiDigits } from '@bahi/contracts/digits.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { groupBy } from '@bahi/web-ui/browser/group-by.ts'
import { isoDateIndia } from '@bahi/web-ui/format/dates.ts'

/** The person on the other side. */
export const counterpartyOf = ({ direction, payee, payer }: PaymentView) =>
  direction === 'debit' ? payee : payer
/** My own side. */
export const ownPartyOf = ({ direction, payee, payer }: PaymentView) =>
  direction === 'debit' ? payer : payee

export type Person = { vpa: string; name: string }

/** Name, UPI ID, note, and the amount however it is written: all words must be found. */
export function searchPayments(payments: PaymentView[], search: string): PaymentView[] {
  const words = asciiDigits(search).toLowerCase().replaceAll(/[₹,]/g, '').split(/\s+/).filter(Boolean)
  if (words.length === 0) return payments
  return payments.filter((payment) => {
    const { name, vpa } = counterpartyOf(payment)
    const amount = formatRupees(payment.amountPaise).replaceAll(/[₹,]/g, '')
    const text = `${name} ${vpa} ${payment.note ?? ''} ${amount} ${payment.rrn}`.toLowerCase()
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

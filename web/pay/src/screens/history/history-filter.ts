// The rules of the history: what is filtered by, what a search finds, and what a month adds up to.
import type { Input } from '@bahi/contracts/call.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import type { listPayments, PaymentView } from '@bahi/contracts/payment.ts'
import { parseRupees } from '@bahi/web-ui/format/rupees.ts'
import { counterpartyOf } from '../../payments/next-action.ts'
import { startOfDay, isoDateIndia } from '@bahi/web-ui/format/dates.ts'

/** As it stands in the address, so that it can be linked to and gone back from; days are of India. */
export type Filter = {
  direction?: 'debit' | 'credit'
  status?: PaymentView['status']
  vpa?: string
  from?: string
  to?: string
  min?: string
  max?: string
}
export const filterNames = ['direction', 'status', 'vpa', 'from', 'to', 'min', 'max'] as const
export type FilterName = (typeof filterNames)[number]

const valid: Record<FilterName, RegExp> = {
  direction: /^(debit|credit)$/,
  status: /^(pending|settled|failed)$/,
  vpa: /@/,
  from: /^20\d\d-\d\d-\d\d$/,
  to: /^20\d\d-\d\d-\d\d$/,
  min: /^\d{1,8}(\.\d{1,2})?$/,
  max: /^\d{1,8}(\.\d{1,2})?$/,
}

/** What an address asks for; what makes no sense is left out. */
export function parseFilter(query: URLSearchParams): Filter {
  const asked = filterNames.flatMap((name) => {
    const value = query.get(name) ?? ''
    return valid[name].test(value) ? [[name, value] as const] : []
  })
  return Object.fromEntries(asked) as Filter
}

/** `to` is the last day that counts. */
export function filterQuery(filter: Filter): Input<typeof listPayments>['querystring'] {
  const { direction, status, vpa, from, to, min, max } = filter
  const [least, most] = [parseRupees(min ?? ''), parseRupees(max ?? '')]
  return {
    ...(direction && { direction }),
    ...(status && { status }),
    ...(vpa !== undefined && { vpa }),
    ...(from !== undefined && { from: startOfDay(from) }),
    ...(to !== undefined && { to: startOfDay(to, 1) }),
    ...(least !== undefined && { minPaise: least }),
    ...(most !== undefined && { maxPaise: most }),
  }
}

/** Name, UPI ID, note, and the amount however it is written: all words must be found. */
export function searchPayments(payments: PaymentView[], search: string): PaymentView[] {
  const words = search.toLowerCase().replaceAll(/[₹,]/g, '').split(/\s+/).filter(Boolean)
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
  const groups = [...Map.groupBy(payments, ({ createdAt }) => isoDateIndia(createdAt).slice(0, 7))]
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

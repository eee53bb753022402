// What the history is filtered by: as it stands in the address of the screen, and as the service is asked.
import type { Input } from '@bahi/contracts/call.ts'
import type { listPayments, PaymentView } from '@bahi/contracts/payment.ts'
import { vpaPattern } from '@bahi/contracts/formats.ts'
import { parseRupees } from '@bahi/web-ui/format/rupees.ts'
import { isCalendarDay, startOfDay } from '@bahi/web-ui/format/dates.ts'

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
  vpa: new RegExp(vpaPattern),
  from: /^20\d\d-\d\d-\d\d$/,
  to: /^20\d\d-\d\d-\d\d$/,
  min: /^\d{1,8}(\.\d{1,2})?$/,
  max: /^\d{1,8}(\.\d{1,2})?$/,
}

/** What an address asks for; what makes no sense, as a day that no calendar has, is left out. */
export function parseFilter(query: URLSearchParams): Filter {
  const asked = filterNames.flatMap((name) => {
    const value = query.get(name) ?? ''
    const isDay = name === 'from' || name === 'to'
    const isGood = valid[name].test(value) && (!isDay || isCalendarDay(value))
    return isGood ? [[name, value] as const] : []
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

// Where a request is paid: the form of a payment with its payee, its amount and its note, none of them to be changed.
import type { RequestView } from '@bahi/contracts/requests.ts'
import { rupeesText } from '@bahi/web-ui/format/rupees.ts'

export function payRequestPath({ id, payee, amountPaise, note }: RequestView): string {
  const query = new URLSearchParams({ am: rupeesText(amountPaise), fixed: '1', request: id })
  if (note !== undefined) query.set('tn', note)
  return `/pay/${encodeURIComponent(payee.vpa)}?${query.toString()}`
}

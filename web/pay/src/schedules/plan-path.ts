// Where a payment is planned: for a payee, with the amount and the note of a payment that is to be repeated.
import { readParameters, writeParameters } from '@bahi/contracts/codes/upi-link.ts'
import { rupeesText } from '@bahi/web-ui/format/rupees.ts'

type Repeated = { vpa: string; amountPaise?: number | undefined; note?: string | undefined }

/** `/schedules/new/asha%40bahi?am=250&tn=Rent` */
export function planPath({ vpa, amountPaise, note }: Repeated): string {
  const query = writeParameters({
    ...(amountPaise ? { am: rupeesText(amountPaise) } : {}),
    ...(note ? { tn: note } : {}),
  })
  return `/schedules/new/${encodeURIComponent(vpa)}${query === '' ? '' : `?${query}`}`
}

/** What such an address says; of one that was made up, nothing. */
export function parsePlan(search: string): { rupees: string; note: string } {
  const given = readParameters(search.replace(/^\?/, ''))
  return typeof given === 'string'
    ? { rupees: '', note: '' }
    : { rupees: given['am'] ?? '', note: given['tn'] ?? '' }
}

// Where a request is paid: the form of a payment with its payee, its amount and its note, none of them to be changed.
import type { RequestView } from '@bahi/contracts/requests.ts'
import { payPath } from '../../payments/pay-path.ts'

export const payRequestPath = ({ id, payee, amountPaise, note }: RequestView): string =>
  payPath({
    ...{ vpa: payee.vpa, amountPaise, isFixed: true },
    ...(note === undefined ? {} : { note }),
    initiation: { origin: { kind: 'request', id } },
  })

// What a payment allows next, and the texts for its outcome: the same on the result screen and on its own page.
import { isSecureMode, orderReferenceOf, type InitiationInput } from '@bahi/contracts/initiation.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { reasonText } from '@bahi/contracts/reasons.ts'
import { handlingOf } from '@bahi/contracts/upi-codes.ts'
import type { Language } from '../language/language.ts'
import { codeOf } from './payment-attempts.ts'
import { claimOf, payPath, type RequestedPayment } from './pay-path.ts'
import { counterpartyOf } from './payment-list.ts'

/**
 * What to offer. Nothing while it is on its way: a pending payment is never paid again. A failed one may be paid
 * again, unless something has to be done first, or it would fail the same. A debit of AutoPay is tried again by its
 * mandate, or approved there: paid beside it, it would be paid twice.
 */
export type NextAction =
  'pay-again' | 'pay-back' | 'try-again' | 'other-account' | 'set-pin' | 'other-payee' | 'autopay'

const byCode = new Map<string, NextAction>(
  Object.entries({
    ZM: 'try-again',
    Z9: 'other-account',
    Z6: 'set-pin',
    AM: 'set-pin',
    ZH: 'other-payee',
    U17: 'other-payee',
    U29: 'other-payee',
    U95: 'other-payee',
    U96: 'other-payee',
  }),
)

export function nextActionOf({
  status,
  direction,
  failure,
  initiation,
}: PaymentView): NextAction | undefined {
  if (status === 'pending') return undefined
  if (status === 'settled') return direction === 'debit' ? 'pay-again' : 'pay-back'
  if (direction === 'credit') return undefined
  const code = failure?.code ?? ''
  const next = byCode.get(code)
  if (initiation?.origin.kind === 'mandate') return next === 'set-pin' ? next : 'autopay'
  return next ?? (handlingOf(code) === 'stop' ? undefined : 'try-again')
}

/**
 * Where that is done, a PIN at the account where it is known; amount, note and account come along, and what a code said
 * when the same is tried again.
 */
export function nextActionPath(next: NextAction, payment: PaymentView, accountId?: string): string {
  if (next === 'set-pin') return accountId === undefined ? '/accounts' : newPinPath(accountId)
  if (next === 'other-payee') return '/pay'
  if (next === 'autopay') return '/autopay'
  const { vpa } = counterpartyOf(payment)
  if (next === 'pay-back') return payPath({ vpa })
  const { amountPaise, note } = payment
  const isAgain = next === 'try-again' || next === 'other-account'
  const code = isAgain ? codeOf(payment.id) : undefined
  // What a signed code or one order was paid by has to be there again.
  if (isAgain && code === undefined && needsCode(payment)) return '/scan'
  return payPath({
    ...{ vpa, amountPaise, from: payment.payer.vpa },
    ...(note === undefined ? {} : { note }),
    ...(isAgain ? orderedBy(payment) : {}),
    ...(next === 'other-account' ? { isChoosing: true } : {}),
    ...(code === undefined ? {} : { code }),
  })
}

export const newPinPath = (accountId: string): string => `/accounts/${accountId}/pin`

function needsCode({ initiation }: PaymentView): boolean {
  return (
    initiation !== undefined && (isSecureMode(initiation.mode) || orderReferenceOf(initiation) !== undefined)
  )
}

/** Of a payment by a code, for a request or of a schedule: what it answered, so that the next try answers it too. */
function orderedBy({ initiation }: PaymentView): RequestedPayment {
  const claim = initiation && claimOf({ initiation: initiation as InitiationInput })
  if (claim) return { isFixed: true, initiation: { origin: claim } }
  if (!initiation || !['qr', 'picture', 'intent'].includes(initiation.origin.kind)) return {}
  return {
    initiation: initiation as InitiationInput,
    ...(initiation.reference === undefined ? {} : { isFixed: true }),
  }
}

/** Why a payment failed, in the language of the app. */
export function failureText(
  { code, reason }: Pick<NonNullable<PaymentView['failure']>, 'code' | 'reason'>,
  language: Language,
): string {
  return reasonText(reason, code, language)
}

// Whom somebody means by what is typed or pasted.
import type { OrderRefusal, PaymentOrder } from '@bahi/contracts/codes/payment-order.ts'
import { readCode } from '@bahi/contracts/codes/read-code.ts'
import { asciiDigits, withoutInvisible } from '@bahi/contracts/digits.ts'
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { isMobile, numberFault, numberIn, numberRules } from '@bahi/contracts/number-rules.ts'
import { mayBecomePhone, parsePhone } from '@bahi/contracts/phone.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'

/** What is typed so far: nothing, something that may become a payee, a UPI ID, a number, a link, or none of these. */
export type ParsedPayee =
  | { is: 'empty' | 'typing' | 'wrong' }
  | { is: 'payee'; vpa: string }
  /** A phone (`+91…`), or a UPI number of 8 to 9 digits. */
  | { is: 'number'; number: string }
  | { is: 'order'; order: PaymentOrder }
  | { is: 'mandate' }
  | { is: 'refused'; reason: OrderRefusal }

export function parsePayee(typed: string): ParsedPayee {
  const text = normaliseVpa(withoutInvisible(typed))
  if (text === '') return { is: 'empty' }
  if (/^upi:/.test(text)) {
    const code = readCode(typed)
    if (code.kind === 'mandate') return { is: 'mandate' }
    return code.kind === 'pay'
      ? { is: 'order', order: code.order }
      : { is: 'refused', reason: code.kind === 'refused' ? code.reason : 'kind' }
  }
  const named = numberIn(text)
  if (named !== undefined) return typedNumber(named)
  if (text.includes('@')) {
    if (splitVpa(text)) return { is: 'payee', vpa: text }
    return /^[a-z0-9][a-z0-9._-]*@([a-z][a-z0-9.]*)?$/.test(text) ? { is: 'typing' } : { is: 'wrong' }
  }
  const phone = parsePhone(text)
  if (phone !== undefined) return { is: 'number', number: phone }
  const digits = asciiDigits(text)
  if (/^[0-9]+$/.test(digits)) return typedNumber(digits)
  if (!/\p{L}/u.test(text)) return { is: mayBecomePhone(text) ? 'typing' : 'wrong' }
  // A name may be meant: the list beneath is searched by it.
  return { is: 'typing' }
}

function typedNumber(text: string): ParsedPayee {
  const rules = rulesAt(numberRules, new Date(serverNow()))
  if (isMobile(text)) return { is: 'number', number: `+91${text}` }
  if (numberFault(text, rules) === undefined) return { is: 'number', number: text }
  return { is: text.length < rules.minDigits || mayBecomePhone(text) ? 'typing' : 'wrong' }
}

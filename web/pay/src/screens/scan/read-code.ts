// Reads the text of a scanned code: a payment order, or why it is none. The name in a code proves nothing: not read.
import { maxAmountPaise, normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { readEmvCode } from './emv-code.ts'
import {
  linkFields,
  type CodeFault,
  type CodeFields,
  type LinkField,
  type PaymentOrder,
} from './payment-order.ts'

export type Scanned =
  | { kind: 'pay'; order: PaymentOrder }
  | { kind: 'broken'; fault: CodeFault }
  | { kind: 'mandate' }
  /** Another upi:// address: a request to collect, something new. */
  | { kind: 'other-upi' }
  | { kind: 'web'; host: string }
  | { kind: 'no-payment' }

const maxLength = 2_048
const maxNote = 50
/** With two of one of these, two apps could pay two different things. */
const onlyOnce: LinkField[] = ['pa', 'am', 'mam', 'cu', 'sign']

const broken = (fault: CodeFault): Scanned => ({ kind: 'broken', fault })

export function readCode(scanned: string): Scanned {
  const text = scanned.trim()
  if (text === '' || text.length > maxLength) return { kind: 'no-payment' }
  if (/^0002\d\d/.test(text)) {
    const found = readEmvCode(text)
    return typeof found === 'string' ? broken(found) : orderOf(found)
  }
  const link = /^upi:(?:\/\/)?([a-z]*)\/?(?:\?([^#]*))?(?:#.*)?$/i.exec(text)
  if (link) return readLink(link[1]!.toLowerCase(), link[2] ?? '')
  if (/^https?:/i.test(text) && URL.canParse(text)) return { kind: 'web', host: new URL(text).host }
  // Nothing but a UPI ID; a dot behind the @ makes it an e-mail address.
  if (splitVpa(text)?.handle.includes('.') === false) return orderOf({ pa: text })
  return { kind: 'no-payment' }
}

function readLink(what: string, query: string): Scanned {
  if (what === 'mandate') return { kind: 'mandate' }
  if (what !== 'pay') return { kind: 'other-upi' }
  const given = new Map<LinkField, string>()
  const pairs = query.split('&').filter((pair) => pair !== '')
  for (const [at, pair] of pairs.entries()) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals).toLowerCase()
    const key = linkFields.find((one) => one === name)
    if (equals < 0 || !key) continue
    if (given.has(key)) {
      if (onlyOnce.includes(key)) return broken('twice')
      continue
    }
    // What stands behind the signature is not signed.
    if (key === 'sign' && at !== pairs.length - 1) return broken('signature')
    const value = decodedOnce(pair.slice(equals + 1), key)
    if (value === undefined) return broken(key === 'pa' ? 'address' : 'damaged')
    given.set(key, value)
  }
  return orderOf(Object.fromEntries(given))
}

/** Percent signs are resolved once; in a note a plus is a space, and what can't be resolved stays as it is. */
function decodedOnce(raw: string, key: LinkField): string | undefined {
  const text = key === 'tn' ? raw.replaceAll('+', ' ') : raw
  try {
    return decodeURIComponent(text)
  } catch {
    return key === 'tn' || key === 'sign' ? text : undefined
  }
}

function orderOf(given: CodeFields): Scanned {
  const vpa = normaliseVpa(given.pa ?? '')
  if (!splitVpa(vpa)) return broken('address')
  if (isThere(given.cu) && given.cu.trim().toUpperCase() !== 'INR') return broken('currency')
  const amountPaise = paiseOf(given.am)
  const minPaise = paiseOf(given.mam)
  if (Number.isNaN(amountPaise) || Number.isNaN(minPaise)) return broken('amount')
  const note = noteOf(given.tn)
  return {
    kind: 'pay',
    order: {
      vpa,
      ...(amountPaise === undefined ? {} : { amountPaise }),
      ...(minPaise === undefined || minPaise === amountPaise ? {} : { minPaise }),
      ...(note === '' ? {} : { note }),
    },
  }
}

/** Some apps write `null` for what they don't know. */
function isThere(value: string | undefined): value is string {
  return value !== undefined && !/^\s*(null|undefined)?\s*$/i.test(value)
}

/** `250`, `250.5`, `250.50` → paise; nothing and zero leave the amount open; NaN is no amount. */
function paiseOf(text: string | undefined): number | undefined {
  if (!isThere(text)) return undefined
  const found = /^(\d{1,13})(?:\.(\d{0,2})0*)?$/.exec(text.trim())
  if (!found) return Number.NaN
  const paise = Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'))
  if (paise > maxAmountPaise) return Number.NaN
  return paise === 0 ? undefined : paise
}

/** Without what no note may hold: controls, halves of characters, marks that turn the direction of a text. */
function noteOf(text: string | undefined): string {
  if (!isThere(text)) return ''
  const clean = text.replaceAll(/[\p{Cc}\p{Cs}\u2028-\u202E\u2066-\u2069]+/gu, ' ').trim()
  let note = ''
  for (const character of clean) {
    if (note.length + character.length > maxNote) break
    note += character
  }
  return note.trim()
}

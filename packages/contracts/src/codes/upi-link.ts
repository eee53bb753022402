// UPI links, `upi://pay?pa=…`, as QR codes and other apps hold them: read into their parameters, and written.
import { withoutInvisible } from '../digits.ts'
import { decimalPaise, decimalRupees } from '../rupees.ts'
import {
  orderOf,
  orderParameters,
  type OrderParameters,
  type OrderRefusal,
  type PaymentOrder,
} from './payment-order.ts'

/** All parameters of which a second, different one is a contradiction; of two notes the first counts. */
const repeatable = ['tn']
/** Parameters in which people write. */
const texts = ['tn', 'mn']
const amounts = ['am', 'mam', 'fam']

/** `pay`, `mandate`, … and what follows the question mark; undefined for what is no UPI link at all. */
export function splitUpiLink(text: string): { action: string; query: string } | undefined {
  // No fragment: a `#` belongs to what it stands in, such as a note.
  const [, action, query] = /^upi:(?:\/\/)?\s*([a-z]*)\/?\s*(?:\?(.*))?$/is.exec(text) ?? []
  return action === undefined ? undefined : { action: action.toLowerCase(), query: query ?? '' }
}

/**
 * The parameters of a link, decoded once. Blanks around them and `&amp;` for `&` come from texts that a link was
 * copied through; the same thing twice says it once; something else the second time is refused.
 */
export function parametersIn<Name extends string>(
  query: string,
  known: readonly Name[],
): Partial<Record<Name, string>> | OrderRefusal {
  const given: Partial<Record<Name, string>> = {}
  const pairs = query.split(/&(?:amp;|#38;|#x26;)*/i).filter((pair) => pair.trim() !== '')
  for (const [at, pair] of pairs.entries()) {
    const equals = pair.indexOf('=')
    const name = nameOf(equals < 0 ? pair : pair.slice(0, equals))
    // It is meant, and would be left out.
    if (hidesParameter(name, known)) return 'damaged'
    // What stands behind the signature is not signed.
    if (name === 'sign' && at !== pairs.length - 1) return 'signature'
    const key = parameterOf(name, known)
    if (!key) continue
    const value = equals < 0 ? '' : decodedOnce(pair.slice(equals + 1), key)
    if (value === undefined) return key === 'pa' ? 'address' : 'damaged'
    const before = given[key]
    if (before === undefined) given[key] = value
    else if (!repeatable.includes(key) && !isSame(key, before, value)) return 'twice'
  }
  return given
}

/** Those of an order to pay. */
export const readParameters = (query: string): OrderParameters | OrderRefusal =>
  parametersIn(query, orderParameters)

/** The messages of the network call it `expireTs`, and so do some links. */
function parameterOf<Name extends string>(name: string, known: readonly Name[]): Name | undefined {
  const usual = name === 'expirets' ? 'qrexpire' : name
  return known.find((one) => one === usual)
}

function isSame(key: string, one: string, other: string): boolean {
  if (one === other) return true
  if (amounts.includes(key)) {
    const paise = decimalPaise(one)
    return paise !== undefined && paise === decimalPaise(other)
  }
  return key !== 'tr' && key !== 'url' && one.toLowerCase() === other.toLowerCase()
}

/** Decoded, in small letters; empty for `=2`, which names nothing. */
function nameOf(raw: string): string {
  const clean = (text: string) => withoutInvisible(text).trim().toLowerCase()
  try {
    return clean(decodeURIComponent(raw))
  } catch {
    return clean(raw)
  }
}

/** `?am`, `am:5`: a parameter within what is no name. */
function hidesParameter(name: string, known: readonly string[]): boolean {
  const parts = name.split(/[^a-z0-9._-]+/)
  return parts.length > 1 && parts.some((part) => known.includes(part))
}

/** Percent signs are resolved once; in a note a plus is a space, and what can't be resolved stays as it is. */
function decodedOnce(raw: string, key: string): string | undefined {
  const isText = texts.includes(key)
  const text = isText ? raw.replaceAll('+', ' ') : raw
  try {
    const decoded = decodeURIComponent(text)
    return isText ? decoded : decoded.trim()
  } catch {
    return isText ? text : undefined
  }
}

/** What a link is written from: an order, and the payee's name for the apps that show it before they ask. */
export type LinkContent = Omit<PaymentOrder, 'initiation'> &
  Partial<Pick<PaymentOrder, 'initiation'>> & { name?: string }

/**
 * `upi://pay?pa=asha@bahi&pn=Asha%20Rao&am=250.00&cu=INR`: spaces as %20, nothing that isn't known. Throws a
 * `RangeError` where a reader would refuse the link, or read less or more than the order says.
 */
export function upiLink({ name, ...order }: LinkContent): string {
  const parameters = linkParameters(order)
  const { pa, am, mam, ...rest } = parameters
  const read = orderOf(parameters, '01')
  const fault = typeof read === 'string' ? read : notAsOrdered(order, read)
  if (fault !== undefined) throw new RangeError(`no link can say this: ${fault}`)
  return `upi://pay?${writeParameters({ pa, pn: shownName(name), am, mam, cu: 'INR', ...rest })}`
}

/** What other apps show of a payee before they ask who it is; nothing instead of an empty name. */
export const shownName = (name: string | undefined): string | undefined => name?.trim() || undefined

/** The first part of the order that is read as something else: a note that is cut, an address that is left out. */
function notAsOrdered(order: Omit<LinkContent, 'name'>, read: PaymentOrder): string | undefined {
  const keys = ['amountPaise', 'note', 'expiresAt'] as const
  const { infoUrl } = order.initiation ?? {}
  if (infoUrl !== undefined && infoUrl !== read.initiation.infoUrl) return 'infoUrl'
  return keys.find((key) => order[key] !== undefined && order[key] !== read[key])
}

/** The parameters that say the same as an order. */
export function linkParameters(order: Omit<LinkContent, 'name'>): OrderParameters & { pa: string } {
  const { vpa, amountPaise, minPaise, note, expiresAt, initiation } = order
  const { mode, purpose, reference, infoUrl, mcc } = initiation ?? {}
  return {
    pa: vpa,
    ...(amountPaise === undefined ? {} : { am: decimalRupees(amountPaise) }),
    ...(minPaise === undefined ? {} : { mam: decimalRupees(minPaise) }),
    ...(note === undefined ? {} : { tn: note }),
    ...(reference === undefined ? {} : { tr: reference }),
    ...(mcc === undefined || mcc === '0000' ? {} : { mc: mcc }),
    ...(mode === undefined || mode === '00' ? {} : { mode }),
    ...(purpose === undefined || purpose === '00' ? {} : { purpose }),
    ...(infoUrl === undefined ? {} : { url: infoUrl }),
    ...(expiresAt === undefined ? {} : { qrexpire: expiresAt }),
  }
}

/** `pa=asha@bahi&am=250.00`: parameters as a query that `readParameters` reads. */
export function writeParameters(parameters: Record<string, string | undefined>): string {
  return (
    Object.entries(parameters)
      .filter((pair): pair is [string, string] => pair[1] !== undefined)
      // The @ stands as it is: some apps look for it before they decode.
      .map(([key, value]) => `${spelling(key)}=${encodeURIComponent(value).replaceAll('%40', '@')}`)
      .join('&')
  )
}

/** Other apps may tell capitals apart. */
const spellings = new Map([
  ['qrexpire', 'QRexpire'],
  ['txntype', 'txnType'],
])
const spelling = (key: string) => spellings.get(key) ?? key

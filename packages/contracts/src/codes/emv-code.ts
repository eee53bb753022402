// Merchant codes of the card networks (EMV merchant-presented mode, BharatQR): fields of tag, length and value, of
// which some hold an address of UPI. Read into the parameters of a link, and written.
import { luhnDigit } from '../card.ts'
import { accountVpa, AccountNumber } from '../formats.ts'
import { decimalRupees } from '../rupees.ts'
import { codeText } from './code-text.ts'
import { orderOf, type OrderParameters, type OrderRefusal, type PaymentOrder } from './payment-order.ts'

/** By this in their first part the fields are known that belong to UPI. */
const upiRid = 'A000000524'
/** Accounts of a merchant are in any of these, each with its scheme's id. BharatQR has UPI in 26, its order in 27. */
const accountFields = Array.from({ length: 26 }, (_, i) => String(26 + i))
/** BharatQR's Aadhaar number, at which UPI pays nobody any more (U95). */
const aadhaarField = '28'
/**
 * BharatQR's merchant card number at NPCI (six digits of the acquirer, 0, eight of the merchant, one to check), which
 * RuPay pays and UPI does not; and an account as IFSC and number. Neither is looked at beside a UPI ID.
 */
const [npciCardField, accountField] = ['06', '08']
const rupee = '356'

/** What it orders, in the words of a link; or why that can't be paid. */
export function readEmvCode(text: string): OrderParameters | OrderRefusal {
  if (!hasValidChecksum(text)) return 'damaged'
  const fields = fieldsOf(text)
  if (!fields) return 'damaged'
  const upi = upiOf(fields)
  if (typeof upi === 'string') return upi
  if (!upi.isUpi) return withoutUpi(fields)
  return upi.found.pa === undefined ? 'address' : orderedBy(fields, upi.found)
}

/** An account by its branch and number, and what is ordered there; the number is in no UPI ID of it. */
export type EmvAccount = { ifsc: string; accountNumber: string; order: Omit<PaymentOrder, 'vpa'> }

/** The account of a merchant code that names nothing else (`account-only`); undefined when UPI can't pay it. */
export function emvAccountIn(scanned: string): EmvAccount | undefined {
  const text = codeText(scanned)
  if (readEmvCode(text) !== 'account-only') return undefined
  const fields = fieldsOf(text)!
  const account = fields.get(accountField)!
  const [ifsc, accountNumber] = [account.slice(0, 11), account.slice(11)]
  const { pattern } = AccountNumber as object as { pattern: string }
  if (!new RegExp(pattern).test(accountNumber)) return undefined
  const upi = upiOf(fields)
  const ordered = typeof upi === 'string' ? upi : orderedBy(fields, upi.found)
  if (typeof ordered === 'string') return undefined
  const order = orderOf({ ...ordered, pa: accountVpa({ ifsc, accountRef: accountNumber }) }, '03')
  if (typeof order === 'string') return undefined
  const { vpa: _, ...rest } = order
  return { ifsc, accountNumber, order: rest }
}

/** What is ordered, whomever it is for. */
function orderedBy(fields: Map<string, string>, upi: OrderParameters): OrderParameters | OrderRefusal {
  const currency = fields.get('53')
  if (currency !== undefined && currency !== rupee) return 'currency'
  // `01` lets the payer add a tip; every other one adds something to the amount that UPI does not send.
  const fee = fields.get('55')
  if ((fee !== undefined && fee !== '01') || fields.has('56') || fields.has('57')) return 'fee'
  const reference = upi.tr ?? fieldsOf(fields.get('62') ?? '')?.get('05')
  const [am, mc] = [fields.get('54'), fields.get('52')]
  return {
    ...upi,
    ...(am === undefined ? {} : { am }),
    ...(mc === undefined ? {} : { mc }),
    ...(reference === undefined || reference === '***' ? {} : { tr: reference }),
  }
}

/** The UPI ID with its least amount, and the order, in whichever fields. `isUpi`: there is a field for the ID. */
function upiOf(fields: Map<string, string>): { found: OrderParameters; isUpi: boolean } | OrderRefusal {
  const found: OrderParameters = {}
  const put = (key: 'pa' | 'mam' | 'tr' | 'url', value: string | undefined) => {
    if (value === undefined) return true
    const before = (found[key] ??= value)
    return before === value
  }
  let isUpi = false
  for (const tag of accountFields) {
    const parts = fieldsOf(fields.get(tag) ?? '')
    if (!parts) return 'damaged'
    if (parts.get('00')?.toUpperCase() !== upiRid) continue
    const first = parts.get('01')
    const isAddress = first?.includes('@') === true
    isUpi ||= isAddress || tag === '26'
    const isOnce = isAddress
      ? put('pa', first) && put('mam', parts.get('02'))
      : tag === '26' || tag === aadhaarField || (put('tr', first) && put('url', parts.get('02')))
    if (!isOnce) return 'twice'
  }
  return { found, isUpi }
}

/** Why a code without an address of UPI can't be paid by UPI: what it names instead. */
function withoutUpi(fields: Map<string, string>): OrderRefusal {
  const account = fields.get(accountField)
  if (account !== undefined)
    return /^[A-Z]{4}0[A-Z0-9]{6}[0-9]{1,26}$/.test(account) ? 'account-only' : 'damaged'
  const card = fields.get(npciCardField)
  return card !== undefined && !isNpciCard(card) ? 'damaged' : 'no-upi'
}

/** By its form and its last digit (Luhn). */
function isNpciCard(card: string): boolean {
  return /^[0-9]{6}0[0-9]{9}$/.test(card) && luhnDigit(card.slice(0, -1)) === card.at(-1)
}

/** Undefined when the lengths don't come out even, or a field is there twice. */
function fieldsOf(text: string): Map<string, string> | undefined {
  const fields = new Map<string, string>()
  for (let rest = text; rest !== '';) {
    const [, tag, size] = /^(\d\d)(\d\d)/.exec(rest) ?? []
    const end = 4 + Number(size)
    if (tag === undefined || rest.length < end || fields.has(tag)) return undefined
    fields.set(tag, rest.slice(4, end))
    rest = rest.slice(end)
  }
  return fields
}

/** What a merchant code can say; its mode is 03, it ends at no moment, and it has no note. */
export type EmvContent = {
  vpa: string
  amountPaise?: number
  minPaise?: number
  /** `tr`: 4 to 35 characters. */
  reference?: string
  infoUrl?: string
  /** Merchant category, ISO 18245. */
  mcc: string
  /** Shown by other apps; Latin letters, what does not fit is left out. */
  name: string
  city: string
  postalCode?: string
}

/** Most characters (BharatQR 4.0). */
const most = { vpa: 50, infoUrl: 26, name: 23, city: 15, postalCode: 10 }

/** A merchant code as `readEmvCode` reads it. Throws a `RangeError` for what it can't say. */
export function emvCode(content: EmvContent): string {
  const { vpa, amountPaise, minPaise, reference, infoUrl, mcc, postalCode } = content
  if (vpa.length > most.vpa) throw new RangeError('the UPI ID is too long for a merchant code')
  if (infoUrl !== undefined && infoUrl.length > most.infoUrl) throw new RangeError('the address is too long')
  const upi = (first: string | undefined, second: string | undefined) =>
    written({ '00': upiRid, '01': first, '02': second })
  const hasOrder = reference !== undefined || infoUrl !== undefined
  const body = written({
    ...{ '00': '01', '01': amountPaise === undefined ? '11' : '12' },
    '26': upi(vpa, minPaise === undefined ? undefined : decimalRupees(minPaise)),
    '27': hasOrder ? upi(reference, infoUrl) : undefined,
    ...{ '52': mcc, '53': rupee },
    '54': amountPaise === undefined ? undefined : decimalRupees(amountPaise),
    ...{ '58': 'IN', '59': latin(content.name, most.name), '60': latin(content.city, most.city) },
    '61': postalCode?.slice(0, most.postalCode),
  })
  const code = `${body}6304`
  const whole = code + crc16(code)
  const read = readEmvCode(whole)
  const fault = typeof read === 'string' ? read : orderOf(read, '03')
  if (typeof fault === 'string') throw new RangeError(`no merchant code can say this: ${fault}`)
  return whole
}

/** In the order of their tags, each with its length; without those that aren't there. */
function written(fields: Record<string, string | undefined>): string {
  return Object.entries(fields)
    .filter((field): field is [string, string] => field[1] !== undefined)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([tag, value]) => tag + String(value.length).padStart(2, '0') + value)
    .join('')
}

/** A field must not be empty: without any Latin letter it is a mark that says nothing. */
function latin(text: string, length: number): string {
  const plain = text.normalize('NFD').replaceAll(/[^ -~]/g, '')
  return plain.trim().slice(0, length).trim() || '-'
}

/** The last field is the sum over everything before its value. */
function hasValidChecksum(text: string): boolean {
  const [, body, sum] = /^(.*6304)([0-9a-f]{4})$/is.exec(text) ?? []
  return body !== undefined && crc16(body) === sum?.toUpperCase()
}

/** CRC-16 with polynomial 1021 from FFFF: `29B1` for `123456789`. */
export function crc16(text: string): string {
  let crc = 0xffff
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
    crc &= 0xffff
  }
  return crc.toString(16).toUpperCase().padStart(4, '0')
}

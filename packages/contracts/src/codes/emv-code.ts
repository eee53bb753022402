// Merchant codes of the card networks (EMV merchant-presented mode, BharatQR): fields of tag, length and value, of
// which some hold an address of UPI.
import type { OrderParameters, OrderRefusal } from './payment-order.ts'

/** By this in their first part the fields are known that belong to UPI. */
const upiRid = 'A000000524'
/** Accounts of a merchant are in any of these, each with its scheme's id. BharatQR has UPI in 26, its order in 27. */
const accountFields = Array.from({ length: 26 }, (_, i) => String(26 + i))
/** BharatQR's Aadhaar number, at which UPI pays nobody any more (U95). */
const aadhaarField = '28'
const rupee = '356'

/** What it orders, in the words of a link; or why that can't be paid. */
export function readEmvCode(text: string): OrderParameters | OrderRefusal {
  if (!hasValidChecksum(text)) return 'damaged'
  const fields = fieldsOf(text)
  if (!fields) return 'damaged'
  const upi = upiOf(fields)
  if (typeof upi === 'string') return upi
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

/** The UPI ID with its least amount, and the order: in whichever fields they stand. */
function upiOf(fields: Map<string, string>): OrderParameters | OrderRefusal {
  const found: OrderParameters = {}
  const put = (key: 'pa' | 'mam' | 'tr', value: string | undefined) => {
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
      : tag === '26' || tag === aadhaarField || put('tr', first)
    if (!isOnce) return 'twice'
  }
  if (!isUpi) return 'no-upi'
  return found.pa === undefined ? 'address' : found
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

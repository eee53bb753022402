// Merchant codes of the card networks (EMV): fields of tag, length and value, of which one may hold a UPI ID.
import type { CodeFault, CodeFields } from './payment-order.ts'

/** By this the field that belongs to UPI is known. */
const upiRid = 'A000000524'
const upiField = '26'
const rupee = '356'

/** What it orders, in the words of a link; or what is wrong with it. */
export function readEmvCode(text: string): CodeFields | CodeFault {
  if (!hasValidChecksum(text)) return 'damaged'
  const fields = fieldsOf(text)
  if (!fields) return 'damaged'
  const upi = fieldsOf(fields.get(upiField) ?? '')
  if (!upi || upi.get('00')?.toUpperCase() !== upiRid) return 'no-upi'
  const currency = fields.get('53')
  if (currency !== undefined && currency !== rupee) return 'currency'
  const [pa, am, mam] = [upi.get('01'), fields.get('54'), upi.get('02')]
  if (pa === undefined) return 'address'
  return { pa, ...(am === undefined ? {} : { am }), ...(mam === undefined ? {} : { mam }) }
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

// Which UPI IDs are issued here, and suggestions from a person's name.
import { splitVpa } from '@bahi/contracts/formats.ts'

const minName = 3
const maxName = 50
/** Starts and ends with a letter or digit; no two marks in a row. */
const namePattern = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/

/** Words that would make a person look like the bank, the network or an authority, anywhere in a name. */
const reserved = new Set([
  ...['admin', 'administrator', 'root', 'system', 'security', 'official', 'staff', 'operator', 'auditor'],
  ...['bahi', 'bank', 'treasury', 'upi', 'npci', 'rbi', 'bhim', 'ifsc', 'kyc', 'gov', 'govt', 'police'],
  ...['support', 'help', 'helpdesk', 'care', 'customercare', 'service', 'refund', 'refunds', 'cashback'],
  ...['verify', 'verification', 'alert', 'alerts', 'noreply', 'merchant', 'settlement'],
])

/** @param vpa normalised */
export function refusalOf(vpa: string, handle: string): { why: string; reserved: boolean } | undefined {
  const parts = splitVpa(vpa)
  if (parts?.handle !== handle) return { why: `UPI IDs issued here end in @${handle}`, reserved: false }
  const { name } = parts
  if (name.length < minName || name.length > maxName) {
    return { why: `the part before the @ has ${minName} to ${maxName} characters`, reserved: false }
  }
  if (!namePattern.test(name)) {
    const why = 'the part before the @ has letters and digits, with single . _ - between them'
    return { why, reserved: false }
  }
  return isReserved(name) ? { why: 'this UPI ID is reserved', reserved: true } : undefined
}

function isReserved(name: string): boolean {
  return name.split(/[._-]/).some((part) => reserved.has(part))
}

/** UPI IDs that look like this person, the best first; each could be issued if it is free. */
export function candidatesOf(name: string, phone: string, handle: string): string[] {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .split(/[\s.-]+/)
    .map((word) => word.replaceAll(/[^a-z]/g, ''))
    .filter((word) => word !== '')
    .map((word) => word.slice(0, 20))
  const first = words[0] ?? ''
  const last = words.length > 1 ? words.at(-1)! : ''
  const number = phone.slice(-10)
  const full = last === '' ? [] : [`${first}.${last}`]
  const names = [
    ...[first, ...full, number],
    ...(last === '' ? [] : [`${first}${last}`, `${first}${last[0]}`, `${last}.${first}`]),
    ...(first === '' ? [] : [`${first}${number.slice(-2)}`, `${first}.${number.slice(-4)}`]),
    ...full.map((name) => `${name}${number.slice(-2)}`),
  ]
  return [...new Set(names)]
    .map((local) => `${local}@${handle}`)
    .filter((vpa) => refusalOf(vpa, handle) === undefined)
}

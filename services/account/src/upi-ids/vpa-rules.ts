// Which UPI IDs are issued here, and suggestions from a person's name.
import { splitVpa } from '@bahi/contracts/formats.ts'
import { isReservedName } from './reserved-names.ts'

const minName = 3
const maxName = 50
/** Starts and ends with a letter or digit; no two marks in a row. */
const namePattern = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/

/** `taken`: not for this person; else it is no UPI ID that could be issued. */
export type VpaRefusal = { why: string; taken: boolean }

/** @param vpa normalised @param phone proven by the person who wants it */
export function refusalOf(vpa: string, handle: string, phone: string): VpaRefusal | undefined {
  const parts = splitVpa(vpa)
  if (parts?.handle !== handle) return { why: `UPI IDs issued here end in @${handle}`, taken: false }
  const { name } = parts
  if (name.length < minName || name.length > maxName) {
    return { why: `the part before the @ has ${minName} to ${maxName} characters`, taken: false }
  }
  if (!namePattern.test(name)) {
    const why = 'the part before the @ has letters and digits, with single . _ - between them'
    return { why, taken: false }
  }
  if (isNumber(name) && !isOwnNumber(name, phone)) {
    return { why: 'a number can only be the phone number that you have proven', taken: true }
  }
  return isReservedName(name) ? { why: 'this UPI ID is reserved', taken: true } : undefined
}

/** Digits and marks only, or something that reads like a phone number: then it is for the person with this phone. */
export function isNumber(name: string): boolean {
  const text = name.replace(/[._-]/g, '')
  const digits = text.replace(/o/g, '0').replace(/[il]/g, '1')
  const run = /[0-9]{10,}/.exec(digits)
  const isRead = run && /(?:[0-9].*){5}/.test(text.slice(run.index, run.index + run[0].length))
  return /^[0-9]+$/.test(text) || Boolean(isRead)
}

/** Exactly the ten digits of the phone. */
export function isOwnNumber(name: string, phone: string): boolean {
  return name === phone.slice(-10)
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
    .filter((vpa) => refusalOf(vpa, handle, phone) === undefined)
}

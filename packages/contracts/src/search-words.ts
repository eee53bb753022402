// What a search looks for: the same words in the app, among the payments that it has, and in the service.
import { asciiDigits } from './digits.ts'

const most = 8

/** Without the marks of an amount, in small letters; digits of every script as ASCII. At most eight. */
export function searchWords(text: string): string[] {
  const plain = asciiDigits(text).normalize('NFC').replaceAll(/[₹,]/gu, '')
  return plain.toLowerCase().split(/\s+/u).filter(Boolean).slice(0, most)
}

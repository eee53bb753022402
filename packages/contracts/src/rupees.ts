// Amounts of rupees as codes and people write them: one amount and nothing else, or none at all. Never a guess.
import { asciiDigits, withoutInvisible } from './digits.ts'
import { maxAmountPaise } from './formats.ts'

/**
 * `250`, `250.5`, `.50`, `250.5000` → paise, zero too; undefined for anything else. So codes and links write amounts:
 * no commas, no words, no exponents, nothing below a paisa.
 */
export function decimalPaise(text: string): number | undefined {
  const found = /^0*(\d{0,13})(?:\.(\d{0,2})0*)?$/.exec(asciiDigits(text).trim())
  if (!found || !/\d/.test(asciiDigits(text))) return undefined
  const paise = Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'))
  return paise > maxAmountPaise ? undefined : paise
}

/** `25000` → `250.00`: as codes write amounts, and `decimalPaise` reads them. */
export const decimalRupees = (paise: number): string => (paise / 100).toFixed(2)

const before = /^(?:₹|Rs\.?|INR|रु\.?|रू\.?|रुपये|रुपए)\s*/iu
const after = /\s*(?:\/[-–=]|₹|Rs\.?|INR|rupees|only|रु\.?|रुपये|रुपए|मात्र)$/iu
/** Commas stand where Indians put them, `12,34,567`, or others, `1,234,567`: `5,50` is no amount in India. */
const grouped = /^(?!0)(?:\d{1,2}(?:,\d{2})*,\d{3}|\d{1,3}(?:,\d{3})+)(?=\.|$)/

/**
 * `500`, `Rs. 500`, `₹1,23,456.50`, `INR 500/-`, `५००` → paise, zero too; undefined for what is not one amount:
 * `500-1000`, `5,50`, `1 lakh`, `1e3`.
 */
export function amountIn(pasted: string): number | undefined {
  let text = asciiDigits(withoutInvisible(pasted)).trim().replace(before, '')
  for (let left = ''; left !== text;) {
    left = text
    text = text.replace(after, '')
  }
  return decimalPaise(text.replace(grouped, (number) => number.replaceAll(',', '')))
}

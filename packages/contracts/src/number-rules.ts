// Rules of UPI numbers as dated data: which digits may be one, and how many a person may have.
import { splitVpa } from './formats.ts'

/** The handle of addresses that name a UPI number: `12345678@mapper.npci`. */
const mapperHandle = 'mapper.npci'

export type NumberRules = {
  effectiveFrom: string
  /** Digits of a number of one's own choice; the mobile has ten. */
  minDigits: number
  maxDigits: number
  /** So many of its last digits may not all be equal. */
  endingDigits: number
  perPerson: number
  /** New ones within 365 days: a number that was switched off is nobody else's. */
  perYear: number
}

/**
 * Newest last; a change is a new row with its date. The digits are NPCI's (npci.org.in/what-we-do/upi-number); how many
 * a person may have is what large apps allow.
 */
export const numberRules: readonly NumberRules[] = [
  {
    effectiveFrom: '2025-06-30T00:00:00+05:30',
    minDigits: 8,
    maxDigits: 9,
    endingDigits: 3,
    perPerson: 3,
    perYear: 10,
  },
]

export type NumberFault = 'length' | 'zero' | 'same' | 'ending'

const mobile = /^[6-9][0-9]{9}$/

/** Whether it is a mobile number, which only the person with that phone may have. */
export const isMobile = (number: string): boolean => mobile.test(number)

/** Why these digits are no UPI number; undefined: they are. */
export function numberFault(number: string, rules: NumberRules): NumberFault | undefined {
  if (isMobile(number)) return undefined
  const { minDigits, maxDigits, endingDigits } = rules
  if (!/^[0-9]+$/.test(number) || number.length < minDigits || number.length > maxDigits) return 'length'
  if (number.startsWith('0')) return 'zero'
  if (new Set(number).size === 1) return 'same'
  return new Set(number.slice(-endingDigits)).size === 1 ? 'ending' : undefined
}

/** `12345678@mapper.npci` */
export const numberVpa = (number: string): string => `${number}@${mapperHandle}`

/** The digits that such an address names; undefined for every other UPI ID. */
export function numberIn(vpa: string): string | undefined {
  const parts = splitVpa(vpa.toLowerCase())
  return parts?.handle === mapperHandle && /^[0-9]{1,10}$/.test(parts.name) ? parts.name : undefined
}

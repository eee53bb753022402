// What is written in a KYC form, and whether it can be true: the same checks in the app and at the service.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { PersonName } from './formats.ts'

/** Five letters, four digits, a letter (Income-tax Rules 114). The fourth letter says what kind of holder it is. */
const panPattern = /^[A-Z]{3}([ABCEFGHJLPT])[A-Z][0-9]{4}[A-Z]$/

/** As it is compared: upper case, no blanks. */
export const normalisePan = (typed: string): string => typed.replaceAll(/\s/g, '').toUpperCase()

/** Undefined for a person's PAN; else what is wrong: no PAN at all, or one of a company, trust or family. */
export function panFault(typed: string): 'malformed' | 'no-person' | undefined {
  const [, holder] = panPattern.exec(normalisePan(typed)) ?? []
  if (holder === undefined) return 'malformed'
  return holder === 'P' ? undefined : 'no-person'
}

/** `XXXXX1234F`: only who reviews it sees all of it. */
export const maskPan = (pan: string): string => 'XXXXX' + pan.slice(5)

// The tables of Verhoeff's check digit: the dihedral group of order 10, and the powers of its permutation.
const product = [
  ...['0123456789', '1234067895', '2340178956', '3401289567', '4012395678'],
  ...['5987604321', '6598710432', '7659821043', '8765932104', '9876543210'],
]
const permutation = [
  ...['0123456789', '1576283094', '5803796142', '8916043527'],
  ...['9453126870', '4286573901', '2793806415', '7046913258'],
]

/** Whether the last digit is the check digit of those before it (Verhoeff, 1969). */
export function hasVerhoeffCheck(digits: string): boolean {
  const sum = [...digits]
    .reverse()
    .reduce((at, digit, i) => Number(product[at]![Number(permutation[i % 8]![Number(digit)])]), 0)
  return sum === 0
}

/** Twelve digits, the first from 2 to 9, with a check digit (UIDAI). Blanks between groups are taken. */
export function isAadhaar(typed: string): boolean {
  const digits = typed.replaceAll(/[\s-]/g, '')
  return /^[2-9][0-9]{11}$/.test(digits) && hasVerhoeffCheck(digits)
}

/** All of it that is ever stored or shown. */
export const aadhaarLast4 = (typed: string): string => typed.replaceAll(/[\s-]/g, '').slice(-4)

/** By their code in ISO 3166-2:IN, with the first two digits of their pin codes (India Post). */
const postal = {
  AN: '74',
  AP: '50 51 52 53',
  AR: '79',
  AS: '78',
  BR: '80 81 82 84 85',
  CG: '49',
  CH: '14 16',
  DH: '36 39',
  DL: '11',
  GA: '40',
  GJ: '36 37 38 39',
  HP: '17',
  HR: '12 13',
  JH: '81 82 83',
  JK: '18 19',
  KA: '53 56 57 58 59',
  KL: '67 68 69',
  LA: '19',
  LD: '68',
  MH: '40 41 42 43 44',
  ML: '79',
  MN: '79',
  MP: '45 46 47 48',
  MZ: '79',
  NL: '79',
  OD: '75 76 77',
  PB: '14 15 16',
  PY: '53 60 67',
  RJ: '30 31 32 33 34',
  SK: '73',
  TN: '60 61 62 63 64',
  TR: '79',
  TS: '50',
  UK: '24 26',
  UP: '20 21 22 23 24 25 26 27 28',
  WB: '70 71 72 73 74',
} as const
export type IndianState = keyof typeof postal
export const indianStates = Object.keys(postal) as IndianState[]

/** Of any state: those of the army post offices. */
const armyPost = /^9/

/** Whether a pin code lies in a state: six digits, of which the first two name a region. */
export function isPinCodeOf(pinCode: string, state: IndianState): boolean {
  if (!/^[1-9][0-9]{5}$/.test(pinCode)) return false
  return armyPost.test(pinCode) || postal[state].split(' ').includes(pinCode.slice(0, 2))
}

const lineSigns = "\\p{L}\\p{M}\\p{Nd}\\u200C\\u200D .,'’()&/#:+·-"

/** A line of an address, in any script. */
const Line = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: `^[${lineSigns}]*[\\p{L}\\p{Nd}][${lineSigns}]*$`,
  examples: ['12, Gandhi Road'],
})

export const KycAddress = Type.Object(
  {
    line1: Line,
    line2: Type.Optional(Line),
    city: Type.String({ ...Line, maxLength: 60, examples: ['Bengaluru'] }),
    state: Type.Enum(indianStates, {
      description: 'Code of ISO 3166-2:IN.',
      examples: ['KA'],
    }),
    pinCode: Type.String({ pattern: '^[1-9][0-9]{5}$', examples: ['560001'] }),
  },
  { additionalProperties: false },
)
export type KycAddress = Static<typeof KycAddress>

export const KycForm = Type.Object(
  {
    name: Type.String({ ...PersonName, description: 'As the PAN card has it, in any script of India.' }),
    bornOn: Type.String({
      pattern: '^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
      examples: ['1990-04-12'],
    }),
    pan: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z]{5}[0-9]{4}[A-Za-z]$',
        description: 'Left out: the one that is stored stays.',
        examples: ['ABCPR1234F'],
      }),
    ),
    aadhaar: Type.Optional(
      Type.String({
        pattern: '^[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}$',
        description: 'Checked, and all but its last four digits forgotten.',
        examples: ['2341 2341 2346'],
      }),
    ),
    address: Type.Optional(KycAddress),
  },
  { additionalProperties: false },
)
export type KycForm = Static<typeof KycForm>

export type KycFault = { field: string; message: string }

/** Years that somebody has lived on a day. */
export function ageOn(bornOn: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(bornOn.slice(0, 4))
  return day.slice(5) < bornOn.slice(5) ? years - 1 : years
}

/** What in a form cannot be true; empty when it may. The form of its schema is checked before. */
export function faultsOf(form: Partial<KycForm>, today: string, minimumAge: number): KycFault[] {
  const { pan, aadhaar, address, bornOn } = form
  const panIs = pan === undefined ? undefined : panFault(pan)
  const age = bornOn === undefined ? minimumAge : ageOn(bornOn, today)
  return [
    ...(panIs === 'malformed' ? [{ field: 'pan', message: 'is no PAN' }] : []),
    ...(panIs === 'no-person' ? [{ field: 'pan', message: 'is not the PAN of a person' }] : []),
    ...(aadhaar === undefined || isAadhaar(aadhaar)
      ? []
      : [{ field: 'aadhaar', message: 'is no Aadhaar number: its check digit is wrong' }]),
    ...(age < minimumAge || age > 120
      ? [{ field: 'bornOn', message: `must be between ${minimumAge} and 120 years ago` }]
      : []),
    ...(!address || isPinCodeOf(address.pinCode, address.state)
      ? []
      : [{ field: 'address/pinCode', message: 'does not lie in this state' }]),
  ]
}

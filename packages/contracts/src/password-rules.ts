// Which passwords are too easy to guess: judged in the app where one is typed, and again by auth. Loads a dictionary of
// 1 MB, so an app imports it where it is needed.
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import type { Language } from './formats.ts'

export const minPasswordLength = 8
/** PCI DSS 4.0.1, 8.3.6: twelve characters for who sees the data of others. */
export const minStaffPasswordLength = 12
const minDistinct = 4
/** What an attacker who knows the person needs at least, as a power of ten; eight random characters have 8. */
const minGuessesLog10 = 7.5
/** A shorter part of a name, such as an initial, may be in a good password. */
const minNamePart = 3
/**
 * Strangers choose what is estimated, and the time grows faster than its length: of a longer password the beginning has
 * to be good enough.
 */
const maxEstimated = 32

/** Words that everybody here thinks of first, beside those of the dictionary. */
const localWords = [
  ...[
    'bahi',
    'khata',
    'upi',
    'bhim',
    'npci',
    'rupee',
    'rupay',
    'paytm',
    'phonepe',
    'gpay',
    'googlepay',
    'bank',
    'wallet',
  ],
  ...[
    'india',
    'bharat',
    'hindustan',
    'mumbai',
    'delhi',
    'kolkata',
    'chennai',
    'bengaluru',
    'bangalore',
    'hyderabad',
  ],
  ...[
    'pune',
    'jaipur',
    'lucknow',
    'krishna',
    'ganesh',
    'shiva',
    'sairam',
    'jaihind',
    'cricket',
    'sachin',
    'dhoni',
  ],
]

const zxcvbn = new ZxcvbnFactory({
  dictionary,
  graphs: adjacencyGraphs,
  maxLength: maxEstimated,
  l33tMaxSubstitutions: 20,
})

export type Weakness = 'short' | 'short-for-staff' | 'repeats' | 'phone' | 'name' | 'common'

export const weaknessTexts: Readonly<Record<Weakness, Readonly<Record<Language, string>>>> = {
  short: {
    en: `it needs ${minPasswordLength} characters at least`,
    hi: `कम से कम ${minPasswordLength} अक्षर चाहिए`,
  },
  'short-for-staff': {
    en: `passwords of staff need ${minStaffPasswordLength} characters at least`,
    hi: `कर्मचारियों के पासवर्ड में कम से कम ${minStaffPasswordLength} अक्षर चाहिए`,
  },
  repeats: { en: 'it repeats a few characters', hi: 'कुछ ही अक्षर बार-बार आते हैं' },
  phone: { en: 'it holds your phone number', hi: 'इसमें आपका फ़ोन नंबर है' },
  name: { en: 'it is made of your name', hi: 'यह आपके नाम से बना है' },
  common: {
    en: 'it is one of the passwords that everybody tries first',
    hi: 'ऐसे पासवर्ड सब पहले आज़माते हैं',
  },
}

/** Unicode normalisation: two encodings of the same letters are one password. */
export function normalPassword(password: string): string {
  return password.normalize('NFKC')
}

/** Why the password is refused; undefined when it is accepted. `name` is empty where it is not known. */
export function weaknessOf(
  password: string,
  about: { phone: string; name: string; isStaff?: boolean },
): Weakness | undefined {
  const text = normalPassword(password).toLowerCase()
  const characters = [...text]
  const phone = digits(about.phone).slice(-10)
  const names = namesIn(about.name)
  if (characters.length < minPasswordLength) return 'short'
  if (about.isStaff && characters.length < minStaffPasswordLength) return 'short-for-staff'
  if (new Set(characters).size < minDistinct) return 'repeats'
  if (phone !== '' && digits(text).includes(phone)) return 'phone'
  if (names.includes(letters(text))) return 'name'
  if (localWords.includes(letters(text))) return 'common'
  const known = [...names, ...localWords, ...(phone === '' ? [] : [phone])]
  const forms = new Set([text, trimPunctuation(text)])
  const guessesLog10 = [...forms].map((one) => zxcvbn.check(one, known).guessesLog10)
  return Math.min(...guessesLog10) < minGuessesLog10 ? 'common' : undefined
}

/** Without leading and trailing punctuation. */
function trimPunctuation(text: string): string {
  return text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')
}

function digits(text: string): string {
  return text.replace(/[^0-9]/g, '')
}

function letters(text: string): string {
  return text.replace(/[^\p{L}\p{M}]/gu, '')
}

/** The whole name without spaces, in both orders, and its parts. */
function namesIn(name: string): string[] {
  const parts = normalPassword(name)
    .toLowerCase()
    .split(/[^\p{L}\p{M}]+/u)
  const whole = [parts.join(''), parts.toReversed().join('')]
  return [...whole, ...parts.filter((part) => part.length >= minNamePart)].filter((word) => word !== '')
}

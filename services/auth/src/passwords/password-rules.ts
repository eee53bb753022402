// Which passwords are too easy to guess: common ones, short patterns, the person's own phone and name.
import { dictionary } from '@zxcvbn-ts/language-common'

export const minPasswordLength = 8
const minDistinct = 4
/** A shorter part of a name, such as an initial, may be in a good password. */
const minNamePart = 3

const commonPasswords = new Set(
  Object.values(dictionary).flatMap((words) => words.map((word) => word.toLowerCase())),
)

/** Unicode normalisation: two encodings of the same letters are one password. */
export function normalPassword(password: string): string {
  return password.normalize('NFKC')
}

/** Why the password is refused, in words for the person; undefined when it is accepted. */
export function weakness(password: string, about: { phone: string; name: string }): string | undefined {
  const text = normalPassword(password).toLowerCase()
  const characters = [...text]
  if (characters.length < minPasswordLength) return `it needs ${minPasswordLength} characters at least`
  if (new Set(characters).size < minDistinct) return 'it repeats a few characters'
  if (commonPasswords.has(text) || commonPasswords.has(trimPunctuation(text)))
    return 'it is one of the passwords that everybody tries first'
  if (digits(text).includes(digits(about.phone).slice(-10))) return 'it holds your phone number'
  if (namesIn(about.name).includes(letters(text))) return 'it is made of your name'
  return undefined
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

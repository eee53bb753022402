// The words by which staff find a name, as keyed fingerprints, from which who has the database alone learns no word.
import type { Seal } from '@bahi/kit/crypto/seal.ts'
import { soundOf, wordsOf } from '../kyc/name-match.ts'

const context = 'user.name'
/** Of a beginning. Shorter ones would be shared by too many. */
const beginning = 4
/** Of one word at least that is searched by. */
const leastLetters = 3

const soundsOf = (name: string): string[] => wordsOf(name).map(soundOf)
const lettersOf = (word: string): string[] => [...word]
const fingerprint = (seal: Seal, text: string) => seal.fingerprint(text, context).toString('hex')

/** What a name is found by, in hex: each short word, and the beginning of each that is longer. */
export const tokensOfName = (seal: Seal, name: string): string[] =>
  [...new Set(soundsOf(name).map(keyOf))].map((key) => fingerprint(seal, key))

/** A short word as it is; of a longer one its beginning, marked as one. */
function keyOf(word: string): string {
  const letters = lettersOf(word)
  return letters.length < beginning ? word : `${letters.slice(0, beginning).join('')}*`
}

/** Initials alone would find everybody who has them. */
export const canSearch = (typed: string): boolean =>
  wordsOf(typed).some((word) => lettersOf(word).length >= leastLetters)

/** Whether each word that was typed is a word of the name, or the beginning of one when it is long enough. */
export function isNamed(name: string, typed: string): boolean {
  const words = soundsOf(name)
  return soundsOf(typed).every((one) =>
    words.some((word) => (lettersOf(one).length < beginning ? word === one : word.startsWith(one))),
  )
}

// The text for a refusal or a failure: what happened, and what the person can do.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Translate } from '../language/language.ts'
import type { TextKey } from '../language/en.ts'

/**
 * Our own text for the refusal, in the language of the app; without one its detail, which is written for people.
 * Where tries are counted, `problem.…-left` says how many there are, and `problem.…-none` that there are no more.
 */
export function problemText(error: unknown, t: Translate): string {
  if (!(error instanceof Problem)) return t('problem.unexpected')
  if (error.code === 'unavailable' && error.message === 'offline') return t('problem.offline')
  const { triesLeft } = error.extras
  const own = (ending = '') => t(`problem.${error.code}${ending}` as TextKey, { count: triesLeft ?? 0 })
  const counted = triesLeft === undefined ? '' : own(triesLeft === 0 ? '-none' : '-left')
  return counted || own() || error.message
}

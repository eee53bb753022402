// The text for a refusal or a failure: what happened, and what the person can do.
import { Problem } from '@bahi/contracts/problem.ts'
import { withReference } from '@bahi/web-ui/api/reference.ts'
import type { Translate } from '../language/language.ts'
import type { TextKey } from '../language/en.ts'

/**
 * Our own text for the refusal, in the language of the app; its detail is for developers.
 * Where tries are counted, `problem.…-left` says how many there are, and `problem.…-none` that there are no more.
 */
export function problemText(error: unknown, t: Translate): string {
  if (!(error instanceof Problem)) return t('problem.unexpected')
  if (error.code === 'unavailable' && error.message === 'offline') return t('problem.offline')
  // What staff wrote for people as they stopped it, in whatever language.
  if (error.code === 'payments-stopped' && error.message !== error.title)
    return `${t('problem.payments-stopped')} ${error.message}`
  const { triesLeft } = error.extras
  if (triesLeft === undefined) return withReference(t(`problem.${error.code}`), error, t)
  const counted = `problem.${error.code}-${triesLeft === 0 ? 'none' : 'left'}` as TextKey
  return t(counted, { count: triesLeft }) || t(`problem.${error.code}`)
}

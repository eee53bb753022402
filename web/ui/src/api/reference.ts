// What a person can tell support when we failed: the id of the request, by which its log and its trace are found.
import type { Problem } from '@bahi/contracts/problem.ts'
import type { UiTextKey } from '../language/en.ts'
import type { Translate } from '../language/translate.ts'

/** A refusal says itself what to do: it has none. */
export const withReference = (text: string, { status, instance: id }: Problem, t: Translate<UiTextKey>) =>
  status >= 500 && id !== undefined ? t('problem.reference', { text, id }) : text

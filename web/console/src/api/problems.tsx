// What a screen shows when a call failed or was refused.
import { Problem } from '@bahi/contracts/problem.ts'
import { withReference } from '@bahi/web-ui/api/reference.ts'
import { ErrorNote, ErrorState } from '@bahi/web-ui/components/states.tsx'
import type { TextKey } from '../language/en.ts'
import { useText, type Translate } from '../language/language.ts'

/** Our own text where there is one; else what the service says, which staff can use. */
function problemText(error: unknown, t: Translate): string {
  if (!(error instanceof Problem)) return t('problem.unexpected')
  if (error.code === 'unavailable' && error.message === 'offline') return t('problem.offline')
  const text = t(`problem.${error.code}` as TextKey) || t('problem.refused', { detail: error.message })
  return withReference(text, error, t)
}

/** In the place of what could not be loaded. */
export function ProblemState({ error, again }: { error: unknown; again?: () => void }) {
  return <ErrorState message={problemText(error, useText())} onRetry={again} />
}

/** A line in a form that says what was refused; nothing without an error. */
export function ProblemNote({ error }: { error: unknown }) {
  const t = useText()
  return error ? <ErrorNote message={problemText(error, t)} /> : null
}

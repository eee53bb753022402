// What a screen shows when a call failed or was refused, in the words of the problem.
import { ErrorNote, ErrorState } from '@bahi/web-ui/components/states.tsx'
import { useText } from '../language/language.ts'
import { problemText } from './problem-text.ts'

/** In the place of what could not be loaded. */
export function ProblemState({ error, again }: { error: unknown; again?: () => void }) {
  return <ErrorState message={problemText(error, useText())} onRetry={again} />
}

/** A line in a form that says what was refused; nothing without an error. */
export function ProblemNote({ error }: { error: unknown }) {
  const t = useText()
  return error ? <ErrorNote message={problemText(error, t)} /> : null
}

// What a screen shows when a call failed or was refused, in the words of the problem.
import { Problem } from '@bahi/contracts/problem.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Empty, ErrorNote, ErrorState } from '@bahi/web-ui/components/states.tsx'
import { useText } from '../language/language.ts'
import { problemText } from './problem-text.ts'

/** In the place of what could not be loaded. */
export function ProblemState({ error, again }: { error: unknown; again?: () => void }) {
  return <ErrorState message={problemText(error, useText())} onRetry={again} />
}

type NotThereProps = { error: unknown; again: () => void; title: string; to: string; text: string }

/** In the place of one thing of the person's: what does not exist leads to those that do. */
export function NotThere({ error, again, title, to, text }: NotThereProps) {
  if (!(error instanceof Problem) || !['not-found', 'request-invalid'].includes(error.code))
    return <ProblemState error={error} again={again} />
  return (
    <Empty icon="search" title={title}>
      <LinkButton to={to} look="quiet" replace>
        {text}
      </LinkButton>
    </Empty>
  )
}

/** A line in a form that says what was refused; nothing without an error. */
export function ProblemNote({ error }: { error: unknown }) {
  const t = useText()
  return error ? <ErrorNote message={problemText(error, t)} /> : null
}

// What was typed and not sent: there again for a while, when somebody was called away in the middle of it.
import { draftOf, dropDraft, keepDraft } from '../../storage/drafts.ts'

type Begun = { rupees: string; note: string }
type Draft = Begun & { vpa: string; atMs: number }

const form = 'pay'
/** Later nobody remembers what they had meant to pay. */
const goodForMs = 15 * 60_000

export function draftTo(vpa: string, nowMs = Date.now()): Begun {
  const draft = draftOf<Draft>(form)
  const isGood = draft?.vpa === vpa && draft.atMs > nowMs - goodForMs
  return isGood ? draft : { rupees: '', note: '' }
}

export const keepDraftTo = (vpa: string, begun: Begun) => keepDraft(form, { ...begun, vpa, atMs: Date.now() })

export const dropDraftTo = () => dropDraft(form)

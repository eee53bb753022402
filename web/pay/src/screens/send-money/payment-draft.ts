// What was typed and not sent: there again for a while, when somebody was called away in the middle of it.
import { readDraft, deleteDraft, saveDraft } from '../../storage/drafts.ts'

type DraftFields = { rupees: string; note: string }
type Draft = DraftFields & { vpa: string; atMs: number }

const form = 'pay'
/** Later nobody remembers what they had meant to pay. */
const maxAgeMs = 15 * 60_000

export function readPaymentDraft(vpa: string, nowMs = Date.now()): DraftFields {
  const draft = readDraft<Draft>(form)
  const isGood = draft?.vpa === vpa && draft.atMs > nowMs - maxAgeMs
  return isGood ? draft : { rupees: '', note: '' }
}

export const savePaymentDraft = (vpa: string, begun: DraftFields) =>
  saveDraft(form, { ...begun, vpa, atMs: Date.now() })

export const deletePaymentDraft = () => deleteDraft(form)

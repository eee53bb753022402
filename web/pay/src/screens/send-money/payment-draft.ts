// The draft of a payment: what was typed and not sent is there again for a while.
import { readDraft, deleteDraft, saveDraft } from '../../storage/drafts.ts'

type DraftFields = { rupees: string; note: string }
type Draft = DraftFields & { vpa: string; atMs: number }

const form = 'pay'
/** An older draft is more confusing than helpful. */
const maxAgeMs = 15 * 60_000

export function readPaymentDraft(vpa: string, nowMs = Date.now()): DraftFields {
  const draft = readDraft<Draft>(form)
  const isGood = draft?.vpa === vpa && draft.atMs > nowMs - maxAgeMs
  return isGood ? draft : { rupees: '', note: '' }
}

export const savePaymentDraft = (vpa: string, begun: DraftFields) =>
  saveDraft(form, { ...begun, vpa, atMs: Date.now() })

export const deletePaymentDraft = () => deleteDraft(form)

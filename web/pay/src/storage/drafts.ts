// Drafts of forms: stored on this device until they are sent or discarded. Never secrets.
import { create } from 'zustand'
import { storage } from './storage.ts'

const maxAgeMs = 7 * 86_400_000
const secrets = ['pin', 'password', 'otp', 'passcode']

type Draft = { atMs: number; value: Record<string, unknown> }

const useDrafts = create<{ drafts: Record<string, Draft> }>()(() => ({ drafts: {} }))
const name = 'drafts'

function store(drafts: Record<string, Draft>): void {
  useDrafts.setState({ drafts })
  void storage.write(name, drafts)
}

/** `keepDraft('pay', { to, amount, note })`: is read by `draftOf('pay')`, after a restart too. */
export function saveDraft(form: string, value: Record<string, unknown>, nowMs = Date.now()): void {
  const open = Object.fromEntries(Object.entries(value).filter(([field]) => !secrets.includes(field)))
  store({ ...useDrafts.getState().drafts, [form]: { atMs: nowMs, value: open } })
}

const draftOf = (drafts: Record<string, Draft>, form: string) =>
  Object.hasOwn(drafts, form) ? drafts[form] : undefined

const valueOf = <T>(draft: Draft | undefined, nowMs: number): T | undefined =>
  draft && draft.atMs > nowMs - maxAgeMs ? (draft.value as T) : undefined

export const readDraft = <T extends Record<string, unknown>>(form: string, nowMs = Date.now()) =>
  valueOf<T>(draftOf(useDrafts.getState().drafts, form), nowMs)

/** The same for a screen, which is drawn again when the draft changes. */
export const useDraft = <T extends Record<string, unknown>>(form: string): T | undefined =>
  valueOf<T>(
    useDrafts(({ drafts }) => draftOf(drafts, form)),
    Date.now(),
  )

export function deleteDraft(form: string): void {
  const { [form]: _, ...rest } = useDrafts.getState().drafts
  store(rest)
}

export async function restoreDrafts(): Promise<void> {
  useDrafts.setState({ drafts: (await storage.read<Record<string, Draft>>(name)) ?? {} })
}

export const clearDrafts = () => useDrafts.setState({ drafts: {} })

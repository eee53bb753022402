// Changes that need a proof that it is the person: asked for once the service demands it, then the change is sent
// again.
import { Problem } from '@bahi/contracts/problem.ts'
import type { StepUp } from '@bahi/contracts/step-up.ts'
import { create } from 'zustand'

type Asked = {
  answer: (proof: StepUp | undefined) => void
  /** For what a code may be sent, or a passkey signs, instead of the password; undefined where neither is a proof. */
  codeFor: string | undefined
  passkeyFor: string | undefined
  refusal: Problem | undefined
}

/** What the sheet shows: who waits for a proof, and why the last one was refused. */
export const useStepUp = create<{ asked: Asked | undefined }>()(() => ({ asked: undefined }))

const asksForProof = (error: unknown): error is Problem =>
  error instanceof Problem && (error.code === 'step-up-required' || error.code === 'password-wrong')

const purposeOf = (kind: 'code' | 'passkey', { extras: { stepUp } }: Problem) =>
  stepUp?.proofs.includes(kind) ? stepUp.purpose : undefined

/** Throws the refusal when the person leaves it at that. */
export async function withStepUp<T>(change: (proof?: { stepUp: StepUp }) => Promise<T>): Promise<T> {
  let proof: StepUp | undefined
  let codeFor: string | undefined
  let passkeyFor: string | undefined
  for (;;) {
    try {
      return await change(proof && { stepUp: proof })
    } catch (error) {
      if (!asksForProof(error)) throw error
      codeFor = purposeOf('code', error) ?? codeFor
      passkeyFor = purposeOf('passkey', error) ?? passkeyFor
      // A proof that was used or is over is no answer to the first time it is asked for.
      const refusal = error.code === 'password-wrong' || proof ? error : undefined
      const purposes = { codeFor, passkeyFor }
      proof = await new Promise<StepUp | undefined>((answer) => {
        useStepUp.setState({ asked: { answer, ...purposes, refusal } })
      }).finally(() => useStepUp.setState({ asked: undefined }))
      if (!proof) throw error
    }
  }
}

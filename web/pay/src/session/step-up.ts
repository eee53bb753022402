// Changes that need a proof that it is the person: asked for once the service demands it, then the change is sent
// again.
import { Problem } from '@bahi/contracts/problem.ts'
import { create } from 'zustand'

export type Proof = { password: string }
type Asked = { answer: (proof: Proof | undefined) => void; refusal: Problem | undefined }

/** What the sheet shows: who waits for a proof, and why the last one was refused. */
export const useStepUp = create<{ asked: Asked | undefined }>()(() => ({ asked: undefined }))

const asksForProof = (error: unknown): error is Problem =>
  error instanceof Problem && (error.code === 'step-up-required' || error.code === 'password-wrong')

/** Throws the refusal when the person leaves it at that. */
export async function withStepUp<T>(change: (proof?: { stepUp: Proof }) => Promise<T>): Promise<T> {
  let proof: Proof | undefined
  for (;;) {
    try {
      return await change(proof && { stepUp: proof })
    } catch (error) {
      if (!asksForProof(error)) throw error
      const refusal = error.code === 'password-wrong' ? error : undefined
      proof = await new Promise<Proof | undefined>((answer) => {
        useStepUp.setState({ asked: { answer, refusal } })
      }).finally(() => useStepUp.setState({ asked: undefined }))
      if (!proof) throw error
    }
  }
}

// Changes that need a proof that it is the person: asked for once the service demands it, then the change is sent
// again.
import { Problem, type ProblemExtras } from '@bahi/contracts/problem.ts'
import type { StepUp } from '@bahi/contracts/step-up.ts'
import { create } from 'zustand'

type Asked = {
  answer: (proof: StepUp | undefined) => void
  /** What the change needs a proof for, and by what else than the password it can be given. */
  needs: ProblemExtras['stepUp']
  refusal: Problem | undefined
}

/** What the sheet shows: who waits for a proof, and why the last one was refused. */
export const useStepUp = create<{ asked: Asked | undefined }>()(() => ({ asked: undefined }))

const asksForProof = (error: unknown): error is Problem =>
  error instanceof Problem && (error.code === 'step-up-required' || error.code === 'password-wrong')

/** Throws the refusal when the person leaves it at that. */
export async function withStepUp<T>(change: (proof?: { stepUp: StepUp }) => Promise<T>): Promise<T> {
  let proof: StepUp | undefined
  let needs: Asked['needs']
  for (;;) {
    try {
      return await change(proof && { stepUp: proof })
    } catch (error) {
      if (!asksForProof(error)) throw error
      // That a password is wrong is said without it.
      needs = error.extras.stepUp ?? needs
      // A proof that was used or is over is no answer to the first time it is asked for.
      const refusal = error.code === 'password-wrong' || proof ? error : undefined
      proof = await new Promise<StepUp | undefined>((answer) => {
        useStepUp.setState({ asked: { answer, needs, refusal } })
      }).finally(() => useStepUp.setState({ asked: undefined }))
      if (!proof) throw error
    }
  }
}

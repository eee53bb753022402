// A canary in steps: more pods after each step in which they were good, and none any more as soon as they are not.
import { setTimeout as delay } from 'node:timers/promises'
import { judge, sampleOf, type Bounds, type Query, type Verdict } from './analysis.ts'

export type Rollout = {
  query: Query
  /** Matchers of the labels of its pods, and of those of the version before. */
  canary: string
  stable: string
  /** Pods of the canary, step by step. */
  steps: number[]
  stepMs: number
  everyMs: number
  windowS: number
  bounds: Bounds
  /** Sets the number of its pods. */
  scale(pods: number): Promise<void>
  log(line: string): void
}

/**
 * True when the canary was good in each step; its last pods stay. False when it was not, or when nobody could tell by
 * the end of a step: then it has no pods any more. Throws when that could not be done.
 */
export async function rollOut(rollout: Rollout): Promise<boolean> {
  const { steps, log } = rollout
  try {
    for (const pods of steps) {
      log(`${pods} pod(s)`)
      await rollout.scale(pods)
      const { is, why } = await watch(rollout)
      log(`${is}: ${why}`)
      if (is !== 'good') {
        await rollout.scale(0)
        log('rolled back')
        return false
      }
    }
    return true
  } catch (error) {
    await rollout.scale(0)
    throw error
  }
}

/** Bad at once; otherwise what it is at the end of the step. */
async function watch({ query, canary, stable, stepMs, everyMs, windowS, bounds }: Rollout): Promise<Verdict> {
  let verdict: Verdict = { is: 'unclear', why: 'nothing was measured' }
  for (const until = Date.now() + stepMs; Date.now() < until;) {
    await delay(Math.max(0, Math.min(everyMs, until - Date.now())))
    verdict = await Promise.all([canary, stable].map((selector) => sampleOf(query, selector, windowS))).then(
      ([own, others]) => judge(own!, others!, bounds),
      (error: unknown): Verdict => ({ is: 'unclear', why: String(error) }),
    )
    if (verdict.is === 'bad') return verdict
  }
  return verdict
}

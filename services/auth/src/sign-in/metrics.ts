// How often people sign in, and what they are refused for.
import { Problem } from '@bahi/contracts/problem.ts'
import type { SecondFactor } from '@bahi/contracts/second-factor-rules.ts'
import type { Metrics } from '@bahi/kit/metrics.ts'

type Kind = 'password' | 'registration' | 'refresh' | 'reset' | SecondFactor | 'enrolment'

export type CountSignIn = <T>(kind: Kind, run: () => Promise<T>) => Promise<T>

/** Counts what each becomes: `signed-in`, the problem it is refused with, or `error`. */
export function createSignInCounter(metrics: Metrics): CountSignIn {
  const total = metrics.counter(
    'bahi_sign_ins_total',
    'Attempts to sign in, by kind and what became of them.',
    ['kind', 'outcome'],
  )
  // There from the start: the rate of a series that begins at 100 is nothing.
  for (const outcome of ['signed-in', 'credentials-wrong', 'login-locked']) {
    total.inc({ kind: 'password', outcome }, 0)
  }
  for (const outcome of ['signed-in', 'second-factor-wrong', 'login-locked']) {
    total.inc({ kind: 'totp', outcome }, 0)
  }
  return async (kind, run) => {
    try {
      const result = await run()
      total.inc({ kind, outcome: 'signed-in' })
      return result
    } catch (error) {
      total.inc({ kind, outcome: error instanceof Problem ? error.code : 'error' })
      throw error
    }
  }
}

// For tests: what a call was refused with.
import { Problem } from '@bahi/contracts/problem.ts'

/** The problem that a call was refused with. Throws when it was not refused. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string } & Problem['extras']> {
  const error = await call.then(
    () => new Error('it was not refused'),
    (e: unknown) => e,
  )
  if (!(error instanceof Problem)) throw error
  return { code: error.code, ...error.extras }
}

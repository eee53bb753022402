// What a dormant person proves besides their phone, which may be somebody else's by now: a code from their e-mail.
import type { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { emailProofs, missingEmailCode } from '../codes/email-code.ts'
import type { AuthDeps } from '../deps.ts'
import { dormancyOf } from '../people/dormancy.ts'

type Asked = { phone: string; emailOtp?: string; network: string }

/**
 * Undefined when nothing more is needed: the person has signed in within the time of the rules, the device is bound to
 * them, staff found that the phone is theirs, or the code from their e-mail is right, which is used up. The caller
 * commits the counted try.
 */
export async function missingProof(
  deps: AuthDeps,
  tx: Tx,
  asked: Asked,
  person: { id: string; isBound: boolean },
): Promise<Problem | undefined> {
  if (person.isBound) return undefined
  const { isDormant, isRestored } = await dormancyOf(tx, person.id, deps.clock.now())
  return isDormant && !isRestored ? missingEmailCode(deps, tx, asked, emailProofs.reset) : undefined
}

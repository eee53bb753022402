// Proves the second factor for a session: a code of the authenticator app, a passkey, or one of the codes on paper.
import type { Input } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { proveSecondFactor as contract, SecondFactorState } from '@bahi/contracts/second-factor.ts'
import type { SecondFactor } from '@bahi/contracts/second-factor-rules.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { lockPerson } from '../people/store.ts'
import { totpColumn } from '../sealed-columns.ts'
import { verifyAnswer } from '../passkeys/verify.ts'
import { countFactorTry } from './count-tries.ts'
import { factorSession, readState } from './factor-state.ts'
import { recoveryCodeKey } from './recovery-codes.ts'
import { proveInSession, secretOf, type FactorSession, useRecoveryCode, useStep } from './store.ts'
import { stepOfCode } from './totp.ts'

type Asking = Pick<Person, 'userId' | 'sessionId'>
type Given = Input<typeof contract>['body']

/** Throws `wrong-state` before enrolment, `second-factor-wrong`, `login-locked`. */
export async function prove(deps: AuthDeps, asking: Asking, given: Given): Promise<SecondFactorState> {
  const session = await factorSession(deps, deps.sql, asking)
  if (!session.hasTotp) throw new Problem('wrong-state', 'there is no second factor yet: enrol one')
  await tryFactor(deps, asking, session, methodOf(given), async (tx) => {
    if ('code' in given) return useTotp(deps, tx, asking.userId, given.code)
    if ('passkey' in given) {
      const used = await verifyAnswer(deps, tx, asking, 'second-factor', given.passkey)
      return used?.isSecondFactor === true
    }
    const key = recoveryCodeKey(deps, asking.userId, given.recoveryCode)
    const codesLeft = await useRecoveryCode(tx, asking.userId, key, deps.clock.now())
    if (codesLeft === undefined) return false
    const data = { userId: asking.userId, codesLeft }
    await deps.append(tx, { type: 'auth.recovery-code-used', stream: asking.userId, data })
    return true
  })
  return readState(deps, asking)
}

export function methodOf(given: Given): SecondFactor {
  if ('code' in given) return 'totp'
  return 'passkey' in given ? 'passkey' : 'recovery-code'
}

async function useTotp(deps: AuthDeps, tx: Tx, userId: string, code: string): Promise<boolean> {
  const secret = await secretOf(tx, userId, { isConfirmed: true })
  if (!secret) return false
  const plain = deps.seal.open(secret.secretSealed, totpColumn, secret.id)
  const step = stepOfCode(plain, code, deps.clock.now())
  return step !== undefined && (await useStep(tx, secret.id, step))
}

/**
 * Counts the try before its outcome is known, so that concurrent ones stay within the limit. When `use` accepts what
 * was given, the session has its second factor, in the same transaction. Throws `second-factor-wrong`, `login-locked`.
 */
export async function tryFactor<T>(
  deps: AuthDeps,
  asking: Asking,
  session: FactorSession,
  method: SecondFactor,
  use: (tx: Tx) => Promise<T | false>,
): Promise<T> {
  const counted = await countFactorTry(deps, asking, session, method)
  const { userId, sessionId } = asking
  const data = { userId, method, sessionId }
  const used = await deps.transaction(async (tx) => {
    // Whoever resets it meanwhile is not undone.
    await lockPerson(tx, userId)
    const accepted = await use(tx)
    if (!accepted) return false
    if (!(await proveInSession(tx, asking, method, deps.clock.now())))
      throw new Problem('unauthenticated', 'the session has ended')
    await deps.append(tx, { type: 'auth.second-factor-proven', stream: uuidv7(), data })
    return accepted
  })
  if (used) {
    await counted.clear()
    return used
  }
  await deps.transaction(async (tx) => {
    await deps.append(tx, { type: 'auth.second-factor-failed', stream: uuidv7(), data })
    const until = counted.lockedUntil?.toISOString()
    if (until !== undefined)
      await deps.append(tx, {
        type: 'auth.second-factor-locked',
        stream: userId,
        data: { userId, until },
      })
  })
  throw new Problem('second-factor-wrong', undefined, { triesLeft: counted.triesLeft })
}

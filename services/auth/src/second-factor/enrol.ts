// Enrols an authenticator app: a secret that counts once a code of it was entered, and recovery codes for its loss.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { phoneOf } from '../people/find-people.ts'
import { lockPerson } from '../people/store.ts'
import { totpColumn } from '../sealed-columns.ts'
import { factorSession, requireEnrolment, requireProven } from './factor-state.ts'
import { tryFactor } from './prove.ts'
import { makeRecoveryCodes } from './recovery-codes.ts'
import { confirmSecret, insertPendingSecret, secretOf } from './store.ts'
import { newTotpSecret, stepOfCode, totpUri } from './totp.ts'

type Asking = Pick<Person, 'userId' | 'sessionId'>

/** Throws `wrong-state`, `second-factor-required`. */
export async function beginEnrolment(
  deps: AuthDeps,
  asking: Asking,
): Promise<{ secret: string; uri: string }> {
  requireEnrolment(deps, await factorSession(deps, deps.sql, asking))
  const secret = newTotpSecret()
  await deps.transaction((tx) => insertSecret(deps, tx, asking.userId, secret))
  return { secret, uri: totpUri(secret, await phoneOf(deps, asking.userId)) }
}

/** Throws `wrong-state`, `second-factor-required`, `second-factor-wrong`, `login-locked`. */
export async function confirmEnrolment(
  deps: AuthDeps,
  asking: Asking,
  code: string,
): Promise<{ recoveryCodes: string[] }> {
  const { userId } = asking
  const session = await factorSession(deps, deps.sql, asking)
  requireEnrolment(deps, session)
  if (!(await secretOf(deps.sql, userId, { isConfirmed: false })))
    throw new Problem('wrong-state', 'begin the enrolment first')
  const recoveryCodes = await tryFactor(deps, asking, session, 'totp', async (tx) => {
    // Another session may have enrolled first: from then on it takes a second factor.
    requireEnrolment(deps, await factorSession(deps, tx, asking))
    const pending = await secretOf(tx, userId, { isConfirmed: false })
    if (!pending) return false
    const plain = deps.seal.open(pending.secretSealed, totpColumn, pending.id)
    const step = stepOfCode(plain, code, deps.clock.now())
    return step === undefined ? false : confirmed(deps, tx, { id: pending.id, userId, step })
  })
  return { recoveryCodes }
}

async function insertSecret(deps: AuthDeps, tx: Tx, userId: string, secret: string): Promise<string> {
  const now = deps.clock.now()
  const id = uuidv7(now.getTime())
  await lockPerson(tx, userId)
  await insertPendingSecret(tx, { id, userId, secretSealed: deps.seal.seal(secret, totpColumn, id), now })
  return id
}

async function confirmed(
  deps: AuthDeps,
  tx: Tx,
  secret: { id: string; userId: string; step: number | null },
): Promise<string[]> {
  const { userId } = secret
  await confirmSecret(tx, { ...secret, now: deps.clock.now() })
  // From here on only codes of this app count.
  const data = { userId, method: 'totp' as const }
  await deps.append(tx, { type: 'auth.second-factor-enrolled', stream: userId, data })
  return makeRecoveryCodes(deps, tx, userId)
}

/** In the place of what the person had: for the staff of a sandbox, whose secret everybody knows. */
export async function enrolInSandbox(deps: AuthDeps, userId: string, secret: string): Promise<void> {
  await deps.transaction(async (tx) => {
    const id = await insertSecret(deps, tx, userId, secret)
    await confirmed(deps, tx, { id, userId, step: null })
  })
}

/** Throws `wrong-state` before enrolment, `second-factor-required`. */
export async function renewCodes(deps: AuthDeps, asking: Asking): Promise<{ recoveryCodes: string[] }> {
  const { userId } = asking
  const recoveryCodes = await deps.transaction(async (tx) => {
    await lockPerson(tx, userId)
    const session = await factorSession(deps, tx, asking)
    if (!session.hasTotp) throw new Problem('wrong-state', 'there is no second factor yet: enrol one')
    requireProven(deps, session)
    await deps.append(tx, { type: 'auth.recovery-codes-renewed', stream: userId, data: { userId } })
    return makeRecoveryCodes(deps, tx, userId)
  })
  return { recoveryCodes }
}

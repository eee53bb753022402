// A person's passkeys: added after a proof that it is them, listed, removed; and the challenges that they sign.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type * as contracts from '@bahi/contracts/passkeys.ts'
import type { Passkey } from '@bahi/contracts/passkeys.ts'
import { isStaff } from '@bahi/contracts/permissions.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { proofsFor } from '@bahi/contracts/step-up-rules.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type AuthenticatorTransport,
} from '@simplewebauthn/server'
import type { AuthDeps } from '../deps.ts'
import { phoneOf } from '../people/find-people.ts'
import { lockPerson } from '../people/store.ts'
import { factorSession, isProvenIn, requireProven } from '../second-factor/factor-state.ts'
import { deletePasskey, insertPasskey, passkeysOf, type PasskeyRow } from './store.ts'
import { algorithms, challengeLifeMs, newChallenge, relyingParty, verifyNew, type Asking } from './verify.ts'

const maxPasskeys = 10
const addPurpose = 'change-passkeys'
const rpName = 'bahi'

export async function listPasskeys(
  deps: AuthDeps,
  { userId }: Pick<Asking, 'userId'>,
): Promise<Output<typeof contracts.listPasskeys>> {
  const rows = await passkeysOf(deps.sql, userId)
  return { isOffered: deps.config.BAHI_PASSKEY_RP_ID !== '', passkeys: rows.map(viewOf) }
}

/** Throws `wrong-state`, `second-factor-required` for staff, `not-found`. */
export async function beginPasskey(
  deps: AuthDeps,
  asking: Asking,
): Promise<Output<typeof contracts.beginPasskey>> {
  const { rpId } = relyingParty(deps)
  await requireMayChange(deps, deps.sql, asking)
  const known = await passkeysOf(deps.sql, asking.userId)
  if (known.length >= maxPasskeys) throw tooMany()
  const phone = await phoneOf(deps, asking.userId)
  const challenge = await deps.transaction((tx) => newChallenge(deps, tx, asking, addPurpose))
  const options = await generateRegistrationOptions({
    ...{ rpName, rpID: rpId, challenge, userName: phone, supportedAlgorithmIDs: algorithms },
    userID: Uint8Array.from(Buffer.from(asking.userId)),
    attestationType: 'none',
    excludeCredentials: known.map(descriptorOf),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    timeout: challengeLifeMs,
  })
  return { options: options as unknown as Record<string, unknown> }
}

const tooMany = () => new Problem('wrong-state', `a person has ${maxPasskeys} passkeys at most`)

/** Throws `passkey-wrong`, `wrong-state`, `second-factor-required`. */
export async function addPasskey(
  deps: AuthDeps,
  asking: Asking,
  { name, passkey }: Input<typeof contracts.addPasskey>['body'],
): Promise<Passkey> {
  const { userId } = asking
  const added = await deps.transaction(async (tx) => {
    await lockPerson(tx, userId)
    const made = await verifyNew(deps, tx, asking, addPurpose, passkey)
    if (!made) return new Problem('passkey-wrong')
    // What the session may do can have changed since the beginning.
    const { isSecondFactor } = await requireMayChange(deps, tx, asking)
    if ((await passkeysOf(tx, userId)).length >= maxPasskeys) return tooMany()
    const now = deps.clock.now()
    const transports = passkey.response.transports ?? []
    const row = {
      ...made,
      id: uuidv7(now.getTime()),
      userId,
      name,
      transports,
      isSecondFactor,
      createdAt: now,
    }
    if (!(await insertPasskey(tx, row))) return new Problem('passkey-wrong', 'this passkey is there already')
    const data = { userId, passkeyId: row.id, name, isSecondFactor }
    await deps.append(tx, { type: 'auth.passkey-added', stream: userId, data })
    return { ...row, lastUsedAt: null }
  })
  if (added instanceof Problem) throw added
  return viewOf(added)
}

/** Throws `not-found`, `second-factor-required`. */
export async function removePasskey(deps: AuthDeps, asking: Asking, id: string): Promise<void> {
  const { userId } = asking
  await deps.transaction(async (tx) => {
    await lockPerson(tx, userId)
    await requireMayChange(deps, tx, asking)
    const removed = await deletePasskey(tx, userId, id)
    if (!removed) throw new Problem('not-found', 'you have no such passkey')
    const data = { userId, passkeyId: removed.id, name: removed.name, isSecondFactor: removed.isSecondFactor }
    await deps.append(tx, { type: 'auth.passkey-removed', stream: userId, data })
  })
}

/** Throws `wrong-state` where a passkey is no proof, and without one that counts. */
export async function challengePasskey(
  deps: AuthDeps,
  asking: Asking,
  { purpose }: Input<typeof contracts.challengePasskey>['body'],
): Promise<Output<typeof contracts.challengePasskey>> {
  const { rpId } = relyingParty(deps)
  if (purpose !== 'second-factor' && !proofsFor(purpose).includes('passkey'))
    throw new Problem('wrong-state', 'a passkey is no proof for this change')
  const counting = (await passkeysOf(deps.sql, asking.userId)).filter(
    (row) => purpose !== 'second-factor' || row.isSecondFactor,
  )
  if (counting.length === 0) throw new Problem('wrong-state', 'you have no passkey for this')
  const challenge = await deps.transaction((tx) => newChallenge(deps, tx, asking, purpose))
  const options = await generateAuthenticationOptions({
    ...{ rpID: rpId, challenge, allowCredentials: counting.map(descriptorOf) },
    userVerification: 'required',
    timeout: challengeLifeMs,
  })
  return { options: options as unknown as Record<string, unknown> }
}

/**
 * Staff changes theirs in a session with a second factor, and what is added there is one itself: a passkey of before,
 * added by a password alone, never becomes one.
 */
async function requireMayChange(
  deps: AuthDeps,
  sql: Queryable,
  asking: Asking,
): Promise<{ isSecondFactor: boolean }> {
  const session = await factorSession(deps, sql, asking)
  if (isStaff(session.roles)) requireProven(deps, session)
  return { isSecondFactor: isStaff(session.roles) && isProvenIn(deps, session) }
}

const descriptorOf = ({ credentialId, transports }: PasskeyRow) => ({
  id: credentialId,
  transports: transports as AuthenticatorTransport[],
})

function viewOf({ id, name, createdAt, lastUsedAt, isSynced, isSecondFactor }: PasskeyRow): Passkey {
  return {
    ...{ id, name, createdAt: createdAt.toISOString(), isSynced, isSecondFactor },
    ...(lastUsedAt === null ? {} : { lastUsedAt: lastUsedAt.toISOString() }),
  }
}

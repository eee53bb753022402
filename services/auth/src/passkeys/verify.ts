// What a passkey signs and whether it did: each challenge is good once, for its person, session and purpose.
import { createHash, randomBytes } from 'node:crypto'
import type { NewPasskey, PasskeyAnswer } from '@bahi/contracts/passkey-formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import { listOf } from '@bahi/kit/runtime/list-of.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import type { AuthDeps } from '../deps.ts'
import {
  deleteOldChallenges,
  insertChallenge,
  lockPasskey,
  markUsed,
  useChallenge,
  type PasskeyRow,
} from './store.ts'

/** Ed25519, ECDSA with P-256, RSA with SHA-256: by their numbers of COSE. */
export const algorithms = [-8, -7, -257]
export const challengeLifeMs = 5 * 60_000
/** Of one person at a time: those of other tabs and devices stay good. */
const maxChallenges = 10

export type Asking = Pick<Person, 'userId' | 'sessionId'>

/** Throws `wrong-state` when the platform has no passkeys. */
export function relyingParty({ config }: Pick<AuthDeps, 'config'>): { rpId: string; origins: string[] } {
  if (config.BAHI_PASSKEY_RP_ID === '') throw new Problem('wrong-state', 'there are no passkeys here')
  return { rpId: config.BAHI_PASSKEY_RP_ID, origins: listOf(config.BAHI_PASSKEY_ORIGINS) }
}

const hashOf = (challenge: string): Buffer => createHash('sha256').update(challenge).digest()

export async function newChallenge(
  deps: AuthDeps,
  tx: Tx,
  { userId, sessionId }: Asking,
  purpose: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = Uint8Array.from(randomBytes(32))
  const hash = hashOf(Buffer.from(challenge).toString('base64url'))
  const expiresAt = new Date(deps.clock.now().getTime() + challengeLifeMs)
  await insertChallenge(tx, { hash, userId, sessionId, purpose, expiresAt })
  await deleteOldChallenges(tx, userId, maxChallenges)
  return challenge
}

/** The challenge that was signed; undefined when it is none of this person, session and purpose. Used up either way. */
async function challengeIn(
  deps: AuthDeps,
  tx: Tx,
  { userId, sessionId }: Asking,
  purpose: string,
  clientDataJSON: string,
): Promise<string | undefined> {
  const challenge = signedChallenge(clientDataJSON)
  if (challenge === undefined) return undefined
  const asked = { hash: hashOf(challenge), userId, sessionId, purpose }
  return (await useChallenge(tx, asked, deps.clock.now())) ? challenge : undefined
}

function signedChallenge(clientDataJSON: string): string | undefined {
  try {
    const said = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()) as {
      challenge?: unknown
    } | null
    return typeof said?.challenge === 'string' ? said.challenge : undefined
  } catch {
    return undefined
  }
}

/**
 * A passkey of the person signed the challenge for this purpose, at one of our origins, after it saw who uses it; its
 * counter went on. Undefined otherwise: the caller commits that the challenge is used up.
 */
export async function verifyAnswer(
  deps: AuthDeps,
  tx: Tx,
  asking: Asking,
  purpose: string,
  answer: PasskeyAnswer,
): Promise<PasskeyRow | undefined> {
  const { rpId, origins } = relyingParty(deps)
  const challenge = await challengeIn(deps, tx, asking, purpose, answer.response.clientDataJSON)
  const row = challenge === undefined ? undefined : await lockPasskey(tx, asking.userId, answer.id)
  if (challenge === undefined || !row) return undefined
  const verified = await refusedIfThrown(deps, () =>
    verifyAuthenticationResponse({
      response: answer,
      expectedChallenge: challenge,
      expectedOrigin: origins,
      expectedRPID: rpId,
      credential: {
        id: row.credentialId,
        publicKey: Uint8Array.from(row.publicKey),
        counter: Number(row.signCount),
      },
      requireUserVerification: true,
    }),
  )
  if (!verified?.verified) return undefined
  const { newCounter, credentialBackedUp } = verified.authenticationInfo
  await markUsed(tx, {
    id: row.id,
    signCount: newCounter,
    isSynced: credentialBackedUp,
    now: deps.clock.now(),
  })
  return row
}

/** As `verifyAnswer`, of a passkey that was made now. */
export async function verifyNew(
  deps: AuthDeps,
  tx: Tx,
  asking: Asking,
  purpose: string,
  made: NewPasskey,
): Promise<Pick<PasskeyRow, 'credentialId' | 'publicKey' | 'signCount' | 'isSynced'> | undefined> {
  const { rpId, origins } = relyingParty(deps)
  const challenge = await challengeIn(deps, tx, asking, purpose, made.response.clientDataJSON)
  if (challenge === undefined) return undefined
  const verified = await refusedIfThrown(deps, () =>
    verifyRegistrationResponse({
      response: made as Parameters<typeof verifyRegistrationResponse>[0]['response'],
      expectedChallenge: challenge,
      expectedOrigin: origins,
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    }),
  )
  if (!verified?.verified) return undefined
  const { credential, credentialBackedUp } = verified.registrationInfo
  return {
    credentialId: credential.id,
    publicKey: credential.publicKey,
    signCount: String(credential.counter),
    isSynced: credentialBackedUp,
  }
}

/** The library throws what it refuses: what a stranger sends is no fault of ours. */
async function refusedIfThrown<T>(deps: AuthDeps, verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify()
  } catch (error) {
    deps.log.debug({ err: error }, 'passkey refused')
    return undefined
  }
}

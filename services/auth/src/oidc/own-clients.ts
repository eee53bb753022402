// Apps that a merchant registers for their own account: no operator is needed, and nobody else can connect them.
import { randomBytes } from 'node:crypto'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { cibaGrant } from '@bahi/contracts/oauth.ts'
import {
  maxOwnClients,
  type listOwnClients,
  type registerOwnClient,
  type renewOwnClientSecret,
} from '@bahi/contracts/oauth-apps.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { profilesOf } from '@bahi/contracts/user.ts'
import type { Person } from '@bahi/kit/http/http.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { lockPerson, personById } from '../people/store.ts'
import { openSessionSince } from '../sessions/store.ts'
import { grantTo } from './consent.ts'
import { announceDisconnected, appendDisconnected, endOwn } from './grants.ts'
import { paymentMetadata } from './payments-asked.ts'
import type { Providers } from './provider.ts'
import { secretHash } from './secret-hash.ts'
import { insertClient, ownClientsOf, updateOwnSecret, type OwnClientRow } from './store.ts'

/** It ends with the role, which is renewed, or by its owner: nobody can connect it again. */
const grantLifeS = 100 * 365 * 86_400
/** With the label and what stands between, within the 60 characters of a client's name. */
const maxNameLength = 36

/**
 * The merchant is who registers it, so it is connected at once. Throws `wrong-state` with ten of them,
 * `request-invalid` when it asks for payments without the permission, `not-allowed` when their role or their session
 * has ended since they asked.
 */
export async function registerOwn(
  deps: AuthDeps,
  providers: Providers,
  { userId, sessionId }: Pick<Person, 'userId' | 'sessionId'>,
  { label, scopes, asksForPayments }: Input<typeof registerOwnClient>['body'],
): Promise<Output<typeof registerOwnClient>> {
  if (asksForPayments && !scopes.includes('requests:create'))
    throw new Problem('request-invalid', 'asking for payments takes the scope requests:create')
  const now = deps.clock.now()
  const { profiles } = await deps.call(profilesOf, { body: { userIds: [userId] } })
  const name = [...(profiles[0]?.name ?? '')].slice(0, maxNameLength).join('').trim()
  const secret = newSecret()
  const id = uuidv7(now.getTime())
  const asked = [...(asksForPayments ? ['openid'] : []), ...scopes]
  const metadata = {
    client_id: id,
    client_id_issued_at: Math.floor(now.getTime() / 1000),
    client_name: `${name} · ${label}`,
    client_secret: secretHash(secret),
    client_secret_expires_at: 0,
    grant_types: ['client_credentials', ...(asksForPayments ? [cibaGrant] : [])],
    ...{ redirect_uris: [], response_types: [], token_endpoint_auth_method: 'client_secret_basic' },
    scope: asked.join(' '),
    ...(asksForPayments ? paymentMetadata : {}),
  }
  await deps.transaction(async (tx) => {
    await mustBeMerchant(deps, tx, { userId, sessionId })
    if ((await ownClientsOf(tx, userId)).length >= maxOwnClients)
      throw new Problem('wrong-state', `${maxOwnClients} apps of one's own are the most: remove one first`)
    await insertClient(tx, { id, metadata, ownerId: userId, registeredBy: userId, now })
    await deps.append(tx, {
      type: 'auth.client-registered',
      stream: id,
      data: { clientId: id, clientName: metadata.client_name, operatorId: userId },
    })
  })
  // From here on it may do what its owner may let it: a registration that is cut off before is removed and made anew.
  const granted = { userId, clientId: id, scopes: asked, lifeS: grantLifeS }
  await grantTo(deps, await providers.current(), granted)
  return { client: viewOf({ id, metadata, registeredAt: now }), clientSecret: secret }
}

/**
 * Who has the secret before it gets no token from then on; those that it got are valid for the minutes they live.
 * Throws `not-found`, `not-allowed` when the role or the session has ended since they asked.
 */
export async function renewOwnSecret(
  deps: AuthDeps,
  { userId, sessionId }: Pick<Person, 'userId' | 'sessionId'>,
  clientId: string,
): Promise<Output<typeof renewOwnClientSecret>> {
  const clientSecret = newSecret()
  await deps.transaction(async (tx) => {
    await mustBeMerchant(deps, tx, { userId, sessionId })
    if (!(await updateOwnSecret(tx, { userId, clientId, hash: secretHash(clientSecret) })))
      throw new Problem('not-found', 'you have no such app')
    const data = { clientId, operatorId: userId }
    await deps.append(tx, { type: 'auth.client-secret-renewed', stream: clientId, data })
  })
  return { clientSecret }
}

const newSecret = () => randomBytes(32).toString('base64url')

/** The end of the role, a freeze or a closing is over or waits: each removes apps that it finds. */
async function mustBeMerchant(
  { clock }: AuthDeps,
  tx: Tx,
  { userId, sessionId }: Pick<Person, 'userId' | 'sessionId'>,
): Promise<void> {
  await lockPerson(tx, userId)
  const isMerchant = (await personById(tx, userId))?.roles.includes('merchant')
  if (!isMerchant || !(await openSessionSince(tx, { sessionId, userId }, clock.now())))
    throw new Problem('not-allowed', 'the role or the session has ended')
}

export async function listOwn(deps: AuthDeps, userId: string): Promise<Output<typeof listOwnClients>> {
  return { clients: (await ownClientsOf(deps.sql, userId)).map(viewOf) }
}

function viewOf({ id, metadata, registeredAt }: OwnClientRow) {
  return {
    clientId: id,
    name: metadata['client_name'] as string,
    scopes: String(metadata['scope']).split(' '),
    grantTypes: metadata['grant_types'] as string[],
    registeredAt: registeredAt.toISOString(),
  }
}

/** Throws `not-found`. */
export async function removeOwn(deps: AuthDeps, userId: string, clientId: string): Promise<void> {
  await announceDisconnected(deps, async (tx) => {
    const { removed, grants } = await endOwn(deps, tx, userId, clientId)
    if (removed === 0) throw new Problem('not-found', 'you have no such app')
    return grants
  })
}

/** All of them: their owner is no merchant any more. After the commit `refuseTokensOf` takes what this gives back. */
export async function endOwnClients(deps: AuthDeps, tx: Tx, userId: string): Promise<string[]> {
  const { grants } = await endOwn(deps, tx, userId)
  return (await appendDisconnected(deps, tx, grants)).map(({ grantId }) => grantId)
}

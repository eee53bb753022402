// Registers and removes apps of others: an operator decides who may ask people for access.
import { randomBytes } from 'node:crypto'
import type { listClients, registerClient } from '@bahi/contracts/oauth-apps.ts'
import { cibaGrant } from '@bahi/contracts/oauth.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { errors, type ClientMetadata } from 'oidc-provider'
import type { AuthDeps } from '../deps.ts'
import { personById } from '../people/store.ts'
import { announceDisconnected, appOf } from './grants.ts'
import { paymentMetadata } from './payments-asked.ts'
import type { Providers } from './provider.ts'
import { secretHash } from './secret-hash.ts'
import { clientsBefore, deleteClient, deleteGrants, insertClient } from './store.ts'

const maxListed = 100
const takenGrants = ['authorization_code', 'refresh_token', 'client_credentials', cibaGrant]
/** Grants by which a client acts for its owner, by its own credentials. */
const ownGrants = ['client_credentials', cibaGrant]

/** Throws `request-invalid` for metadata that the protocol does not allow, `not-found` for an unknown owner. */
export async function register(
  deps: AuthDeps,
  providers: Providers,
  operatorId: string,
  { owner_id: ownerId, ...asked }: Input<typeof registerClient>['body'],
): Promise<Output<typeof registerClient>> {
  const refuse = (why: string) => new Problem('request-invalid', why)
  const unknown = asked.grant_types.find((type) => !takenGrants.includes(type))
  if (unknown !== undefined) throw refuse(`the grant type ${unknown} is not offered`)
  const own = asked.grant_types.find((type) => ownGrants.includes(type))
  if (own !== undefined && ownerId === undefined) throw refuse(`${own} needs an owner_id`)
  if (own !== undefined && !asked.grant_types.includes('authorization_code'))
    throw refuse(`${own} needs authorization_code too: the owner connects the app by it`)
  if (own !== undefined && asked.token_endpoint_auth_method === 'none')
    throw refuse(`${own} needs a client that can prove who it is`)
  const asksForPayments = asked.grant_types.includes(cibaGrant)
  if (asksForPayments && !['openid', 'requests:create'].every((one) => asked.scope.split(' ').includes(one)))
    throw refuse(`${cibaGrant} needs the scopes openid and requests:create`)
  if (ownerId !== undefined && !(await personById(deps.sql, ownerId)))
    throw new Problem('not-found', 'there is no such person')
  const now = deps.clock.now()
  const secret = randomBytes(32).toString('base64url')
  if (asked.id_token_signed_response_alg === 'RS256') await deps.idTokenKeys.begin()
  const { Client } = await providers.current()
  const hasSecret = asked.token_endpoint_auth_method.startsWith('client_secret')
  const metadata = {
    ...asked,
    ...(asksForPayments ? paymentMetadata : {}),
    client_id: uuidv7(now.getTime()),
    client_id_issued_at: Math.floor(now.getTime() / 1000),
    response_types: asked.grant_types.includes('authorization_code') ? ['code' as const] : [],
  }
  const withSecret = hasSecret ? { client_secret: secret, client_secret_expires_at: 0 } : {}
  try {
    await Client.validate({ ...metadata, ...withSecret } as ClientMetadata)
  } catch (error) {
    if (error instanceof errors.InvalidClientMetadata || error instanceof errors.InvalidRedirectUri)
      throw refuse(error.error_description ?? error.error)
    throw error
  }
  await deps.transaction(async (tx) => {
    await insertClient(tx, {
      id: metadata.client_id,
      metadata: {
        ...metadata,
        ...(hasSecret ? { ...withSecret, client_secret: secretHash(secret) } : {}),
      },
      ownerId: ownerId ?? null,
      registeredBy: operatorId,
      now,
    })
    await deps.append(tx, {
      type: 'auth.client-registered',
      stream: metadata.client_id,
      data: { clientId: metadata.client_id, clientName: asked.client_name, operatorId },
    })
  })
  return { ...metadata, ...withSecret }
}

export async function listRegistered(
  deps: AuthDeps,
  before: string | undefined,
): Promise<Output<typeof listClients>> {
  const at = before === undefined ? undefined : new Date(before)
  const rows = await clientsBefore(deps.sql, at, deps.clock.now(), maxListed)
  return {
    clients: rows.map(({ id, metadata, ownerId, registeredAt, registeredBy, connections }) => ({
      ...appOf(id, metadata, String(metadata['scope'] ?? '').split(' ')),
      grantTypes: metadata['grant_types'] as string[],
      ...(ownerId === null ? {} : { ownerId }),
      registeredAt: registeredAt.toISOString(),
      registeredBy,
      connections,
    })),
  }
}

/** Its tokens are refused at once. Throws `not-found`. */
export function remove(deps: AuthDeps, operatorId: string, clientId: string): Promise<unknown> {
  return announceDisconnected(deps, async (tx) => {
    if (!(await deleteClient(tx, clientId))) throw new Problem('not-found', 'there is no such client')
    await deps.append(tx, { type: 'auth.client-removed', stream: clientId, data: { clientId, operatorId } })
    return deleteGrants(tx, { clientId })
  })
}

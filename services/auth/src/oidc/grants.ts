// What a person granted to an app: the connections that they see and can end.
import type { disconnectApp, listConnectedApps } from '@bahi/contracts/oauth-apps.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { errors, type Client } from 'oidc-provider'
import type { AuthDeps } from '../deps.ts'
import { lockPerson } from '../people/store.ts'
import { accessTokenLifeS } from '../sessions/lifetimes.ts'
import {
  deleteGrants,
  deleteOwnClients,
  grantsOf,
  type EndedGrant,
  type Payload,
  type StoredGrant,
} from './store.ts'

const maxListed = 100

/** All scopes of a stored grant. */
export function connectedScopes(grant: Payload): string[] {
  const { openid, resources } = grant as {
    openid?: { scope?: string }
    resources?: Record<string, string>
  }
  const lists = [openid?.scope ?? '', ...Object.values(resources ?? {})]
  return [...new Set(lists.flatMap((list) => list.split(' ')).filter((scope) => scope !== ''))]
}

/** The name and the address of an app, as people are shown them. */
export function appOf(clientId: string, metadata: Payload, scopes: string[]) {
  const { client_name: name, redirect_uris: uris } = metadata as {
    client_name: string
    redirect_uris: string[]
  }
  const host = uris[0] !== undefined && URL.canParse(uris[0]) ? new URL(uris[0]).host : ''
  return { clientId, name, scopes, ...(host === '' ? {} : { host }) }
}

/** One row an app, also where two browsers connected it at once. */
export async function listApps(deps: AuthDeps, userId: string): Promise<Output<typeof listConnectedApps>> {
  const rows = await grantsOf(deps.sql, { userId }, deps.clock.now(), maxListed)
  return {
    apps: [...Map.groupBy(rows, ({ clientId }) => clientId)].map(([clientId, grants]) => {
      const scopes = [...new Set(grants.flatMap(({ payload }) => connectedScopes(payload)))]
      const since = Math.min(...grants.map(({ payload }) => payload['iat'] as number))
      return {
        ...appOf(clientId, grants[0]!.metadata, scopes),
        connectedAt: new Date(since * 1000).toISOString(),
      }
    }),
  }
}

/** What the owner of an app granted it, and its own credentials are good for. Throws `unauthorized_client`. */
export async function grantOfOwner(deps: AuthDeps, { clientId, owner }: Client): Promise<StoredGrant> {
  const of = { userId: owner as string, clientId }
  const [grant] = await grantsOf(deps.sql, of, deps.clock.now(), 1)
  if (!grant) throw new errors.UnauthorizedClient('its owner has not connected it')
  return grant
}

/** Throws `not-found` when the person has not connected it. */
export async function disconnect(
  deps: AuthDeps,
  userId: string,
  { clientId }: Input<typeof disconnectApp>['params'],
): Promise<void> {
  await announceDisconnected(deps, async (tx) => {
    const own = await endOwn(deps, tx, userId, clientId)
    const ended = [...own.grants, ...(await deleteGrants(tx, { userId, clientId }))]
    if (ended.length === 0) throw new Problem('not-found', 'this app is not connected')
    return ended
  })
}

/** Ends grants, with an event for each, and marks in the cache that make gateways refuse their access tokens. */
export async function announceDisconnected(
  deps: AuthDeps,
  end: (tx: Tx) => Promise<EndedGrant[]>,
): Promise<EndedGrant[]> {
  const ended = await deps.transaction(async (tx) => appendDisconnected(deps, tx, await end(tx)))
  await refuseTokensOf(deps, ...ended.map(({ grantId }) => grantId))
  return ended
}

/** All apps of a person, their own too: after the commit `refuseTokensOf` takes what this gives back. */
export async function disconnectAll(deps: AuthDeps, tx: Tx, userId: string): Promise<string[]> {
  const own = await endOwn(deps, tx, userId)
  const ended = [...own.grants, ...(await deleteGrants(tx, { userId }))]
  await appendDisconnected(deps, tx, ended)
  return ended.map(({ grantId }) => grantId)
}

/**
 * Ends apps that a person registered for their own account, or one of them: they cannot be connected again, and so are
 * removed with what they were granted. `appendDisconnected` takes the grants.
 */
export async function endOwn(
  deps: AuthDeps,
  tx: Tx,
  userId: string,
  clientId?: string,
): Promise<{ removed: number; grants: EndedGrant[] }> {
  await lockPerson(tx, userId)
  const grants: EndedGrant[] = []
  const removed = await deleteOwnClients(tx, userId, clientId)
  for (const id of removed) {
    grants.push(...(await deleteGrants(tx, { clientId: id })))
    const data = { clientId: id, operatorId: userId }
    await deps.append(tx, { type: 'auth.client-removed', stream: id, data })
  }
  return { removed: removed.length, grants }
}

/** In the transaction that ended them. */
export async function appendDisconnected(deps: AuthDeps, tx: Tx, ended: EndedGrant[]): Promise<EndedGrant[]> {
  const events = ended.map((row) => ({
    type: 'auth.app-disconnected' as const,
    stream: row.grantId,
    data: row,
  }))
  await deps.append(tx, ...events)
  return ended
}

/** A cache that is away does not keep anything connected. */
export async function refuseTokensOf(deps: AuthDeps, ...grantIds: string[]): Promise<void> {
  const marks = grantIds.map((id) => deps.cache.set(`session-ended:${id}`, '1', accessTokenLifeS * 1000))
  const failed = (await Promise.allSettled(marks)).find((mark) => mark.status === 'rejected')
  if (failed)
    deps.log.warn(
      { err: failed.reason as unknown },
      'ended grants not marked in the cache: gateways refuse them by the event only',
    )
}

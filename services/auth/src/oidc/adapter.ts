// Where the protocol library keeps what it gives out: PostgreSQL, by the hash of what its holder has.
import { createHash } from 'node:crypto'
import Provider, { errors, type Adapter, type AdapterPayload } from 'oidc-provider'
import type { AuthDeps } from '../deps.ts'
import { announceDisconnected, connectedScopes } from './grants.ts'
import { nobody } from './payments-asked.ts'
import {
  addRecord,
  consumeRecord,
  deleteGrants,
  deleteRecord,
  deleteRecordsOfGrant,
  findClient,
  findRecord,
  findRecordByUid,
  putRecord,
  type Payload,
  type StoredRecord,
} from './store.ts'

/** For so long a client that proves who it is may send a refresh token again: its answer may have been lost. */
export const refreshRetryMs = 10_000

const askedKind = 'BackchannelAuthenticationRequest'
/** After its time an app still learns that nobody answered, or that a payment was in progress by then. */
const askedKeptMs = 86_400_000
/**
 * A grant for one payment that was paid: it connects no app. An app that polls again takes nothing back by it: its
 * token allows nothing, and the answer to another of its polls may be on the way.
 */
const paidKind = 'PaidGrant'

const hashOf = (id: string): Buffer => createHash('sha256').update(id).digest()

/** For one kind of what the library stores. */
export function createAdapter(deps: AuthDeps, kind: string): Adapter {
  const keyOf = (id: string) => ({ kind, id: hashOf(id) })

  /**
   * What its holder has is not stored; the id of a grant is no secret, and is in the tokens of its app. Of a payment
   * that an app asked for only the payment is, not by what the person was named.
   */
  function recordOf(id: string, payload: Payload, expiresIn: number) {
    const { jti: _jti, session, ...rest } = payload
    const { cookie: _cookie, ...begunIn } = (session ?? {}) as Payload
    const { authorization_details: details } = (rest['params'] ?? {}) as Payload
    const isAsked = kind === askedKind
    const user = payload['accountId'] as string | undefined
    return {
      ...(isPaid(payload) ? { ...keyOf(id), kind: paidKind } : keyOf(id)),
      payload: {
        ...rest,
        ...(session ? { session: begunIn } : {}),
        ...(isAsked ? { params: { authorization_details: details } } : {}),
      },
      grantId: kind === 'Grant' ? id : ((payload['grantId'] as string | undefined) ?? null),
      clientId: (payload['clientId'] as string | undefined) ?? null,
      userId: user === undefined || user === nobody ? null : user,
      uid: kind === 'Session' ? (payload['uid'] as string) : null,
      expiresAt: new Date(deps.clock.now().getTime() + expiresIn * 1000 + (isAsked ? askedKeptMs : 0)),
    }
  }

  const isPaid = (payload: Payload) => kind === 'Grant' && payload['rar'] !== undefined

  /**
   * A second use of a refresh token ends the connection, unless its client proved who it is, by its authentication or
   * the key that the token is bound to, and asks again at once.
   */
  function isRepeated({ payload, consumedAt }: StoredRecord): boolean {
    if (kind !== 'RefreshToken' || !consumedAt) return false
    const proven = payload['jkt'] !== undefined || Provider.ctx?.oidc.client?.clientAuthMethod !== 'none'
    return proven && deps.clock.now().getTime() - consumedAt.getTime() < refreshRetryMs
  }

  function asFound(row: StoredRecord | undefined, id: string | undefined): AdapterPayload | undefined {
    if (!row) return undefined
    const consumed = row.consumedAt && !isRepeated(row)
    return {
      ...row.payload,
      ...(id === undefined ? {} : { jti: id }),
      ...(consumed ? { consumed: Math.floor(row.consumedAt!.getTime() / 1000) } : {}),
    }
  }

  return {
    async upsert(id, payload, expiresIn = 0) {
      const record = recordOf(id, payload as Payload, expiresIn)
      if (kind === 'ReplayDetection') {
        // The library looks before it adds: of two at once it lets both pass.
        if (!(await addRecord(deps.sql, record))) throw new errors.InvalidGrant('the proof was used before')
        return
      }
      if (kind !== 'Grant' || isPaid(payload as Payload)) return putRecord(deps.sql, record)
      const client = await findClient(deps.sql, record.clientId!)
      const scopes = connectedScopes(record.payload)
      await deps.transaction(async (tx) => {
        const before = await findRecord(tx, record, deps.clock.now())
        await putRecord(tx, record)
        if (before && connectedScopes(before.payload).join(' ') === scopes.join(' ')) return
        await deps.append(tx, {
          type: 'auth.app-connected',
          stream: id,
          data: {
            userId: record.userId!,
            clientId: record.clientId!,
            grantId: id,
            clientName: client!.metadata['client_name'] as string,
            scopes,
          },
        })
      })
    },
    async find(id) {
      if (kind === 'Client') {
        const client = await findClient(deps.sql, id)
        return client && { ...client.metadata, ...(client.ownerId === null ? {} : { owner: client.ownerId }) }
      }
      const found = await findRecord(deps.sql, keyOf(id), deps.clock.now())
      if (found || kind !== 'Grant') return asFound(found, id)
      return asFound(await findRecord(deps.sql, { ...keyOf(id), kind: paidKind }, deps.clock.now()), id)
    },
    async findByUid(uid) {
      return asFound(await findRecordByUid(deps.sql, { kind, uid }, deps.clock.now()), undefined)
    },
    findByUserCode: () => Promise.resolve(undefined),
    async consume(id) {
      const now = deps.clock.now()
      if (await consumeRecord(deps.sql, keyOf(id), now)) return
      const row = await findRecord(deps.sql, keyOf(id), now)
      if (!row || !isRepeated(row)) throw new errors.InvalidGrant('it was used before')
    },
    async destroy(id) {
      if (kind !== 'Grant') return deleteRecord(deps.sql, keyOf(id))
      await announceDisconnected(deps, (tx) => deleteGrants(tx, { grantId: id }))
    },
    /**
     * What an app asked stays, used up: a poll that read it before, and writes its outcome now, would make it anew, and
     * take a second token for it.
     */
    revokeByGrantId: (grantId) =>
      kind === askedKind ? Promise.resolve() : deleteRecordsOfGrant(deps.sql, kind, grantId),
  }
}

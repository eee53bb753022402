// The keys that sign tokens, of one algorithm each: shared by all replicas, rotated, each published before it signs.
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import { cachedValue } from '@bahi/kit/cache/bounded-map.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { SealedColumn } from '@bahi/kit/crypto/seal.ts'
import { addSigningKey, retireSigningKeys, signingKeys, type KeyRow, type KeyTable } from './store.ts'
import { idTokenKeyColumn, privateKeyColumn } from '../sealed-columns.ts'
import { accessTokenLifeS } from '../sessions/lifetimes.ts'

/** A key is published this long before it signs: a cached JWKS must be refetched more often. */
export const publishAheadMs = 60 * 60_000
/** How long a replica caches the keys. */
const cacheLifeMs = 30_000
/** A key stays published until its last token has expired, plus an hour for clock skew and cached copies. */
export const retireAfterMs = accessTokenLifeS * 1000 + publishAheadMs
const dayMs = 24 * 60 * 60_000

export type SigningKeys = {
  /** The key to sign with now. */
  current(): Promise<{ kid: string; key: CryptoKey }>
  /** The private keys: first the one that signs now, then those before it. */
  signers(): Promise<JWK[]>
  /** The public keys, including those that do not sign yet. */
  published(): Promise<JWK[]>
  /** Adds the next key when it is due, and deletes keys whose tokens have expired. Replicas may do so concurrently. */
  rotate(): Promise<void>
  /** Makes the first key, when there is none. */
  begin(): Promise<void>
}

type KeyKind = { algorithm: 'EdDSA' | 'RS256'; table: KeyTable; column: SealedColumn }

export const tokenKeys: KeyKind = { algorithm: 'EdDSA', table: 'signing_keys', column: privateKeyColumn }
/** For apps that take nothing else. A key of RSA takes a while to make, so the first one waits for such an app. */
export const idTokenKeys: KeyKind = { algorithm: 'RS256', table: 'id_token_keys', column: idTokenKeyColumn }

type Seams = Pick<Deps, 'sql' | 'seal' | 'clock'>

export function createSigningKeys(deps: Seams, rotationDays: number, kind: KeyKind): SigningKeys {
  const { algorithm, table, column } = kind
  const opened = new Map<string, Promise<CryptoKey>>()
  const keyRows = cachedValue<KeyRow[]>(deps.clock, cacheLifeMs, async () => {
    const rows = await signingKeys(deps.sql, table)
    for (const kid of opened.keys()) if (!rows.some((row) => row.kid === kid)) opened.delete(kid)
    return rows
  })

  const privateJwk = (row: KeyRow): JWK =>
    JSON.parse(deps.seal.open(row.privateSealed, column, row.kid)) as JWK

  function open(row: KeyRow): Promise<CryptoKey> {
    let key = opened.get(row.kid)
    if (!key) opened.set(row.kid, (key = importJWK(privateJwk(row), algorithm) as Promise<CryptoKey>))
    return key
  }

  async function add(newest: KeyRow | undefined, now: Date): Promise<void> {
    const signsFrom = nextSignsFrom(newest, now, rotationDays)
    if (!signsFrom) return
    await addSigningKey(deps.sql, table, await newKey(deps, kind, (newest?.generation ?? 0) + 1, signsFrom))
  }

  return {
    async current() {
      const rows = await keyRows.get()
      const row = signerAt(rows, deps.clock.now())
      if (!row) throw new Error('no signing key')
      return { kid: row.kid, key: await open(row) }
    },
    async signers() {
      const rows = await keyRows.get()
      const signer = signerAt(rows, deps.clock.now())
      const until = rows.findIndex((row) => row.kid === signer?.kid)
      return rows
        .slice(0, until + 1)
        .reverse()
        .map((row) => ({ ...row.publicJwk, ...privateJwk(row) }))
    },
    published: async () => (await keyRows.get()).map((row) => row.publicJwk),
    async rotate() {
      const now = deps.clock.now()
      const newest = (await signingKeys(deps.sql, table)).at(-1)
      if (!newest) return
      await add(newest, now)
      await retireSigningKeys(deps.sql, table, new Date(now.getTime() - retireAfterMs))
      keyRows.clear()
    },
    async begin() {
      const newest = (await signingKeys(deps.sql, table)).at(-1)
      if (!newest) await add(undefined, deps.clock.now())
      keyRows.clear()
    },
  }
}

/** The newest key that may sign by now; the first one also for a replica whose clock is behind. */
export function signerAt<K extends { signsFrom: Date }>(rows: K[], now: Date): K | undefined {
  return rows.findLast((row) => row.signsFrom <= now) ?? rows[0]
}

/** When a key that is created now starts to sign; undefined while none is due. */
export function nextSignsFrom(
  newest: { signsFrom: Date } | undefined,
  now: Date,
  rotationDays: number,
): Date | undefined {
  if (!newest) return now
  const dueMs = newest.signsFrom.getTime() + rotationDays * dayMs
  if (now.getTime() < dueMs - publishAheadMs) return undefined
  return new Date(Math.max(dueMs, now.getTime() + publishAheadMs))
}

async function newKey(
  deps: Seams,
  { algorithm, column }: KeyKind,
  generation: number,
  signsFrom: Date,
): Promise<KeyRow> {
  const made = algorithm === 'EdDSA' ? { crv: 'Ed25519' } : { modulusLength: 2_048 }
  const pair = await generateKeyPair(algorithm, { ...made, extractable: true })
  const publicJwk = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(publicJwk)
  return {
    generation,
    kid,
    publicJwk: { ...publicJwk, kid, alg: algorithm, use: 'sig' },
    privateSealed: deps.seal.seal(JSON.stringify(await exportJWK(pair.privateKey)), column, kid),
    signsFrom,
  }
}

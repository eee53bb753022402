// The checkpoints of the audit chain and their keys, for commands: where settings say, or those of `npm start`.
import { createPublicKey } from 'node:crypto'
import { join } from 'node:path'
import { checkpointKeys, type CheckpointKey } from '@bahi/audit/checkpoints/checkpoint.ts'
import { blobStorageOf, type BlobSettings } from '@bahi/kit/blobs/blob-config.ts'
import { createBlobs, type Blobs } from '@bahi/kit/blobs/blobs.ts'
import { secretOf } from '@bahi/kit/runtime/config.ts'
import { dataKeysAt, existingData } from './data-keys-at.ts'
import { secretsIn } from './secrets.ts'

/** `database`: a URL that was named; without one it is the folder of `npm start`. */
type Place = { database?: string; data: string }

export type OutsideCheckpoints = { blobs: Blobs; keys: CheckpointKey[] }

/** Undefined without blobs. Throws when keys are missing. */
export async function outsideCheckpoints(place: Place): Promise<OutsideCheckpoints | undefined> {
  const settings: BlobSettings =
    place.database === undefined
      ? { BAHI_BLOBS: `file:${join(existingData(place.data), 'blobs')}` }
      : (process.env as BlobSettings)
  const storage = await blobStorageOf(settings)
  if (!storage) return undefined
  const keys = await (await dataKeysAt(place))('audit')
  if (!keys) throw new Error('there are no data keys of audit')
  const trusted = place.database === undefined ? await ownKeys(place.data) : await trustedKeys(place)
  return { blobs: createBlobs('audit', keys, storage), keys: trusted }
}

/** The public keys of `BAHI_AUDIT_KEYS`, or that of `npm start`. Throws when there are none. */
export async function trustedKeys({ database, data }: Place): Promise<CheckpointKey[]> {
  const listed = process.env['BAHI_AUDIT_KEYS']
  if (listed) return checkpointKeys(listed)
  if (database !== undefined) throw new Error('which keys? BAHI_AUDIT_KEYS')
  return ownKeys(data)
}

async function ownKeys(data: string): Promise<CheckpointKey[]> {
  const jwk = JSON.parse((await signingKeyOf({ data }))!) as Record<string, string>
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'jwk' })
  return checkpointKeys(JSON.stringify([{ ...publicKey, alg: jwk['alg'], kid: jwk['kid'] }]))
}

/** The private JWK that checkpoints are signed with: `BAHI_AUDIT_KEY`, or that of `npm start`. */
export async function signingKeyOf({ database, data }: Place): Promise<string | undefined> {
  if (database !== undefined) return secretOf('BAHI_AUDIT_KEY', process.env)
  return (await secretsIn(existingData(data))).env.BAHI_AUDIT_KEY
}

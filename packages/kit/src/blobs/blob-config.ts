// The settings of blobs, and the storage that they choose.
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import Type from 'typebox'
import { Value } from 'typebox/value'
import type { BlobStorage } from './blobs.ts'
import { secretJson } from '../crypto/secret-json.ts'
import { folderStorage } from './folder-storage.ts'
import { s3Storage, type S3Credentials } from './s3-storage.ts'

export const BlobConfig = {
  BAHI_BLOBS: Type.Optional(
    Type.String({
      examples: ['s3://bahi-files?region=ap-south-1'],
      description:
        'Where blobs are kept: `file:<folder>`, which must exist, or ' +
        '`s3://<bucket>?region=<region>`, with `&endpoint=<url>` for a server other than AWS. ' +
        'Without it there are none.',
    }),
  ),
  BAHI_BLOBS_CREDENTIALS: Type.Optional(
    Type.String({
      secret: true,
      examples: ['{"accessKeyId":"…","secretAccessKey":"…"}'],
      description: 'JSON: `{ accessKeyId, secretAccessKey, sessionToken? }`, for `s3:`.',
    }),
  ),
  BAHI_BLOBS_CREDENTIALS_FILE: Type.Optional(
    Type.String({
      examples: ['/etc/bahi/s3.json'],
      description:
        'A file that holds what `BAHI_BLOBS_CREDENTIALS` would; it is read again for each request.',
    }),
  ),
}

export type BlobSettings = Partial<Record<keyof typeof BlobConfig, string>>

const Credentials = Type.Object(
  {
    accessKeyId: Type.String({ minLength: 1 }),
    secretAccessKey: Type.String({ minLength: 1 }),
    sessionToken: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
)

/** Throws an error that says what is wrong with the settings, without secrets. */
export async function blobStorageOf(settings: BlobSettings): Promise<BlobStorage | undefined> {
  const { BAHI_BLOBS: place } = settings
  if (place === undefined) return undefined
  if (place.startsWith('file:')) {
    const folder = place.startsWith('file://') ? fileURLToPath(place) : place.slice('file:'.length)
    if (folder === '') throw new Error('BAHI_BLOBS names no folder')
    const found = await stat(folder).catch(() => undefined)
    if (!found?.isDirectory()) throw new Error(`BAHI_BLOBS: there is no folder ${resolve(folder)}`)
    return folderStorage(folder)
  }
  if (place.startsWith('s3:')) {
    const credentials = credentialsOf(settings)
    await credentials()
    return s3Storage({ ...bucketOf(place), credentials })
  }
  throw new Error('BAHI_BLOBS is neither file:<folder> nor s3://<bucket>?region=<region>')
}

function bucketOf(place: string): { bucket: string; region: string; endpoint: string } {
  const url = URL.parse(place)
  if (!url || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.host) || !/^\/?$/.test(url.pathname))
    throw new Error('BAHI_BLOBS: s3: is followed by // and the name of a bucket')
  if (url.username || url.password)
    throw new Error('BAHI_BLOBS contains no credentials: see BAHI_BLOBS_CREDENTIALS')
  const unknown = [...url.searchParams.keys()].find((name) => name !== 'region' && name !== 'endpoint')
  if (unknown !== undefined) throw new Error(`BAHI_BLOBS: ${unknown} is not known; region and endpoint are`)
  const region = url.searchParams.get('region') ?? ''
  if (!/^[a-z0-9-]{1,32}$/.test(region)) throw new Error('BAHI_BLOBS needs the region of the bucket')
  const endpoint = url.searchParams.get('endpoint') ?? `https://s3.${region}.amazonaws.com`
  const { protocol, origin, href } = URL.parse(endpoint) ?? {}
  if ((protocol !== 'https:' && protocol !== 'http:') || href !== `${origin}/`)
    throw new Error('BAHI_BLOBS: the endpoint is http or https with host and port, and no path')
  return { bucket: url.host, region, endpoint }
}

function credentialsOf(settings: BlobSettings): () => Promise<S3Credentials> {
  const { BAHI_BLOBS_CREDENTIALS: json, BAHI_BLOBS_CREDENTIALS_FILE: file } = settings
  if (json !== undefined && file !== undefined)
    throw new Error(
      'BAHI_BLOBS_CREDENTIALS and BAHI_BLOBS_CREDENTIALS_FILE are both set: leave one of them out',
    )
  if (file !== undefined)
    return async () => parse(await readFile(file, 'utf8'), 'BAHI_BLOBS_CREDENTIALS_FILE')
  if (json === undefined)
    throw new Error('BAHI_BLOBS needs BAHI_BLOBS_CREDENTIALS or BAHI_BLOBS_CREDENTIALS_FILE for s3:')
  const credentials = parse(json, 'BAHI_BLOBS_CREDENTIALS')
  return () => Promise.resolve(credentials)
}

function parse(json: string, setting: string): S3Credentials {
  const value = secretJson<unknown>(setting, json)
  if (!Value.Check(Credentials, value)) throw new Error(`${setting} is malformed`)
  return value
}

// Blobs: files such as documents and reports, each sealed under the data keys of its service, in a folder or in S3.
import { createHash } from 'node:crypto'
import { Problem } from '@bahi/contracts/problem.ts'
import { createKeyRing, decrypt, encrypt } from '../crypto/aead.ts'
import type { DataKeys } from '../crypto/data-keys.ts'
import { sameBytes } from '../crypto/seal.ts'

/** 10 MiB. A blob is written and read whole; larger ones would need streaming. */
export const maxBlobBytes = 10 * 1_048_576
/** Above the limit: format, key id, IV, tag and hash. */
export const maxSealedBytes = maxBlobBytes + 256

export type Blob = {
  content: Buffer
  /** Of the content, in hex. */
  sha256: string
}

/**
 * The blobs of one service. A name is 1 to 200 characters of `a-z`, `0-9`, `_`, `-`, in segments between `/`.
 * Every call rejects with the problem `unavailable` when the storage cannot be used.
 */
export type Blobs = {
  /** Replaces what the name held; whole or not at all. Throws `body-too-large` above `maxBlobBytes`. */
  put(name: string, content: Uint8Array): Promise<{ sha256: string }>
  /**
   * Undefined when there is no such blob. Throws when it was changed, moved from another name, or is not what
   * `sha256` says: whoever keeps the hash of `put` notices an older content that was put back.
   */
  get(name: string, sha256?: string): Promise<Blob | undefined>
  /** Without effect when there is no such blob. */
  delete(name: string): Promise<void>
  /** Names in the order of their characters. */
  list(options?: ListOptions): Promise<string[]>
  /** Rejects when the storage cannot be used; for `/readyz`. */
  check(): Promise<void>
}

export type ListOptions = {
  /** Only names that begin with this and a `/`. */
  under?: string
  /** Only names that come after this one: the last of the list before. */
  after?: string
  /** At most this many; 1,000 is the default and the maximum. */
  limit?: number
}

/** Where the sealed bytes are kept: what an adapter implements. Keys have the form of names. */
export type BlobStorage = {
  /** Whole or not at all, and durable when it resolves. */
  write(key: string, bytes: Uint8Array): Promise<void>
  /** Throws when there are more than `maxSealedBytes`. */
  read(key: string): Promise<Buffer | undefined>
  delete(key: string): Promise<unknown>
  /** Keys that begin with `under` and a `/`, come after `after`, sorted, at most `limit`. */
  list(options: { under: string; after: string; limit: number }): Promise<string[]>
  check(): Promise<void>
}

const format = '1'
const hashBytes = 32
const maxListed = 1_000
const maxNameLength = 200
/** No dots and no upper case: safe as a path and the same on file systems that ignore case. */
const keyPattern = /^[a-z0-9][a-z0-9_-]*(?:\/[a-z0-9][a-z0-9_-]*)*$/

/** Whether it has the form of a key: a storage may contain other things. */
export const isBlobKey = (text: string): boolean => keyPattern.test(text)

/** The blobs of a service: sealed as `1.<key id>.` and bytes, bound to service and name. */
export function createBlobs(service: string, dataKeys: DataKeys, storage: BlobStorage): Blobs {
  const ring = createKeyRing(service, dataKeys, 'bahi blob 1')
  const prefix = Buffer.from(`${format}.${dataKeys.current}.`)
  const place = (name: string) => Buffer.from(['blob', service, name].join('\0'))
  const keyOf = (name: string) => {
    if (name.length > maxNameLength || !isBlobKey(name))
      throw new Error(`${JSON.stringify(name.slice(0, maxNameLength))} is no name of a blob`)
    return `${service}/${name}`
  }

  function open(name: string, sealed: Buffer): Blob {
    const [idAt, bodyAt] = [sealed.indexOf('.') + 1, sealed.indexOf('.', format.length + 1) + 1]
    if (sealed.toString('latin1', 0, idAt) !== `${format}.` || bodyAt === 0) throw new Error('no sealed blob')
    const key = ring.find(sealed.toString('latin1', idAt, bodyAt - 1))
    const plain = decrypt(key, sealed.subarray(bodyAt), place(name))
    const content = plain.subarray(hashBytes)
    const hash = hashOf(content)
    if (!sameBytes(hash, plain.subarray(0, hashBytes))) throw new Error('the content does not have its hash')
    return { content, sha256: hash.toString('hex') }
  }

  return {
    async put(name, content) {
      const key = keyOf(name)
      if (content.length > maxBlobBytes)
        throw new Problem('body-too-large', `a blob has at most ${maxBlobBytes} bytes`)
      const hash = hashOf(content)
      const sealed = encrypt(ring.current, Buffer.concat([hash, content]), place(name))
      await storage.write(key, Buffer.concat([prefix, sealed]))
      return { sha256: hash.toString('hex') }
    },
    async get(name, sha256) {
      const sealed = await storage.read(keyOf(name))
      if (!sealed) return undefined
      let blob: Blob
      try {
        blob = open(name, sealed)
      } catch (error) {
        throw new Error(`the blob ${name} of ${service} does not open`, { cause: error })
      }
      if (sha256 !== undefined && blob.sha256 !== sha256)
        throw new Error(`the blob ${name} of ${service} is not the one that was put`)
      return blob
    },
    async delete(name) {
      await storage.delete(keyOf(name))
    },
    async list({ under, after, limit = maxListed } = {}) {
      const keys = await storage.list({
        under: under === undefined ? service : keyOf(under),
        after: after === undefined ? '' : keyOf(after),
        limit: Math.min(limit, maxListed),
      })
      return keys.map((key) => key.slice(service.length + 1))
    },
    check: () => storage.check(),
  }
}

const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest()

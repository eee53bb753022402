// Blobs in a bucket of S3, or of a server that speaks its protocol: signed requests (SigV4) with a time limit.
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { AwsClient } from 'aws4fetch'
import { Problem } from '@bahi/contracts/problem.ts'
import { isBlobKey, maxSealedBytes, type BlobStorage } from './blobs.ts'

export type S3Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

export type S3Options = {
  /** Scheme, host and port; the bucket is the first segment of the path. */
  endpoint: string
  bucket: string
  region: string
  /** Asked for each request, so that credentials can change while the process runs. */
  credentials(): Promise<S3Credentials>
  /** Of a call with its retries; default 10 s. */
  timeoutMs?: number
}

const defaultTimeoutMs = 10_000
const maxTries = 3
const backoffMs = 100

type S3Request = { method: string; key?: string; query?: Record<string, string>; body?: Uint8Array }
type S3Response = { status: number; body: Buffer; code: string | undefined }

/**
 * Each request can be repeated without harm, so it is, after a broken connection and the statuses 429 and 5xx.
 * A missing bucket or a refusal is `unavailable`, and never "there is no such blob".
 */
export function s3Storage({ endpoint, bucket, region, ...options }: S3Options): BlobStorage {
  async function attempt(
    { method, key = '', query = {}, body }: S3Request,
    signal: AbortSignal,
  ): Promise<S3Response> {
    const client = new AwsClient({
      ...(await options.credentials()),
      service: 's3',
      region,
    })
    const url = new URL(`/${bucket}${key && `/${key}`}`, endpoint)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const signed = await client.sign(url, {
      method,
      headers: {
        'x-amz-content-sha256': createHash('sha256')
          .update(body ?? '')
          .digest('hex'),
      },
      ...(body ? { body: Buffer.from(body) } : {}),
      // A redirect would lead to a host that the signature is not for.
      redirect: 'manual',
      signal,
    })
    const response = await fetch(signed)
    const bytes = await readBody(response, key)
    const code = response.ok ? undefined : /<Code>(\w+)<\/Code>/.exec(bytes.toString('utf8'))?.[1]
    return { status: response.status, body: bytes, code }
  }

  /** Throws `unavailable` for everything but the expected status and, where it has a key, a missing object. */
  async function send(request: S3Request, expected: number): Promise<S3Response | undefined> {
    const signal = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs)
    let reason = ''
    for (let nth = 1; nth <= maxTries && !signal.aborted; nth++) {
      try {
        if (nth > 1) await delay(backoffMs * nth * Math.random(), undefined, { signal })
        const response = await attempt(request, signal)
        if (response.status === expected) return response
        if (response.code === 'NoSuchKey') return undefined
        reason = `${response.status} ${response.code ?? ''}`.trim()
        if (response.status < 500 && response.status !== 429) break
      } catch (error) {
        if (error instanceof RangeError) throw error
        reason = signal.aborted ? 'no answer in time' : messageOf(error)
      }
    }
    throw new Problem('unavailable', `the storage of blobs cannot be used: ${reason}`)
  }

  async function listPage(
    query: Record<string, string>,
  ): Promise<{ keys: string[]; next: string | undefined }> {
    const response = await send({ method: 'GET', query: { 'list-type': '2', ...query } }, 200)
    const xml = response?.body.toString('utf8') ?? ''
    if (!xml.includes('<ListBucketResult'))
      throw new Problem('unavailable', 'the storage of blobs cannot be used: no list of objects')
    const keys = [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key)
    return { keys, next: /<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(xml)?.[1] }
  }

  return {
    async write(key, body) {
      await required(send({ method: 'PUT', key, body }, 200))
    },
    read: async (key) => (await send({ method: 'GET', key }, 200))?.body,
    delete: (key) => send({ method: 'DELETE', key }, 204),
    async list({ under, after, limit }) {
      const found: string[] = []
      const query = { prefix: `${under}/`, ...(after ? { 'start-after': after } : {}) }
      for (let next: string | undefined; ;) {
        const more: Record<string, string> = next === undefined ? {} : { 'continuation-token': next }
        const page = await listPage({ ...query, ...more, 'max-keys': String(limit) })
        found.push(...page.keys.filter(isBlobKey))
        next = page.next
        if (next === undefined || found.length >= limit) return found.slice(0, limit)
      }
    },
    async check() {
      await required(send({ method: 'HEAD' }, 200))
    },
  }
}

/** A body that ends before its length rejects by itself; one that is too long is not read to its end. */
async function readBody(response: Response, key: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > maxSealedBytes) throw new RangeError(`the blob ${key} has more bytes than any may have`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function required(response: Promise<S3Response | undefined>): Promise<void> {
  if (!(await response)) throw new Problem('unavailable', 'the storage of blobs cannot be used: no such key')
}

function messageOf(error: unknown): string {
  const { cause, message } = error as Error
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : message
}

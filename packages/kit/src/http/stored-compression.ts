// Compressed files: each is compressed once for the whole process, however often it is asked for.
import { brotliCompress, constants, gzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { FastifyRequest } from 'fastify'
import { wholeBody } from '../transport/transport.ts'
import type { App } from './http.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The one file that the route sends, whatever its path is. */
    file?: string
  }
}

type Encoding = 'br' | 'gzip'

const thresholdBytes = 1_024
/** Files and their encodings; the oldest go first. */
const maxStored = 1_000
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
type Compress = (encoding: Encoding, whole: Buffer) => Promise<Buffer>
const compressWith: Compress = (encoding, whole) =>
  encoding === 'br' ? promisify(brotliCompress)(whole, brotliOptions) : promisify(gzip)(whole, { level: 9 })

/**
 * Compresses what routes send that have no contract of their own: files with an `etag`, which says when one changed.
 * Those routes are left out of the compression of each answer.
 * @param compressible content types
 */
export function compressFiles(app: App, compressible: RegExp, compress: Compress = compressWith): void {
  const stored = new Map<string, Promise<Buffer>>()

  function compressedOnce(key: string, encoding: Encoding, payload: unknown): Promise<Buffer> {
    const known = stored.get(key)
    if (known) {
      if (isStream(payload)) payload.destroy()
      return known
    }
    const compressing = wholeOf(payload).then((whole) => compress(encoding, whole))
    stored.set(key, compressing)
    compressing.catch(() => stored.delete(key))
    const [oldest] = stored.keys()
    if (stored.size > maxStored) stored.delete(oldest!)
    return compressing
  }

  app.addHook('onRoute', (route) => {
    if (!route.config?.contract) Object.assign(route, { compress: false })
  })
  app.addHook('onSend', async (request, reply, payload: unknown) => {
    const etag = reply.getHeader('etag')
    const isFile = request.method === 'GET' && reply.statusCode === 200 && etag !== undefined
    if (!isFile || request.routeOptions.config.contract) return payload
    const length = isStream(payload) ? Number(reply.getHeader('content-length')) : sizeOf(payload)
    if (length < thresholdBytes || !compressible.test(String(reply.getHeader('content-type') ?? '')))
      return payload
    void reply.header('vary', 'accept-encoding')
    const encoding = encodingOf(request.headers['accept-encoding'])
    if (!encoding) return payload
    const compressed = await compressedOnce(`${encoding} ${fileOf(request)} ${etag}`, encoding, payload)
    void reply.headers({ 'content-encoding': encoding, 'content-length': compressed.length })
    void reply.removeHeader('accept-ranges')
    return compressed
  })
}

/** Spellings of one path are one file. */
function fileOf({ url, routeOptions }: FastifyRequest): string {
  return routeOptions.config.file ?? decodeURIComponent(url.split('?')[0]!)
}

/** What the client prefers, of what it takes; undefined: nothing of it. */
export function encodingOf(accepted: string | undefined): Encoding | undefined {
  const refused = /;\s*q=0(\.0*)?\s*$/
  const names = (accepted ?? '')
    .split(',')
    .filter((one) => !refused.test(one))
    .map((one) => one.split(';')[0]!.trim().toLowerCase())
  return (['br', 'gzip'] as const).find((name) => names.includes(name))
}

type Stream = NodeJS.ReadableStream & { destroy(): void }

const isStream = (payload: unknown): payload is Stream =>
  typeof payload === 'object' && payload !== null && 'pipe' in payload

const sizeOf = (payload: unknown) =>
  typeof payload === 'string' ? payload.length : (payload as Buffer).length

async function wholeOf(payload: unknown): Promise<Buffer> {
  if (typeof payload === 'string') return Buffer.from(payload)
  return wholeBody(payload as Parameters<typeof wholeBody>[0])
}

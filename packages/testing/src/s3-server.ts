// For tests: a server that speaks as much of S3 as blobs need, verifies every signature by itself, and can be faulty.
import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export const s3Region = 'ap-south-1'
export const s3Bucket = 'documents'
export const s3Keys = { accessKeyId: 'TESTKEY', secretAccessKey: 'test/secret+key' }

/**
 * `hang`: no answer. `truncate`: the connection breaks in the middle of a body. `replace`: another body, of the right
 * length. `cut`: a shorter body whose length says so. `redirect`: to another host. A number: that status.
 */
export type S3Fault = 'hang' | 'truncate' | 'replace' | 'cut' | 'redirect' | number

export type S3Server = {
  endpoint: string
  objects: Map<string, Buffer>
  /** Requests that came in. */
  count(): number
  /** For so many requests from now on; default: all of them. */
  fail(fault: S3Fault, requests?: number): void
  works(): void
  /** Temporary credentials from now on: requests must have this token. */
  demandToken(token: string): void
  close(): Promise<void>
}

/** Keys in one page of a list, whatever is asked: lists of several pages are usual in tests. */
const pageSize = 3
const maxSkewMs = 15 * 60_000

type Refusal = { status: number; code: string }

export async function startS3(): Promise<S3Server> {
  const objects = new Map<string, Buffer>()
  let count = 0
  let token: string | undefined
  let fault: { kind: S3Fault; left: number } | undefined

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => answer(request, Buffer.concat(chunks), response))
  })

  function answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    count += 1
    const active = fault && fault.left-- > 0 ? fault.kind : undefined
    if (active === 'hang') return
    if (active === 'redirect') return void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()
    if (typeof active === 'number') return refuse(response, { status: active, code: 'InternalError' })
    const refusal = refusalOf(request, body, token)
    if (refusal) return refuse(response, refusal)
    const url = new URL(request.url!, 'http://s3')
    const [, bucket, ...segments] = url.pathname.split('/')
    if (bucket !== s3Bucket) return refuse(response, { status: 404, code: 'NoSuchBucket' })
    const key = segments.join('/')
    const send = (bytes: Buffer) => sendBody(response, bytes, active)
    if (key === '')
      return request.method === 'HEAD' ? void response.end() : send(listOf(objects, url.searchParams))
    if (request.method === 'PUT') objects.set(key, body)
    else if (request.method === 'DELETE') objects.delete(key)
    else {
      const found = objects.get(key)
      return found ? send(found) : refuse(response, { status: 404, code: 'NoSuchKey' })
    }
    response.writeHead(request.method === 'PUT' ? 200 : 204).end()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    objects,
    count: () => count,
    fail: (kind, requests = Infinity) => void (fault = { kind, left: requests }),
    works: () => void (fault = undefined),
    demandToken: (value) => void (token = value),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function sendBody(response: ServerResponse, bytes: Buffer, fault: S3Fault | undefined): void {
  const half = bytes.subarray(0, bytes.length / 2)
  if (fault === 'truncate') {
    response.writeHead(200, { 'content-length': bytes.length })
    response.write(half, () => response.destroy())
  } else response.end(fault === 'cut' ? half : fault === 'replace' ? Buffer.alloc(bytes.length, 'x') : bytes)
}

function refuse(response: ServerResponse, { status, code }: Refusal): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`)
}

function listOf(objects: Map<string, Buffer>, query: URLSearchParams): Buffer {
  const from = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const all = [...objects.keys()]
    .sort()
    .filter((key) => key.startsWith(query.get('prefix') ?? '') && key > from)
  const page = all.slice(0, Math.min(pageSize, Number(query.get('max-keys') ?? 1_000)))
  const next = page.length < all.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
  const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')
  return Buffer.from(`<?xml version="1.0"?><ListBucketResult>${next}${contents}</ListBucketResult>`)
}

function refusalOf(request: IncomingMessage, body: Buffer, token: string | undefined): Refusal | undefined {
  const refused = (code: string) => ({ status: 403, code })
  const { authorization = '', ...headers } = request.headers as Record<string, string>
  const match = /^AWS4-HMAC-SHA256 Credential=(.+), SignedHeaders=(.+), Signature=([0-9a-f]{64})$/.exec(
    authorization,
  )
  if (!match) return refused('AccessDenied')
  const [, credential = '', signedHeaders = '', signature] = match
  const time = headers['x-amz-date'] ?? ''
  const scope = `${time.slice(0, 8)}/${s3Region}/s3/aws4_request`
  if (credential !== `${s3Keys.accessKeyId}/${scope}`) return refused('InvalidAccessKeyId')
  const signed = signedHeaders.split(';')
  const mustBeSigned = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))]
  if (!mustBeSigned.every((name) => signed.includes(name))) return refused('AccessDenied')
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(Math.abs(Date.now() - at) < maxSkewMs)) return refused('RequestTimeTooSkewed')
  if (headers['x-amz-security-token'] !== token) return refused('InvalidToken')
  if (headers['x-amz-content-sha256'] !== sha256(body))
    return { status: 400, code: 'XAmzContentSHA256Mismatch' }
  const right = signatureOf(
    { method: request.method!, url: request.url!, headers, signed, region: s3Region },
    s3Keys,
  )
  return signature === right ? undefined : refused('SignatureDoesNotMatch')
}

type Signable = {
  method: string
  /** Path and query, as on the wire. */
  url: string
  headers: Record<string, string>
  /** Names of headers, in order. */
  signed: string[]
  region: string
}

/** Signature Version 4, written from its specification: it shares no code with what signs. */
export function signatureOf(
  { method, url, headers, signed, region }: Signable,
  { secretAccessKey }: { secretAccessKey: string },
): string {
  const [path = '', query = ''] = url.split('?')
  const pairs = [...new URLSearchParams(query)].map((pair) => pair.map(encode).join('=')).sort()
  const canonical = [
    method,
    path
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    pairs.join('&'),
    ...signed.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signed.join(';'),
    headers['x-amz-content-sha256'],
  ].join('\n')
  const time = headers['x-amz-date'] ?? ''
  const scope = [time.slice(0, 8), region, 's3', 'aws4_request']
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`)
  return hmac(key, ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n')).toString('hex')
}

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

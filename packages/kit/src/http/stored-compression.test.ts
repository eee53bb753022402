// Files are compressed once, whoever asks for them however often; what is no file is left alone.
import { Readable } from 'node:stream'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import type { App } from './app.ts'
import { buildApp } from './http.ts'
import { compressFiles, encodingOf } from './stored-compression.ts'

let app: App
let compressed: string[]
let etag: string
const text = 'a page of the account book '.repeat(200)

beforeEach(() => {
  compressed = []
  etag = '"1"'
  app = buildApp({
    ...{ service: 'gateway', edge: true, trust: undefined as never },
    ...{ log: createLog('gateway', 'silent'), metrics: createMetrics('gateway') },
  })
  compressFiles(app, /^text/, async (encoding, whole) => {
    compressed.push(encoding)
    return encoding === 'br' ? brotliCompressSync(whole) : gzipSync(whole)
  })
  const send =
    (type: string, body: () => unknown) => (_request: unknown, reply: { headers(h: object): unknown }) =>
      (reply.headers({ etag, 'content-type': type }) as { send(b: unknown): never }).send(body())
  app.get(
    '/files/*',
    send('text/javascript', () => Readable.from([text])),
  )
  app.get(
    '/small',
    send('text/css', () => 'a{}'),
  )
  app.get(
    '/picture',
    send('image/png', () => Buffer.alloc(5_000)),
  )
  app.get('/dynamic', () => text)
  app.get(
    '/*',
    { config: { file: 'index.html' } },
    send('text/html', () => text),
  )
})
afterEach(() => app.close())

const get = (url: string, encoding = 'br, gzip', method: 'GET' | 'HEAD' = 'GET') =>
  app.inject({ method, url, headers: { 'accept-encoding': encoding } })

it('sixty requests at once compress a file once, and each gets all of it', async () => {
  const answers = await Promise.all(Array.from({ length: 60 }, () => get('/files/app.js')))
  for (const answer of answers) {
    expect(answer.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding', etag })
    expect(answer.headers['content-length']).toBe(String(answer.rawPayload.length))
    expect(brotliDecompressSync(answer.rawPayload).toString()).toBe(text)
  }
  expect(compressed).toEqual(['br'])
})

it('each encoding once, and again when the file has changed', async () => {
  for (let i = 0; i < 3; i++) {
    await get('/files/app.js')
    const answer = await get('/files/app.js', 'gzip')
    expect(gunzipSync(answer.rawPayload).toString()).toBe(text)
  }
  expect(compressed).toEqual(['br', 'gzip'])
  etag = '"2"'
  await get('/files/app.js')
  expect(compressed).toEqual(['br', 'gzip', 'br'])
})

it('spellings of a path, and paths of one file, are one file', async () => {
  await Promise.all(['/files/app.js', '/files/%61pp.js', '/files/app.js?x=1'].map((url) => get(url)))
  await Promise.all(Array.from({ length: 20 }, (_, i) => get(`/any/path/${i}`)))
  expect(compressed).toEqual(['br', 'br'])
})

it.each([
  ['small', '/small', 'br'],
  ['of another type', '/picture', 'br'],
  ['without an etag', '/dynamic', 'br'],
  ['for a client that takes none', '/files/app.js', 'identity'],
  ['for a client that refuses it', '/files/app.js', 'br;q=0, gzip;q=0.0'],
])('what is %s is sent as it is', async (_what, url, encoding) => {
  const answer = await get(url, encoding)
  expect([answer.statusCode, answer.headers['content-encoding']]).toEqual([200, undefined])
  expect(compressed).toEqual([])
})

it('a failure is not kept', async () => {
  const answer = await get('/files/%ff')
  expect(answer.statusCode).toBe(400)
  expect((await get('/files/app.js', 'br', 'HEAD')).payload).toBe('')
})

it.each([
  ['gzip, deflate, br', 'br'],
  ['GZIP;q=1.0', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['*', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s is answered with %s', (accepted, encoding) => {
  expect(encodingOf(accepted)).toBe(encoding)
})

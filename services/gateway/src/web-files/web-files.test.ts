// The web app as the gateway serves it: paths, files, headers, and what is not served.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startGateway, type TestGateway } from '../testing.ts'

const page = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

const hidden = 'not to be served'

let root: string
let gateway: TestGateway
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bahi-web-'))
  await mkdir(join(root, 'dist/assets'), { recursive: true })
  await Promise.all([
    writeFile(join(root, 'secret.txt'), hidden),
    writeFile(join(root, 'dist/.built-from'), hidden),
    writeFile(join(root, 'dist/index.html'), '<!doctype html><title>bahi</title>'),
    writeFile(join(root, 'dist/sw.js'), 'self'),
    writeFile(join(root, 'dist/assets/index-abc123.js'), 'export {}'),
  ])
  gateway = await startGateway(inject('postgresUrl'), { env: { BAHI_WEB_FOLDER: join(root, 'dist') } })
})
afterAll(async () => {
  await gateway.stop()
  await rm(root, { recursive: true, force: true })
})

it.each(['/', '/welcome', '/pay?to=asha%40bahi', '/history/01994c00-0000-7000-8000-000000000001'])(
  '%s serves the app, revalidated each time, under its own policy',
  async (path) => {
    const response = await gateway.fetch(path, { headers: page })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<title>bahi</title>')
    const { headers } = response
    expect(headers.get('content-type')).toContain('text/html')
    expect(headers.get('cache-control')).toBe('no-cache')
    expect(headers.get('permissions-policy')).toContain('camera=(self)')
    const policy = headers.get('content-security-policy')!
    for (const directive of [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval';",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types bahi-worker',
    ])
      expect(policy).toContain(directive)
    expect(policy.replace("'wasm-unsafe-eval'", '')).not.toMatch(/unsafe|\*/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  },
)

it('files with hashed names are cached for ever, others are revalidated', async () => {
  const script = await gateway.fetch('/assets/index-abc123.js')
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(script.headers.get('content-type')).toContain('javascript')
  const worker = await gateway.fetch('/sw.js')
  expect(worker.headers.get('cache-control')).toBe('no-cache')
  expect(worker.headers.get('etag')).not.toBeNull()
})

it.each([
  ['/assets/index-gone.js', page],
  ['/v1/nothing', page],
  ['/sandbox/nothing', page],
  ['/internal/account/transfers', page],
  ['/problems/nothing', page],
  ['/nowhere', { accept: 'application/json' }],
  ['/nowhere', {}],
])('%s is answered with not-found', async (path, headers) => {
  const response = await gateway.fetch(path, { headers: headers as Record<string, string> })
  expect(response.status).toBe(404)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(await response.json()).toMatchObject({ code: 'not-found' })
  expect(gateway.forwarded).toEqual([])
})

it.each([
  '/.built-from',
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/assets/../../secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..%5csecret.txt',
  '//etc/hostname',
])('%s serves no hidden file and none outside the folder', async (path) => {
  expect(await raw(path)).not.toContain(hidden)
})

it('API paths are forwarded, not served as files', async () => {
  const response = await gateway.fetch('/v1/auth/jwks', { headers: { ...page, 'x-request-id': 'outside-1' } })
  expect([response.status, response.headers.get('content-security-policy')]).toEqual([
    200,
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  ])
  expect((await gateway.fetch('/sandbox/inbox', { headers: page })).status).toBe(200)
  expect((await gateway.fetch('/welcome', { method: 'POST', headers: page })).status).toBe(404)
  expect(await (await gateway.fetch('/')).json()).toMatchObject({ name: 'bahi' })
})

/** Requests the path exactly as written. */
function raw(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(gateway.url)
    httpRequest({ host: '127.0.0.1', port, path, headers: page }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve(body))
    })
      .on('error', reject)
      .end()
  })
}

// Mutual TLS between services on real sockets, with certificates that are replaced while both sides run.
import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type PeerCertificate } from 'node:tls'
import { testAuthority, type Authority, type Certificate } from '@bahi/testing/certificates.ts'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../http/http.ts'
import { createInternalListener } from '../runtime/internal-listener.ts'
import { httpTransport, type HttpTransportOptions } from './http-transport.ts'
import { serviceTls, type ServiceTls } from './service-tls.ts'
import { wholeBody } from './transport.ts'

let ours: Authority
let theirs: Authority
let folder: string
const warnings: unknown[] = []
const log = { info: () => undefined, warn: (fields: unknown) => void warnings.push(fields) }
const ends: (() => unknown)[] = []

beforeAll(async () => {
  ;[ours, theirs] = await Promise.all([testAuthority('ours'), testAuthority('theirs')])
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-tls-'))
  warnings.length = 0
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  await rm(folder, { recursive: true })
})

async function write(who: string, { cert, key }: Certificate, ca: string): Promise<void> {
  await writeFile(join(folder, `${who}.crt`), cert)
  await writeFile(join(folder, `${who}.key`), key)
  await writeFile(join(folder, `${who}.ca`), ca)
}

function tlsOf(who: string): ServiceTls {
  const file = (kind: string) => join(folder, `${who}.${kind}`)
  const tls = serviceTls({ certFile: file('crt'), keyFile: file('key'), caFile: file('ca') }, log, 20)
  ends.push(() => tls.close())
  return tls
}

/** A port that answers `fine` to whoever may connect. */
async function listen(tls: ServiceTls): Promise<string> {
  const app = {
    routing: (_request: unknown, response: { end(text: string): void }) => response.end('fine'),
  } as unknown as App
  const listener = createInternalListener(() => app, tls)
  const url = await listener.listen(0, '127.0.0.1')
  ends.push(() => listener.close(100))
  return url.replace('127.0.0.1', 'localhost')
}

function callerOf(urls: string | string[], options: HttpTransportOptions) {
  const transport = httpTransport({ user: urls }, options)
  ends.push(() => transport.close())
  const token = `.${Buffer.from('{"aud":"user"}').toString('base64url')}.`
  return async () => {
    const headers = { 'x-bahi-service': token }
    const { body } = await transport('user', { method: 'GET', path: '/', headers, timeoutMs: 5_000 })
    return (await wholeBody(body)).toString()
  }
}

describe('a port with a certificate', () => {
  let url: string
  beforeEach(async () => {
    await write('server', await ours.issue(), ours.ca)
    url = await listen(tlsOf('server'))
  })

  it('answers a caller with a certificate of the same authority', async () => {
    await write('caller', await ours.issue(), ours.ca)
    expect(url).toMatch(/^https:/)
    expect(await callerOf(url, { tls: tlsOf('caller') })()).toBe('fine')
  })

  it('refuses a caller of another authority, one without a certificate, and one in the clear', async () => {
    await write('stranger', await theirs.issue(), ours.ca)
    await write('caller', await ours.issue(), ours.ca)
    const anonymous = { ...tlsOf('caller').current(), cert: '', key: '' }
    const refused = [
      callerOf(url, { tls: tlsOf('stranger') }),
      callerOf(url, { tls: { ...tlsOf('caller'), current: () => anonymous } }),
      callerOf(url.replace('https', 'http'), {}),
    ]
    for (const call of refused) await expect(call()).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('is not called by whoever does not trust it, nor under a name that is not its own', async () => {
    await write('caller', await ours.issue(), theirs.ca)
    await expect(callerOf(url, { tls: tlsOf('caller') })()).rejects.toMatchObject({ code: 'unavailable' })
    await write('other', await ours.issue('payment.example'), ours.ca)
    const wrong = await listen(tlsOf('other'))
    await write('caller', await ours.issue(), ours.ca)
    const tls = tlsOf('caller')
    await expect(callerOf(wrong, { tls })()).rejects.toMatchObject({ code: 'unavailable' })
    // Nothing was sent to it, so that another copy is asked.
    expect(await callerOf([wrong, url], { tls })()).toBe('fine')
  })

  it('and its callers take new certificates, even of a new authority, without a restart', async () => {
    await write('caller', await ours.issue(), ours.ca)
    const call = callerOf(url, { tls: tlsOf('caller') })
    expect(await call()).toBe('fine')
    // Both sides trust the new authority before anybody has a certificate of it.
    const both = `${ours.ca}\n${theirs.ca}`
    for (const who of ['server', 'caller']) await writeFile(join(folder, `${who}.ca`), both)
    const [server, caller] = [await theirs.issue(), await theirs.issue()]
    await writeFile(join(folder, 'server.crt'), server.cert)
    // A certificate whose key has not arrived is not used.
    await expect.poll(() => warnings.length).toBeGreaterThan(0)
    expect(await call()).toBe('fine')
    await writeFile(join(folder, 'server.key'), server.key)
    await write('caller', caller, theirs.ca)
    await expect.poll(() => presentedBy(url)).toBe(new X509Certificate(server.cert).fingerprint256)
    await expect.poll(() => call().catch(String)).toBe('fine')
    // The old authority is trusted no more, on connections of now.
    await writeFile(join(folder, 'server.ca'), theirs.ca)
    await write('late', await ours.issue(), both)
    const late = callerOf(url, { tls: tlsOf('late'), lifetimeMs: 1 })
    await expect.poll(() => late().catch(() => 'refused')).toBe('refused')
    expect(await call()).toBe('fine')
  })
})

it('a certificate without its key, or a file that is not there, is a fault at the start', async () => {
  const [one, other] = [await ours.issue(), await ours.issue()]
  await write('server', { cert: one.cert, key: other.key }, ours.ca)
  expect(() => tlsOf('server')).toThrow(/key/i)
  expect(() => tlsOf('nobody')).toThrow('ENOENT')
})

async function presentedBy(url: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      const { fingerprint256 } = socket.getPeerCertificate() as PeerCertificate
      socket.destroy()
      resolve(fingerprint256)
    })
    socket.on('error', reject)
  })
}

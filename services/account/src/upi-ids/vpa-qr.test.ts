// Pictures of codes: read by a reader of codes, they say what was asked; nobody gets another person's.
import { listCodeSigners, vpaQr } from '@bahi/contracts/qr.ts'
import { pathOf, type Input } from '@bahi/contracts/call.ts'
import { readCode } from '@bahi/contracts/codes/read-code.ts'
import { signatureIn } from '@bahi/contracts/codes/signed-link.ts'
import { isSignedBy } from '@bahi/kit/crypto/detached-signature.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { personHeader } from '@bahi/kit/http/principal.ts'
import { directTransport } from '@bahi/kit/transport/direct-transport.ts'
import { wholeBody } from '@bahi/kit/transport/transport.ts'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { decode } from 'fast-png'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { createAccountTestSetup, type Customer } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
let asha: Customer
beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
  prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer } })
  setup = await createAccountTestSetup(inject('postgresUrl'))
  asha = await setup.customer()
})
afterAll(() => setup.platform.stop())

type Asked = Partial<Input<typeof vpaQr>['querystring']> | Record<string, unknown>
/** As the gateway forwards it. */
async function get(asked: Asked = {}, { vpa = asha.vpa, userId = asha.userId, accept = '*/*' } = {}) {
  const forward = directTransport(
    { app: setup.platform.app, trust: undefined as never, clock: systemClock },
    'gateway',
  )
  const params = { vpa }
  const who = { userId, sessionId: userId, deviceId: 'test-device', roles: ['customer' as const] }
  const { status, headers, body } = await forward('account', {
    method: 'GET',
    path: pathOf(vpaQr.url, params, asked),
    route: { contract: vpaQr, params },
    headers: { accept, ...personHeader(who) },
    timeoutMs: 10_000,
  })
  const whole = await wholeBody(body)
  const problem =
    status < 400 ? undefined : (JSON.parse(whole.toString()) as { code: string; detail: string })
  return { status, headers, body: whole, problem }
}

/** The text in the picture, and its width. */
async function scanned(png: Buffer): Promise<{ text: string; width: number }> {
  const { data, width, height, channels } = decode(png)
  expect(channels).toBe(1)
  const points = new Uint8ClampedArray(width * height * 4)
  for (const [at, grey] of data.entries()) points.set([grey, grey, grey, 255], at * 4)
  const picture = { data: points, width, height, colorSpace: 'srgb' } as ImageData
  const [found] = await readBarcodes(picture, { formats: ['QRCode'] })
  return { text: found!.text, width }
}

describe('the code of a UPI ID', () => {
  it.each<[what: string, asked: Asked, order: object]>([
    ['alone', {}, {}],
    ['with an amount', { amountPaise: 250_50 }, { amountPaise: 250_50 }],
    [
      'with an amount, the least of it and a note',
      { amountPaise: 250_50, minPaise: 100, note: 'चाय & 1' },
      { amountPaise: 250_50, minPaise: 100, note: 'चाय & 1' },
    ],
  ])('%s is scanned as it was asked for', async (_, asked, order) => {
    const { status, headers, body } = await get({ ...asked, format: 'png' })
    expect([status, headers['content-type'], headers['cache-control'], headers['vary']]).toEqual([
      ...[200, 'image/png', 'private, max-age=300', 'accept'],
    ])
    const { text, width } = await scanned(body)
    expect(text).toContain('&pn=Asha%20Rao&')
    expect(width).toBeLessThanOrEqual(512)
    expect(readCode(text)).toEqual({
      kind: 'pay',
      order: {
        vpa: asha.vpa,
        ...order,
        initiation: { mode: '01', purpose: '00', origin: { kind: 'qr' } },
      },
    })
  })

  it.each([
    ['by the rule in force', undefined, 480],
    ['when its payee says', 60, 60],
  ])('of an order expires %s, and is not kept', async (_, expiresInS, lastsS) => {
    const order = { amountPaise: 9_900, reference: 'ORD-17', expiresInS }
    const fromMs = setup.clock.now().getTime() + lastsS * 1_000
    const { headers, body } = await get({ ...order, format: 'png' })
    const toMs = setup.clock.now().getTime() + lastsS * 1_000
    expect(headers['cache-control']).toBe('no-store')
    const { text } = await scanned(body)
    expect(readCode(text, fromMs - 1)).toMatchObject({
      kind: 'pay',
      order: { amountPaise: 9_900, initiation: { mode: '16', reference: 'ORD-17' } },
    })
    expect(readCode(text, toMs)).toEqual({ kind: 'refused', reason: 'expired' })
  })

  it.each<[what: string, asked: Asked, mode: string]>([
    ['an order', { amountPaise: 9_900, reference: 'ORD-17' }, '16'],
    ['any amount, when that is asked', { signed: true }, '02'],
  ])('of %s is signed with a key that everybody can have', async (_, asked, mode) => {
    const { text } = await scanned((await get({ ...asked, format: 'png' })).body)
    expect(text).toContain(`&mode=${mode}`)
    const found = signatureIn(text)
    if (typeof found !== 'object') throw new Error(`the signature is ${found}`)
    const { signers } = await setup.platform.anybody(listCodeSigners, {})
    expect(signers.map(({ orgId }) => orgId)).toEqual(['159001', '200001'])
    const [key] = signers.find(({ orgId }) => orgId === found.orgId)!.keys
    expect(key!.publicKey).not.toHaveProperty('d')
    expect(isSignedBy(key!, found.signed, found.signature)).toBe(true)
    expect(isSignedBy(key!, found.signed.replace('am=', 'am=1'), found.signature)).toBe(asked.signed === true)
  })

  it('of an order is not signed when that is asked', async () => {
    const order = { amountPaise: 9_900, reference: 'ORD-17', signed: false }
    const { text } = await scanned((await get({ ...order, format: 'png' })).body)
    expect(readCode(text)).toMatchObject({ kind: 'pay', order: { initiation: { mode: '15' } } })
    expect(signatureIn(text)).toBeUndefined()
  })

  it.each([
    ['SVG unless something else is wanted', '*/*', 'image/svg+xml'],
    ['SVG for a browser', 'image/avif,image/png,image/svg+xml,*/*;q=0.8', 'image/svg+xml'],
    ['PNG for who takes nothing else', 'image/png', 'image/png'],
  ])('is %s', async (_, accept, type) => {
    expect((await get({}, { accept })).headers['content-type']).toBe(type)
  })

  it('in SVG is the same squares as in PNG, with nothing that runs', async () => {
    const svg = (await get({}, { accept: 'image/svg+xml' })).body.toString()
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 \d+ \d+"><rect [^>]*\/><path [^>]*\/>/,
    )
    expect(svg).not.toMatch(/script|href|on[a-z]+=/i)
    const { data, width } = decode((await get({ format: 'png' })).body)
    const size = Number(/viewBox="0 0 (\d+)/.exec(svg)![1]) / 10
    const scale = width / size
    const dark = new Set(
      [...svg.matchAll(/M(\d+),(\d+)h/g)].map(([, x, y]) => `${Number(x) / 10},${Number(y) / 10}`),
    )
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        expect([x, y, data[y * scale * width + x * scale] === 0]).toEqual([x, y, dark.has(`${x},${y}`)])
      }
    }
  })

  it.each([200, 1_024])('is never wider than %i points when that is asked', async (sizePx) => {
    const { text, width } = await scanned((await get({ format: 'png', sizePx })).body)
    expect(width).toBeLessThanOrEqual(sizePx)
    expect(text).toContain(asha.vpa)
  })

  it('of somebody else, of nobody, or of an account is not given', async () => {
    const ravi = await setup.customer()
    const { accountRef } = asha
    const account = `${accountRef}@bahi0000001.ifsc.npci`
    const asked = [
      get({}, { vpa: ravi.vpa }),
      get({}, { vpa: 'nobody.at.all@bahi' }),
      get({}, { vpa: 'asha@okbank' }),
      get({}, { userId: ravi.userId, vpa: account }),
    ]
    for (const { problem } of await Promise.all(asked)) expect(problem?.code).toBe('not-found')
  })

  it.each<[what: string, asked: Asked]>([
    ['an order without an amount', { reference: 'ORD-17' }],
    ['an end without an order', { expiresInS: 60 }],
    ['a least amount above the amount', { amountPaise: 5, minPaise: 6 }],
    ['no amount', { amountPaise: 0 }],
    ['a part of a paisa', { amountPaise: 1.5 }],
    ['a note of nothing', { note: '' }],
    ['a note that says null', { note: 'null' }],
    ['a note that is too long', { note: 'x'.repeat(51) }],
    ['a note that turns the text around it', { note: '\u202Eabc' }],
    ['a reference that UPI cannot send', { amountPaise: 5, reference: 'A B' }],
    ['an end beyond a day', { amountPaise: 5, reference: 'ORD-17', expiresInS: 86_401 }],
    ['a huge picture', { sizePx: 1_025 }],
    ['a tiny picture', { sizePx: 199 }],
    ['another format', { format: 'gif' }],
    ['another payee', { pa: 'eve@bahi' }],
  ])('is refused with %s', async (_, asked) => {
    expect((await get(asked)).problem?.code).toBe('request-invalid')
  })
})

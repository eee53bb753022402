// PIN blocks made by any library are opened; anything that deviates from the format is refused.
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { createOpenJwe, keyIdOf } from './open-jwe.ts'

const text = 'a PIN block 🔒'
const sealed = async (
  jwk: JWK,
  header: Record<string, unknown> = {},
  agreed?: { apu: Uint8Array; apv: Uint8Array },
) => {
  const { d: _secret, ...open } = jwk
  const making = new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader({
    alg: 'ECDH-ES',
    enc: 'A256GCM',
    ...header,
  })
  if (agreed) making.setKeyManagementParameters(agreed)
  return making.encrypt(await importJWK(open, 'ECDH-ES'))
}
const newKey = async (crv: string) =>
  exportJWK((await generateKeyPair('ECDH-ES', { crv, extractable: true })).privateKey)

describe.each(['P-256', 'X25519'])('on %s', (crv) => {
  let jwk: JWK
  let open: ReturnType<typeof createOpenJwe>
  beforeAll(async () => {
    jwk = await newKey(crv)
    open = createOpenJwe(jwk)
  })
  const changed = (jwe: string, part: number, to: (text: string) => string) =>
    jwe
      .split('.')
      .map((one, nth) => (nth === part ? to(one) : one))
      .join('.')
  const flipped = (one: string) => {
    const bytes = Buffer.from(one, 'base64url')
    bytes[bytes.length - 1]! ^= 1
    return bytes.toString('base64url')
  }

  it('what jose made is opened, and its key named', async () => {
    const jwe = await sealed(jwk, { kid: 'k1' })
    expect([open(jwe).toString(), keyIdOf(jwe)]).toEqual([text, 'k1'])
    expect([keyIdOf(await sealed(jwk)), keyIdOf('bm9uZQ.'), keyIdOf('')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
  it('with names of both sides agreed on', async () => {
    const agreed = { apu: Buffer.from('app'), apv: Buffer.from('bank') }
    expect(open(await sealed(jwk, {}, agreed)).toString()).toBe(text)
  })
  it.each([
    ['a header', 0],
    ['an iv', 2],
    ['a text', 3],
    ['a tag', 4],
  ])('%s that was changed is refused', async (_what, part) => {
    const jwe = await sealed(jwk)
    const to = (one: string) =>
      part === 0
        ? Buffer.from(Buffer.from(one, 'base64url').toString().replace('{', '{ ')).toString('base64url')
        : flipped(one)
    expect(() => open(changed(jwe, part, to))).toThrow()
  })
  it('one for another key is refused', async () => {
    const jwe = await sealed(await newKey(crv))
    expect(() => open(jwe)).toThrow()
  })
  it('one whose sender is on another curve is refused', async () => {
    const jwe = await sealed(await newKey(crv === 'P-256' ? 'X25519' : 'P-256'))
    expect(() => open(jwe)).toThrow('another curve')
  })
  it('a shorter tag is refused, and an encrypted key, and a part too many', async () => {
    const jwe = await sealed(jwk)
    expect(() => open(changed(jwe, 4, (tag) => tag.slice(0, 16)))).toThrow()
    expect(() => open(changed(jwe, 1, () => 'AAAA'))).toThrow()
    expect(() => open(`${jwe}.AAAA`)).toThrow()
    for (const none of ['', '....', 'a.b.c.d.e', '{}']) expect(() => open(none)).toThrow()
  })
  it.each([
    { alg: 'ECDH-ES+A128KW' },
    { enc: 'A128GCM' },
    { zip: 'DEF' },
    { crit: ['b64'], b64: false },
    { epk: undefined },
    { epk: { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' } },
  ])('a header with %j is refused', async (other) => {
    const jwe = await sealed(jwk)
    const to = (one: string) => {
      const header = JSON.parse(Buffer.from(one, 'base64url').toString()) as object
      return Buffer.from(JSON.stringify({ ...header, ...other })).toString('base64url')
    }
    expect(() => open(changed(jwe, 0, to))).toThrow()
  })
})

it('a point that is not on the curve is refused', async () => {
  const jwk = await newKey('P-256')
  const jwe = await sealed(jwk)
  const [head, ...rest] = jwe.split('.')
  const header = JSON.parse(Buffer.from(head!, 'base64url').toString()) as { epk: { y: string } }
  const y = Buffer.from(header.epk.y, 'base64url')
  y[31]! ^= 1
  header.epk.y = y.toString('base64url')
  const wrong = Buffer.from(JSON.stringify(header)).toString('base64url')
  expect(() => createOpenJwe(jwk)([wrong, ...rest].join('.'))).toThrow()
})

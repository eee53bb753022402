// PINs in transit: which key opens a PIN block, and how a key is replaced while apps still encrypt for the one before.
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { createPinKeys } from './pin-keys.ts'

const verifier = Buffer.alloc(32, 7).toString('base64')
const newKey = async (kid?: string, crv = 'P-256'): Promise<JWK> => ({
  ...(await exportJWK((await generateKeyPair('ECDH-ES', { crv, extractable: true })).privateKey)),
  ...(kid === undefined ? {} : { kid }),
})
const keysOf = (...jwks: unknown[]) => createPinKeys(JSON.stringify(jwks), verifier)
const [old, next, third] = await Promise.all([newKey('2025'), newKey('2026', 'X25519'), newKey('2027')])

/** A PIN block as an app makes it for a key that it was given; `kid` may be left out. */
async function blockFor(jwk: JWK, kid: string | undefined = jwk.kid): Promise<string> {
  const { d: _secret, ...open } = jwk
  return new CompactEncrypt(Buffer.from('1234'))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', ...(kid ? { kid } : {}) })
    .encrypt(await importJWK(open, 'ECDH-ES'))
}

describe('a key that is replaced, one copy of account after the other', () => {
  it.each([
    ['1. every copy opens both, the old one is published', [old], [old, next]],
    ['2. the new one is published', [old, next], [next, old]],
    ['3. the old one is removed, once no app has it', [next, old], [next]],
  ])('%s', async (_step, before, after) => {
    const copies = await Promise.all([keysOf(...before), keysOf(...after)])
    // Of whichever copy an app has the key, either copy opens what is encrypted for it. An app that has the key of
    // the step before is one that step 3 waits for.
    for (const { published } of copies) {
      const jwk = [old, next].find(({ kid }) => kid === published.kid)!
      for (const copy of copies) expect(copy.decrypt(await blockFor(jwk)).toString()).toBe('1234')
    }
  })

  it('publishes the first alone, without its private part, and opens blocks that name no key', async () => {
    const keys = await keysOf(next, old)
    expect(keys.published).toMatchObject({ kid: '2026', crv: 'X25519', use: 'enc' })
    expect(keys.published).not.toHaveProperty('d')
    for (const jwk of [old, next]) expect(keys.decrypt(await blockFor(jwk, '')).toString()).toBe('1234')
  })

  it('refuses a key that was removed, and says which by its id alone', async () => {
    const keys = await keysOf(next)
    const message =
      'the PIN block is for the key 2025, which is not known here: fetch the keys, encrypt it anew'
    await expect(async () => keys.decrypt(await blockFor(old))).rejects.toMatchObject({
      ...{ code: 'pin-block-invalid', message },
    })
  })
})

it.each([
  ['another key than it names', () => blockFor(third, '2025')],
  ['a key that it names with a sentence', () => blockFor(third, 'call this number: 1')],
  ['no key here, and names none', () => blockFor(third, '')],
  ['nothing', () => Promise.resolve('....')],
])('a block for %s is refused without a reason', async (_what, make) => {
  const keys = await keysOf(next, old)
  await expect(async () => keys.decrypt(await make())).rejects.toMatchObject({
    ...{ code: 'pin-block-invalid', message: 'the PIN block cannot be read: encrypt it anew' },
  })
})

it('one key needs neither a list nor an id', async () => {
  const jwk = await newKey()
  const keys = await createPinKeys(JSON.stringify(jwk), verifier)
  expect(keys.decrypt(await blockFor(jwk, keys.published['kid'] as string)).toString()).toBe('1234')
})

const { d: _secret, ...open } = old
it.each([
  ['no JSON', 'old'],
  ['a public key', JSON.stringify(open)],
  ['a key of another kind', '{"kty":"oct","k":"AAAA"}'],
  ['null', 'null'],
  ['no key', '[]'],
  ['too many', JSON.stringify([1, 2, 3, 4, 5].map((kid) => ({ ...old, kid: String(kid) })))],
  ['a public one among them', JSON.stringify([next, open])],
  ['two of one id', JSON.stringify([old, { ...third, kid: '2025' }])],
])('%s in BAHI_PIN_KEY is a fault of the start, which tells no key', async (_what, text) => {
  const fault = await createPinKeys(text, verifier).catch((error: Error) => error.message)
  expect(fault).toMatch(/^BAHI_PIN_KEY /)
  expect(fault).not.toContain(old.d)
})

it('a short BAHI_PIN_VERIFIER_KEY is a fault of the start', async () => {
  await expect(createPinKeys(JSON.stringify(old), 'AAAA')).rejects.toThrow('BAHI_PIN_VERIFIER_KEY')
})

// Detached signatures: each algorithm verifies what it signed, and nothing else.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createDetachedSigner, isSignedBy, type SignatureAlgorithm } from './detached-signature.ts'

const keys = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
}
const signerOf = (alg: SignatureAlgorithm, make: () => { privateKey: unknown } = keys[alg]) => {
  const jwk = (make().privateKey as { export(options: object): object }).export({ format: 'jwk' })
  return createDetachedSigner(JSON.stringify({ ...jwk, alg, kid: 'k' }))
}

describe.each(['RS256', 'ES256', 'EdDSA'] as const)('%s', (alg) => {
  const signer = signerOf(alg)
  const { algorithm, publicKey } = signer
  const signature = signer.sign('upi://pay?pa=asha@bahi')

  it('verifies what it signed', () => {
    expect(isSignedBy({ algorithm, publicKey }, 'upi://pay?pa=asha@bahi', signature)).toBe(true)
    expect(publicKey).not.toHaveProperty('d')
  })

  it.each([
    ['another text', 'upi://pay?pa=eve@bahi', signature],
    ['one byte more', 'upi://pay?pa=asha@bahi ', signature],
    ['another signature', 'upi://pay?pa=asha@bahi', signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))],
    ['half of it', 'upi://pay?pa=asha@bahi', signature.slice(0, 40)],
    ['none', 'upi://pay?pa=asha@bahi', ''],
  ])('refuses %s', (_, text, given) => {
    expect(isSignedBy({ algorithm, publicKey }, text, given)).toBe(false)
  })

  it('refuses the key of somebody else, and its own key under another algorithm', () => {
    const text = 'upi://pay?pa=asha@bahi'
    expect(isSignedBy({ algorithm, publicKey: signerOf(alg).publicKey }, text, signature)).toBe(false)
    const other = alg === 'RS256' ? 'ES256' : 'RS256'
    expect(isSignedBy({ algorithm: other, publicKey }, text, signature)).toBe(false)
    expect(isSignedBy({ algorithm, publicKey: {} }, text, signature)).toBe(false)
  })
})

it('has no key that is weak, or does not say its algorithm', () => {
  expect(() => signerOf('RS256', () => generateKeyPairSync('rsa', { modulusLength: 1_024 }))).toThrow('2048')
  expect(() => signerOf('EdDSA', keys.ES256)).toThrow('Ed25519')
  expect(() => createDetachedSigner('{"kty":"RSA"}')).toThrow('alg')
})

// Fields sealed at rest: readable with the key and in their place only.
import { describe, expect, it } from 'vitest'
import { createSeal, sameBytes } from './seal.ts'

const seal = createSeal(Buffer.alloc(32, 1).toString('base64'))

/** The last 12 of a tag's 16 bytes left out: AES-GCM would take it, and it is guessed easily. */
const shortTag = (sealed: string) =>
  Buffer.from(sealed.slice(2), 'base64url').subarray(0, -12).toString('base64url')

describe('a sealed field', () => {
  it('opens in its context, and looks different each time', () => {
    const sealed = seal.seal('+91 98765', 'user.phone')
    expect(seal.open(sealed, 'user.phone')).toBe('+91 98765')
    expect(sealed).not.toContain('98765')
    expect(seal.seal('+91 98765', 'user.phone')).not.toBe(sealed)
  })

  it.each([
    ['elsewhere', (s: string) => seal.open(s, 'user.email')],
    [
      'when changed',
      (s: string) => seal.open(s.slice(0, -2) + (s.endsWith('AA') ? 'BB' : 'AA'), 'user.phone'),
    ],
    [
      'under another key',
      (s: string) => createSeal(Buffer.alloc(32, 2).toString('base64')).open(s, 'user.phone'),
    ],
    ['when cut', (s: string) => seal.open(s.slice(0, 20), 'user.phone')],
    ['when empty', () => seal.open('1.', 'user.phone')],
    ['with a tag of four bytes', (s: string) => seal.open(`1.${shortTag(s)}`, 'user.phone')],
    ['in another version', (s: string) => seal.open(`9${s.slice(1)}`, 'user.phone')],
  ])('does not open %s', (_where, open) => {
    const sealed = seal.seal('secret', 'user.phone')
    expect(() => open(sealed)).toThrow()
  })

  it('is found by a fingerprint of value and context', () => {
    expect(seal.fingerprint('a', 'x')).toEqual(seal.fingerprint('a', 'x'))
    expect(seal.fingerprint('a', 'x')).not.toEqual(seal.fingerprint('a', 'y'))
    expect(sameBytes(Buffer.from('ab'), Buffer.from('ab'))).toBe(true)
    expect(sameBytes(Buffer.from('ab'), Buffer.from('abc'))).toBe(false)
  })

  it('needs a whole key', () => {
    expect(() => createSeal('c2hvcnQ=')).toThrow('32 bytes')
  })
})

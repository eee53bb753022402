// Values sealed at rest: readable with their key and in their place only.
import { describe, expect, it } from 'vitest'
import { keysFromJson, newDataKeys, withNewKey } from './data-keys.ts'
import { createSeal, sameBytes } from './seal.ts'

const keys = newDataKeys()
const seal = createSeal('user', keys)
const phone = { table: 'profiles', column: 'phone_sealed', row: 'user_id' }
const email = { ...phone, column: 'email_sealed' }
const body = (sealed: string) => sealed.split('.')[2]!
const withBody = (sealed: string, change: string) => `${sealed.split('.').slice(0, 2).join('.')}.${change}`

/** The last 12 of a tag's 16 bytes left out: AES-GCM would take it, and it is guessed easily. */
const shortTag = (sealed: string) =>
  withBody(sealed, Buffer.from(body(sealed), 'base64url').subarray(0, -12).toString('base64url'))

describe('a sealed value', () => {
  it('opens in its place, names its key, and looks different each time', () => {
    const sealed = seal.seal('+91 98765', phone, 'a')
    expect(seal.open(sealed, phone, 'A')).toBe('+91 98765')
    expect(sealed.split('.')[1]).toBe(keys.current)
    expect(sealed).not.toContain('98765')
    expect(seal.seal('+91 98765', phone, 'a')).not.toBe(sealed)
  })

  it.each([
    ['in another row', (s: string) => seal.open(s, phone, 'b')],
    ['in another column', (s: string) => seal.open(s, email, 'a')],
    ['in another table', (s: string) => seal.open(s, { ...phone, table: 'contacts' }, 'a')],
    ['in another schema', (s: string) => createSeal('auth', keys).open(s, phone, 'a')],
    ['when changed', (s: string) => seal.open(s.slice(0, -2) + (s.endsWith('AA') ? 'BB' : 'AA'), phone, 'a')],
    ['under another key', (s: string) => createSeal('user', newDataKeys()).open(s, phone, 'a')],
    [
      'under another key of the same id',
      (s: string) =>
        createSeal('user', { ...keys, keys: { [keys.current]: newDataKeys().fingerprintKey } }).open(
          s,
          phone,
          'a',
        ),
    ],
    ['when cut', (s: string) => seal.open(withBody(s, body(s).slice(0, 20)), phone, 'a')],
    ['when empty', (s: string) => seal.open(withBody(s, ''), phone, 'a')],
    ['without a key', (s: string) => seal.open(`1.${body(s)}`, phone, 'a')],
    ['with a tag of four bytes', (s: string) => seal.open(shortTag(s), phone, 'a')],
    ['in another format', (s: string) => seal.open(`9${s.slice(1)}`, phone, 'a')],
  ])('does not open %s', (_where, open) => {
    const sealed = seal.seal('secret', phone, 'a')
    expect(() => open(sealed)).toThrow()
  })

  it('says which key is not known', () => {
    const rotated = createSeal('user', withNewKey(keys))
    expect(() => seal.open(rotated.seal('x', phone, 'a'), phone, 'a')).toThrow('which is not known here')
  })

  it('still opens when another key is current, and begins with its own', () => {
    const sealed = seal.seal('secret', phone, 'a')
    const rotated = createSeal('user', withNewKey(keys))
    expect(rotated.open(sealed, phone, 'a')).toBe('secret')
    expect([seal.prefix, rotated.prefix].map((prefix) => sealed.startsWith(prefix))).toEqual([true, false])
    expect(rotated.seal('secret', phone, 'a').startsWith(rotated.prefix)).toBe(true)
  })

  it('is found by a fingerprint of value and context, which outlives the keys', () => {
    expect(seal.fingerprint('a', 'x')).toEqual(createSeal('user', withNewKey(keys)).fingerprint('a', 'x'))
    expect(seal.fingerprint('a', 'x')).not.toEqual(seal.fingerprint('a', 'y'))
    expect(seal.fingerprint('a', 'x')).not.toEqual(createSeal('user', newDataKeys()).fingerprint('a', 'x'))
    expect(sameBytes(Buffer.from('ab'), Buffer.from('ab'))).toBe(true)
    expect(sameBytes(Buffer.from('ab'), Buffer.from('abc'))).toBe(false)
  })
})

describe('data keys', () => {
  it('are those of the service', async () => {
    const source = keysFromJson(JSON.stringify({ user: keys }))
    expect(await source('user')).toEqual(keys)
    expect(await source('auth')).toBeUndefined()
  })

  it.each([
    ['{', 'is not JSON'],
    ['null', 'no JSON object'],
    [
      JSON.stringify({ user: { ...keys, current: 'other' } }),
      'the current data key of user is not among its keys',
    ],
    [
      JSON.stringify({ user: { ...keys, keys: { [keys.current]: 'c2hvcnQ=' } } }),
      'the data keys of user are malformed',
    ],
    [
      JSON.stringify({ user: { current: keys.current, keys: keys.keys } }),
      'the data keys of user are malformed',
    ],
    [JSON.stringify({ user: { ...keys, spare: 'x' } }), 'the data keys of user are malformed'],
  ])('are refused when they are malformed', (json, message) => {
    expect(() => keysFromJson(json)).toThrow(message)
  })
})

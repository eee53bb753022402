// The pure rules of a profile: changes, and sealed values that open for their own row only.
import { newDataKeys } from '@bahi/kit/crypto/data-keys.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { describe, expect, it } from 'vitest'
import { applyChanges, openProfile, sealEmail, sealName, sealPhone } from './profile.ts'

const seal = createSeal('user', newDataKeys())
const asha = '018f3a00-0000-7000-8000-000000000001'
const ravi = '018f3a00-0000-7000-8000-000000000002'
const profile = {
  userId: asha,
  name: 'Asha',
  phone: '+919876543210',
  email: 'asha@example.in',
  language: 'en',
  createdAt: '2026-11-23T09:30:00.000Z',
} as const

describe('changes', () => {
  it.each([
    ['a new name', { name: 'Asha Rao' }, ['name']],
    ['the same name', { name: 'Asha' }, []],
    ['another e-mail', { email: 'rao@example.in' }, ['emailPending']],
    ['a removed e-mail', { email: null }, ['email']],
    ['the same e-mail and another language', { email: 'asha@example.in', language: 'hi' }, ['language']],
    [
      'everything',
      { name: 'A', email: 'a@example.in', language: 'hi' },
      ['name', 'emailPending', 'language'],
    ],
  ] as const)('%s', (_, changes, fields) => {
    expect(applyChanges(profile, changes).fields).toEqual(fields)
  })

  it('a removed e-mail is absent, not empty', () => {
    expect('email' in applyChanges(profile, { email: null }).changed).toBe(false)
  })

  it.each([
    ['the one so far', { email: 'asha@example.in' }, ['emailPending']],
    ['none', { email: null }, ['email', 'emailPending']],
    ['the same once more', { email: 'rao@example.in' }, []],
    ['a name', { name: 'Asha Rao' }, ['name']],
  ])('beside an address that waits for its code: %s', (_, changes, fields) => {
    expect(applyChanges({ ...profile, emailPending: 'rao@example.in' }, changes).fields).toEqual(fields)
  })
  it('removing a missing e-mail changes nothing', () => {
    const { email: _, ...without } = profile
    expect(applyChanges(without, { email: null })).toEqual({ changed: without, fields: [] })
  })
})

it('a sealed value opens for its person only, in any case of the id', () => {
  const row = {
    userId: asha,
    nameSealed: sealName(seal, asha, 'Asha'),
    phoneSealed: sealPhone(seal, asha.toUpperCase(), profile.phone),
    phoneReleasedAt: null,
    emailSealed: sealEmail(seal, asha, profile.email),
    emailVerifiedAt: new Date(profile.createdAt),
    pendingEmailSealed: null,
    language: 'en' as const,
    createdAt: new Date(profile.createdAt),
  }
  expect(openProfile(seal, row)).toEqual(profile)
  const { email, ...rest } = profile
  const unverified = openProfile(seal, { ...row, emailVerifiedAt: null })
  expect(unverified).toEqual({ ...rest, emailPending: email })
  expect(() => openProfile(seal, { ...row, userId: ravi })).toThrow()
  expect(() => openProfile(seal, { ...row, emailSealed: row.phoneSealed })).toThrow()
})

// What a form changed of a profile, and the order of sessions.
import { describe, expect, it } from 'vitest'
import { profileChanges } from './profile.ts'
import { sortSessions } from './use-profile.ts'

const profile = {
  userId: '01994c00-0000-7000-8000-000000000001',
  name: 'Asha Rao',
  phone: '+919876500001',
  email: 'asha@example.in',
  language: 'en',
  createdAt: '2026-11-23T09:30:00.000Z',
} as const

describe('changes', () => {
  it.each([
    ['nothing', { name: ' Asha Rao ', email: 'asha@example.in' }, undefined],
    ['the name', { name: 'Asha Devi', email: 'asha@example.in' }, { name: 'Asha Devi' }],
    ['the e-mail', { name: 'Asha Rao', email: ' rao@example.in ' }, { email: 'rao@example.in' }],
    ['the e-mail taken away', { name: 'Asha Rao', email: '' }, { email: null }],
  ])('%s', (_, typed, changes) => {
    expect(profileChanges(profile, typed)).toEqual(changes)
  })
})

it('sessions: this one first, then by last use', () => {
  const session = (id: string, lastUsedAt: string, current = false) => ({
    id,
    device: { id, name: id },
    createdAt: lastUsedAt,
    lastUsedAt,
    current,
  })
  const ids = sortSessions([
    session('old', '2026-01'),
    session('new', '2026-03'),
    session('me', '2026-02', true),
  ])
  expect(ids.map(({ id }) => id)).toEqual(['me', 'new', 'old'])
})

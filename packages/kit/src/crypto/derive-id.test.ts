// Ids that follow from what they stand for.
import { uuidv7, uuidv7TimeMs } from '@bahi/contracts/id.ts'
import { expect, it } from 'vitest'
import { newDataKeys } from './data-keys.ts'
import { deriveId, deriveSecretId } from './derive-id.ts'
import { createSeal } from './seal.ts'

const at = Date.parse('2026-11-23T09:30:00.123Z')

it('is a UUIDv7 of its moment, the same each time', () => {
  const id = deriveId(at, 'one', 'two')
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(uuidv7TimeMs(id)).toBe(at)
  expect(deriveId(at, 'one', 'two')).toBe(id)
})

it.each([
  ['another word', deriveId(at, 'one', 'three')],
  ['another order', deriveId(at, 'two', 'one')],
  ['words that run together', deriveId(at, 'onetwo')],
  ['words with what stands between words', deriveId(at, 'one","two')],
  ['another moment', deriveId(at + 1, 'one', 'two')],
])('differs for %s', (_why, other) => {
  expect(other).not.toBe(deriveId(at, 'one', 'two'))
})

it('does not meet the ids that are drawn', () => {
  expect(new Set([deriveId(at, 'one'), uuidv7(at), uuidv7(at)]).size).toBe(3)
})

it('under a key is the same each time, and another one under another key', () => {
  const [seal, other] = [newDataKeys(), newDataKeys()].map((keys) => createSeal('account', keys))
  const id = deriveSecretId(seal!, at, 'one', 'two')
  expect(uuidv7TimeMs(id)).toBe(at)
  expect(deriveSecretId(seal!, at, 'one', 'two')).toBe(id)
  const others = [
    deriveSecretId(other!, at, 'one', 'two'),
    deriveSecretId(seal!, at, 'onetwo'),
    deriveId(at, 'one', 'two'),
  ]
  expect(others).not.toContain(id)
})

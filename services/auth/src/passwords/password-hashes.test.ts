// Password hashes: what matches, and how many are computed at once.
import { expect, it } from 'vitest'
import { createPasswords, maxConcurrentHashes } from './password-hashes.ts'

it('a hash matches its own password only, and a missing hash matches nothing', async () => {
  const passwords = await createPasswords(64)
  const hash = await passwords.hash('khata-kholo-2026')
  expect(await passwords.matches(hash, 'khata-kholo-2026')).toBe(true)
  expect(await passwords.matches(hash, 'Khata-kholo-2026')).toBe(false)
  expect(await passwords.matches(undefined, 'khata-kholo-2026')).toBe(false)
})

it('refuses more concurrent hashes than allowed, and works afterwards', async () => {
  const passwords = await createPasswords(64)
  const results = await Promise.allSettled(
    Array.from({ length: maxConcurrentHashes + 5 }, () => passwords.matches(undefined, 'x')),
  )
  const refused = results.flatMap((a) =>
    a.status === 'rejected' ? [(a.reason as { code: string }).code] : [],
  )
  expect(refused).toEqual(Array.from({ length: 5 }, () => 'overloaded'))
  expect(await passwords.matches(undefined, 'x')).toBe(false)
})

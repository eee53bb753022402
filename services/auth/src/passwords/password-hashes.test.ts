// Password hashes: what matches, how long no match takes, and how many are computed at once.
import { expect, it } from 'vitest'
import { createPasswords, maxHashing } from './password-hashes.ts'

it('a hash matches its own password alone, and nothing matches when there is none', async () => {
  const passwords = await createPasswords(64)
  const hash = await passwords.hash('khata-kholo-2026')
  expect(await passwords.matches(hash, 'khata-kholo-2026')).toBe(true)
  expect(await passwords.matches(hash, 'Khata-kholo-2026')).toBe(false)
  expect(await passwords.matches(undefined, 'khata-kholo-2026')).toBe(false)
})

it('refuses more at once than may be waited for, and goes on afterwards', async () => {
  const passwords = await createPasswords(64)
  const answers = await Promise.allSettled(
    Array.from({ length: maxHashing + 5 }, () => passwords.matches(undefined, 'x')),
  )
  const refused = answers.flatMap((a) =>
    a.status === 'rejected' ? [(a.reason as { code: string }).code] : [],
  )
  expect(refused).toEqual(Array.from({ length: 5 }, () => 'overloaded'))
  expect(await passwords.matches(undefined, 'x')).toBe(false)
})

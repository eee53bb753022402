// For all tests: waiting for a condition lasts as long as the test may run. A shorter bound would assert the speed of
// the machine.
import { vi } from 'vitest'

const timeoutMs = 110_000

type Options = number | { timeout?: number; interval?: number } | undefined

function patient(options: Options): { timeout: number; interval?: number } {
  const given = typeof options === 'number' ? { timeout: options } : (options ?? {})
  return { ...given, timeout: Math.max(timeoutMs, given.timeout ?? 0) }
}

const { waitFor, waitUntil } = vi
vi.waitFor = (check, options) => waitFor(check, patient(options))
vi.waitUntil = (check, options) => waitUntil(check, patient(options))

// For all tests: whoever waits for a condition waits for it as long as the test may run. A shorter bound would assert
// how fast a machine is.
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

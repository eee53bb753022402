// Runtime options of tests that start services themselves: in-process adapters, the system's clock, no log.
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import type { RuntimeOptions } from '@bahi/kit/runtime/runtime-options.ts'
import type { ServiceKeys } from '@bahi/kit/transport/service-token.ts'
import { testDataKeys } from './platform.ts'

/** Without a database, unless one is given. */
export function testRuntimeOptions(
  keys: ServiceKeys,
  given: Partial<Pick<RuntimeOptions, 'env' | 'databaseUrl'>> = {},
): RuntimeOptions {
  return {
    env: {},
    mode: 'sandbox',
    databaseUrl: () => '',
    bus: memoryBus(),
    cache: memoryCache(),
    clock: systemClock,
    logLevel: 'silent',
    dataKeys: () => testDataKeys,
    keys,
    ...given,
  }
}

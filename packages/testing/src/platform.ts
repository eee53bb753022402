// For tests: services started on a database of their own and on in-process adapters.
import type { Call } from '@bahi/contracts/call.ts'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import type { DataKeys } from '@bahi/kit/crypto/data-keys.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import type { AuthMethod } from '@bahi/contracts/second-factor-rules.ts'
import { personHeader } from '@bahi/kit/http/principal.ts'
import type { Env } from '@bahi/kit/runtime/environment.ts'
import { allServiceNames, startServices, type Runtime } from '@bahi/kit/runtime/runtime.ts'
import type { RuntimeOptions } from '@bahi/kit/runtime/runtime-options.ts'
import type { AnyService } from '@bahi/kit/runtime/service.ts'
import { generateServiceKeys } from '@bahi/kit/transport/service-token.ts'
import type { Transport } from '@bahi/kit/transport/transport.ts'
import { testDatabase, type TestDatabase } from './database.ts'

const testKey = Buffer.alloc(32, 7).toString('base64')
export const testDataKeys: DataKeys = { current: 'test', keys: { test: testKey }, fingerprintKey: testKey }

export type TestPlatform = Runtime & {
  database: TestDatabase
  /** Calls as a service: `as('user')(contract, input)`. */
  as(caller: ServiceName): Call
  /** Calls as a person, the way the gateway forwards: `person({ userId })(contract, input)`; with a second factor. */
  person(who: Partial<Person> & { userId: string }): Call
  /** Calls without any person, the way the gateway forwards public routes. */
  anybody: Call
  stop(): Promise<void>
}

export type TestOptions = {
  services: AnyService[]
  env?: Env
  /** Stubs of the services that do not run here. */
  stubs?: Transport
} & Partial<Pick<RuntimeOptions, 'bus' | 'cache' | 'blobs' | 'clock' | 'mode' | 'logLevel' | 'network'>>

/** Starts services as in production, on a database of their own and with other adapters. */
export async function testPlatform(adminUrl: string, options: TestOptions): Promise<TestPlatform> {
  const database = await testDatabase(adminUrl, options.services)
  const keys = await generateServiceKeys(allServiceNames)
  const clock = options.clock ?? systemClock
  const started = await startServices(options.services, {
    env: options.env ?? {},
    mode: options.mode ?? 'sandbox',
    databaseUrl: database.url,
    poolSize: 6,
    bus: options.bus ?? memoryBus({ clock }),
    cache: options.cache ?? memoryCache({ clock }),
    ...(options.blobs ? { blobs: options.blobs } : {}),
    ...(options.network ? { network: options.network } : {}),
    clock,
    logLevel: options.logLevel ?? process.env['BAHI_TEST_LOG'] ?? 'silent',
    dataKeys: () => testDataKeys,
    keys,
    ...(options.stubs ? { transport: options.stubs } : {}),
  })
  const asGateway = started.callAs('gateway')
  return {
    ...started,
    database,
    as: started.callAs,
    person: (who) => (contract, input, more) => {
      const session = {
        sessionId: who.userId,
        deviceId: 'test-device',
        amr: ['pwd', 'otp', 'mfa'] as AuthMethod[],
      }
      const person: Person = { ...session, roles: ['customer'], ...who }
      return asGateway(contract, input, {
        headers: { ...more?.headers, ...personHeader(person) },
      })
    },
    anybody: asGateway,
    async stop() {
      await started.close()
      await database.drop()
    },
  }
}

// The whole platform for a test: all services behind a real port, on a database of its own.
import type { Sql } from '@bahi/kit/sql/sql.ts'
import { grantRole } from '@bahi/contracts/roles.ts'
import type { GrantedRole } from '@bahi/contracts/permissions.ts'
import { becomeCustomer, login, register, type Customer, type SignedInPerson } from './api-client.ts'
import { startEmbedded, type Embedded, type EmbeddedOptions } from './embedded.ts'
import { makeSecrets, type Secrets } from './secrets.ts'
import { services } from './services.ts'
import { demoTotpSecret } from './totp.ts'
import { testDatabase } from '@bahi/testing/database.ts'

/** Of a sandbox: anybody knows the secret of the authenticator app. */
export type StaffMember = SignedInPerson & { totpSecret: string }

export type RunningPlatform = Embedded & {
  /** Connected as the owner of all schemas, to look behind the services. */
  admin: Sql
  databaseUrl: string
  /** What copies are started with. */
  secrets: Secrets
  /** A person who is registered and signed in. */
  person(name?: string): Promise<SignedInPerson>
  /**
   * A member of staff with these roles, whose second factor is proven. `isKeyless`: the token is good for whoever has
   * it, as curl sends it.
   */
  staff(granted: readonly GrantedRole[], more?: { isKeyless?: boolean }): Promise<StaffMember>
  /** A person with a funded account at our bank, a PIN and a UPI ID. */
  customer(balancePaise?: number, bank?: string): Promise<Customer>
  /** A second copy of every service on the same database, with a bus, a cache and a port of its own. */
  copy(): Promise<Embedded>
  /** Violations of the ledger's invariants; must be empty after every test. */
  bookFaults(): Promise<unknown[]>
  stop(): Promise<void>
}

const password = 'lohe-ka-tala-7'

/**
 * @param env settings that differ from the default
 * @param more options of the start that a test decides itself
 */
export async function startPlatform(
  adminUrl: string,
  env: Record<string, string> = {},
  more: Pick<EmbeddedOptions, 'bus' | 'deadLetters' | 'clock' | 'blobs' | 'logLevel' | 'logTo'> = {},
): Promise<RunningPlatform> {
  const database = await testDatabase(adminUrl, services)
  const secrets = await makeSecrets()
  // Roles belong to the server, not to the database: all test files share their passwords.
  for (const service of Object.keys(secrets.passwords)) secrets.passwords[service] = 'test'
  const start = (same: Record<string, string> = {}) =>
    startEmbedded({
      adminUrl: database.adminUrl,
      secrets,
      port: 0,
      logLevel: process.env['BAHI_TEST_LOG'] ?? 'silent',
      ...more,
      env: { BAHI_ARGON2_MEMORY_KIB: '1024', ...noRateLimits, ...env, ...same },
    })
  const running = await start()
  const { admin } = database
  let people = 0
  const nextPhone = () => `+919${String(800_000_000 + ++people)}`

  async function person(name?: string): Promise<SignedInPerson> {
    const phone = nextPhone()
    return register(running.url, { phone, name: name ?? `Person ${phone.slice(-4)}`, password })
  }
  return {
    ...running,
    admin,
    databaseUrl: database.adminUrl,
    secrets,
    person,
    async staff(granted, more = {}) {
      const { userId, ...human } = await person()
      const totpSecret = demoTotpSecret
      for (const role of granted)
        await running.asSandbox(grantRole, { params: { userId }, body: { role, totpSecret } })
      const who = granted.length > 0 ? { ...human, totpSecret } : human
      return { ...(await login(running.url, { ...who, ...more })), totpSecret }
    },
    async customer(balancePaise = 10_000_00, bank = 'BAHI') {
      const human = await person()
      const pin = bank === 'KAVE' ? '407153' : '4071'
      return becomeCustomer(human, { vpa: `person.${human.phone.slice(-4)}@bahi`, pin, balancePaise, bank })
    },
    // A token of one copy is good at the other.
    copy: () => start({ BAHI_ISSUER: running.url }),
    bookFaults: () => admin<{ fault: string }[]>`select fault, detail from account.book_faults()`,
    async stop() {
      await running.close()
      await database.drop()
    },
  }
}

/** All clients of a test share one address; rate limits have tests of their own. */
const noRateLimits = {
  BAHI_RATE_PERSON: '100000:100000',
  BAHI_RATE_DEVICE: '100000:100000',
  BAHI_RATE_ADDRESS: '100000:100000',
  BAHI_RATE_SIGN_IN: '100000:100000',
  BAHI_RATE_FILES: '100000:100000',
  BAHI_RATE_CONSOLE: '100000:100000',
  BAHI_RATE_CONSOLE_SIGN_IN: '100000:100000',
}

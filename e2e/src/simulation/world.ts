// The customers that every run starts with: registered once through the public API, in a database that each run clones.
import { randomBytes } from 'node:crypto'
import * as account from '@bahi/contracts/account.ts'
import { grantRole } from '@bahi/contracts/roles.ts'
import { openAccount } from '@bahi/contracts/sandbox.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import { migrate } from '@bahi/kit/sql/migrate.ts'
import { startServices } from '@bahi/kit/runtime/runtime.ts'
import {
  freshOtp,
  login,
  pinKeys,
  register,
  sealPin,
  type Customer,
  type SignedInPerson,
  type PinKey,
} from '@bahi/platform/api-client.ts'
import { sandboxRates } from '@bahi/platform/embedded.ts'
import { makeSecrets, roleUrl, type Secrets } from '@bahi/platform/secrets.ts'
import { schemasOf, services } from '@bahi/platform/services.ts'

/** A customer who pays and is paid. */
export type WorldCustomer = Pick<Customer, 'userId' | 'deviceId' | 'accountId' | 'vpa' | 'pin' | 'phone'> & {
  bank: string
  /** As its bank names the account. */
  accountRef: string
  /** Theirs of this platform: the first one, and one that a mandate can be moved to. */
  vpas: string[]
  /** An access token, valid for the first minutes of a run. */
  token: string
}

export type World = {
  adminUrl: string
  template: string
  secrets: Secrets
  env: Record<string, string>
  keys: PinKey[]
  customers: WorldCustomer[]
  /** User ids of two of the staff who decide about freezes. */
  analysts: string[]
  /** UPI IDs of customers of other PSPs and banks. */
  otherBankVpas: string[]
  /** When all customers were registered: the start of a run's clock. */
  readyAt: string
}

const dayMs = 86_400_000
export const password = 'lohe-ka-tala-7'
/**
 * The last customer is new: the cooling period limits their payments. One is a broker (MCC 6211), to whom the limits of
 * a category count, and who may still request money by the network's rules.
 */
const profiles: Omit<Account, 'vpa' | 'pin'>[] = [
  { bank: 'BAHI', balancePaise: 50_000_00 },
  { bank: 'BAHI', balancePaise: 50_000_00 },
  { bank: 'BAHI', balancePaise: 2_00_000_00 },
  { bank: 'BAHI', balancePaise: 2_00_000_00, mcc: '6211' },
  { bank: 'BAHI', balancePaise: 900_00 },
  { bank: 'GANG', balancePaise: 60_000_00 },
  { bank: 'KAVE', balancePaise: 20_000_00 },
  { bank: 'BAHI', balancePaise: 75_000_00 },
]
/** Each with one customer who uses another app. */
const otherBanks = ['GANG', 'KAVE']

/** Fills a template database: most customers registered days ago, the last one just now. */
export async function buildWorld(adminUrl: string): Promise<World> {
  const template = `world_${randomBytes(5).toString('hex')}`
  const root = connect(adminUrl, { max: 1 })
  await root.unsafe(`create database ${template}`)
  const url = inDatabase(adminUrl, template)
  const secrets = await makeSecrets()
  for (const service of Object.keys(secrets.passwords)) secrets.passwords[service] = 'test'
  // Runs connect often, and nothing here needs protection.
  await root.unsafe(`alter role current_user set scram_iterations = 1`)
  await root`select pg_advisory_lock(6214471)`
  await migrate(
    url,
    schemasOf((service) => secrets.passwords[service]!),
  )
  await root`select pg_advisory_unlock(6214471)`

  const startedMs = Date.now()
  let backMs = 3 * dayMs
  const clock = {
    now: () => new Date(Date.now() - backMs),
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(ms, 50))
        signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
      }),
  }
  const env = { ...secrets.env, ...sandboxRates, BAHI_ARGON2_MEMORY_KIB: '64' }
  const running = await startServices(services, {
    env,
    mode: 'sandbox',
    databaseUrl: (service) => roleUrl(url, service, secrets.passwords[service]!),
    poolSize: 3,
    bus: memoryBus({ clock }),
    cache: memoryCache({ clock }),
    clock,
    logLevel: 'error',
    dataKeys: (service) => secrets.dataKeys[service],
    keys: secrets.keys,
  })
  const gatewayUrl = await running.listen('gateway', 0)
  const registered: (Customer & { accountRef: string })[] = []
  for (const [i, { bank, ...opening }] of profiles.entries()) {
    if (i === profiles.length - 1) backMs = 0
    const phone = `+9198765${String(10_000 + i)}`
    const human = await register(gatewayUrl, { phone, name: `Customer ${i + 1}`, password })
    const pin = bank === 'KAVE' ? `40715${i + 1}` : `407${i + 1}`
    const wanted = { vpa: `customer${i + 1}@bahi`, pin, bank, ...opening }
    registered.push(await becomeCustomer(human, wanted, clock.now()))
  }
  const customers: WorldCustomer[] = []
  for (const { phone, deviceId, ...one } of registered) {
    const again = await login(gatewayUrl, { phone, password, name: '', deviceId, isKeyless: true })
    const { userId, accountId, accountRef, vpa, pin, bank } = one
    const vpas = [vpa, vpa.replace('@', '.second@')]
    const account = { accountId, accountRef, bank }
    customers.push({ userId, ...account, vpa, vpas, pin, phone, deviceId, token: again.token() })
  }
  const { call } = registered[0]!
  const keys = await pinKeys(call)
  const otherBankVpas: string[] = []
  for (const [i, bank] of otherBanks.entries()) {
    const body = {
      phone: `+9198766${String(10_000 + i)}`,
      bank,
      balancePaise: 30_000_00,
      name: `Other ${i}`,
    }
    otherBankVpas.push((await call(openAccount, { body })).vpa!)
  }
  const analysts: string[] = []
  for (const nth of [1, 2]) {
    const who = { phone: `+91987670000${nth}`, name: `Analyst ${nth}`, password }
    const { userId } = await register(gatewayUrl, who)
    const granted = { params: { userId }, body: { role: 'risk-analyst' as const } }
    await running.callAs('sandbox')(grantRole, granted)
    analysts.push(userId)
  }
  await running.settle()
  await running.close()
  const readyAt = new Date(startedMs + 20).toISOString()
  await root.end()
  return { adminUrl, template, secrets, env, keys, customers, analysts, otherBankVpas, readyAt }
}

type Account = { vpa: string; pin: string; balancePaise: number; bank: string; mcc?: string }

/** Opens and links an account as an app does, at the time of a given clock. */
async function becomeCustomer(
  human: SignedInPerson,
  wanted: Account,
  now: Date,
): Promise<Customer & { accountRef: string }> {
  const { call } = human
  const { vpa, pin, bank, ...opening } = wanted
  const { id, card, accountRef } = await openWithPin(human, { bank, pin, ...opening }, now)
  await call(account.createVpa, { body: { vpa, accountId: id } })
  // At our bank of another account with the same PIN.
  const opened = { bank, pin, balancePaise: 5_000_00 }
  const second = bank === 'BAHI' ? (await openWithPin(human, opened, now)).id : id
  await call(account.createVpa, { body: { vpa: vpa.replace('@', '.second@'), accountId: second } })
  return { ...human, accountId: id, accountRef, bank, vpa, pin, card }
}

export type ClonedDatabase = {
  url: string
  databaseUrl(service: string): string
  admin: Sql
  drop(): Promise<void>
}

async function openWithPin(
  { call, phone, name }: SignedInPerson,
  { pin, ...opening }: Omit<Account, 'vpa'>,
  now: Date,
): Promise<Pick<Customer, 'card'> & { id: string; accountRef: string }> {
  const { bank } = opening
  const { accountRef, card } = await call(openAccount, { body: { phone, name, ...opening } })
  const { id } = await call(account.linkAccount, { body: { bank, accountRef } })
  const iat = Math.floor(now.getTime() / 1000)
  const block = await sealPin(await pinKeys(call), { pin, purpose: 'set-pin', accountId: id, iat }, bank)
  const { last6, expiry } = card
  const body = { card: { last6, expiry }, otp: await freshOtp(call, phone, 'set-pin'), pin: block }
  await call(account.setPin, { params: { id }, body })
  return { id, card, accountRef }
}

/** A copy of the world's database for one run, by file copy: through the WAL it takes three times as long. */
export async function cloneWorld(world: World, root: Sql): Promise<ClonedDatabase> {
  const name = `run_${randomBytes(6).toString('hex')}`
  await root.unsafe(`create database ${name} template ${world.template} strategy file_copy`)
  const url = inDatabase(world.adminUrl, name)
  const admin = connect(url, { max: 2, name: 'sim-admin' })
  return {
    url,
    databaseUrl: (service) => roleUrl(url, service, world.secrets.passwords[service]!),
    admin,
    async drop() {
      await admin.end({ timeout: 5 })
      await root.unsafe(`drop database ${name} with (force)`)
    },
  }
}

function inDatabase(adminUrl: string, name: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.toString()
}

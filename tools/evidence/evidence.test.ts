// What an auditor is given of a running platform: each file is there, is true, and names no person and no secret.
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkpointKeys } from '@bahi/audit/checkpoints/checkpoint.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { approveMeasure, requestMeasure } from '@bahi/contracts/measures.ts'
import { revealPerson } from '@bahi/contracts/person-look-up.ts'
import { changeMe } from '@bahi/contracts/user.ts'
import { folderStorage } from '@bahi/kit/blobs/folder-storage.ts'
import { createBlobs } from '@bahi/kit/blobs/blobs.ts'
import { keysFromJson } from '@bahi/kit/crypto/data-keys.ts'
import { version } from '@bahi/kit/log.ts'
import { createAdminListener } from '@bahi/kit/runtime/admin-listener.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { waitForQuiescence } from '@bahi/platform/checker/quiescence.ts'
import { startPlatform, type RunningPlatform, type StaffMember } from '@bahi/platform/testing-platform.ts'
import { becomeCustomer, login, register } from '@bahi/platform/api-client.ts'
import { noteStatus } from '@bahi/platform/backup/backup-status.ts'
import { roleUrl } from '@bahi/platform/secrets.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { collectEvidence, sources } from './collect.ts'
import { folderFaults, manifestName, type Manifest } from './folder.ts'
import type { Evidence } from './source.ts'

/** What no other text contains. */
const seeded = ['Zubeida', 'Quartermain', '9876500018', 'zuzu.e', 'marzipan', 'lohe-ka-tala']
const secrets = ['s3cr3t-of-redis', 's3cr3t-of-the-broker']

let folder: string
let platform: RunningPlatform
let env: Record<string, string>
let support: StaffMember
let maker: StaffMember
let checker: StaffMember
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-evidence-'))
  const blobs = join(folder, 'blobs')
  await mkdir(blobs)
  platform = await startPlatform(
    inject('postgresUrl'),
    { BAHI_CHECKPOINT_RECORDS: '1' },
    { blobs: folderStorage(blobs) },
  )
  const key = JSON.parse(platform.secrets.env.BAHI_AUDIT_KEY) as Record<string, string>
  env = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: roleUrl(platform.databaseUrl, 'reporting', 'test'),
    BAHI_BLOBS: `file:${blobs}`,
    BAHI_DATA_KEYS: JSON.stringify(platform.secrets.dataKeys),
    BAHI_AUDIT_KEY: JSON.stringify(key),
    BAHI_AUDIT_KEYS: JSON.stringify([{ ...key, d: undefined }]),
  }
})
afterAll(async () => {
  await platform.stop()
  await chmod(join(folder, 'out'), 0o700).catch(() => undefined)
  await rm(folder, { recursive: true })
})

const command = join(import.meta.dirname, '../evidence.ts')

function evidence(...args: string[]): Promise<{ status: number; said: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [command, ...args], { env }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, said: stdout + stderr }),
    )
  })
}

/** As a process of production has them: one way in the clear, the others encrypted. */
const processSettings = () => `
${Object.entries(platform.secrets.env)
  .map(([name, value]) => `${name}='${value}'`)
  .join('\n')}
BAHI_MODE=production
BAHI_MAIL_FROM=bank <zubeida@bank.example>
BAHI_DATABASE_URLS='{"audit":"postgres://bahi_audit:${secrets[0]}@db.bank.example/bahi?sslmode=verify-full"}'
BAHI_SERVICE_URLS='{"user":"https://user.bank.example:8081"}'
REDIS_URL=rediss://bahi:${secrets[0]}@redis.bank.example
AMQP_URL=amqp://bahi_audit:${secrets[1]}@rabbitmq.bank.example
BAHI_LIMITS='[{"effectiveFrom":"2026-04-01T00:00:00+05:30","name":"own-bank","limits":{"perDayPaise":5000000}}]'
`

async function seed(): Promise<void> {
  const person = { phone: '+919876500018', name: 'Zubeida Quartermain', password: 'lohe-ka-tala-7' }
  const registered = await register(platform.url, person)
  const zubeida = await becomeCustomer(registered, {
    ...{ vpa: 'zuzu.e@bahi', pin: '4071', balancePaise: 500_00, bank: 'BAHI' },
  })
  await zubeida.call(changeMe, {
    body: { email: 'zuzu.e@example.in', stepUp: { password: person.password } },
  })
  const wrong = login(platform.url, { ...person, password: 'marzipan-7-wrong' })
  await expect(wrong).rejects.toMatchObject({ code: 'credentials-wrong' })
  ;[support, maker, checker] = [
    await platform.staff(['support']),
    await platform.staff(['risk-analyst']),
    await platform.staff(['risk-analyst']),
  ]
  // No staff: needs no second factor.
  await platform.staff(['merchant'])
  const { userId } = zubeida
  await support.call(revealPerson, { params: { userId }, body: { reason: 'Zubeida called about marzipan' } })
  const params = { id: uuidv7() }
  await maker.call(requestMeasure, {
    params,
    body: { userId, kind: 'freeze', note: 'marzipan of zuzu.e@bahi' },
  })
  await checker.call(approveMeasure, { params })
  expect((await waitForQuiescence(platform.admin)).left).toEqual({})
  await platform.admin`update audit.due_work set due_at = now() where kind = 'checkpoint'`
  const stored = () => platform.admin`select from audit.checkpoints where stored_at is not null`
  await expect.poll(async () => (await stored()).length).toBe(1)
}

let texts: Map<string, string>
const read = <T>(name: string) => JSON.parse(texts.get(name)!) as T
const faultsOf = (name: string) =>
  read<Manifest>(manifestName).faults.flatMap((one) => (one.name === name ? [one.fault] : []))

it('is a folder with every file, sealed, and without a person or a secret', async () => {
  await seed()
  const [out, settings] = [join(folder, 'out'), join(folder, 'process.env')]
  await writeFile(settings, processSettings())
  await noteStatus(folder, { lastSuccessAt: new Date().toISOString() })
  const readiness = () => Promise.resolve({ ready: true })
  const process = createAdminListener({ readiness, metrics: () => platform.metrics() })
  const url = await process.listen(0, '127.0.0.1')
  const args = ['--settings', settings, '--repository', folder, '--url', url]
  const { status, said } = await evidence('--out', out, ...args, '--without', 'vulnerabilities.json')
  await process.close(1_000)
  expect([status, said]).toEqual([1, expect.stringContaining('vulnerabilities.json: left out by --without')])

  texts = new Map()
  for (const name of await readdir(out)) texts.set(name, await readFile(join(out, name), 'utf8'))
  const { files, absent } = read<Manifest>(manifestName)
  // What somebody ran on this machine.
  const maybe = ['scan.json', 'tests.json', 'long-tests.json']
  expect(absent.map(({ name }) => name).filter((name) => !maybe.includes(name))).toEqual([
    'vulnerabilities.json',
  ])
  const names = [...files, ...absent].map(({ name }) => name).sort()
  expect(names).toEqual(sources.map(({ name }) => name).sort())
  const ofSettings = Object.values(platform.secrets.env).flatMap((text) =>
    text.startsWith('{') || text.startsWith('[')
      ? [JSON.parse(text)].flat().flatMap(({ d }: { d?: string }) => d ?? [])
      : [text],
  )
  const ofData = Object.values(platform.secrets.dataKeys).flatMap(({ keys }) => Object.values(keys))
  for (const [name, text] of texts) {
    if (name.endsWith('.json')) expect(read(name)).toBeTruthy()
    const within = [...seeded, ...secrets, ...ofSettings, ...ofData].filter((value) =>
      text.toLowerCase().includes(value.toLowerCase()),
    )
    expect([name, within]).toEqual([name, []])
  }
})

it('says who may do what, who decided it, and who looked at whom', () => {
  const { grants } = read<{ grants: { userId: string; role: string; lastUsedAt: string }[] }>(
    'access-review.json',
  )
  expect(grants.map(({ role }) => role)).toEqual(['risk-analyst', 'risk-analyst', 'support'])
  expect(grants.every(({ lastUsedAt }) => Date.parse(lastUsedAt) > 0)).toBe(true)
  expect(faultsOf('access-review.json')).toEqual(['there are 0 administrators: two at least decide on roles'])
  const factors = read<{ userId: string; totpSince: string | null }[]>('second-factors.json')
  expect(factors.map(({ totpSince }) => typeof totpSince)).toEqual(['string', 'string', 'string'])
  expect(faultsOf('second-factors.json')).toEqual([])
  expect(read<{ measures: object[] }>('decisions.json').measures).toMatchObject([
    { kind: 'freeze', state: 'approved', maker: maker.userId, checker: checker.userId },
  ])
  const { personalData, operations } = read<Record<string, object[]>>('staff-access.json')
  expect(personalData).toContainEqual({
    ...{ kind: 'user.person-revealed', actor: support.userId, times: 1, objects: 1, withReason: 1 },
  })
  expect(operations).toContainEqual({
    ...{ operation: 'revealPerson', kind: 'audit.staff-acted', actor: support.userId, times: 1, objects: 1 },
  })
  expect(read<{ days: object[] }>('failed-sign-ins.json').days).toMatchObject([
    { kind: 'auth.login-failed', times: 1, people: 1 },
  ])
  expect(texts.get('permissions.txt')).toContain('/v1/operations/people/:userId/reveal')
})

it('says what is set, encrypted, kept, sealed under which key, and whole', () => {
  const settings = new Map(
    read<{ settings: { name: string }[] }>('settings.json').settings.map(({ name, ...rest }) => [name, rest]),
  )
  expect(settings.get('REDIS_URL')).toMatchObject({ state: 'set' })
  expect(settings.get('REDIS_URL')).not.toHaveProperty('value')
  expect(settings.get('BAHI_MAIL_FROM')).toMatchObject({ state: 'set', value: 'bank <•••@bank.example>' })
  expect(settings.get('BAHI_ARGON2_MEMORY_KIB')).toMatchObject({ state: 'default', value: 19_456 })
  expect(read<{ listed: object[] }>('connections.json').listed).toEqual([
    ...[['BAHI_DATABASE_URLS', 'db', 'audit'] as const, ['BAHI_SERVICE_URLS', 'user', 'user'] as const].map(
      ([setting, host, of]) => ({
        ...{ setting, hosts: [`${host}.bank.example`], isEncrypted: true, isVerified: true, of },
      }),
    ),
    { setting: 'REDIS_URL', hosts: ['redis.bank.example'], isEncrypted: true, isVerified: true },
    { setting: 'AMQP_URL', hosts: ['rabbitmq.bank.example'], isEncrypted: false, isVerified: false },
  ])
  const faults = faultsOf('connections.json')
  expect(faults.filter((fault) => fault.startsWith('AMQP_URL reaches RabbitMQ in the clear'))).toHaveLength(1)
  expect(faults.filter((fault) => fault.startsWith('REDIS_URL'))).toEqual([])
  const { processes } = read<{ processes: { readiness: number; builds: string[] }[] }>('processes.json')
  expect(processes).toMatchObject([{ readiness: 200 }])
  expect(processes[0]!.builds.every((build) => build.includes(`version="${version}"`))).toBe(true)
  const { rules } = read<{ rules: { name: string }[] }>('rules.json')
  expect(rules.map(({ name }) => name)).toContain('own-limits')

  const { kid } = JSON.parse(platform.secrets.env.BAHI_AUDIT_KEY) as { kid: string }
  const held = read<{ setting: string }[]>('setting-keys.json')
  expect(held).toContainEqual({
    ...{ setting: 'BAHI_AUDIT_KEY', kid, algorithm: 'EdDSA', kind: 'Ed25519' },
    thumbprint: expect.stringMatching(/^[\w-]{43}$/) as string,
  })
  expect(held.find(({ setting }) => setting === 'BAHI_CODE_KEYS')).toMatchObject({ kind: 'RSA 2048' })
  const { keys } = read<{ keys: { service: string; id: string; ageDays: number }[] }>('data-keys.json')
  expect(keys.map(({ service }) => service)).toEqual(expect.arrayContaining(['auth', 'user', 'account']))
  expect(faultsOf('data-keys.json')).toEqual([])
  expect(read<{ keys: object[] }>('token-keys.json').keys.length).toBeGreaterThan(0)
  const ofPhones = read<{ service: string; table: string; byKey: { key: string; values: number }[] }[]>(
    'sealed-values.json',
  ).find(({ service, table }) => service === 'auth' && table === 'people')!
  expect(ofPhones.byKey).toEqual([{ key: platform.secrets.dataKeys['auth']!.current, values: 5 }])
  const { overdue, partitions } = read<Record<string, { table: string; rows: number }[]>>('retention.json')
  expect(overdue!.filter(({ rows }) => rows > 0)).toEqual([])
  expect(new Set(partitions!.map(({ table }) => table))).toEqual(
    new Set(['entries', 'payments', 'transfers']),
  )
  expect(faultsOf('database-roles.json')).toEqual([])
  const chain = read<{ isWhole: boolean; records: number; checkpoints: { seq: number }[] }>(
    'audit-chain.json',
  )
  expect(chain).toMatchObject({ isWhole: true, checkpoints: [{ n: 1 }] })
  expect(faultsOf('backups.json')).toEqual(['no backup was verified by a restore within 50 hours'])
})

it('has a fault for what is not as it must be', async () => {
  const url = new URL(env['DATABASE_URL']!)
  url.searchParams.set('search_path', 'audit')
  const sql = connect(url.toString(), { max: 1 })
  const blobs = createBlobs(
    'audit',
    platform.secrets.dataKeys['audit']!,
    folderStorage(join(folder, 'blobs')),
  )
  const later = new Date(Date.now() + 400 * 86_400_000)
  const context: Evidence = {
    ...{ root: folder, now: later, period: { from: new Date(0), to: later }, urls: [], dataKeyDays: 365 },
    ...{
      sql: () => sql,
      settings: () => ({}),
      dataKeys: () => Promise.resolve(keysFromJson(env['BAHI_DATA_KEYS']!)),
    },
    checkpoints: () => Promise.resolve({ blobs, keys: checkpointKeys(env['BAHI_AUDIT_KEYS']!) }),
    repository: folder,
  }
  const faultsIn = async (name: string) =>
    (await sources.find((source) => source.name === name)!.collect(context)).faults ?? []
  await platform.admin`delete from auth.totp_secrets where user_id = ${support.userId}`
  expect(await faultsIn('second-factors.json')).toEqual([
    `${support.userId} has a role of staff and no second factor`,
  ])
  expect(await faultsIn('access-review.json')).toContain(
    `support of ${support.userId} was not used for more than 90 days`,
  )
  expect((await faultsIn('data-keys.json'))[0]).toMatch(/^the data key .+ is 400 days old$/)
  expect((await faultsIn('token-keys.json'))[0]).toMatch(/^the key .+ should have been replaced$/)
  expect(await faultsIn('backups.json')).toContain('no backup within 26 hours')
  expect(
    (await faultsIn('retention.json')).some((fault) => fault.startsWith('auth.one_time_codes has')),
  ).toBe(true)
  expect(await faultsIn('audit-chain.json')).toEqual([])
  await platform.admin.begin(async (tx) => {
    await tx`alter table audit.records disable trigger append_only`
    await tx`update audit.records set subject = 'another' where seq = 2`
    await tx`alter table audit.records enable always trigger append_only`
  })
  expect((await faultsIn('audit-chain.json')).some((fault) => fault.startsWith('record 2: '))).toBe(true)
  await sql.end()
})

it('says why something is absent without a person or a secret', async () => {
  const out = join(folder, 'malformed')
  const now = new Date()
  const context: Evidence = {
    ...{ root: folder, now, period: { from: now, to: now }, urls: [], dataKeyDays: 365 },
    sql() {
      throw new Error('no database')
    },
    settings: () => ({ BAHI_DATABASE_URLS: `{"audit":${secrets[0]}}` }),
    dataKeys: () => Promise.reject(new Error('no keys')),
    checkpoints: () => Promise.resolve(undefined),
    repository: '/nowhere/zuzu.e@bahi/+919876500018',
  }
  const names = ['backups.json', 'connections.json']
  const without = sources.map(({ name }) => name).filter((name) => !names.includes(name))
  const { absent } = await collectEvidence(out, context, { without, signer: undefined })
  await chmod(out, 0o700)
  const why = new Map(absent.map((one) => [one.name, one.why]))
  expect(names.map((name) => why.get(name))).toEqual([
    "ENOENT: no such file or directory, open '/nowhere/•••@bahi/•••/status.json'",
    'BAHI_DATABASE_URLS is no JSON',
  ])
})

it('is written once, and shows what was changed in it', async () => {
  const out = join(folder, 'out')
  expect(await evidence('--out', out)).toMatchObject({
    status: 2,
    said: expect.stringContaining('is there already') as string,
  })
  const keys = checkpointKeys(env['BAHI_AUDIT_KEYS']!)
  expect(await folderFaults(out, keys)).toEqual([])
  expect(await folderFaults(out, [])).toEqual(['manifest.json is not signed by a key that is trusted'])
  await chmod(out, 0o700)
  await chmod(join(out, 'rules.json'), 0o600)
  await writeFile(join(out, 'rules.json'), '{}')
  await rm(join(out, 'settings.json'))
  await writeFile(join(out, 'more.json'), '{}')
  expect((await folderFaults(out, keys)).sort()).toEqual([
    ...['more.json is not of it', 'rules.json is another than it was', 'settings.json is missing'],
  ])
  expect((await evidence('--verify', out)).status).toBe(1)
})

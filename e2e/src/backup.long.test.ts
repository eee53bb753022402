// Backup and restore to a point in the middle of payments: the books are whole, and everything goes on from there.
import { appendFile, mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as paymentApi from '@bahi/contracts/payment.ts'
import { folderStorage } from '@bahi/kit/blobs/folder-storage.ts'
import { backupStatusOf } from '@bahi/kit/runtime/backup-status.ts'
import { startPostgres, type EmbeddedPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { apiAt, becomeCustomer, pay, register, type Customer } from '@bahi/platform/api-client.ts'
import { archivingTo } from '@bahi/platform/backup/archiving.ts'
import { backupKeyIn, type BackupKey } from '@bahi/platform/backup/backup-key.ts'
import { prepareRestored } from '@bahi/platform/backup/prepare-restored.ts'
import { copyKeptApart } from '@bahi/platform/backup/restored-files.ts'
import { restoreBackup } from '@bahi/platform/backup/restore-backup.ts'
import { takeBackup } from '@bahi/platform/backup/take-backup.ts'
import { startEmbedded, type Embedded } from '@bahi/platform/embedded.ts'
import { secretsIn } from '@bahi/platform/secrets.ts'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { check } from '@bahi/platform/checker/check.ts'
import { startStandIn, startVerification } from '@bahi/testing/kubernetes-backups.ts'
import { waitForQuiescence } from '@bahi/platform/checker/quiescence.ts'

let folder: string
let data: string
let repository: string
let key: BackupKey
let server: EmbeddedPostgres
let platform: Embedded
let sql: Sql
let [asha, ravi]: Customer[] = []
const ends: (() => Promise<unknown>)[] = []

async function start(adminUrl: string, of: string, issuer?: string): Promise<Embedded> {
  const started = await startEmbedded({
    ...{
      adminUrl,
      secrets: await secretsIn(of),
      port: 0,
      logLevel: process.env['BAHI_TEST_LOG'] ?? 'silent',
    },
    blobs: folderStorage(join(of, 'blobs')),
    env: { BAHI_ARGON2_MEMORY_KIB: '1024', ...(issuer ? { BAHI_ISSUER: issuer } : {}) },
  })
  ends.unshift(() => started.close())
  return started
}

function connected(adminUrl: string): Sql {
  const opened = connect(adminUrl, { max: 2 })
  ends.unshift(() => opened.end({ timeout: 5 }))
  return opened
}

const now = async () => (await sql<{ at: Date }[]>`select clock_timestamp() as at`)[0]!.at
const settled = async (database: Sql) =>
  (
    await database<
      { count: number }[]
    >`select count(*) as count from payment.payments where status = 'settled'`
  )[0]!.count

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-backup-'))
  ;[data, repository] = [join(folder, 'data'), join(folder, 'backups')]
  await secretsIn(data)
  key = await backupKeyIn(join(data, 'backup-key.json'))
  const dataDir = join(data, 'postgres')
  const settings = { ...(await archivingTo(repository, key.x, dataDir)), archive_timeout: '0' }
  server = await startPostgres({ dataDir, durable: false, settings })
  ends.unshift(() => server.stop())
  sql = connected(server.adminUrl)
  platform = await start(server.adminUrl, data)
  const customer = async (nth: number) => {
    const who = { phone: `+91980000000${nth}`, name: `Person ${nth}`, password: 'lohe-ka-tala-7' }
    const vpa = `person.${nth}@bahi`
    return becomeCustomer(await register(platform.url, who), { vpa, pin: '4071', balancePaise: 10_000_00 })
  }
  ;[asha, ravi] = [await customer(1), await customer(2)]
})
afterAll(async () => {
  for (const end of ends) await end()
  await rm(folder, { recursive: true, force: true })
})

it('restores all schemas to one time, publishes again what was in the broker, and payments go on', async () => {
  await takeBackup({ adminUrl: server.adminUrl, repository, recipient: key.x })
  await pay(asha!, { payeeVpa: ravi!.vpa, amountPaise: 100_00 })
  const smaller = await takeBackup({ adminUrl: server.adminUrl, repository, recipient: key.x })
  expect(smaller.storedBytes).toBeLessThan(smaller.bytes / 4)
  const kept = await pay(asha!, { payeeVpa: ravi!.vpa, amountPaise: 200_00 })
  expect((await waitForQuiescence(sql)).left).toEqual({})
  const to = await now()
  const lost = await pay(asha!, { payeeVpa: ravi!.vpa, amountPaise: 300_00 })
  // The server that is lost archived its log until here.
  const [{ wal }] = await sql<[{ wal: string }]>`select pg_walfile_name(pg_switch_wal()) as wal`
  await vi.waitFor(async () => expect(await readdir(join(repository, 'wal'))).toContain(`${wal}.sealed`))

  const into = join(folder, 'restored')
  const passwordFile = join(data, 'postgres.password')
  const restored = await restoreBackup({ repository, key, into, passwordFile, to })
  ends.unshift(() => restored.server.stop())
  const { adminUrl } = restored.server
  const after = connected(adminUrl)
  expect(restored.label).toBe(smaller.label)
  expect(restored.asOf.getTime()).toBeLessThanOrEqual(to.getTime())
  expect([await settled(sql), await settled(after)]).toEqual([3, 2])
  expect(await check(after, { asOf: restored.asOf })).toEqual([])

  // As though notification had not consumed the payment yet: its events were in the broker, which is empty now.
  const events = after`select id from payment.events where stream = ${kept.id}`
  await after`delete from notification.messages where data ->> 'paymentId' = ${kept.id}`
  expect((await after`delete from notification.inbox where event_id in (${events})`).count).toBeGreaterThan(0)
  await copyKeptApart(data, into, adminUrl)
  const [before] = await after<{ rrn: number }[]>`select last_value as rrn from payment.rrn_sequence`
  expect(await prepareRestored(adminUrl)).toMatchObject({ payment: expect.any(Number) })
  const [skipped] = await after<{ rrn: number }[]>`select last_value as rrn from payment.rrn_sequence`
  expect(skipped!.rrn).toBeGreaterThan(before!.rrn + 1_000_000)
  expect(await prepareRestored(adminUrl)).toEqual(await prepareRestored(adminUrl))

  const again = await start(adminUrl, into, platform.url)
  const person = { ...asha!, call: apiAt(again.url, asha!.token, undefined, asha!.key) }
  await expect(person.call(paymentApi.showPayment, { params: { id: lost.id } })).rejects.toMatchObject({
    code: 'not-found',
  })
  // The app retries with the same id what it believes to have paid.
  const repeated = await pay(person, { payeeVpa: ravi!.vpa, amountPaise: 300_00, id: lost.id })
  expect(repeated).toMatchObject({ status: 'settled' })
  expect(repeated.rrn).not.toBe(lost.rrn)
  expect((await waitForQuiescence(after)).left).toEqual({})
  expect(await check(after, { quiescent: true })).toEqual([])
})

it('the daily verification on Kubernetes passes what this backup has, and not a balance that was changed', async () => {
  const kubernetes = await startStandIn(folder)
  ends.unshift(() => Promise.resolve(kubernetes.close()))
  const passwordFile = join(data, 'postgres.password')
  let nth = 0
  kubernetes.restore = async () => {
    const [{ wal }] = await sql<[{ wal: string }]>`select pg_walfile_name(pg_switch_wal()) as wal`
    await vi.waitFor(async () => expect(await readdir(join(repository, 'wal'))).toContain(`${wal}.sealed`))
    const into = join(folder, `verified-${++nth}`)
    const restored = await restoreBackup({ repository, key, into, passwordFile })
    ends.unshift(() => restored.server.stop())
    return restored.server.adminUrl
  }
  const verify = async () => {
    const { ended, output } = await startVerification(kubernetes, folder)
    return [await ended, output()]
  }
  expect(await verify()).toEqual([
    0,
    expect.stringMatching(/no money is lost or doubled[^]*whole: [1-9]\d+ records/),
  ])
  const whole = backupStatusOf(kubernetes.status)
  expect([whole.verificationFailedAt, kubernetes.cluster]).toEqual([undefined, undefined])
  await sql`update account.ledger_accounts set balance_paise = balance_paise + 1
    where id = (select id from account.ledger_accounts where floor_paise = 0 limit 1)`
  expect(await verify()).toEqual([1, expect.stringContaining('FAULTS  balance-equals-entries')])
  expect(backupStatusOf(kubernetes.status)).toEqual({ ...whole, verificationFailedAt: expect.any(String) })
  expect(kubernetes.cluster).toBeUndefined()
})

it('refuses a backup that was changed, another key, and a time before the first one', async () => {
  const passwordFile = join(data, 'postgres.password')
  const restore = (into: string, more: { key?: BackupKey; to?: Date } = {}) =>
    restoreBackup({ repository, key, into: join(folder, into), passwordFile, ...more })
  const other = await backupKeyIn(join(folder, 'other-key.json'))
  await expect(restore('other', { key: other })).rejects.toThrow()
  await expect(restore('early', { to: new Date(0) })).rejects.toThrow('the oldest backup is of')
  const [set] = await readdir(join(repository, 'sets'))
  const file = (suffix: string) => join(repository, 'sets', set!, set + suffix)
  const pack = await open(file('.pack'), 'r+')
  await pack.write(Buffer.alloc(64), 0, 64, 1_000)
  await pack.close()
  await expect(restore('changed')).rejects.toThrow()
  await appendFile(file('.manifest.json'), ' ')
  await expect(restore('changed-manifest')).rejects.toThrow('is another than it was')
})

// The daily verification on Kubernetes, against a stand-in of its API and a real PostgreSQL: what it publishes, and
// that its cluster is deleted whatever happens. e2e/src/backup.long.test.ts does the same with a real backup.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backupStatusOf, gaugesOfBackup } from '@bahi/kit/runtime/backup-status.ts'
import { services } from '@bahi/platform/services.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it, vi } from 'vitest'
import { startStandIn, startVerification, type Run, type StandIn } from '@bahi/testing/kubernetes-backups.ts'

let database: TestDatabase
let folder: string
let kubernetes: StandIn
let started: Run

beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), services)
})
afterAll(() => database.drop())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-verify-'))
  kubernetes = await startStandIn(folder)
})
afterEach(async () => {
  started.child.kill('SIGKILL')
  kubernetes.close()
  await rm(folder, { recursive: true, force: true })
})

async function start(...more: string[]): Promise<Run> {
  started = await startVerification(kubernetes, folder, more)
  return started
}
const run = async (...more: string[]) => {
  const { ended } = await start(...more)
  return ended
}
const output = () => started.output()

const status = () => backupStatusOf(kubernetes.status)
/** The metrics that the alert asks for, as the gateway has them. */
const measured = () =>
  gaugesOfBackup(status()).flatMap(([name, , value]) => (value === undefined ? [] : [name.slice(12)]))
const untilCreated = () => vi.waitUntil(() => kubernetes.cluster, { timeout: 20_000 })

it('a whole backup is noted as verified, with what was known, and its cluster is deleted', async () => {
  kubernetes.restore = () => Promise.resolve(database.adminUrl)
  kubernetes.status = JSON.stringify({ verificationFailedAt: '2026-11-26T20:00:00Z' })
  expect([await run(), output()]).toEqual([0, expect.stringContaining('no money is lost or doubled')])
  expect(output()).toContain('whole: 0 records')
  expect(status()).toMatchObject({
    ...{ lastSuccessAt: '2026-11-27T20:35:00.000Z', verificationFailedAt: '2026-11-26T20:00:00.000Z' },
    ...{ lastVerifiedAt: expect.any(String), restoreMs: expect.any(Number) },
  })
  expect(kubernetes.cluster).toBeUndefined()
  expect(kubernetes.asked).toEqual([
    'GET objectstores/bahi-db-backup',
    ...['GET configmaps/bahi-backup-status', 'PATCH configmaps/bahi-backup-status'],
    ...['POST clusters', 'DELETE clusters/bahi-db-verify'],
    ...['GET configmaps/bahi-backup-status', 'PATCH configmaps/bahi-backup-status'],
  ])
})

it('a balance that was changed is a failure, and the metric says so', async () => {
  kubernetes.restore = async () => {
    await database.admin`update account.ledger_accounts set balance_paise = 1
      where id = (select id from account.ledger_accounts limit 1)`
    return database.adminUrl
  }
  expect(await run()).toBe(1)
  await database.admin`update account.ledger_accounts set balance_paise = 0`
  expect(output()).toContain('FAULTS  balance-equals-entries')
  expect(measured()).toEqual(['last_success_timestamp_seconds', 'verification_failed_timestamp_seconds'])
  expect(kubernetes.cluster).toBeUndefined()
})

it('a backup that is not restored in time is a failure, and the cluster is deleted', async () => {
  expect(await run('--timeout-seconds=0.5')).toBe(1)
  expect(output()).toContain('Setting up primary')
  expect(output()).toContain('not within 0.5 s')
  expect(status().verificationFailedAt).toBeDefined()
  expect(kubernetes.cluster).toBeUndefined()
})

it('a server that nobody gives a password for is a failure', async () => {
  kubernetes.restore = () => Promise.resolve('postgres://nobody:wrong@127.0.0.1:1/bahi')
  expect(await run('--connect-seconds=0.1')).toBe(1)
  expect(output()).toContain('verify ended with 2')
  expect(status().verificationFailedAt).toBeDefined()
})

it('a pod that ends deletes the cluster and publishes nothing, for another one begins anew', async () => {
  const { child, ended } = await start()
  await untilCreated()
  child.kill('SIGTERM')
  expect(await ended).toBe(143)
  expect([kubernetes.cluster, measured()]).toEqual([undefined, ['last_success_timestamp_seconds']])
})

it('what a killed pod left is deleted by the next one of its job, and by nobody else before its time', async () => {
  const { child, ended } = await start()
  await untilCreated()
  child.kill('SIGKILL')
  expect(await ended).toBe('SIGKILL')
  expect(kubernetes.cluster?.metadata).toMatchObject({
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'verify-1', uid: 'uid-1' }],
  })
  const [left] = [kubernetes.cluster]
  expect(await run('--job=verify-2')).toBe(3)
  expect(output()).toContain('cluster bahi-db-verify is of the job verify-1')
  expect(kubernetes.cluster).toBe(left)
  expect(status().verificationFailedAt).toBeUndefined()

  kubernetes.restore = () => Promise.resolve(database.adminUrl)
  expect(await run()).toBe(0)
  expect(output()).toContain('was left by verify-1: removed first')
  // The same of another job, once the time of the first one is over.
  left!.metadata.annotations['bahi/until'] = '2026-11-26T20:00:00Z'
  kubernetes.cluster = left
  expect(await run('--job=verify-2')).toBe(0)
  expect(output()).toContain('was left by verify-1: removed first')
  expect(kubernetes.cluster).toBeUndefined()
})

it('an API that is away for a moment is asked again', async () => {
  kubernetes.restore = () => Promise.resolve(database.adminUrl)
  kubernetes.failures = [503, 429]
  expect(await run()).toBe(0)
  // Not twice: what is made there would be made again.
  kubernetes.failures = [0, 0, 0, 0, 500]
  expect(await run()).toBe(1)
  expect(output()).toContain('Kubernetes answers 500 to a new cluster bahi-db-verify')
  expect(kubernetes.cluster).toBeUndefined()
})

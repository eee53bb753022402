// A month of the books goes to an archive whole or not at all, wherever the command is stopped; and comes back to read.
import { appendFile, mkdtemp, open, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { backupKeyIn, headerBytes, type BackupKey } from '../backup/backup-key.ts'
import { services } from '../services.ts'
import type { ArchiveOptions } from './archive-month.ts'
import { archiveNoted } from './archive-status.ts'
import { archivedIn } from './archive-store.ts'
import { monthsOf } from './months.ts'
import { openArchive } from './open-archive.ts'

const month = '2016-03'
const now = new Date('2026-11-01T00:00:00Z')
const at = new Date('2016-03-10T06:00:00Z')
const id = uuidv7(at.getTime())
let folder: string
let repository: string
let key: BackupKey
let database: TestDatabase

const archive = (more: Partial<ArchiveOptions> = {}) =>
  archiveNoted({ adminUrl: database.adminUrl, repository, key, month, note: 'year end', now, ...more })
/** What Prometheus is told of it. */
const metrics = async () =>
  (await readFile(join(repository, 'bahi_archive.prom'), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('bahi_'))
const state = async () => {
  const [row] = await database.admin`
    select (select count(*)::int from payment.payments) as payments,
      (select count(*)::int from account.entries) as entries,
      (select count(*)::int from payment.archived_months) as archived,
      (select count(*)::int from payment.events where type = 'payment.month-archived') as events`
  return row
}
const there = { payments: 1, entries: 2, archived: 0, events: 0 }
const gone = { payments: 0, entries: 0, archived: 1, events: 1 }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-archive-'))
  repository = join(folder, 'backups')
  key = await backupKeyIn(join(folder, 'key.json'))
  database = await testDatabase(inject('postgresUrl'), services)
  const { admin } = database
  for (const [schema, table] of [
    ['payment', 'payments'],
    ['account', 'transfers'],
    ['account', 'entries'],
  ])
    await admin.unsafe(
      `do $$ begin execute format('create table ${schema}.${table}_2016_03 partition of ${schema}.${table}
         for values from (%L) to (%L)', payment.uuid_at('2016-03-01Z'), payment.uuid_at('2016-04-01Z')); end $$`,
    )
  await admin`
    insert into payment.payments (id, payer_user_id, payer_account_id, payee_user_id, payee_account_id, amount_paise,
      version, created_at, completed_at, route, status, code, txn_prefix, rrn, payer_vpa, payer_name, payee_vpa,
      payee_name, note, initiation_mode, purpose, mcc, origin_kind, assessment, input_hash)
    values (${id}, ${uuidv7()}, ${uuidv7()}, ${uuidv7()}, ${uuidv7()}, 25000, 2, ${at}, ${at}, 'l', 'settled', '00',
      'BAH', '506906000001', 'asha@bahi', ${'Asha "A", Rao'}, 'ravi@bahi', 'Ravi', ${'tea\nand, "toast"'}, '00', '00',
      '0000', 'app', '{"a": 1}', decode(repeat('ab', 32), 'hex'))`
  await admin`
    insert into account.transfers (id, posted_at, amount_paise, debit_account, credit_account, kind, code)
    values (${id}, ${at}, 25000, 1, 2, 't', '00')`
  await admin`
    insert into account.entries (transfer_id, account_id, nth, amount_paise, balance_paise)
    values (${id}, 1, 4, -25000, 75000), (${id}, 2, 1, 25000, 25000)`
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

it('is refused while something needs the month, which stays as it is', async () => {
  const { admin } = database
  await expect(archive({ now: new Date('2026-03-31T23:00:00Z') })).rejects.toThrow(
    'it is kept until 2026-04-01',
  )
  await expect(archive({ month: '2014-03' })).rejects.toThrow('there is no month 2014-03')
  const { d: _private, ...half } = key
  await expect(archive({ key: half })).rejects.toThrow('no private half')

  await admin`insert into payment.open_payments (payment_id, due_at) values (${id}, now())`
  await expect(archive()).rejects.toThrow('1 payments are open')
  await admin`delete from payment.open_payments`
  await admin`
    insert into account.holds (id, debit_account, credit_account, amount_paise, expires_at)
    values (${id}, 1, 2, 5, now())`
  await expect(archive()).rejects.toThrow('1 holds are open')
  await admin`delete from account.holds`

  await admin`
    insert into payment.events (id, stream, version, type, data, at)
    values (${id}, ${id}, 1, 'payment.begun', '{}', ${at})`
  await expect(archive()).rejects.toThrow('1 events are under no checkpoint')
  await admin`
    insert into audit.records (seq, event_id, source, type, subject, version, at, data_text, hash)
    values (1, ${id}, 'payment', 'payment.begun', ${id}, 1, ${at}, '{}', decode(repeat('00', 32), 'hex'))`
  await expect(archive()).rejects.toThrow('1 events are under no checkpoint')
  await admin`insert into audit.checkpoints (n, seq, document, at, stored_at) values (1, 1, 'signed', now(), now())`

  expect(await state()).toEqual(there)
  const [kept] = await monthsOf(admin, now)
  expect(kept).toMatchObject({
    month,
    parts: [{ isClosed: false }, { isClosed: false }, { isClosed: false }],
  })
  expect(await archivedIn(repository)).toEqual([])
  expect(await metrics()).toEqual(['bahi_archive_last_failure_timestamp_seconds 1793491200'])
})

it('drops nothing when the archive is another than it was', async () => {
  const stop = () => {
    throw new Error('stopped')
  }
  await expect(archive({ onStep: (step) => step === 'exported' && stop() })).rejects.toThrow('stopped')
  const pack = join(repository, 'archive', month, 'rows.pack')
  const handle = await open(pack, 'r+')
  await handle.write(Buffer.alloc(8), 0, 8, 60)
  await handle.close()
  await expect(archive()).rejects.toThrow()
  expect(await state()).toEqual(there)
  await rm(join(repository, 'archive', month), { recursive: true })
})

it('may be stopped at any step and run again: the month is archived once', async () => {
  const { admin } = database
  for (const at of ['closed', 'exported', 'verified'] as const) {
    const stopped = archive({
      onStep(step) {
        if (step === at) throw new Error(`stopped at ${at}`)
      },
    })
    await expect(stopped).rejects.toThrow(`stopped at ${at}`)
    expect(await state()).toEqual(there)
  }
  // Between the steps nothing is changed any more, so that the archive stays what the month is.
  await expect(admin`update payment.payments set note = 'x'`).rejects.toThrow('closed')

  const { storedBytes, ...done } = await archive()
  expect(done).toMatchObject({ month, rows: 4, isNew: true })
  expect(storedBytes).toBe((await stat(join(repository, 'archive', month, 'rows.pack'))).size - headerBytes)
  expect(await metrics()).toEqual([
    'bahi_archive_last_success_timestamp_seconds 1793491200',
    'bahi_archive_last_failure_timestamp_seconds 1793491200',
    `bahi_archive_written_bytes ${storedBytes}`,
  ])
  expect(await state()).toEqual(gone)
  expect(await archive()).toMatchObject({ month, rows: 4, isNew: false })
  expect(await state()).toEqual(gone)
  expect(
    await admin`select account_id, entries, amount_paise, first_nth, last_nth from account.archived_entries
      order by account_id`,
  ).toEqual([
    { accountId: 1, entries: 1, amountPaise: -25000, firstNth: 4, lastNth: 4 },
    { accountId: 2, entries: 1, amountPaise: 25000, firstNth: 1, lastNth: 1 },
  ])
  // An id of the month is never used a second time.
  const again = admin`
    insert into account.transfers (id, posted_at, amount_paise, debit_account, credit_account, kind, code)
    values (${id}, now(), 25000, 1, 2, 't', '00')`
  await expect(again).rejects.toThrow('archived')
})

it('is read again by an auditor, as it was, and changed by nobody', async () => {
  const { admin } = database
  const from = { databaseUrl: database.adminUrl, repository, key, month }
  const opened = await openArchive({ ...from, reader: 'bahi_reporting' })
  expect(opened).toMatchObject({ schema: 'archive_2016_03', rows: 4 })
  const [recorded] = await admin`
    select data ->> 'sha256' as sha256, data ->> 'note' as note from payment.events
    where type = 'payment.month-archived'`
  expect(recorded).toEqual({ sha256: opened.sha256, note: 'year end' })
  const [row] = await admin`
    select payer_name, note, assessment, route, created_at, payer_bank from archive_2016_03.payments`
  expect(row).toEqual({
    ...{ payerName: 'Asha "A", Rao', note: 'tea\nand, "toast"', assessment: { a: 1 }, route: 'l' },
    ...{ createdAt: at, payerBank: null },
  })
  for (const change of ['delete from', 'truncate', 'insert into'])
    await expect(
      admin.unsafe(`${change} archive_2016_03.entries ${change === 'insert into' ? 'default values' : ''}`),
    ).rejects.toThrow('read only')
  await admin.begin(async (tx) => {
    await tx`set local role bahi_reporting`
    expect((await tx`select from archive_2016_03.transfers`).count).toBe(1)
  })
  await expect(openArchive(from)).rejects.toThrow('already exists')
  const other = await backupKeyIn(join(folder, 'other.json'))
  await admin`drop schema archive_2016_03 cascade`
  await expect(openArchive({ ...from, key: other })).rejects.toThrow()
  await appendFile(join(repository, 'archive', month, 'manifest.json'), ' ')
  await expect(openArchive(from)).rejects.toThrow('is another than it was')
  expect((await admin`select from pg_namespace where nspname = 'archive_2016_03'`).count).toBe(0)
})

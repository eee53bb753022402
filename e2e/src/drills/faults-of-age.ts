// Faults of what is old, or was not done: where waiting would take hours or days, what is there is made older in the
// database. The metric, the rule and the alert are the real ones.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import { feedRevokedNumbers } from '@bahi/contracts/revoked-numbers.ts'
import { archiveNoted } from '@bahi/platform/archive/archive-status.ts'
import { archivedTables } from '@bahi/platform/archive/months.ts'
import { apiAt, pay } from '@bahi/platform/api-client.ts'
import { backupKeyIn } from '@bahi/platform/backup/backup-key.ts'
import { noteStatus } from '@bahi/platform/backup/backup-status.ts'
import { startReplica } from '@bahi/testing/streaming-replica.ts'
import { startCollector } from '../collector.ts'
import { feedKey, type AlertScene } from './alert-scene.ts'
import { days, ignored, keepDoing, readHistory, type AlertFault } from './fault-parts.ts'

/** An empty partition in each table of the books. */
async function makeMonth({ sql }: AlertScene, month: string): Promise<void> {
  const first = `${month}-01Z`
  const [range] = await sql<{ from: string; to: string }[]>`
    select payment.uuid_at(${first}::timestamptz) as from,
      payment.uuid_at(${first}::timestamptz + interval '1 month') as to`
  for (const { schema, table } of archivedTables(new Date()))
    await sql.unsafe(
      `create table ${schema}.${table}_${month.replace('-', '_')} partition of ${schema}.${table}
         for values from ('${range!.from}') to ('${range!.to}')`,
    )
}

/** As the weekly job of the feed does. */
async function sendRevokedNumbers({ cluster }: AlertScene, daysAgo: number): Promise<void> {
  const listedOn = istDateOf(new Date(Date.now() - days(daysAgo)))
  const file = { type: 'text/csv', bytes: new TextEncoder().encode(`+9170000000${10 + daysAgo}\n`) }
  const headers = { authorization: `Bearer ${feedKey}` }
  await apiAt(cluster.gateways[0]!)(feedRevokedNumbers, { querystring: { listedOn }, file }, { headers })
}

export const faultsOfAge: AlertFault[] = [
  {
    name: 'nothing is wrong',
    isAlways: true,
    alerts: ['BahiWatchdog'],
    begin: () => Promise.resolve(() => Promise.resolve()),
  },
  {
    name: 'there is no backup',
    isFromStart: true,
    alerts: ['BahiBackupOld', 'BahiBackupUnverified'],
    begin: ({ backups }) =>
      Promise.resolve(async () => {
        const now = new Date().toISOString()
        const measured = { storedBytes: 1_000_000, restoreMs: 60_000 }
        await noteStatus(backups.folder, { lastSuccessAt: now, lastVerifiedAt: now, ...measured })
      }),
  },
  {
    name: 'the collector of traces is away',
    isFromStart: true,
    alerts: ['BahiSpansDropped'],
    begin(scene) {
      const stop = keepDoing(2, 100, (nth) => readHistory(scene, nth))
      return Promise.resolve(async () => {
        const collector = await startCollector(scene.collectorPort)
        scene.onStop(() => collector.close())
        await stop()
      })
    },
  },
  {
    name: 'the replica is away',
    isFromStart: true,
    alerts: ['BahiReplicaUnused'],
    begin(scene) {
      const stop = keepDoing(2, 200, (nth) => readHistory(scene, nth))
      return Promise.resolve(async () => {
        const primary = scene.postgres()
        const replica = await startReplica(primary, scene.dataDir, scene.replicaPort)
        scene.onStop(() => replica.stop())
        // It is used again after a moment; reads go on meanwhile.
        void delay(40_000).then(stop)
      })
    },
  },
  {
    name: 'months are past their retention, and the archive has a key that opens nothing',
    alerts: ['BahiMonthsToArchive', 'BahiArchiveNotRun', 'BahiArchiveFailed'],
    async begin(scene) {
      const months = ['2011-01', '2011-02', '2011-03', '2011-04']
      const key = await backupKeyIn(join(scene.backups.folder, 'key.json'))
      const archive = (month: string, d: string) => {
        const { adminUrl } = scene.cluster
        const about = { month, note: 'of a drill', now: new Date() }
        return archiveNoted({ adminUrl, repository: scene.backups.folder, key: { ...key, d }, ...about })
      }
      for (const month of months) await makeMonth(scene, month)
      await archive(months[0]!, '').catch(ignored)
      return async () => {
        for (const month of months) await archive(month, key.d!)
      }
    },
  },
  {
    name: 'the books were changed by hand, and a hold was forgotten',
    alerts: ['BahiBookFaults', 'BahiHoldsOld'],
    async begin({ sql }) {
      const id = uuidv7(Date.now() - days(6))
      await sql`
        insert into account.holds (id, debit_account, credit_account, amount_paise, expires_at)
        values (${id}, 1, 2, 100, now() + interval '4 days')`
      await sql`update account.ledger_accounts set balance_paise = balance_paise + 1 where id = 1`
      return async () => {
        await sql`delete from account.holds where id = ${id}`
        await sql`update account.ledger_accounts set balance_paise = balance_paise - 1 where id = 1`
      }
    },
  },
  {
    name: 'a difference is open, and nobody looks at it',
    alerts: ['BahiDifferences'],
    async begin({ sql }) {
      const id = uuidv7()
      await sql`
        insert into payment.settlement_cycles (id, from_at, to_at) values ('2026-01-01.C01', now(), now())
        on conflict do nothing`
      await sql`
        insert into payment.differences (id, txn_id, side, kind, cycle, opened_at)
        values (${id}, ${id}, 'DEBIT', 'amount-differs', '2026-01-01.C01', now() - interval '2 hours')`
      return () => sql`update payment.differences set closed_at = now() where id = ${id}`
    },
  },
  {
    name: 'payments are stopped, and nobody ends it',
    alerts: ['BahiPaymentsStopped'],
    async begin({ sql }) {
      const id = uuidv7()
      await sql`
        insert into payment.payment_stops (id, scope, handle, reason, set_by, set_at)
        values (${id}, 'handle', 'nobody', 'a drill', ${id}, now())`
      return () => sql`
        update payment.payment_stops set ended_by = ${id}, ended_at = now(), end_reason = 'a drill' where id = ${id}`
    },
  },
  {
    name: 'the network owes outcomes',
    alerts: ['BahiPaymentInDoubt', 'BahiDeemedOld'],
    async begin(scene) {
      const { sql } = scene
      const ids = ['timeout@sandbox', 'deemed@sandbox'].map((payeeVpa) => [uuidv7(), payeeVpa] as const)
      for (const [id, payeeVpa] of ids)
        void pay(scene.customers[0]!, { payeeVpa, amountPaise: 1_00, id }).catch(ignored)
      const older = async () => {
        await sql`
          update payment.payments set created_at = now() - interval '2 days',
            deemed_at = case when payee_vpa = 'deemed@sandbox' then now() - interval '2 days' end
          where id = any (${ids.map(([id]) => id)}::uuid[]) and status = 'pending'`
        // Nothing is asked meanwhile: the network has fallen silent.
        await sql`update payment.open_payments set due_at = 'infinity'`
      }
      const stop = keepDoing(1, 300, older)
      return async () => {
        await stop()
        await sql`delete from payment.open_payments where payment_id = any (${ids.map(([id]) => id)}::uuid[])`
      }
    },
  },
  {
    name: 'the audit chain has no new checkpoint',
    alerts: ['BahiAuditChainOld'],
    async begin({ sql }) {
      await sql`update audit.checkpoints set stored_at = now() - interval '1 hour'`
      return () => sql`update audit.checkpoints set stored_at = now()`
    },
  },
  {
    name: 'the newest list of disconnected numbers is a month old',
    alerts: ['BahiRevokedNumbersOld'],
    async begin(scene) {
      await sendRevokedNumbers(scene, 30)
      return () => sendRevokedNumbers(scene, 0)
    },
  },
  {
    name: 'the certificate for calls between services expires in three days',
    alerts: ['BahiCertificateExpires'],
    async begin({ renewCertificate }) {
      await renewCertificate(3)
      return () => renewCertificate(90)
    },
  },
  {
    name: 'the chart has certificates made, and nobody scrapes cert-manager',
    alerts: ['BahiCertificatesUnmeasured'],
    async begin({ backups }) {
      const file = join(backups.folder, 'certificates.prom')
      // What rules of the chart record.
      const used = 'bahi:uses_cert_manager:info 1\n'
      await writeFile(file, used)
      const expires = Math.floor((Date.now() + days(90)) / 1_000)
      const ends = `bahi_certificate_expires_timestamp_seconds{certificate="bahi-edge-tls"} ${expires}\n`
      return () => writeFile(file, used + ends)
    },
  },
  {
    name: 'a message is not sent',
    alerts: ['BahiMessageWaits'],
    async begin({ sql }) {
      const id = uuidv7()
      await sql`
        insert into notification.deliveries (id, channel, template, subject, status, next_at, at)
        values (${id}, 'sms', 'otp', 'x', 'waiting', now() + interval '1 hour', now() - interval '10 minutes')`
      return () => sql`delete from notification.deliveries where id = ${id}`
    },
  },
  {
    name: 'messages are sent a minute after they were made',
    alerts: ['BahiLateMessagesFast', 'BahiLateMessagesSteady', 'BahiLateMessagesSlow'],
    begin({ sql }) {
      const sendAgain = () => sql`
        update notification.deliveries
        set status = 'waiting', tries = 0, masked_to = null, next_at = now(), at = now() - interval '1 minute'
        where id in (
          select id from notification.deliveries where status = 'sent' and channel = 'sms' order by at limit 10)`
      return Promise.resolve(keepDoing(1, 1_000, sendAgain))
    },
  },
  {
    name: 'due work is held by a copy that hangs, and an item was given up',
    alerts: ['BahiDueWorkLate', 'BahiDueWorkGivenUp'],
    async begin({ sql }) {
      const keys = [uuidv7(), uuidv7()]
      const rows = keys.map((key, nth) => ({ key, gaveUpAt: nth === 1 ? new Date() : null }))
      for (const { key, gaveUpAt } of rows)
        await sql`
          insert into payment.due_work (kind, key, due_at, payload, created_id, lease_until, gave_up_at)
          values ('statement', ${key}, now() - interval '20 minutes', '{}', ${key}, now() + interval '1 hour',
            ${gaveUpAt})`
      return () => sql`delete from payment.due_work where key = any (${keys})`
    },
  },
]

// The faults of the drill of alerts. `begin` makes the fault and returns what ends it. Where waiting would take hours
// or days, what is there is made older in the database: the metric, the rule and the alert are the real ones.
import { setTimeout as delay } from 'node:timers/promises'
import * as auth from '@bahi/contracts/auth.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { listPayments, showPayment } from '@bahi/contracts/payment.ts'
import { makeRequest } from '@bahi/contracts/requests.ts'
import { rabbitBus } from '@bahi/kit/bus/rabbit-bus.ts'
import { platformQueues } from '@bahi/kit/events/consume.ts'
import { createLog } from '@bahi/kit/log.ts'
import { createOutages } from '@bahi/kit/outages.ts'
import type { Sql, Tx } from '@bahi/kit/sql/sql.ts'
import { apiAt, pay, pinKeys } from '@bahi/platform/api-client.ts'
import { noteStatus } from '@bahi/platform/backup/backup-status.ts'
import { batchOf } from '@bahi/testing/events.ts'
import { startReplica } from '@bahi/testing/streaming-replica.ts'
import { startCollector } from '../collector.ts'
import type { AlertScene } from './alert-scene.ts'

export type AlertFault = {
  name: string
  alerts: string[]
  /** It is there as the drill begins: `begin` only gives what ends it. */
  isFromStart?: true
  begin(scene: AlertScene): Promise<() => Promise<unknown>>
}

/** Of alerts that this drill cannot make fire. */
export const neverHere: Record<string, string> = {
  BahiCertificateExpires: 'processes of one machine call each other without certificates',
  BahiActsLost: '10,000 different denials must wait while audit is away',
}

const days = (n: number) => n * 86_400_000
const ignored = () => undefined

/** Runs it again and again, so many at once, until it is ended. */
function keepDoing(
  atOnce: number,
  pauseMs: number,
  run: (nth: number) => Promise<unknown>,
): () => Promise<void> {
  let isOver = false
  const loops = Array.from({ length: atOnce }, async (_, nth) => {
    while (!isOver) {
      await run(nth).catch(ignored)
      await delay(pauseMs)
    }
  })
  return async () => {
    isOver = true
    await Promise.all(loops)
  }
}

/** Holds what a transaction locks until it is ended. */
async function holdLock(sql: Sql, lock: (tx: Tx) => Promise<unknown>): Promise<() => Promise<void>> {
  const [locked, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const held = sql
    .begin(async (tx) => {
      await tx`set local idle_in_transaction_session_timeout = 0`
      await lock(tx)
      locked.resolve()
      await over.promise
    })
    .catch(locked.reject)
  await locked.promise
  return async () => {
    over.resolve()
    await held
  }
}

const readHistory = ({ customers }: AlertScene, nth: number) =>
  customers[nth % customers.length]!.call(listPayments, { querystring: {} })

/** Each pays the next one. */
async function payOnce({ customers }: AlertScene, nth: number, payeeVpa?: string): Promise<unknown> {
  const payer = customers[nth % customers.length]!
  const payee = customers[(nth + 1) % customers.length]!
  return pay(payer, { payeeVpa: payeeVpa ?? payee.vpa, amountPaise: 1_00 })
}

async function askOnce({ customers }: AlertScene, nth: number): Promise<unknown> {
  const [payee, payer] = [customers[nth % customers.length]!, customers[(nth + 1) % customers.length]!]
  const body = { payeeVpa: payee.vpa, payerVpa: payer.vpa, amountPaise: 1_00 }
  return payee.call(makeRequest, { params: { id: uuidv7() }, body })
}

const busAt = (url: string) => {
  const log = createLog('drill', 'silent')
  return rabbitBus(url, { log, outages: createOutages(log), queues: platformQueues, declares: false })
}

export const faults: AlertFault[] = [
  {
    name: 'there is no backup',
    isFromStart: true,
    alerts: ['BahiBackupOld', 'BahiBackupUnverified'],
    begin: ({ backups }) =>
      Promise.resolve(async () => {
        const now = new Date().toISOString()
        await noteStatus(backups.folder, { lastSuccessAt: now, lastVerifiedAt: now })
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
    name: 'months are past their retention',
    alerts: ['BahiMonthsToArchive'],
    async begin({ sql }) {
      const months = ['2011_01', '2011_02', '2011_03', '2011_04']
      for (const month of months) {
        const first = `${month.replace('_', '-')}-01Z`
        const [range] = await sql<{ from: string; to: string }[]>`
          select payment.uuid_at(${first}::timestamptz) as from,
            payment.uuid_at(${first}::timestamptz + interval '1 month') as to`
        await sql.unsafe(
          `create table payment.payments_${month} partition of payment.payments
             for values from ('${range!.from}') to ('${range!.to}')`,
        )
      }
      return async () => {
        for (const month of months) await sql.unsafe(`drop table payment.payments_${month}`)
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
    name: 'no list of disconnected numbers was taken',
    alerts: ['BahiRevokedNumbersOld'],
    async begin({ sql }) {
      const name = '017_revoked_numbers.sql'
      await sql`update auth.migrations set applied_at = now() - interval '30 days' where name = ${name}`
      return () => sql`update auth.migrations set applied_at = now() where name = ${name}`
    },
  },
  {
    name: 'a message is not sent',
    alerts: ['BahiMessagesLate'],
    async begin({ sql }) {
      const id = uuidv7()
      await sql`
        insert into notification.deliveries (id, channel, template, data, subject, status, next_at, at)
        values (${id}, 'sms', 'otp', '{}', 'x', 'waiting', now() + interval '1 hour', now() - interval '10 minutes')`
      return () => sql`delete from notification.deliveries where id = ${id}`
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
  {
    name: 'somebody tries many passwords',
    alerts: ['BahiSignInsFail'],
    begin({ cluster, customers }) {
      const asPublic = apiAt(cluster.gateways[0]!, undefined)
      const { phone } = customers[7]!
      const body = { phone, password: 'not-the-password-1', device: { id: 'another-one', name: 'A phone' } }
      return Promise.resolve(keepDoing(8, 20, () => asPublic(auth.login, { body: body as never })))
    },
  },
  {
    name: 'the network fails payments',
    alerts: ['BahiPaymentsFail'],
    begin: (scene) =>
      Promise.resolve(keepDoing(2, 300, (nth) => payOnce(scene, nth + 2, 'declined.u88@sandbox'))),
  },
  {
    name: 'nobody pays any more',
    alerts: ['BahiNoPayments'],
    async begin(scene) {
      const keys = await pinKeys(scene.customers[0]!.call)
      const wrong = { payeeVpa: scene.customers[0]!.vpa, amountPaise: 1, pin: '9999', keys }
      const before = performance.now()
      // Whatever becomes of them: a payment that fails completes too.
      const burst = keepDoing(8, 0, (nth) => pay(scene.customers[nth]!, wrong, keys))
      await delay(Math.max(0, before + 12_000 - performance.now()))
      await burst()
      let stop = () => Promise.resolve()
      return async () => {
        stop = keepDoing(2, 300, (nth) => payOnce(scene, nth + 4))
        void delay(20_000).then(() => stop())
        await delay(1_000)
      }
    },
  },
  {
    name: 'a table is locked again and again',
    alerts: ['BahiPaymentsSlow', 'BahiPoolExhausted', 'BahiRequestsShed'],
    async begin(scene) {
      const stops = [
        // Each is a transaction, and has a connection for itself.
        keepDoing(16, 50, (nth) => askOnce(scene, nth)),
        keepDoing(24, 50, (nth) => payOnce(scene, nth)),
        keepDoing(1, 400, async () => {
          const release = await holdLock(
            scene.sql,
            (tx) => tx`lock table payment.payments, payment.payment_requests in access exclusive mode`,
          )
          await delay(3_000)
          await release()
        }),
      ]
      return () => Promise.all(stops.map((stop) => stop()))
    },
  },
  {
    name: 'a transaction that was left open holds the relay back',
    alerts: ['BahiEventsLate', 'BahiWorkerStalled'],
    async begin(scene) {
      const release = await holdLock(scene.sql, (tx) => tx`select from payment.relay for update`)
      await payOnce(scene, 5).catch(ignored)
      return release
    },
  },
  {
    name: 'no consumer can process a batch',
    alerts: ['BahiDeadLetters'],
    async begin(scene) {
      const bus = busAt(scene.amqpUrl)
      // Its id is no UUID.
      await bus.publish('auth', batchOf('auth', 1))
      return async () => {
        for (const letter of await bus.deadLetters()) await bus.drop(letter.queue, letter.id)
        await bus.close()
      }
    },
  },
  {
    name: 'a consumer waits for a lock',
    alerts: ['BahiQueueDeep'],
    async begin(scene) {
      const bus = busAt(scene.amqpUrl)
      const release = await holdLock(scene.sql, (tx) => tx`lock table payment.inbox in access exclusive mode`)
      const event = () => ({ ...batchOf('auth', 1)[0]!, id: uuidv7(), subject: uuidv7() })
      for (let nth = 0; nth < 1_500; nth++) await bus.publish('auth', [event()])
      return async () => {
        await release()
        await bus.close()
      }
    },
  },
  {
    name: 'the event loop of a process is held up',
    alerts: ['BahiEventLoopBlocked'],
    begin({ cluster }) {
      const part = cluster.services.find(({ kind }) => kind === 'rest')!
      return Promise.resolve(
        keepDoing(1, 150, async () => {
          part.signal('SIGSTOP')
          await delay(700)
          part.signal('SIGCONT')
        }),
      )
    },
  },
  {
    name: 'a process ends and does not come back',
    alerts: ['BahiProcessDown'],
    async begin({ cluster }) {
      const part = cluster.services.find(({ kind }) => kind === 'rest')!
      await part.pause()
      return () => part.resume()
    },
  },
  {
    name: 'RabbitMQ is away',
    alerts: ['BahiDependencyDown'],
    begin: (scene) => Promise.resolve(scene.holdDown('rabbitmq')),
  },
  {
    name: 'PostgreSQL is away',
    alerts: ['BahiEdgeErrorsFast', 'BahiEdgeErrorsSteady', 'BahiEdgeErrorsSlow'],
    async begin(scene) {
      const [payer] = scene.customers
      const { id } = await pay(payer!, { payeeVpa: scene.customers[1]!.vpa, amountPaise: 1_00 })
      const stop = keepDoing(2, 200, () => payer!.call(showPayment, { params: { id } }))
      const back = scene.holdDown('postgres')
      return async () => {
        await back()
        void delay(30_000).then(stop)
      }
    },
  },
]

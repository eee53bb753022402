// Faults of servers and processes, and of requests: they are made while people pay.
import { setTimeout as delay } from 'node:timers/promises'
import * as auth from '@bahi/contracts/auth.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { inspectPayment } from '@bahi/contracts/look-up.ts'
import { showPayment } from '@bahi/contracts/payment.ts'
import { apiAt, pay, pinKeys } from '@bahi/platform/api-client.ts'
import { batchOf } from '@bahi/testing/events.ts'
import { askOnce, busAt, holdLock, ignored, keepDoing, payOnce, type AlertFault } from './fault-parts.ts'

export const faultsUnderLoad: AlertFault[] = [
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
    name: 'audit cannot store what staff is refused, and a script asks for 10,000 payments',
    alerts: ['BahiActsLost'],
    async begin(scene) {
      const staff = await scene.staff()
      await scene.sql`revoke insert on audit.events from bahi_audit`
      let asked = 0
      const stop = keepDoing(24, 0, () => {
        asked += 1
        return staff.call(inspectPayment, { params: { id: uuidv7() } })
      })
      // Only beyond so many that wait is one lost.
      while (asked < 10_000) await delay(500)
      return async () => {
        await stop()
        await scene.sql`grant insert on audit.events to bahi_audit`
      }
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
    alerts: [
      ...['BahiSlowPaymentsFast', 'BahiSlowPaymentsSteady', 'BahiSlowPaymentsSlow'],
      ...['BahiPoolExhausted', 'BahiRequestsShed'],
    ],
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
    alerts: ['BahiEventsLate', 'BahiWorkerStalled', 'BahiTransactionOpen'],
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
      const bus = busAt(scene.rabbit().url)
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
      const bus = busAt(scene.rabbit().url)
      const release = await holdLock(
        scene.sql,
        (tx) => tx`lock table notification.inbox in access exclusive mode`,
      )
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
    name: 'a process ends and does not come back, and no other has its services',
    alerts: ['BahiProcessDown', 'BahiServiceMissing'],
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
    alerts: ['BahiEdgeErrorsFast', 'BahiEdgeErrorsSteady', 'BahiEdgeErrorsSlow', 'BahiMoneyUnmeasured'],
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

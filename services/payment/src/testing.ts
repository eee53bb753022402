// For tests: payment on its own database, with account and auth played by an idempotent ledger in memory.
import { Readable } from 'node:stream'
import { resolveParties, type Party, type Transfer, type TransferOutcome } from '@bahi/contracts/account.ts'
import type { Input } from '@bahi/contracts/call.ts'
import type { EventType } from '@bahi/contracts/events.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { pay, type Payment as PaymentSeen } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { CloudEvent } from '@bahi/kit/bus.ts'
import { memoryBus } from '@bahi/kit/bus-memory.ts'
import { connect } from '@bahi/kit/sql.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { jumpingClock, testPlatform } from '@bahi/kit/testing.ts'
import type { CarryResponse } from '@bahi/kit/transport.ts'
import { service } from './app.ts'
import { rebuild } from './rebuild.ts'
import { findPayments, toPayment } from './store.ts'
import { allIds, openFaults } from './store-proof.ts'

export const recoveryAfterMs = 400
const goodPin = 'h.k.iv.1234.tag'
export const wrongPin = 'h.k.iv.9999.tag'
const longAgo = '2026-01-01T00:00:00.000Z'

export type TestPerson = { userId: string; deviceId: string; vpa: string; party: Party }

export async function paymentStage(postgresUrl: string) {
  const clock = jumpingClock()
  const parties = new Map<string, Party>()
  const people = new Map<string, { createdAt: string; deviceBoundAt?: string }>()
  /** What account decided, by id: asked again it tells the same. */
  const decided = new Map<string, TransferOutcome>()
  const balances = new Map<string, number>()
  const seen = { resolves: 0, vpas: 0, posts: 0, transfers: 0 }
  /** `down`: nothing arrives. `deaf`: it is done and the answer gets lost. */
  const account: { down: boolean; transfers: 'up' | 'down' | 'deaf'; delayMs: number; code?: string } = {
    down: false,
    transfers: 'up',
    delayMs: 0,
  }
  const auth = { down: false }
  const told: CloudEvent[] = []
  const bus = memoryBus({ clock })
  await bus.listen(['payment'], (events) => void told.push(...events))

  function decide(t: Transfer): TransferOutcome {
    const before = decided.get(t.id)
    if (before) return before
    const balance = balances.get(t.payerAccountId) ?? 0
    const outcome: TransferOutcome =
      t.pin === undefined
        ? { id: t.id, status: 'unknown', code: 'U69' }
        : account.code !== undefined
          ? { id: t.id, status: 'declined', code: account.code }
          : t.pin !== goodPin
            ? { id: t.id, status: 'declined', code: 'ZM', triesLeft: 2 }
            : balance < t.amountPaise
              ? { id: t.id, status: 'declined', code: 'Z9' }
              : { id: t.id, status: 'posted', code: '00', postedAt: clock.now().toISOString() }
    // Who was told that nothing will happen is told of a decline from then on.
    decided.set(t.id, outcome.status === 'unknown' ? { ...outcome, status: 'declined', code: 'XB' } : outcome)
    if (outcome.status === 'posted') {
      balances.set(t.payerAccountId, balance - t.amountPaise)
      balances.set(t.payeeAccountId, (balances.get(t.payeeAccountId) ?? 0) + t.amountPaise)
    }
    return outcome
  }

  const platform = await testPlatform(postgresUrl, {
    services: [service],
    env: { BAHI_RECOVERY_AFTER_MS: String(recoveryAfterMs), BAHI_RECOVERY_EVERY_MS: '40' },
    clock,
    bus,
    neighbours: async (name, request) => {
      if (name === 'auth') {
        if (auth.down) throw new Problem('unavailable')
        const [userId, deviceId] = /people\/([^?]+)\?deviceId=(.+)$/.exec(request.path)!.slice(1)
        const { createdAt, deviceBoundAt } = people.get(userId!)!
        const bound = deviceId === 'test-device' && deviceBoundAt ? { deviceBoundAt } : {}
        return answer({ userId, phone: '+919000000000', role: 'person', createdAt, ...bound })
      }
      if (account.down) throw new Problem('unavailable')
      if (account.delayMs > 0) await systemClock.sleep(account.delayMs)
      const body = JSON.parse(request.body as string) as { vpas: string[]; transfers: Transfer[] }
      if (request.path === resolveParties.url) {
        seen.resolves += 1
        seen.vpas += body.vpas.length
        return answer({ parties: body.vpas.flatMap((vpa) => parties.get(vpa) ?? []) })
      }
      if (account.transfers === 'down') throw new Problem('unavailable')
      seen.posts += 1
      seen.transfers += body.transfers.length
      const outcomes = body.transfers.map(decide)
      if (account.transfers === 'deaf') throw new Problem('timeout')
      return answer({ outcomes })
    },
  })
  const sql = platform.database.admin
  const own = connect(platform.database.url('payment'), { max: 1 })

  let personCount = 0
  /** Somebody with a UPI ID and ₹10 lakh, known for long unless said otherwise. */
  function newPerson(
    about: { deviceBoundAt?: string; registeredAt?: string; pinSetAt?: string } = {},
  ): TestPerson {
    const n = ++personCount
    const userId = uuidv7()
    const party: Party = {
      vpa: `person${n}@bahi`,
      name: `Person ${n}`,
      userId,
      accountId: uuidv7(),
      bank: 'BAHI',
      ifsc: 'BAHI0000001',
      maskedNumber: `XXXXXXXX${String(n).padStart(4, '0')}`,
      onUs: true,
      pinSetAt: about.pinSetAt ?? longAgo,
    }
    parties.set(party.vpa, party)
    people.set(userId, {
      createdAt: about.registeredAt ?? longAgo,
      deviceBoundAt: about.deviceBoundAt ?? longAgo,
    })
    balances.set(party.accountId, 10_00_000_00)
    return { userId, deviceId: 'test-device', vpa: party.vpa, party }
  }

  type Wanted = Partial<Input<typeof pay>['body']> & { id?: string }
  /** Pays ₹1 with the right PIN, unless said otherwise. */
  function payAs(payer: TestPerson, payee: { vpa: string }, wanted: Wanted = {}): Promise<PaymentSeen> {
    const { id = uuidv7(clock.now().getTime()), ...more } = wanted
    const body = { payerVpa: payer.vpa, payeeVpa: payee.vpa, amountPaise: 100, pin: goodPin, ...more }
    return platform.person(payer)(pay, { params: { id }, body })
  }

  /** Waits until it holds, two seconds at most. */
  async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
    for (let i = 0; i < 100; i++) {
      if (await holds()) return
      await systemClock.sleep(20)
    }
    throw new Error('it did not come to be')
  }

  return {
    platform,
    sql,
    clock,
    account,
    auth,
    seen,
    parties,
    decided,
    balances,
    newPerson,
    payAs,
    until,
    newId: () => uuidv7(clock.now().getTime()),
    async drop() {
      await own.end()
      await platform.database.drop()
    },
    async stop() {
      await own.end()
      await platform.stop()
    },
    /** What payment told about a stream, oldest first. */
    async told(id: string): Promise<EventType[]> {
      await platform.settle()
      return told.filter((event) => event.subject === id).map((event) => event.type as EventType)
    },
    /** Every row that its events do not give, or that is open in one place only: none, or there is a bug. */
    async faults(): Promise<unknown[]> {
      const wrong: unknown[] = await openFaults(own)
      for (const id of await allIds(own)) {
        const [row] = await findPayments(own, [id])
        const [rebuilt, actual] = [await rebuild(own, id), toPayment(row!)]
        if (JSON.stringify(sorted(rebuilt)) !== JSON.stringify(sorted(actual)))
          wrong.push({ rebuilt, actual })
      }
      return wrong
    },
  }
}

/** The refusal that a call ended with. Throws when it did not. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error('it was not refused'),
    (e: unknown) => e,
  )
  if (!(error instanceof Problem)) throw error
  return error.code
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

function answer(body: object): CarryResponse {
  return { status: 200, headers: {}, body: Readable.from([Buffer.from(JSON.stringify(body))]) }
}

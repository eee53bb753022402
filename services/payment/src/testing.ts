// For tests: payment on its own database, with account and auth as stubs over an idempotent ledger in memory.
import { generateKeyPairSync } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  closeHolds,
  legsPosted,
  resolveVpas,
  type HoldClosing,
  type Leg,
  type ResolvedVpa,
  type Transfer,
  type TransferDetails,
  type TransferOutcome,
} from '@bahi/contracts/transfers.ts'
import { verifyStepUp } from '@bahi/contracts/step-up.ts'
import { operateMandate } from '@bahi/contracts/bank-mandates.ts'
import type { Input } from '@bahi/contracts/call.ts'
import type { EventType } from '@bahi/contracts/events.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { pay, type PaymentView as PaymentSeen } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { CodeSigner } from '@bahi/contracts/codes/code-signer.ts'
import { codeSigners } from '@bahi/contracts/qr.ts'
import { createDetachedSigner } from '@bahi/kit/crypto/detached-signature.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import type { BlobStorage } from '@bahi/kit/blobs/blobs.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { adjustableClock } from '@bahi/testing/clock.ts'
import { testPlatform } from '@bahi/testing/platform.ts'
import type { TransportResponse } from '@bahi/kit/transport/transport.ts'
import { service } from './app.ts'
import { stubMandates } from './testing-bank.ts'
import { compareAll } from './payments/rebuild.ts'
import { openPaymentMismatches } from './payments/store-rebuild.ts'

export const recoveryAfterMs = 400
const password = 'boats on the river'
export const goodPin = 'h.k.iv.1234.tag'
export const wrongPin = 'h.k.iv.9999.tag'
const longAgo = '2026-01-01T00:00:00.000Z'

export type TestPerson = {
  userId: string
  deviceId: string
  vpa: string
  party: ResolvedVpa & { accountId: string }
}

/** Stubs of the switch, as far as a test needs them. */
export type Outside = {
  env: Record<string, string>
  blobs?: BlobStorage
  switch?(body: string): Promise<object>
  /** Apps of other PSPs, which keep mandates. */
  apps?(path: string, body: string): object | undefined
  /** Its settlement report of a cycle. */
  report?(cycle: string): object
  /** What our bank moved for the network. */
  legs?: Leg[]
}

/** A PSP that signs codes. */
function codeSigning() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'k' }
  const { kid, algorithm, publicKey, sign } = createDetachedSigner(JSON.stringify(jwk))
  const keys = [{ kid, algorithm, publicKey, from: longAgo }]
  const signer: CodeSigner = { orgId: '200001', name: 'Other PSP', keys }
  return { signer, sign }
}

export async function createPaymentTestSetup(postgresUrl: string, outside?: Outside) {
  const clock = adjustableClock()
  const parties = new Map<string, ResolvedVpa>()
  const people = new Map<string, { createdAt: string; deviceBoundAt?: string }>()
  /** Outcomes of account by id: a repeated request gets the same outcome. */
  const decided = new Map<string, TransferOutcome>()
  const balances = new Map<string, number>()
  const holds = new Map<string, { status: string; payer: string; amountPaise: number }>()
  const seen = { resolves: 0, vpas: 0, posts: 0, transfers: 0 }
  /** `down`: nothing arrives. `answer-lost`: the request is processed and the answer is lost. */
  const account: {
    down: boolean
    transfers: 'up' | 'down' | 'answer-lost'
    delayMs: number
    code?: string
    /** Done before it answers. */
    meanwhile?: (path: string) => Promise<unknown>
  } = { down: false, transfers: 'up', delayMs: 0 }
  const auth = { down: false }
  const codes = codeSigning()
  const mandates = stubMandates(goodPin)
  const published: CloudEvent[] = []
  const bus = memoryBus({ clock })
  await bus.listen(['payment'], (events) => void published.push(...events))

  function decide(t: TransferDetails & Partial<Pick<Transfer, 'authorisation'>>): TransferOutcome {
    const before = decided.get(t.id)
    if (before) return before
    const balance = balances.get(t.payerAccountId) ?? 0
    const posted = () =>
      ({ id: t.id, status: 'posted', code: '00', postedAt: clock.now().toISOString() }) as const
    const byMandate = (authorised: Pick<Transfer, 'authorisation' | 'payerAccountId'>) => {
      const code = mandates.refusalOf(authorised)
      return code === undefined ? undefined : ({ id: t.id, status: 'declined', code } as const)
    }
    const outcome: TransferOutcome =
      t.authorisation === undefined
        ? { id: t.id, status: 'declined', code: 'XB' }
        : account.code !== undefined
          ? { id: t.id, status: 'declined', code: account.code }
          : t.authorisation.kind === 'pin' && t.authorisation.pin !== goodPin
            ? { id: t.id, status: 'declined', code: 'ZM', triesLeft: 2 }
            : balance < t.amountPaise
              ? { id: t.id, status: 'declined', code: 'Z9' }
              : (byMandate({ authorisation: t.authorisation, payerAccountId: t.payerAccountId }) ?? posted())
    decided.set(t.id, outcome)
    if (outcome.status === 'posted') {
      mandates.debited({ id: t.id, authorisation: t.authorisation! })
      balances.set(t.payerAccountId, balance - t.amountPaise)
      if (t.hold) holds.set(t.id, { status: 'held', payer: t.payerAccountId, amountPaise: t.amountPaise })
      else balances.set(t.payeeAccountId!, (balances.get(t.payeeAccountId!) ?? 0) + t.amountPaise)
    }
    return outcome
  }

  function close({ id, outcome }: HoldClosing) {
    const hold = holds.get(id)
    if (!hold) {
      decided.set(id, { id, status: 'declined', code: 'XB' })
      return { id, status: 'none' }
    }
    if (hold.status === 'held') {
      hold.status = outcome === 'capture' ? 'captured' : 'voided'
      if (outcome === 'void') {
        balances.set(hold.payer, (balances.get(hold.payer) ?? 0) + hold.amountPaise)
        mandates.gaveBack(id)
      }
    }
    return { id, status: hold.status, closedAt: clock.now().toISOString() }
  }

  const platform = await testPlatform(postgresUrl, {
    services: [service],
    env: {
      BAHI_RECOVERY_AFTER_MS: String(recoveryAfterMs),
      BAHI_RECOVERY_EVERY_MS: '40',
      BAHI_MAX_CONCURRENT_PAYMENTS: '10000',
      ...outside?.env,
    },
    clock,
    bus,
    ...(outside?.blobs ? { blobs: outside.blobs } : {}),
    stubs: async (name, request) => {
      if (name === 'auth') {
        if (auth.down) throw new Problem('unavailable')
        if (request.path === verifyStepUp.url) return stepUp(request.body as string)
        const input = JSON.parse(request.body as string) as { people: { userId: string; deviceId: string }[] }
        return answer({
          people: input.people.map((one) => {
            const { createdAt, deviceBoundAt } = people.get(one.userId)!
            const bound = one.deviceId === 'test-device' && deviceBoundAt ? { deviceBoundAt } : {}
            return { ...one, createdAt, ...bound }
          }),
        })
      }
      if (name === 'audit') return answer({ seq: 7, hash: 'ab'.repeat(32) })
      if (name === 'sandbox') {
        const ofApps = outside!.apps?.(request.path, request.body as string)
        if (ofApps) return answer(ofApps)
        const cycle = /settlements\/([^?]+)/.exec(request.path)?.[1]
        return answer(cycle ? outside!.report!(cycle) : await outside!.switch!(request.body as string))
      }
      if (account.down) throw new Problem('unavailable')
      if (account.delayMs > 0) await systemClock.sleep(account.delayMs)
      await account.meanwhile?.(request.path)
      if (request.path === codeSigners.url) return answer({ signers: [codes.signer] })
      if (request.path.startsWith('/internal/account/movements/')) return answer({ movements: [] })
      const body = JSON.parse(request.body as string) as RequestBody
      if (request.path === resolveVpas.url) {
        seen.resolves += 1
        seen.vpas += body.vpas.length
        return answer({ parties: body.vpas.flatMap((vpa) => parties.get(vpa) ?? []), unreachable: [] })
      }
      if (request.path === legsPosted.url) return answer({ legs: legsIn(outside?.legs ?? [], body) })
      if (account.transfers === 'down') throw new Problem('unavailable')
      if (request.path === closeHolds.url) {
        const { closings } = JSON.parse(request.body as string) as { closings: HoldClosing[] }
        const outcomes = closings.map(close)
        if (account.transfers === 'answer-lost') throw new Problem('timeout')
        return answer({ outcomes })
      }
      if (request.path.startsWith(operateMandate.url)) {
        const outcome = mandates.operate(request.path, JSON.parse(request.body as string) as never)
        if (account.transfers === 'answer-lost') throw new Problem('timeout')
        return answer(outcome)
      }
      seen.posts += 1
      seen.transfers += body.transfers.length
      const outcomes = body.transfers.map(decide)
      if (account.transfers === 'answer-lost') throw new Problem('timeout')
      return answer({ outcomes })
    },
  })
  const sql = platform.database.admin
  const own = connect(platform.database.url('payment'), { max: 1 })

  let personCount = 0
  /** A person with a UPI ID and ₹10 lakh, with a long tenure unless given otherwise. */
  function newPerson(
    about: { deviceBoundAt?: string; registeredAt?: string; pinSetAt?: string } = {},
  ): TestPerson {
    const n = ++personCount
    const userId = uuidv7()
    const party: TestPerson['party'] = {
      vpa: `person${n}@bahi`,
      name: `Person ${n}`,
      userId,
      accountId: uuidv7(),
      bank: 'BAHI',
      ifsc: 'BAHI0000001',
      accountRef: uuidv7(),
      accountType: 'savings' as const,
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
  /** Pays ₹1 with the right PIN, unless given otherwise. */
  function payAs(payer: TestPerson, payee: { vpa: string }, wanted: Wanted = {}): Promise<PaymentSeen> {
    const { id = uuidv7(clock.now().getTime()), ...more } = wanted
    const body = { payerVpa: payer.vpa, payeeVpa: payee.vpa, amountPaise: 100, pin: goodPin, ...more }
    return platform.person(payer)(pay, { params: { id }, body })
  }

  /** Waits until it holds, a hundred seconds at most: a bound for what never comes, not for what is slow. */
  async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
    const giveUpAt = performance.now() + 100_000
    while (performance.now() < giveUpAt) {
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
    codes,
    seen,
    parties,
    decided,
    balances,
    holds,
    newPerson,
    payAs,
    until,
    password,
    newId: () => uuidv7(clock.now().getTime()),
    async drop() {
      await own.end()
      await platform.database.drop()
    },
    async stop() {
      await own.end()
      await platform.stop()
    },
    /** Published events of a stream, oldest first. */
    async eventsOf(id: string): Promise<EventType[]> {
      await platform.settle()
      return published.filter((event) => event.subject === id).map((event) => event.type as EventType)
    },
    /** Rows that differ from their events, or are open in one place only: any is a bug. */
    /** At one instant: payments of a test may go on by themselves. */
    inconsistencies: (): Promise<unknown[]> =>
      own.begin('isolation level repeatable read read only', async (tx) => {
        const wrong: unknown[] = await openPaymentMismatches(tx)
        for await (const page of compareAll(tx)) wrong.push(...page.differences)
        return wrong
      }),
  }
}

function stepUp(body: string): TransportResponse {
  const { userId, stepUp } = JSON.parse(body) as Input<typeof verifyStepUp>['body']
  if (!('password' in stepUp) || stepUp.password !== password) throw new Problem('password-wrong')
  return answer({ userId })
}

/** The code of the problem that a call was refused with. Throws when it was not refused. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error('it was not refused'),
    (e: unknown) => e,
  )
  if (!(error instanceof Problem)) throw error
  return error.code
}

type RequestBody = { vpas: string[]; transfers: Transfer[]; txnIds?: string[]; from?: string; to?: string }

function legsIn(legs: Leg[], { txnIds, from, to }: RequestBody): Leg[] {
  return legs.filter((leg) =>
    txnIds ? txnIds.includes(leg.txnId) : leg.postedAt >= from! && leg.postedAt < to!,
  )
}

function answer(body: object): TransportResponse {
  return { status: 200, headers: {}, body: Readable.from([Buffer.from(JSON.stringify(body))]) }
}

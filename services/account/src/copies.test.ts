// Two copies of account on one database, also when one dies; and the invariants between legs and ledger.
import type { Call } from '@bahi/contracts/call.ts'
import type { Message } from '@bahi/contracts/network.ts'
import { txnIdOf } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { closeHolds, legsPosted } from '@bahi/contracts/transfers.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { createMetrics } from '@bahi/kit/metrics.ts'
import { sandboxNetwork } from '@bahi/kit/network/sandbox-network.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { testDataKeys } from '@bahi/testing/platform.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { AccountDeps } from './config.ts'
import { createInbound, type Inbound } from './inbound/receive-message.ts'
import { createPinKeys } from './pin/pin-keys.ts'
import { createAccountTestSetup, type Customer } from './testing.ts'
import type { LegRequest } from './testing-network.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
let asha: Customer
const opened: Sql[] = []
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(async () => {
  await Promise.all(opened.map((sql) => sql.end({ timeout: 1 })))
  await setup.platform.stop()
})
beforeEach(async () => {
  asha = await setup.customer(1_000_00)
})
afterEach(async () => {
  expect(await setup.bookFaults()).toEqual([])
})

/** Another copy of account; what it sends goes to `call`. */
async function copy(call: Call): Promise<Inbound> {
  const sql = connect(setup.platform.database.url('account'), { max: 4 })
  opened.push(sql)
  const { env, clock } = setup
  const config = { BAHI_HANDLE: 'bahi', ...env } as never
  const [key, peerKey] = [env['BAHI_NETWORK_KEY']!, env['BAHI_NETWORK_PEER_KEY']!]
  const network = await sandboxNetwork({ call }, { orgId: 'BAHI', timeScale: 1, key, peerKey })
  const pins = await createPinKeys(env['BAHI_PIN_KEY']!, env['BAHI_PIN_VERIFIER_KEY']!)
  const append: AccountDeps['append'] = (tx, ...events) => appendEvents(tx, clock.now(), events)
  const log = { warn: () => undefined, error: () => undefined }
  const metrics = createMetrics('account')
  const seal = createSeal('account', testDataKeys)
  const deps = { sql, clock, config, pins, append, log, network, metrics, seal }
  return createInbound(deps as unknown as AccountDeps)
}
const dead: Call = () => new Promise(() => undefined)
const taken: Call = (async (_contract: unknown, { body }: { body: never }) =>
  setup.network.take(body)) as never
const send = async (inbound: Inbound, message: Message) =>
  inbound.receive({ api: message.api, txnId: message.txn.id }, await setup.network.sign(message))
const credit = (more: Partial<LegRequest> = {}) =>
  setup.network.legMessage({ leg: 'CREDIT', ref: asha.accountRef, amountPaise: 5_00, ...more })

describe('a copy that dies', () => {
  it('after posting a credit leaves its reply to the others', async () => {
    const message = credit()
    expect(await send(await copy(dead), message)).not.toHaveProperty('err')
    expect(setup.network.received.filter((m) => m.resp.reqMsgId === message.head.msgId)).toEqual([])
    setup.clock.advance(3_000)
    expect(await setup.answersTo(message.head.msgId)).toMatchObject([{ resp: { result: 'SUCCESS' } }])
    expect(await setup.inLedger(asha)).toEqual([1_005_00, 0])
  })

  it('after a check leaves its reply too', async () => {
    const message = setup.network.checkMessage(setup.network.newId(), 'CREDIT')
    await send(await copy(dead), message)
    setup.clock.advance(3_000)
    expect(await setup.answersTo(message.head.msgId)).toMatchObject([{ resp: { result: 'PENDING' } }])
  })
})

describe('two copies', () => {
  it('post each leg once, and every message gets a reply', async () => {
    const inbounds = [await copy(taken), await copy(taken), await copy(taken)]
    const txnIds = Array.from({ length: 60 }, () => setup.network.newId())
    const messages = txnIds.flatMap((txnId) => [credit({ txnId }), credit({ txnId }), credit({ txnId })])
    await Promise.all(messages.map((message, i) => send(inbounds[i % 3]!, message)))
    for (const { head } of messages)
      expect((await setup.answersTo(head.msgId))[0]).toMatchObject({ resp: { result: 'SUCCESS' } })
    expect(await setup.inLedger(asha)).toEqual([1_300_00, 0])
  })

  it('agree about a credit and its reversal, and about other content', async () => {
    const inbounds = [await copy(taken), await copy(taken)]
    const txnIds = Array.from({ length: 40 }, () => setup.network.newId())
    const pairs = await Promise.all(
      txnIds.map(async (txnId, i) => {
        const [one, other] = [credit({ txnId }), credit({ txnId, leg: 'CREDIT-REVERSAL' })]
        const more = credit({ txnId, amountPaise: 7_00 })
        const acks = await Promise.all([
          send(inbounds[i % 2]!, one),
          send(inbounds[(i + 1) % 2]!, other),
          send(inbounds[0]!, more),
        ])
        const codes = await Promise.all(
          [one, other, more].map(async ({ head }, nth) =>
            acks[nth]!.err ? acks[nth]!.err : (await setup.answersTo(head.msgId))[0]!.refs[0]!.respCode,
          ),
        )
        return codes.join(' ')
      }),
    )
    // Whichever was first: the credit, the other credit, or the reversal.
    for (const pair of pairs) expect(['00 00 U57', 'U57 U57 00', 'NC NC NC']).toContain(pair)
    const kept = pairs.filter((pair) => pair === 'U57 U57 00').length
    expect(await setup.inLedger(asha)).toEqual([1_000_00 + kept * 7_00, 0])
  })

  it('do not deadlock while people pay and hold', async () => {
    const inbounds = [await copy(taken), await copy(taken)]
    const ravi = await setup.customer(1_000_00)
    const holds = await Promise.all(
      Array.from({ length: 40 }, () =>
        setup.transfer(asha, { accountId: uuidv7(), vpa: 'x@ganga' }, { hold: true }),
      ),
    )
    const pays = await Promise.all(
      Array.from({ length: 80 }, (_, i) => (i % 2 ? setup.transfer(asha, ravi) : setup.transfer(ravi, asha))),
    )
    const closings = holds.map(({ id }, i) => {
      const outcome = i % 2 ? ('capture' as const) : ('void' as const)
      return { id, outcome, txnId: txnIdOf('BAH', id), rrn: '632709000001' }
    })
    const [paid, closed] = await Promise.all([
      Promise.all(pays.map((order) => setup.post(order))),
      Promise.all(
        holds.map(async ({ payeeAccountId: _, ...order }, i) => {
          await setup.post(order)
          const body = { closings: [closings[i]!] }
          return (await setup.platform.as('payment')(closeHolds, { body })).outcomes[0]!.status
        }),
      ),
      ...Array.from({ length: 60 }, async (_, i) => {
        const message = credit({ ref: i % 2 ? asha.accountRef : ravi.accountRef, amountPaise: 10 })
        await send(inbounds[i % 2]!, message)
      }),
    ])
    expect(new Set(paid.flat().map((o) => o.code))).toEqual(new Set(['00']))
    expect(closed).toEqual(holds.map((_, i) => (i % 2 ? 'captured' : 'voided')))
    const [[a], [r]] = [await setup.inLedger(asha), await setup.inLedger(ravi)]
    expect(a! + r!).toBe(2_000_00 + 60 * 10 - 20 * 100)
  })
})

describe('a hold that the network reverses', () => {
  it('before its capture is voided, whatever is requested later', async () => {
    const { payeeAccountId: _, ...order } = await setup.transfer(
      asha,
      { accountId: uuidv7(), vpa: 'x@ganga' },
      { hold: true, amountPaise: 40_00 },
    )
    await setup.post(order)
    const txnId = txnIdOf('BAH', order.id)
    const reversal = { leg: 'DEBIT-REVERSAL' as const, txnId, ref: asha.accountRef, amountPaise: 40_00 }
    expect(await setup.leg(reversal)).toBe('ND')
    const body = { closings: [{ id: order.id, outcome: 'capture' as const, txnId, rrn: '632709000042' }] }
    const close = async () => (await setup.platform.as('payment')(closeHolds, { body })).outcomes
    expect(await close()).toMatchObject([{ status: 'voided' }])
    expect(await close()).toMatchObject([{ status: 'voided' }])
    expect(await setup.inLedger(asha)).toEqual([1_000_00, 0])
  })

  it('after its capture is credited back', async () => {
    const { payeeAccountId: _, ...order } = await setup.transfer(
      asha,
      { accountId: uuidv7(), vpa: 'x@ganga' },
      { hold: true, amountPaise: 40_00 },
    )
    await setup.post(order)
    const txnId = txnIdOf('BAH', order.id)
    const body = { closings: [{ id: order.id, outcome: 'capture' as const, txnId, rrn: '632709000042' }] }
    await setup.platform.as('payment')(closeHolds, { body })
    expect(await setup.inLedger(asha)).toEqual([960_00, 0])
    expect(await setup.leg({ leg: 'DEBIT-REVERSAL', txnId, amountPaise: 40_00 })).toBe('00')
    expect(await setup.inLedger(asha)).toEqual([1_000_00, 0])
  })
})

describe('the list of legs', () => {
  const list = (body: object) => setup.platform.as('payment')(legsPosted, { body })

  it('has executed legs, by transaction and by time, in pages', async () => {
    const from = new Date(Date.now() - 1)
    const txnIds = Array.from({ length: 7 }, () => setup.network.newId())
    for (const txnId of txnIds)
      expect(await setup.leg({ leg: 'CREDIT', ref: asha.accountRef, txnId })).toBe('00')
    const declined = setup.network.newId()
    expect(await setup.leg({ leg: 'CREDIT', ref: uuidv7(), txnId: declined })).toBe('XI')
    expect(await setup.leg({ leg: 'CREDIT-REVERSAL', txnId: txnIds[0]! })).toBe('00')

    const all = await list({ txnIds: [...txnIds, declined] })
    expect(all.legs.map((l) => [l.txnId, l.leg])).toEqual([
      ...txnIds.map((txnId) => [txnId, 'CREDIT']),
      [txnIds[0], 'CREDIT-REVERSAL'],
    ])
    expect(all).not.toHaveProperty('next')
    const { postedAt } = all.legs[0]!
    expect(all.legs[0]).toEqual({
      ...{ txnId: txnIds[0], rrn: '632709000042', leg: 'CREDIT', amountPaise: 100_00, postedAt },
    })
    expect(await list({ from: from.toISOString(), to: new Date(Date.now() + 1_000).toISOString() })).toEqual(
      all,
    )
    expect((await list({ from: postedAt, to: postedAt })).legs).toEqual([])

    const pages = []
    let after: string | undefined
    do {
      const page = await list({ from: from.toISOString(), limit: 3, ...(after ? { after } : {}) })
      pages.push(page.legs)
      after = page.next
    } while (after)
    expect(pages.map((page) => page.length)).toEqual([3, 3, 2])
    expect(pages.flat()).toEqual(all.legs)
  })

  it('refuses a cursor that no page returned', async () => {
    for (const after of ['x', '1.2', '..D', 'zzzzzzzzzzzzz.SWT.D'])
      expect(await refusal(list({ after }))).toMatchObject({ code: 'request-invalid' })
  })
})

describe('the invariants', () => {
  it.each([
    [
      'a leg with a larger amount',
      `update account.network_legs set amount_paise = amount_paise + 1 where txn_id = $1`,
    ],
    ['a missing leg', `delete from account.network_legs where txn_id = $1 and leg = 'CREDIT-REVERSAL'`],
    [
      'a leg without its transfer',
      `delete from account.transfers where id in
      (select transfer_id from account.network_legs where txn_id = $1)`,
    ],
    [
      'a reversal without its leg',
      `update account.network_legs set code = 'XI' where txn_id = $1 and leg = 'CREDIT'`,
    ],
    [
      'another balance',
      `update account.ledger_accounts set balance_paise = balance_paise + length($1) where id =
      (select ledger_account_id from account.internal_accounts where name = 'settlement')`,
    ],
  ])('finds %s', async (_what, statement) => {
    const txnId = setup.network.newId()
    await setup.leg({ leg: 'CREDIT', ref: asha.accountRef, txnId })
    await setup.leg({ leg: 'CREDIT-REVERSAL', txnId })
    const undone = new Error('undone')
    const tampered = setup.platform.database.admin.begin(async (tx) => {
      await tx.unsafe(statement, [txnId])
      expect((await tx`select fault from account.network_faults()`).length).toBeGreaterThan(0)
      throw undone
    })
    await expect(tampered).rejects.toBe(undone)
  })
})

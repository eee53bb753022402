// Legs at our bank: every kind and code, each executed once, with a reply to each message.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createAccountTestSetup, goodPin, type Customer } from '../testing.ts'
import type { LegRequest } from '../testing-network.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
let asha: Customer
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())
beforeEach(async () => {
  asha = await setup.customer(1_000_00)
})
afterEach(async () => {
  setup.network.switch.receive = () => undefined
  expect(await setup.bookFaults()).toEqual([])
})

const s = 1_000
type Txn = { txnId: string; ref: string; amountPaise: number; pin?: string }
const credit = (amountPaise = 100_00, ref = asha.accountRef): Txn => {
  return { txnId: setup.network.newId(), ref, amountPaise }
}
const uuidOf = (txnId: string) =>
  txnId.slice(3).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
/** A transaction of another app that debits an account at our bank, with its PIN block. */
async function debit(amountPaise = 100_00, block: object = {}, from = asha): Promise<Required<Txn>> {
  const txnId = setup.network.newId()
  const about = { paymentId: uuidOf(txnId), amountPaise, payeeVpa: 'payee@ganga' }
  const pin = await setup.seal({ pin: goodPin, purpose: 'pay', ...about, ...block })
  return { txnId, ref: from.accountRef, amountPaise, pin }
}
const run = (leg: LegRequest['leg'], txn: Txn, more: Partial<LegRequest> = {}) => {
  const { pin, ...bare } = txn
  return setup.leg({
    leg,
    ...(leg === 'DEBIT' ? txn : bare),
    ...more,
    ...(pin && leg === 'DEBIT' ? { pin } : {}),
  })
}
const spend = async (amountPaise: number) => {
  const ravi = await setup.customer(0)
  expect(await setup.pay(asha, ravi, { amountPaise })).toMatchObject({ code: '00' })
}
const balance = async () => (await setup.inLedger(asha))[0]

describe('a credit', () => {
  it('is posted, and the reply reports it', async () => {
    const message = setup.network.legMessage({ leg: 'CREDIT', ...credit(250_50) })
    const ack = await setup.send(message)
    expect(ack).toEqual({ api: 'ReqPay', reqMsgId: message.head.msgId, ts: expect.any(String) as string })
    const [answer] = await setup.answersTo(message.head.msgId)
    expect(answer).toMatchObject({
      api: 'RespPay',
      head: { orgId: 'BAHI', prodType: 'UPI' },
      txn: message.txn,
      resp: { reqMsgId: message.head.msgId, result: 'SUCCESS' },
      refs: [{ type: 'PAYEE', addr: 'payee@ganga', respCode: '00', settAmount: '250.50' }],
    })
    expect(await setup.showBalance(asha)).toBe(1_250_50)
  })

  type Change = Partial<LegRequest>
  const declines: [why: string, code: string, request: () => Promise<Change> | Change][] = [
    ['an unknown account', 'XI', () => ({ ref: uuidv7() })],
    ['a reference of another bank', 'XI', () => ({ ref: 'G-1234' })],
    ['an account at another bank', 'XI', () => ({ ifsc: 'GANG0000001' })],
    ['no account', 'XI', () => ({ ref: undefined })],
    ['a frozen account', 'YF', async () => (await setup.setStatus(asha, 'frozen'), {})],
    ['a closed account', 'XI', async () => (await setup.setStatus(asha, 'closed'), {})],
    ['an account that is to be closed', 'ZY', async () => (await setup.setClosing(asha), {})],
  ]
  it.each(declines)('to %s is declined with %s', async (_why, code, request) => {
    const one = { leg: 'CREDIT' as const, ...credit(), ...(await request()) }
    for (let i = 0; i < 2; i++) expect(await setup.leg(one)).toBe(code)
    expect(await balance()).toBe(1_000_00)
    expect(await setup.checkLeg(one.txnId, 'CREDIT')).toEqual(['FAILURE', code, code, undefined, '0.00'])
  })

  it('accepts the account reference in upper or lower case', async () => {
    expect(await setup.leg({ leg: 'CREDIT', ...credit(), ref: asha.accountRef.toUpperCase() })).toBe('00')
  })
})

describe('a debit', () => {
  it('needs the PIN, and is posted', async () => {
    const txn = await debit(300_00)
    expect(await run('DEBIT', txn)).toBe('00')
    expect(await balance()).toBe(700_00)
    expect(await setup.checkLeg(txn.txnId, 'DEBIT')).toEqual([
      'SUCCESS',
      undefined,
      '00',
      undefined,
      '300.00',
    ])
  })

  const declines: [why: string, code: string, run: () => Promise<string>][] = [
    ['a wrong PIN', 'ZM', async () => run('DEBIT', await debit(1, { pin: '9001' }))],
    ['no credentials', 'U11', () => run('DEBIT', credit())],
    [
      'an approval that is not ours',
      'U11',
      () =>
        run('DEBIT', credit(), {
          change: ({ payer }) => ({ payer: { ...payer, creds: { type: 'PreApproved' } } }),
        }),
    ],
    ['a block that cannot be read', 'U14', () => run('DEBIT', { ...credit(), pin: 'a.b.c.d.e' })],
    ['a block for another amount', 'U54', async () => run('DEBIT', await debit(100, { amountPaise: 1 }))],
    [
      'a block for another payee',
      'U54',
      async () => run('DEBIT', await debit(100), { payeeVpa: 'thief@ganga' }),
    ],
    ['a block for another payment', 'U54', async () => run('DEBIT', await debit(1, { paymentId: uuidv7() }))],
    ['a block for another account', 'U54', async () => run('DEBIT', await debit(1, { accountId: uuidv7() }))],
    ['a block for another purpose', 'U54', async () => run('DEBIT', await debit(1, { purpose: 'balance' }))],
    [
      'a block of 11 minutes ago',
      'U54',
      async () => run('DEBIT', await debit(1, { iat: Math.floor(setup.clock.now().getTime() / s) - 660 })),
    ],
    [
      'a transaction of another form',
      'U54',
      async () => run('DEBIT', await debit(1), { txnId: 'ABC' + 'Zz'.repeat(16) }),
    ],
    ['more than the balance', 'Z9', async () => run('DEBIT', await debit(1_000_01))],
    ['an unknown account', 'XH', async () => run('DEBIT', { ...(await debit()), ref: uuidv7() })],
    ['an account at another bank', 'XH', async () => run('DEBIT', await debit(), { ifsc: 'GANG0000001' })],
    ['no account', 'XH', async () => run('DEBIT', await debit(), { ref: undefined })],
    [
      'no PIN set',
      'AM',
      async () => run('DEBIT', await debit(1, {}, { ...(await setup.linked(100)), vpa: '' })),
    ],
    [
      'a frozen account',
      'YE',
      async () => (await setup.setStatus(asha, 'frozen'), run('DEBIT', await debit())),
    ],
    [
      'a closed account',
      'XH',
      async () => (await setup.setStatus(asha, 'closed'), run('DEBIT', await debit())),
    ],
  ]
  it.each(declines)('with %s is declined: %s', async (_why, code, ask) => {
    expect(await ask()).toBe(code)
    expect(await balance()).toBe(1_000_00)
  })

  it('counts wrong PINs with those of payments, and publishes that the PIN is locked', async () => {
    await setup.pay(asha, await setup.customer(0), { guess: '9000' })
    const wrong = await Promise.all(
      Array.from({ length: 20 }, (_, i) => debit(1, { pin: String(9_001 + i) })),
    )
    const codes = await Promise.all(wrong.map((txn) => run('DEBIT', txn)))
    expect(codes.filter((code) => code === 'ZM')).toHaveLength(2)
    expect(codes.filter((code) => code === 'Z6')).toHaveLength(18)
    expect(await run('DEBIT', await debit())).toBe('Z6')
    const events = (await setup.eventsOf(asha.accountId)).filter((e) => e.type === 'account.pin-locked')
    expect(events).toEqual([
      { type: 'account.pin-locked', data: { userId: asha.userId, accountId: asha.accountId } },
    ])
  })

  it('costs one try, however often its message is repeated', async () => {
    const txn = await debit(1, { pin: '9001' })
    const codes = await Promise.all(Array.from({ length: 20 }, () => run('DEBIT', txn)))
    expect(new Set(codes)).toEqual(new Set(['ZM']))
    expect(await setup.pay(asha, await setup.customer(0), { guess: '9002' })).toMatchObject({ triesLeft: 1 })
  })
})

describe('the reversal of a credit', () => {
  it('debits it', async () => {
    const txn = credit()
    expect(await run('CREDIT', txn)).toBe('00')
    expect(await run('CREDIT-REVERSAL', txn)).toBe('00')
    expect(await balance()).toBe(1_000_00)
    expect(await setup.checkLeg(txn.txnId, 'CREDIT')).toEqual(['FAILURE', '21', '00', '00', '0.00'])
    expect(await run('CREDIT', txn)).toBe('00')
    expect(await balance()).toBe(1_000_00)
  })

  const causes: [why: string, spoil: () => Promise<unknown>][] = [
    ['spent', () => spend(1_100_00)],
    ['frozen', () => setup.setStatus(asha, 'frozen')],
    ['closed', () => setup.setStatus(asha, 'closed')],
  ]
  it.each(causes)('replies CS when the money is %s, and always will', async (_why, spoil) => {
    const txn = credit()
    await run('CREDIT', txn)
    await spoil()
    expect(await run('CREDIT-REVERSAL', txn)).toBe('CS')
    await setup.setStatus(asha, 'open')
    await run('CREDIT', credit(5_000_00))
    expect(await run('CREDIT-REVERSAL', txn)).toBe('CS')
    expect(await setup.checkLeg(txn.txnId, 'CREDIT')).toEqual(['SUCCESS', undefined, '00', 'CS', '100.00'])
  })

  it('replies NC when there was no credit, and bars it', async () => {
    const txn = credit()
    expect(await run('CREDIT-REVERSAL', txn)).toBe('NC')
    expect(await run('CREDIT', txn)).toBe('NC')
    expect(await run('CREDIT', { ...txn, amountPaise: 1 })).toBe('NC')
    expect(await run('CREDIT-REVERSAL', txn)).toBe('NC')
    expect(await balance()).toBe(1_000_00)
    expect(await setup.checkLeg(txn.txnId, 'CREDIT')).toEqual(['FAILURE', 'NC', 'NC', 'NC', '0.00'])
  })

  it('replies NC when the credit was declined', async () => {
    const txn = credit(1, uuidv7())
    expect(await run('CREDIT', txn)).toBe('XI')
    expect(await run('CREDIT-REVERSAL', txn)).toBe('NC')
    expect(await run('CREDIT', txn)).toBe('XI')
  })

  it('does not need the account in the message', async () => {
    const txn = credit()
    await run('CREDIT', txn)
    expect(await run('CREDIT-REVERSAL', txn, { ref: undefined })).toBe('00')
  })
})

describe('the reversal of a debit', () => {
  it('credits it', async () => {
    const txn = await debit()
    expect(await run('DEBIT', txn)).toBe('00')
    expect(await run('DEBIT-REVERSAL', txn)).toBe('00')
    expect(await run('DEBIT-REVERSAL', txn)).toBe('00')
    expect(await balance()).toBe(1_000_00)
  })

  it('credits a frozen account too, but not a closed one', async () => {
    const [one, other] = [await debit(), await debit()]
    await run('DEBIT', one)
    await run('DEBIT', other)
    await setup.setStatus(asha, 'frozen')
    expect(await run('DEBIT-REVERSAL', one)).toBe('00')
    await setup.setStatus(asha, 'closed')
    expect(await run('DEBIT-REVERSAL', other)).toBe('96')
    expect(await balance()).toBe(900_00)
  })

  it('replies ND when there was no debit, and bars it', async () => {
    const txn = await debit()
    expect(await run('DEBIT-REVERSAL', txn)).toBe('ND')
    expect(await run('DEBIT', txn)).toBe('ND')
    expect(await balance()).toBe(1_000_00)
  })

  it('replies ND when the debit was declined', async () => {
    const txn = await debit(1_000_01)
    expect(await run('DEBIT', txn)).toBe('Z9')
    expect(await run('DEBIT-REVERSAL', txn)).toBe('ND')
  })
})

describe('the same leg', () => {
  it('repeated gets the same reply, one for each message', async () => {
    const txn = credit()
    const first = setup.network.legMessage({ leg: 'CREDIT', ...txn })
    await setup.send(first)
    const [answer] = await setup.answersTo(first.head.msgId)
    await setup.send(first)
    await expect.poll(async () => (await setup.answersTo(first.head.msgId)).length).toBe(2)
    const again = (await setup.answersTo(first.head.msgId))[1]!
    expect({ ...again, head: { ...again.head, ts: '' } }).toEqual({
      ...answer,
      head: { ...answer!.head, ts: '' },
    })
    expect(await run('CREDIT', txn)).toBe('00')
    expect(await balance()).toBe(1_100_00)
  })

  it('sent fifty times concurrently is executed once', async () => {
    const [inward, outward] = [credit(7), await debit(5)]
    const codes = await Promise.all(
      Array.from({ length: 50 }, (_, i) => (i % 2 ? run('CREDIT', inward) : run('DEBIT', outward))),
    )
    expect(new Set(codes)).toEqual(new Set(['00']))
    expect(await balance()).toBe(1_000_02)
  })

  it.each([
    ['amount', { amountPaise: 101_00 }],
    ['reference number', { rrn: '632709000043' }],
    ['account', { ref: uuidv7() }],
  ] as [string, Partial<LegRequest>][])(
    'with another %s is refused, and nothing moves',
    async (_what, change) => {
      const txn = credit()
      await run('CREDIT', txn)
      expect(await run('CREDIT', txn, change)).toBe('refused U57')
      expect(await run('CREDIT-REVERSAL', txn, change)).toBe('refused U57')
      const outward = await debit()
      await run('DEBIT', outward)
      expect(await run('DEBIT-REVERSAL', outward, change)).toBe('refused U57')
      expect(await balance()).toBe(1_000_00)
      const [inRace, other] = [credit(3), { rrn: '632709000099' }]
      const codes = await Promise.all([run('CREDIT', inRace), run('CREDIT', inRace, other)])
      expect(codes.sort()).toEqual(['00', 'refused U57'])
    },
  )
})

describe('a leg and its reversal', () => {
  it.each([0, 1])('agree, whichever arrives first: %s', async (first) => {
    const txns = Array.from({ length: 40 }, () => credit(1))
    const ends = await Promise.all(
      txns.map(async (txn) => {
        const order =
          first === 0 ? (['CREDIT', 'CREDIT-REVERSAL'] as const) : (['CREDIT-REVERSAL', 'CREDIT'] as const)
        const codes = await Promise.all(order.map((leg) => run(leg, txn)))
        return (first === 0 ? codes : codes.reverse()).join(' ')
      }),
    )
    for (const end of ends) expect(['00 00', 'NC NC']).toContain(end)
    expect(await balance()).toBe(1_000_00)
  })

  it('of a debit agree too, with payments in between', async () => {
    const ravi = await setup.customer(1_000_00)
    const txns = await Promise.all(Array.from({ length: 20 }, () => debit(1)))
    const ends = await Promise.all([
      ...txns.map(async (txn, i) => {
        const legs = ['DEBIT', 'DEBIT-REVERSAL'] as const
        const codes = await Promise.all((i % 2 ? legs : legs.toReversed()).map((leg) => run(leg, txn)))
        return codes.sort().join(' ')
      }),
      ...Array.from({ length: 20 }, async (_, i) => {
        const { code } = await (i % 2
          ? setup.pay(asha, ravi, { amountPaise: 3 })
          : setup.pay(ravi, asha, { amountPaise: 3 }))
        return code
      }),
    ])
    for (const end of ends) expect(['00 00', 'ND ND', '00']).toContain(end)
    expect(await balance()).toBe(1_000_00)
  })
})

describe('a check', () => {
  it('of an unknown leg is pending while it may still arrive, then final', async () => {
    const txnId = setup.network.newId()
    expect(await setup.checkLeg(txnId, 'CREDIT')).toEqual(['PENDING', 'NO', undefined, undefined, undefined])
    setup.clock.advance(161 * s)
    for (const _ of ['once', 'and again'])
      expect(await setup.checkLeg(txnId, 'CREDIT')).toEqual([
        'FAILURE',
        'NC',
        undefined,
        undefined,
        undefined,
      ])
    expect(await run('CREDIT', { ...credit(), txnId })).toBe('refused U70')
    expect(await run('CREDIT-REVERSAL', { ...credit(), txnId })).toBe('NC')
  })

  it.each(['CREDIT', 'DEBIT'] as const)(
    'is true of a %s that was let in in time and is posted at the same moment',
    async (leg) => {
      const txn = leg === 'CREDIT' ? credit(1) : await debit(1)
      const message = setup.network.legMessage({ leg, ...txn })
      const { admin } = setup.platform.database
      const waiting = async () => {
        const rows = await admin`
          select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
        return rows.length
      }
      // Settlement is locked: the leg was accepted and waits, and becomes too old meanwhile.
      const posting = await admin.begin(async (tx) => {
        await tx`
          select 1 from account.ledger_accounts
          where id = (select ledger_account_id from account.internal_accounts where name = 'settlement') for update`
        const ack = setup.send(message)
        await expect.poll(waiting).toBe(1)
        setup.clock.advance(161 * s)
        expect((await setup.checkLeg(txn.txnId, leg))[0]).toBe('FAILURE')
        return { ack }
      })
      await posting.ack
      const [answer] = await setup.answersTo(message.head.msgId)
      expect(answer?.resp).toMatchObject({ result: 'FAILURE', errCode: leg === 'CREDIT' ? 'NC' : 'ND' })
      expect(await balance()).toBe(1_000_00)
    },
  )

  it('names a debit or a credit', async () => {
    const { txn, ...rest } = setup.network.checkMessage(setup.network.newId(), 'DEBIT')
    expect(await setup.send({ ...rest, txn: { ...txn, subType: 'PAY' } })).toMatchObject({ err: 'U10' })
  })
})

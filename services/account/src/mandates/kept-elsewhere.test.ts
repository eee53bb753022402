// Mandates of accounts at our bank that another app keeps: its debits arrive as legs, and each is judged as it posts.
import { umnOf } from '@bahi/contracts/umn.ts'
import { obstaclesInAccount } from '@bahi/contracts/erasure.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { listMandatesElsewhere } from '@bahi/contracts/mandates.ts'
import { mandateRulesAt, withoutPinPaise } from '@bahi/contracts/mandate-rules.ts'
import type { Message } from '@bahi/contracts/network.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createAccountTestSetup, goodPin, type Customer } from '../testing.ts'
import { mandatesFor, payeeVpa, type Kept } from './testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
let asha: Customer
let of: ReturnType<typeof mandatesFor>
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
  asha = await setup.customer(90_000_00)
  of = mandatesFor(setup, asha)
})
const balance = async () => (await setup.inLedger(asha))[0]!
const eventsOf = async (mandate: Kept) =>
  (await setup.eventsOf(asha.accountId)).filter(({ data }) => data['mandateId'] === mandate.id)
afterEach(async () => {
  expect(await setup.bookFaults()).toEqual([])
})
afterAll(() => setup.platform.stop())

describe('a debit of the app that keeps it', () => {
  it('is posted once for its number, whichever app asks, before the move and after it', async () => {
    const mandate = await of.made()
    expect(await of.own(mandate, 1)).toBe('00')
    expect(await of.leg(mandate, 2)).toBe('VF')
    for (const addr of [asha.vpa, 'asha@ganga'])
      expect(await of.leg(mandate, 2, { umn: mandate.here, addr })).toBe('VF')
    expect(await of.release(mandate, '9999')).toBe('ZM')
    expect(await of.own(mandate, 2)).toBe('00')
    const before = await balance()
    expect(await of.release(mandate)).toBe('00')
    expect([await of.own(mandate, 3), await of.leg(mandate, 1), await of.leg(mandate, 2)]).toEqual([
      'VF',
      'QB',
      'QB',
    ])
    const txnId = setup.network.newId()
    expect(await Promise.all(Array.from({ length: 4 }, () => of.leg(mandate, 3, { txnId })))).toEqual(
      Array.from({ length: 4 }, () => '00'),
    )
    const all = await Promise.all(Array.from({ length: 8 }, () => of.leg(mandate, 4)))
    expect(all.sort()).toEqual(['00', ...Array.from({ length: 7 }, () => 'QB')])
    expect(before - (await balance())).toBe(200_00)
    // And back again.
    expect(await of.take(mandate, '9999')).toBe('ZM')
    expect(await of.take(mandate)).toBe('00')
    expect([await of.leg(mandate, 5), await of.own(mandate, 3), await of.own(mandate, 5)]).toEqual([
      'VF',
      'QB',
      '00',
    ])
  })

  it('and the move away: each number is debited by one of them', async () => {
    const mandate = await of.made()
    const before = await balance()
    const held = (await setup.inLedger(asha))[1]!
    const [moved, ...codes] = await Promise.all([
      of.release(mandate),
      ...[1, 2, 3, 4].flatMap((n) => [of.own(mandate, n), of.leg(mandate, n)]),
    ])
    expect(moved).toBe('00')
    for (const n of [0, 1, 2, 3]) {
      const both = codes.slice(2 * n, 2 * n + 2)
      expect(both.filter((code) => code === '00').length).toBeLessThanOrEqual(1)
      expect(both.every((code) => ['00', 'VF', 'QB'].includes(code))).toBe(true)
    }
    const done = codes.filter((code) => code === '00').length
    const [left, heldNow] = await setup.inLedger(asha)
    expect(before - left! + heldNow! - held).toBe(done * 100_00)
    for (const n of [1, 2, 3, 4]) expect(['00', 'QB']).toContain(await of.leg(mandate, n))
  })

  it('is declined for anything that its terms do not allow', async () => {
    const mandate = await of.kept()
    const other = await setup.customer(1_000_00)
    expect(await of.leg(mandate, 1, { amountPaise: 500_01 })).toBe('QH')
    expect(await of.leg(mandate, 1, { payee: 'thief@sandbox' })).toBe('VG')
    expect(await of.leg(mandate, 1, { umn: umnOf(uuidv7(), 'ganga') })).toBe('VF')
    // Who knows its number alone.
    for (const addr of ['thief@kaveri', 'asha@bahi']) expect(await of.leg(mandate, 1, { addr })).toBe('VF')
    const ofOther = { leg: 'DEBIT', ref: other.accountRef, payeeVpa, amountPaise: 1 } as const
    const change = ({ txn, payer }: Message<'ReqPay'>) => ({
      txn: { ...txn, umn: mandate.there, seqNum: 1 },
      payer: { ...payer, creds: { type: 'UpiMandate' } },
    })
    expect(await setup.leg({ ...ofOther, change })).toBe('VF')
    expect(await of.leg(await of.kept({ amountRule: 'EXACT' }), 1)).toBe('QH')
    expect(await of.leg(await of.kept({ validFrom: of.day(1) }), 1)).toBe('QD')
    const once = await of.kept({ recurrence: 'ONETIME' })
    expect([await of.leg(once, 1), await of.leg(once, 2)]).toEqual(['00', 'QB'])
    const paused = await of.made()
    expect(await of.operate(paused, { type: 'pause', from: of.day(), until: of.day() })).toBe('00')
    expect([await of.release(paused), await of.leg(paused, 1)]).toEqual(['00', 'QA'])
    await setup.setStatus(asha, 'frozen')
    expect(await of.leg(mandate, 1)).toBe('YE')
    await setup.setStatus(asha, 'open')
    expect(await of.leg(mandate, 1)).toBe('00')
  })

  it('above what is debited without PIN needs the PIN beside the mandate', async () => {
    const amountPaise = withoutPinPaise(mandateRulesAt(setup.clock.now()), '0000') + 1
    const mandate = await of.kept({ amountPaise })
    const pinOf = (txnId: string, pin = goodPin) => {
      const paymentId = txnId.slice(3).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
      return setup.seal({ pin, purpose: 'pay', paymentId, amountPaise, payeeVpa })
    }
    expect(await of.leg(mandate, 1, { amountPaise })).toBe('U11')
    const [wrong, right, again] = [setup.network.newId(), setup.network.newId(), setup.network.newId()]
    expect(await of.leg(mandate, 1, { amountPaise, txnId: wrong, pin: await pinOf(wrong, '9999') })).toBe(
      'ZM',
    )
    expect(await of.leg(mandate, 1, { amountPaise, txnId: right, pin: await pinOf(right) })).toBe('00')
    expect(await of.leg(mandate, 1, { amountPaise, txnId: again, pin: await pinOf(again) })).toBe('QB')
    // Some categories are debited up to a higher limit.
    expect(await of.leg(await of.kept({ amountPaise }), 1, { amountPaise, mcc: '6012' })).toBe('00')
  })

  it('that was given back is made again under its number', async () => {
    const mandate = await of.kept()
    const before = await balance()
    const txnId = setup.network.newId()
    const amountPaise = 100_00
    // Each message comes twice, and is told of once.
    for (const _ of [1, 2]) expect(await of.leg(mandate, 1, { txnId })).toBe('00')
    const back = { leg: 'DEBIT-REVERSAL', txnId, ref: asha.accountRef, amountPaise } as const
    for (const _ of [1, 2]) expect(await setup.leg(back)).toBe('00')
    expect(await balance()).toBe(before)
    expect([await of.leg(mandate, 1), await of.leg(mandate, 1)]).toEqual(['00', 'QB'])
    const types = (await eventsOf(mandate)).map(({ type }) => type)
    expect(types).toEqual(['debited', 'debit-returned', 'debited'].map((what) => `account.mandate-${what}`))
  })
})

describe('a mandate that another app keeps', () => {
  it('is paused, unpaused, changed and revoked by that app, as each debit then finds', async () => {
    const mandate = await of.kept()
    const pause = { from: of.day(), until: of.day(2) }
    expect([await of.ask(mandate, 'PAUSE', { pause }), await of.leg(mandate, 1)]).toEqual(['00', 'QA'])
    expect(await of.ask(mandate, 'UNPAUSE', { pin: '9999' })).toBe('ZM')
    expect([await of.leg(mandate, 1), await of.ask(mandate, 'UNPAUSE'), await of.leg(mandate, 1)]).toEqual([
      ...['QA', '00', '00'],
    ])
    const more = { ...mandate.terms, amountPaise: 900_00, validTo: of.day(200) }
    const large = { amountPaise: 900_00 }
    expect([await of.leg(mandate, 2, large), await of.ask(mandate, 'UPDATE', { terms: more })]).toEqual([
      'QH',
      '00',
    ])
    expect(await of.leg(mandate, 2, large)).toBe('00')
    const less = { ...more, amountPaise: 50_00, validTo: of.day() }
    expect([await of.ask(mandate, 'UPDATE', { terms: less }), await of.leg(mandate, 3)]).toEqual(['00', 'QH'])
    expect([await of.leg(mandate, 3, { amountPaise: 50_00 }), await of.ask(mandate, 'REVOKE')]).toEqual([
      '00',
      '00',
    ])
    expect([await of.leg(mandate, 4, { amountPaise: 1_00 }), await of.ask(mandate, 'REVOKE')]).toEqual([
      'QC',
      '00',
    ])
    expect([await of.ask(mandate, 'PAUSE', { pause }), await of.ask(mandate, 'UNPAUSE')]).toEqual([
      'QC',
      'QC',
    ])
    expect(await of.take(mandate)).toBe('QC')
    const said = (await eventsOf(mandate)).map(({ type, data }) => data['operation'] ?? type)
    expect(said).toEqual([
      ...['pause', 'unpause', 'account.mandate-debited', 'update', 'account.mandate-debited'],
      ...['update', 'account.mandate-debited', 'revoke'],
    ])
  })

  it('is changed once by each transaction, and by none that is late or that says something else', async () => {
    const mandate = await of.kept()
    const [paused, other] = [setup.network.newId(), { from: of.day(1), until: of.day(1) }]
    const pause = { from: of.day(), until: of.day() }
    expect(await of.ask(mandate, 'PAUSE', { pause, txnId: paused })).toBe('00')
    // The same pause by another transaction is told to nobody, another one is.
    for (const same of [pause, pause, other, pause])
      expect(await of.ask(mandate, 'PAUSE', { pause: same })).toBe('00')
    expect(await of.ask(mandate, 'UNPAUSE')).toBe('00')
    // The message comes again.
    expect(await of.ask(mandate, 'PAUSE', { pause, txnId: paused })).toBe('00')
    expect(await of.ask(mandate, 'PAUSE', { pause: other, txnId: paused })).toBe('refused U57')
    expect(await of.ask(mandate, 'REVOKE', { txnId: paused })).toBe('refused U57')
    const startedAt = new Date(setup.clock.now().getTime() - 3_600_000)
    const late = setup.network.newId()
    expect(await of.ask(mandate, 'REVOKE', { startedAt, txnId: late })).toBe('XB')
    expect(await of.ask(mandate, 'REVOKE', { txnId: late })).toBe('XB')
    const longAgo = new Date(setup.clock.now().getTime() - 91 * 86_400_000)
    expect(await of.ask(mandate, 'REVOKE', { startedAt: longAgo })).toBe('refused U70')
    expect(await of.leg(mandate, 1)).toBe('00')
    const atOnce = { txnId: setup.network.newId(), terms: { ...mandate.terms, amountPaise: 700_00 } }
    const answers = await Promise.all([1, 2, 3, 4].map(() => of.ask(mandate, 'UPDATE', atOnce)))
    expect(answers).toEqual(['00', '00', '00', '00'])
    expect((await eventsOf(mandate)).map(({ data }) => data['operation'] ?? 'debit')).toEqual([
      ...['pause', 'pause', 'pause', 'unpause', 'debit', 'update'],
    ])
  })

  it('is changed by that app alone, for its account and payee, and with what makes sense', async () => {
    const [mandate, ours, other] = [await of.kept(), await of.made(), await setup.customer(0)]
    const { terms } = mandate
    const twice = mandate.here.replace('bahi', 'ganga')
    const pause = { from: of.day(), until: of.day() }
    const change = (more: Partial<typeof terms>) =>
      of.ask(mandate, 'UPDATE', { terms: { ...terms, ...more } })
    const most = mandateRulesAt(setup.clock.now()).maxPaise
    const table: [Promise<string>, string][] = [
      // Who knows its number alone.
      [of.ask(mandate, 'REVOKE', { addr: 'thief@kaveri' }), 'VF'],
      [of.ask(mandate, 'REVOKE', { addr: 'asha@bahi' }), 'VF'],
      [of.ask(mandate, 'REVOKE', { ref: other.accountRef }), 'VF'],
      [of.ask(mandate, 'REVOKE', { ref: 'no-uuid' }), 'XH'],
      [of.ask(mandate, 'REVOKE', { umn: umnOf(uuidv7(), 'ganga') }), 'VF'],
      [of.ask(mandate, 'REVOKE', { payee: 'thief@sandbox' }), 'VG'],
      [of.ask(ours, 'REVOKE', { umn: ours.here, addr: asha.vpa }), 'VF'],
      [of.ask(ours, 'REVOKE', { umn: twice.replace(mandate.id, ours.id), ref: other.accountRef }), 'VF'],
      // What was entered for less, for another payee, or for nothing.
      [of.ask(mandate, 'UPDATE', { block: { amountPaise: 1 } }), 'U54'],
      [of.ask(mandate, 'UPDATE', { block: { payeeVpa: 'thief@sandbox' } }), 'U54'],
      [of.ask(mandate, 'UPDATE', { block: { mandateId: ours.id } }), 'U54'],
      [of.ask(mandate, 'UPDATE', { block: { purpose: 'pay', paymentId: mandate.id } }), 'U54'],
      [of.ask(mandate, 'UPDATE', { pin: null }), 'U11'],
      [change({ amountPaise: most + 1 }), 'QH'],
      [change({ validTo: of.day(40 * 366) }), 'QD'],
      [change({ validTo: of.day(-1) }), 'QD'],
      [change({ validFrom: of.day(1) }), 'QR'],
      [change({ amountRule: 'EXACT' }), 'QR'],
      [change({ recurrence: 'ONETIME' }), 'QR'],
      [of.ask(mandate, 'PAUSE', { pause: { ...pause, from: of.day(-1) } }), 'ZD'],
      [of.ask(mandate, 'PAUSE', { pause: { ...pause, until: of.day(-1) } }), 'ZD'],
      [of.ask(mandate, 'PAUSE'), 'refused ZD'],
    ]
    for (const [code, expected] of table) expect(await code).toBe(expected)
    expect([await of.leg(mandate, 1), await of.own(ours, 1)]).toEqual(['00', '00'])
    expect(await eventsOf(mandate)).toHaveLength(1)
    // It goes on as it is, whatever the PIN.
    expect(await of.ask(mandate, 'UNPAUSE', { pin: '9999' })).toBe('00')
    expect([await of.take(mandate), await of.ask(mandate, 'PAUSE', { pause })]).toEqual(['00', 'VF'])
  })

  it('is given there by the account holder, with the PIN, under a number that nobody has', async () => {
    const { terms } = await of.made()
    const given = (more: Partial<typeof terms> = {}) => of.given({ ...terms, ...more })
    const [mandate, ours] = [given(), await of.made()]
    expect(await of.ask(mandate, 'CREATE', { pin: '9999' })).toBe('ZM')
    expect(await of.ask(mandate, 'CREATE', { pin: null })).toBe('U11')
    expect(await of.leg(mandate, 1)).toBe('VF')
    expect([
      await of.ask(mandate, 'CREATE'),
      await of.leg(mandate, 1),
      await of.ask(mandate, 'CREATE'),
    ]).toEqual([...['00', '00', 'VF']])
    expect(await of.ask(given(), 'CREATE', { addr: 'thief@kaveri' })).toBe('VF')
    expect(await of.ask(given(), 'CREATE', { umn: umnOf(uuidv7(), 'bahi'), addr: asha.vpa })).toBe('VF')
    expect(await of.ask(given(), 'CREATE', { umn: 'music@ganga' })).toBe('VF')
    expect(await of.ask(ours, 'CREATE')).toBe('VF')
    expect(await of.ask(given({ validFrom: of.day(-1) }), 'CREATE')).toBe('QD')
    const unlinked = { ...given(), payer: { ...asha, accountRef: uuidv7() } }
    expect(await of.ask(unlinked, 'CREATE')).toBe('XH')
    const [created, debited] = await eventsOf(mandate)
    const about = { umn: mandate.there, app: 'ganga', payee: { vpa: payeeVpa }, amountPaise: 500_00 }
    expect(created).toMatchObject({
      type: 'account.mandate-changed',
      data: { ...about, operation: 'create' },
    })
    expect(debited).toMatchObject({
      type: 'account.mandate-debited',
      data: { ...about, userId: asha.userId, sequence: 1, debitPaise: 100_00, rrn: expect.any(String) },
    })
    // And moved here as any other.
    expect([await of.take(mandate), await of.own(mandate, 2)]).toEqual(['00', '00'])
    // One that is to be given here with a number that is taken is not.
    const wanted = { type: 'create', mandateId: mandate.id, userId: asha.userId, payeeVpa, terms } as const
    expect(await of.operate(mandate, wanted, { umn: umnOf(mandate.id, 'other') })).toBe('XB')
  })

  it('that reserves money has it held until it is debited, once, whatever else is spent', async () => {
    const who = await setup.customer(1_000_00)
    await setup.setPin(who)
    const theirs = mandatesFor(setup, who)
    const { terms } = await theirs.made({ recurrence: 'ONETIME' })
    const reserving = (amountPaise = 600_00) => theirs.given({ ...terms, amountPaise, blockFunds: true })
    const free = async () => (await setup.inLedger(who)).slice(0, 2)
    const mandate = reserving()
    expect(await theirs.ask(reserving(1_000_01), 'CREATE')).toBe('Z9')
    expect(await theirs.ask(mandate, 'CREATE', { pin: '9999' })).toBe('ZM')
    expect(await free()).toEqual([1_000_00, 0])
    const txnId = setup.network.newId()
    for (const _ of [1, 2]) expect(await theirs.ask(mandate, 'CREATE', { txnId })).toBe('00')
    expect(await free()).toEqual([1_000_00, 600_00])
    expect(await theirs.ask(reserving(400_01), 'CREATE')).toBe('Z9')
    // Neither changed nor moved while its money is reserved.
    const pause = { from: theirs.day(), until: theirs.day() }
    expect([
      await theirs.ask(mandate, 'UPDATE'),
      await theirs.ask(mandate, 'PAUSE', { pause }),
      await theirs.take(mandate),
    ]).toEqual(['IC', 'IC', 'XB'])
    expect(await theirs.leg(mandate, 1, { amountPaise: 600_01 })).toBe('QH')
    const debits = await Promise.all([1, 2, 3].map((n) => theirs.leg(mandate, n, { amountPaise: 500_00 })))
    expect(debits.sort()).toEqual(['00', 'QB', 'QB'])
    // What was not debited of it is free again.
    expect(await free()).toEqual([500_00, 0])
    expect(await theirs.ask(mandate, 'REVOKE')).toBe('00')
    expect(await free()).toEqual([500_00, 0])
  })

  it('and its reserved money is free when it is revoked, its last day is over or its debit given back', async () => {
    const who = await setup.customer(1_000_00)
    await setup.setPin(who)
    const theirs = mandatesFor(setup, who)
    const { terms } = await theirs.made({ recurrence: 'ONETIME' })
    const free = async () => (await setup.inLedger(who)).slice(0, 2)
    const reserved = async (more: Partial<typeof terms> = {}) => {
      const mandate = theirs.given({ ...terms, amountPaise: 600_00, blockFunds: true, ...more })
      expect(await theirs.ask(mandate, 'CREATE')).toBe('00')
      expect(await free()).toEqual([1_000_00, 600_00])
      return mandate
    }
    const revoked = await reserved()
    for (const _ of [1, 2]) expect(await theirs.ask(revoked, 'REVOKE')).toBe('00')
    expect([await free(), await theirs.leg(revoked, 1)]).toEqual([[1_000_00, 0], 'QC'])
    const [over, admin] = [await reserved({ validTo: theirs.day() }), setup.platform.database.admin]
    await admin`
      update account.holds set expires_at = now() from account.mandates m
      where holds.id = m.hold_id and m.umn = ${over.there}`
    expect(await theirs.leg(over, 1)).toBe('IC')
    await expect.poll(free).toEqual([1_000_00, 0])
    expect(await theirs.leg(over, 1)).toBe('IC')
    const returned = await reserved()
    const txnId = setup.network.newId()
    expect(await theirs.leg(returned, 1, { txnId, amountPaise: 600_00 })).toBe('00')
    const back = { leg: 'DEBIT-REVERSAL', txnId, ref: who.accountRef, amountPaise: 600_00 } as const
    for (const _ of [1, 2]) expect(await setup.leg(back)).toBe('00')
    expect(await free()).toEqual([1_000_00, 0])
    // And debited again under its number, of what is free.
    expect(await theirs.leg(returned, 1, { amountPaise: 600_00 })).toBe('00')
    expect([await free(), await theirs.leg(returned, 1)]).toEqual([[400_00, 0], 'QB'])
  })

  it('is seen by who has linked its account, at our bank too, with why it cannot be moved here', async () => {
    const who = await setup.customer(0)
    const mandate = await of.kept()
    const blocked = { ...mandate.terms, recurrence: 'ONETIME' as const, blockFunds: true }
    const held = {
      ...{
        umn: mandate.there,
        app: 'Ganga Bank',
        payerVpa: 'asha@ganga',
        name: 'Films',
        terms: mandate.terms,
      },
      ...{ payee: { vpa: payeeVpa, name: 'Shop' }, bank: 'BAHI', accountRef: asha.accountRef, mcc: '0000' },
      ...{ txnId: `GNG${'0'.repeat(32)}`, rrn: '000000000000' },
    }
    const paying = (vpa: string) => ({ ...held, payee: { vpa, name: 'Ravi' } })
    setup.outside.held = [
      ...[held, { ...held, terms: blocked }, paying(asha.vpa), paying(who.vpa)],
      { ...held, umn: 'no-number@ganga' },
    ]
    const list = async (of: Customer) => (await setup.as(of)(listMandatesElsewhere, {})).mandates
    const seen = await list(asha)
    const { id } = mandate
    expect(seen.map(({ stays }) => stays)).toEqual([undefined, 'money-reserved', 'own-payee', undefined])
    expect(seen[0]).toMatchObject({ id, accountId: asha.accountId, umn: mandate.there, bank: 'BAHI' })
    expect(seen[0]).not.toHaveProperty('accountRef')
    expect(await list(who)).toEqual([])
  })

  it('is under its own number alone, with its own terms, of its own person, and keeps nobody here', async () => {
    const who = await setup.customer(0)
    const inTheWay = async () =>
      (await setup.platform.as('user')(obstaclesInAccount, { params: { userId: who.userId } })).obstacles
    const theirs = await of.made({}, who)
    expect(await inTheWay()).toEqual(['mandates'])
    expect(await of.release(theirs)).toBe('00')
    expect(await inTheWay()).toEqual([])
    const mandate = await of.made()
    expect(await of.operate(mandate, { type: 'release', toUmn: umnOf(uuidv7(), 'ganga') })).toBe('VF')
    expect(await of.operate(mandate, { type: 'release', toUmn: mandate.here })).toBe('VF')
    expect(await of.take(mandate)).toBe('VF')
    expect(await of.release(mandate)).toBe('00')
    const { id: mandateId, there: fromUmn, terms } = mandate
    const wanted = { type: 'take', fromUmn, mandateId, userId: asha.userId, payeeVpa, terms } as const
    expect(await of.operate(mandate, { ...wanted, userId: who.userId })).toBe('XH')
    expect(await of.operate(mandate, { ...wanted, terms: { ...terms, amountPaise: 1 } })).toBe('QH')
    expect(await of.operate(mandate, wanted, { umn: umnOf(uuidv7(), 'bahi') })).toBe('VF')
    expect(await of.take(mandate)).toBe('00')
  })
})

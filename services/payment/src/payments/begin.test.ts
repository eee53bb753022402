// Beginning and completing across processes: locks, races for one id, partitions, rights of the role.
import { systemClock } from '@bahi/kit/clock.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Controls } from '@bahi/contracts/controls.ts'
import { defaultInitiation } from '@bahi/contracts/initiation.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import { connect, sqlState, type Sql, type Tx } from '@bahi/kit/sql/sql.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { service } from '../app.ts'
import { stopPayments } from '../controls/change-controls.ts'
import { lockPayers } from '../limits/store.ts'
import { prepared, processOn } from '../testing-begin.ts'
import type { PreparedPayment } from './begin.ts'
import { toStreamEvent } from './payment.ts'
import { deemPayment, leaseDue, makePartitions } from './store.ts'

let database: TestDatabase
let pools: Sql[]
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), [service])
  pools = [0, 1, 2].map(() => connect(database.url('payment'), { max: 3 }))
})
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()))
  await database.drop()
})

it.each([0, 250])('a plan made when %i payments were there looks up payers by their index', async (rows) => {
  const own = await testDatabase(inject('postgresUrl'), [service])
  const { admin, url } = own
  const sql = connect(url('payment'), { max: 1 })
  const { begin } = processOn(sql)
  if (rows > 0) await Promise.all(Array.from({ length: rows }, () => begin(prepared(uuidv7()))))
  await admin`analyze payment.payments`
  const indexScans = async () => {
    await sql`select pg_stat_force_next_flush()`
    await sql`select 1`
    const [row] = await admin<{ scans: number }[]>`
      select sum(idx_scan)::int as scans from pg_stat_user_indexes
      where schemaname = 'payment' and indexrelname like 'payments_2%payer_user_id%'`
    return row!.scans
  }
  const before = await indexScans()
  for (let i = 0; i < 5; i++) await begin(prepared(uuidv7()))
  expect((await indexScans()) - before).toBeGreaterThanOrEqual(5)
  await sql.end()
  await own.drop()
})

it('a payment does not begin while another transaction checks the limits of its payer', async () => {
  const { begin } = processOn(pools[0]!)
  const payer = uuidv7()
  await begin(prepared(payer))
  const order: string[] = []
  let second: Promise<unknown> | undefined
  const waiting = async () => {
    const [row] = await database.admin<{ count: number }[]>`
      select count(*) as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    return row!.count > 0
  }
  await pools[1]!.begin(async (tx) => {
    await lockPayers(tx, [payer])
    second = begin(prepared(payer)).then(() => order.push('begun'))
    await vi.waitUntil(async () => order.length > 0 || (await waiting()), 60_000)
    order.push('released')
  })
  await second
  expect(order).toEqual(['released', 'begun'])
})

it('limits hold exactly over three processes', async () => {
  const payer = uuidv7()
  const processes = pools.map((pool) => processOn(pool))
  const others = Array.from({ length: 20 }, () => uuidv7())
  const begun = await Promise.all(
    Array.from({ length: 90 }, async (_, i) => {
      await systemClock.sleep(i % 5)
      await processes[(i + 1) % 3]!.begin(prepared(others[i % 20]!))
      return processes[i % 3]!.begin(prepared(payer))
    }),
  )
  const states = begun.map(({ payment }) => payment.code ?? payment.status)
  expect(states.filter((s) => s === 'pending')).toHaveLength(20)
  expect(states.filter((s) => s === 'Z7')).toHaveLength(70)
})

it('one id in three processes begins once and completes once', async () => {
  const processes = pools.map((pool) => processOn(pool))
  const payments = Array.from({ length: 30 }, () => prepared(uuidv7()))
  const begun = await Promise.all(processes.flatMap((p) => payments.map((one) => p.begin(one))))
  expect(begun.filter((b) => b.isNew)).toHaveLength(30)
  const completed = await Promise.all(
    begun.map(({ payment }, i) =>
      processes[i % 3]!.complete({ payment, outcome: { status: 'posted', code: '00' } }),
    ),
  )
  expect(completed.every((payment) => payment.status === 'settled')).toBe(true)
  for (const { id } of payments) {
    const events = await database.admin`select type from payment.events where stream = ${id} order by version`
    expect(events.map((e) => e['type'])).toEqual(['payment.begun', 'payment.settled'])
  }
})

it('one id for two payers at once is one payment, and the other request is refused', async () => {
  const processes = pools.map((pool) => processOn(pool))
  const id = uuidv7()
  const results = await Promise.allSettled(processes.map((p) => p.begin(prepared(uuidv7(), { id }))))
  expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
  for (const result of results.filter((r) => r.status === 'rejected'))
    expect(result.reason).toMatchObject({ code: 'id-reused' })
})

it('a contradicting outcome changes nothing and returns the final payment', async () => {
  const { begin, complete } = processOn(pools[0]!)
  const { payment } = await begin(prepared(uuidv7()))
  await complete({ payment, outcome: { status: 'declined', code: 'Z9' } })
  expect(await complete({ payment, outcome: { status: 'posted', code: '00' } })).toMatchObject({ code: 'Z9' })
})

it('an outcome that was decided before the payment was deemed completes it all the same', async () => {
  const { begin, complete } = processOn(pools[0]!)
  const { payment } = await begin(prepared(uuidv7(), { route: 'out' }))
  const now = new Date()
  const deemed = { ...payment, version: 2, deemedAt: now }
  const event = { type: 'payment.deemed', at: now, data: { paymentId: payment.id, code: 'RB' } } as const
  await pools[1]!.begin(async (tx) => {
    expect(await deemPayment(tx, deemed, now)).toBe(true)
    expect(await deemPayment(tx, deemed, now)).toBe(false)
    await appendEvents(tx, now, [toStreamEvent(event, { stream: payment.id, version: 2 })])
  })
  const completed = await complete({ payment, outcome: { status: 'posted', code: '00' } })
  expect(completed).toMatchObject({ status: 'settled', version: 3, deemedAt: now })
  const events = await database.admin`
    select type, version from payment.events where stream = ${payment.id} order by version`
  expect(events.map((e) => `${e['version']} ${e['type']}`)).toEqual([
    '1 payment.begun',
    '2 payment.deemed',
    '3 payment.settled',
  ])
})

it('due payments are leased to one process, and again when the lease has expired', async () => {
  const { begin } = processOn(pools[0]!)
  const ids = (await Promise.all(Array.from({ length: 50 }, () => begin(prepared(uuidv7()))))).map(
    (b) => b.payment.id,
  )
  const checks = { checkEveryMs: 1_000, maxChecks: 3, untilMs: 10_000 }
  const lease = { leaseMs: 10_000, maxLeaseMs: 60_000, limit: 1000, ...checks }
  const now = new Date(Date.now() + 10)
  const leased = (await Promise.all(pools.map((pool) => leaseDue(pool, now, lease)))).flat().map((p) => p.id)
  expect(new Set(leased).size).toBe(leased.length)
  expect(leased).toEqual(expect.arrayContaining(ids))
  expect(await leaseDue(pools[0]!, new Date(now.getTime() + 9_000), lease)).toEqual([])
  const later = await leaseDue(pools[0]!, new Date(now.getTime() + 10_000), lease)
  expect(later.map((p) => p.id)).toEqual(expect.arrayContaining(ids))
})

it('an event has the trace of its request', async () => {
  const { begin } = processOn(pools[0]!)
  const traces = [1, 2, 3].map((n) => `00-${String(n).repeat(32)}-${String(n).repeat(16)}-01`)
  const begun = await Promise.all(traces.map((traceparent) => begin(prepared(uuidv7(), { traceparent }))))
  for (const [i, { payment }] of begun.entries()) {
    const [event] = await database.admin`select traceparent from payment.events where stream = ${payment.id}`
    expect(event?.['traceparent']).toBe(traces[i])
  }
})

/** As a change at that time wrote it: what counts at once, and what counts later. */
async function setControls(
  payer: string,
  version: number,
  setMs: number,
  controls: Controls,
  later?: [number, Controls],
) {
  const at = (ms: number) => new Date(Date.now() + ms)
  for (const [fromMs, one] of [[setMs, controls] as const, ...(later ? [later] : [])])
    await pools[0]!`
      insert into payment_controls (user_id, version, set_at, effective_from, controls)
      values (${payer}, ${version}, ${at(setMs)}, ${at(fromMs)}, ${pools[0]!.json(one)})`
}

it('a payment takes six statements to begin, also of somebody with controls', async () => {
  const payer = uuidv7()
  await setControls(payer, 1, -1, { perDayPaise: 1_000 })
  let statements = 0
  const counted = (tx: Tx) =>
    new Proxy(tx, {
      apply(...call) {
        const query = Reflect.apply(...call) as { then: (...then: unknown[]) => unknown }
        const then = query.then.bind(query)
        let isCounted = false
        query.then = (...how) => {
          statements += isCounted ? 0 : 1
          isCounted = true
          return then(...how)
        }
        return query
      },
    })
  const transaction = (run: (tx: Tx) => unknown) => pools[0]!.begin((tx) => run(counted(tx)))
  const { begin } = processOn(pools[0]!, [], transaction as never)
  expect((await begin(prepared(payer))).payment.status).toBe('pending')
  // The lock of the payer, usage and controls, who is blocked, what is stopped, at once; then the row and its event.
  expect(statements).toBe(6)
})

it('controls lower what a payer may pay, each from its date on', async () => {
  const { begin } = processOn(pools[0]!)
  const payer = uuidv7()
  const hour = 3_600_000
  await setControls(payer, 1, -2 * hour, { perTransactionPaise: 100 }, [-hour, { perTransactionPaise: 101 }])
  const codeOf = async (amountPaise: number, more: Partial<PreparedPayment> = {}) =>
    (await begin(prepared(payer, { amountPaise, ...more }))).payment.code
  expect([await codeOf(102), await codeOf(101)]).toEqual(['Z8', undefined])
  await setControls(payer, 2, -1, { perDayPaise: 1_101, perDayCount: 4 }, [hour, { perDayPaise: 1 }])
  expect(await codeOf(600)).toBeUndefined()
  expect(await codeOf(401)).toBe('Z8')
  const all = await Promise.all([codeOf(200), codeOf(200), codeOf(1)])
  expect(all).toEqual([undefined, undefined, 'Z7'])
  const [row] = await database.admin`
    select assessment from payment.payments where payer_user_id = ${payer} and code = 'Z7'`
  expect(row?.['assessment']).toMatchObject({
    decision: 'refuse',
    reasons: ['person:ist-day-count', 'person:ist-day-amount'],
    features: { count: 4, paise: 1_101, personalLimits: true },
  })
  // Set by a process whose clock is ahead: what tightens counts at once all the same.
  await setControls(payer, 3, hour, { stopped: true })
  expect(await codeOf(1)).toBe('ZA')
})

it('controls of a payee count what was paid to it, this month too', async () => {
  const { begin } = processOn(pools[0]!)
  const payer = uuidv7()
  const to = async (vpa: string, amountPaise: number) =>
    (await begin(prepared(payer, { amountPaise, payee: { vpa, name: vpa, accountId: uuidv7() } }))).payment
      .code
  await setControls(payer, 1, -1, { payees: [{ vpa: 'shop@bahi', perMonthPaise: 500 }], perMonthPaise: 900 })
  expect(await Promise.all([to('shop@bahi', 300), to('b@bahi', 300), to('shop@bahi', 201)])).toEqual([
    undefined,
    undefined,
    'Z8',
  ])
  expect(await to('shop@bahi', 200)).toBeUndefined()
  expect([await to('shop@bahi', 1), await to('b@bahi', 101), await to('b@bahi', 100)]).toEqual([
    'Z8',
    'Z8',
    undefined,
  ])
})

it('further limits hold by bank, mode, purpose and for new payees', async () => {
  const effectiveFrom = '2026-01-01T00:00:00+05:30'
  const { begin } = processOn(pools[0]!, [
    { effectiveFrom, name: 'bank', banks: ['BAHI'], limits: { perDayPaise: 1_000 } },
    { effectiveFrom, name: 'by-code', modes: ['01'], limits: { perMonthCount: 2 } },
    { effectiveFrom, name: 'gift', purposes: ['09'], limits: { perIstDayPaise: 100 } },
    { effectiveFrom, name: 'new', newPayee: true, limits: { perDayPaise: 400 } },
  ])
  const of = async (more: Partial<PreparedPayment>) => (await begin(prepared(payer, more))).payment
  const by = (mode: string, purpose = '00') => ({ initiation: { ...defaultInitiation, mode, purpose } })
  const reasons = async (more: Partial<PreparedPayment>) => (await of(more)).assessment?.reasons
  const payer = uuidv7()
  expect(await Promise.all([1, 2, 3].map(() => reasons(by('01'))))).toEqual([
    [],
    [],
    ['further:by-code:month-count'],
  ])
  expect(await reasons({ ...by('00', '09'), amountPaise: 101 })).toEqual(['further:gift:ist-day-amount'])
  expect(await reasons({ amountPaise: 201 })).toEqual(['further:new:day-amount'])
  const other = { payee: { vpa: 'c@bahi', name: 'C', accountId: uuidv7() } }
  expect(await reasons({ ...other, amountPaise: 400 })).toEqual([])
  expect(await reasons({ ...other, amountPaise: 1 })).toEqual(['further:new:day-amount'])
  const third = { payee: { vpa: 'd@bahi', name: 'D', accountId: uuidv7() } }
  expect(await reasons({ ...third, amountPaise: 400 })).toEqual([])
  expect(await reasons({ ...third, amountPaise: 1 })).toEqual([
    'further:bank:day-amount',
    'further:new:day-amount',
  ])
  const elsewhere = { vpa: 'a@bahi', name: 'Asha', userId: payer, accountId: uuidv7(), bank: 'GANG' }
  expect(await reasons({ payer: elsewhere, amountPaise: 1 })).toEqual([])
})

it('a limit of a category counts by what the payee’s PSP says of it, not by what the payer says', async () => {
  const effectiveFrom = '2026-01-01T00:00:00+05:30'
  const { begin } = processOn(pools[0]!, [
    { effectiveFrom, name: 'people', mccs: ['0000'], limits: { perDayPaise: 400 } },
    { effectiveFrom, name: 'shops', mccs: ['5411'], limits: { perDayPaise: 400 } },
  ])
  const payer = uuidv7()
  const said = (mcc: string) => ({ initiation: { ...defaultInitiation, mcc } })
  const reasons = async (more: Partial<PreparedPayment>) =>
    (await begin(prepared(payer, more))).payment.assessment?.reasons
  const shop = { kind: 'merchant', mcc: '5411' } as const
  // Nobody but the payer says that these people are shops.
  expect(await reasons({ ...said('5411'), amountPaise: 400 })).toEqual([])
  expect(await reasons({ ...said('5411'), amountPaise: 1 })).toEqual(['further:people:day-amount'])
  expect(await reasons({ amountPaise: 1 })).toEqual(['further:people:day-amount'])
  expect(await reasons({ ...said('5411'), merchant: shop, amountPaise: 400 })).toEqual([])
  expect(await reasons({ ...said('5411'), merchant: shop, amountPaise: 1 })).toEqual([
    'further:shops:day-amount',
  ])
})

it('controls hold exactly over three processes, and a stop ends what begins after it', async () => {
  const payer = uuidv7()
  const processes = pools.map((pool) => processOn(pool))
  await setControls(payer, 1, -1, { perDayPaise: 1_000 })
  const begun = await Promise.all(
    Array.from({ length: 60 }, (_, i) => processes[i % 3]!.begin(prepared(payer, { amountPaise: 90 }))),
  )
  const codes = begun.map(({ payment }) => payment.code ?? payment.status)
  expect(codes.filter((code) => code === 'pending')).toHaveLength(11)
  expect(codes.filter((code) => code === 'Z8')).toHaveLength(49)

  const other = uuidv7()
  const tx = <T>(run: (tx: Tx) => Promise<T>) => pools[0]!.begin(run) as Promise<T>
  const deps = { sql: pools[0]!, transaction: tx as never, clock: systemClock }
  const raced = Array.from({ length: 20 }, (_, i) =>
    processes[i % 3]!.begin(prepared(other, { amountPaise: 1 })),
  )
  await Promise.all([stopPayments(deps, other, 'owner'), ...raced])
  const after = await Promise.all(processes.map(({ begin }) => begin(prepared(other, { amountPaise: 1 }))))
  expect(after.map(({ payment }) => payment.code)).toEqual(['ZA', 'ZA', 'ZA'])
})

it('payments to a verified merchant count by their category', async () => {
  const { begin } = processOn(pools[0]!)
  const payer = uuidv7()
  const lakh = 1_00_000_00
  const pay = async (amountPaise: number, mcc?: string) =>
    (await begin(prepared(payer, { amountPaise, merchant: { mcc } }))).payment
  expect(await pay(5 * lakh, '6211')).toMatchObject({ status: 'pending', limitCategory: 'capital-markets' })
  expect((await pay(5 * lakh + 1, '6211')).code).toBe('Z8')
  expect((await Promise.all([pay(5 * lakh, '6211'), pay(1, '6211')])).map(({ code }) => code)).toEqual([
    undefined,
    'Z8',
  ])
  // Each category by itself, and everybody's lakh is still there.
  expect((await pay(5 * lakh, '6300')).code).toBeUndefined()
  expect((await pay(lakh, '5411')).code).toBeUndefined()
  expect((await pay(1)).code).toBe('Z8')
})

it('rows are in the partition of their month, and small', async () => {
  const parts = await database.admin<{ part: string; bytes: number }[]>`
    select tableoid::regclass::text as part, max(pg_column_size(p.*))::int as bytes from payment.payments p group by 1`
  const month = new Date().toISOString().slice(0, 7).replace('-', '_')
  expect(parts.map((p) => p.part)).toEqual([`payment.payments_${month}`])
  expect(parts[0]!.bytes).toBeLessThan(800)
})

it('partitions are made ahead, each once', async () => {
  expect(await makePartitions(pools[0]!, 5)).toBe(2)
  expect(await makePartitions(pools[0]!, 5)).toBe(0)
})

it('the role may neither change what was agreed nor delete', async () => {
  const [sql] = pools
  for (const run of [
    () => sql!`update payments set amount_paise = 1`,
    () => sql!`update payments set payee_account_id = null`,
    () => sql!`delete from payments`,
    () => sql!`delete from events`,
    () => sql!`truncate payments`,
  ]) {
    expect(await run().then(String, sqlState)).toBe('42501')
  }
})

it('the id of a payment that came in is refused to a payer, and holds up nobody else', async () => {
  const { begin } = processOn(pools[0]!)
  const id = uuidv7()
  await database.admin`
    insert into payment.payments (id, payee_user_id, payee_account_id, amount_paise, version, created_at, route, status,
      txn_prefix, rrn, payer_vpa, payer_name, payee_vpa, payee_name, initiation_mode, purpose, mcc, origin_kind,
      input_hash)
    values (${id}, ${uuidv7()}, ${uuidv7()}, 100, 1, now(), 'i', 'pending', ${'OTH'.padEnd(35, '0')}, '000000000001',
      'x@other', 'X', 'b@bahi', 'B', '00', '00', '0000', 'network', ${Buffer.alloc(32)})`
  const [refused, begun] = await Promise.allSettled([
    begin(prepared(uuidv7(), { id })),
    begin(prepared(uuidv7())),
  ])
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'id-reused' } })
  expect(begun).toMatchObject({ status: 'fulfilled', value: { isNew: true } })
})

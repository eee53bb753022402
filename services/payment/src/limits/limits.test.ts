// Limits as tables: each code at its boundary, in order of precedence.
import { furtherLimitsAt, furtherLimitsOf, limitRulesAt, type OperatorLimit } from '@bahi/contracts/limits.ts'
import { payRules } from '@bahi/contracts/rules.ts'
import { describe, expect, it } from 'vitest'
import {
  addPayment,
  coolingAt,
  exceededLimits,
  mostPayable,
  windowStart,
  type ApplicableLimits,
  type CoolingCause,
  type PayerUsage,
  type Usage,
} from './limits.ts'

const cooling = payRules[0]!
const rules = limitRulesAt(new Date('2026-11-23T12:00:00Z'))
const nothing: Usage = { count: 0, paise: 0 }
const none: PayerUsage = {
  tries: 0,
  total: nothing,
  everybody: nothing,
  category: nothing,
  coolingPaise: 0,
  coolingCount: 0,
  windows: [],
  recentPayees: [],
}
const payee = { payee: { vpa: 'ravi@bahi', isPerson: true }, hour: 12 }
const lakh = 1_00_000_00
const cooled = 5_000_00
const firstCode = (amountPaise: number, usage: PayerUsage, limits: Partial<ApplicableLimits>) =>
  exceededLimits(amountPaise, usage, { rules, ...payee, ...limits })[0]?.code

describe('a limit', () => {
  type Given = Partial<Usage> & { tries?: number; coolingPaise?: number; coolingCount?: number }
  it.each<[string, number, Given, boolean, string | undefined]>([
    ['a whole lakh may be paid', lakh, {}, false, undefined],
    ['one paisa more than a lakh may not', lakh + 1, {}, false, 'Z8'],
    ['the lakh of a day may be filled', 1, { count: 1, paise: lakh - 1 }, false, undefined],
    ['and not be exceeded', 2, { count: 1, paise: lakh - 1 }, false, 'Z8'],
    ['the twentieth payment of a day is allowed', 1, { count: 19 }, false, undefined],
    ['the twenty-first is not', 1, { count: 20 }, false, 'Z7'],
    ['failed tries do not count', 1, { tries: 400 }, false, undefined],
    ['₹5,000 may be the first after a new device', cooled, {}, true, undefined],
    ['more may not', cooled + 1, {}, true, 'FL'],
    [
      'more may not, although ₹10 was paid before the newest cause',
      cooled + 1,
      { coolingPaise: 10_00 },
      true,
      'FL',
    ],
    [
      'the sum of the cooling period may reach ₹5,000',
      1,
      { coolingPaise: cooled - 1, coolingCount: 3 },
      true,
      undefined,
    ],
    ['and not exceed it', 2, { coolingPaise: cooled - 1, coolingCount: 3 }, true, 'FP'],
    ['a later payment over ₹5,000 breaks the sum', cooled + 1, { coolingCount: 1 }, true, 'FP'],
    ['over a lakh is over the limit before it is cooling', lakh + 1, {}, true, 'Z8'],
    ['cooling comes before the count', cooled + 1, { count: 20 }, true, 'FL'],
    ['the count comes before the sum of a day', lakh, { count: 20, paise: lakh }, false, 'Z7'],
  ])('%s', (_name, amountPaise, { count = 0, paise = 0, ...more }, cools, expected) => {
    const usage = { ...none, ...more, everybody: { count, paise } }
    expect(firstCode(amountPaise, usage, cools ? { cooling } : {})).toBe(expected)
  })

  it('of a category replaces those of everybody', () => {
    const category = 'capital-markets'
    const full = { ...none, everybody: { count: 20, paise: lakh } }
    expect(firstCode(5 * lakh, full, { category })).toBeUndefined()
    expect(firstCode(5 * lakh + 1, full, { category })).toBe('Z8')
    expect(firstCode(1, { ...none, category: { count: 2, paise: 10 * lakh } }, { category })).toBe('Z8')
    expect(firstCode(5 * lakh, full, { category, cooling })).toBe('FL')
  })

  it('says the most that the next payment may be, and what refuses more', () => {
    const used = (paise: number, count = 1) => ({ ...none, everybody: { count, paise } })
    const most = (usage: PayerUsage, more: Partial<ApplicableLimits> = {}) => {
      const { maxPaise, code } = mostPayable(usage, { rules, ...payee, ...more })
      return [maxPaise, code]
    }
    expect(most(none)).toEqual([lakh, 'Z8'])
    expect(most(used(lakh - 1))).toEqual([1, 'Z8'])
    expect(most(used(1, 20))).toEqual([0, 'Z7'])
    expect(most(none, { cooling })).toEqual([cooled, 'FL'])
    const over = { ...none, coolingCount: 3, coolingPaise: cooled + 1 }
    expect(most(over, { cooling })).toEqual([0, 'FP'])
    expect(most(none, { controls: { perDayPaise: 70 } })).toEqual([70, 'Z8'])
  })
})

describe('the rows of the rules', () => {
  const usedUp = (paise: number) => ({ ...none, category: { count: 1, paise } })
  it.each<[category: string, transaction: number, day: number | undefined]>([
    ['capital-markets', 5, 10],
    ['insurance', 5, 10],
    ['travel', 5, 10],
    ['government', 5, 10],
    ['collections', 5, 10],
    ['card-bills', 5, 6],
    ['jewellery', 2, 6],
    ['term-deposits', 5, 5],
    ['account-opening', 2, 2],
    ['taxes', 5, undefined],
    ['hospitals', 5, undefined],
    ['education', 5, undefined],
  ])('%s: ₹%i lakh a payment', (category, transaction, day) => {
    expect(firstCode(transaction * lakh, none, { category })).toBeUndefined()
    expect(firstCode(transaction * lakh + 1, none, { category })).toBe('Z8')
    const left = day === undefined ? undefined : 'Z8'
    expect(firstCode(1, usedUp((day ?? 999) * lakh), { category })).toBe(left)
    if (day !== undefined) expect(firstCode(1, usedUp(day * lakh - 1), { category })).toBeUndefined()
  })
  it('name each category once', () => {
    const all = Object.values(rules.categories).flatMap(({ mccs }) => mccs)
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('a further limit', () => {
  const row = (more: Partial<OperatorLimit>): OperatorLimit => ({
    ...{ effectiveFrom: '2026-01-01T00:00:00+05:30', name: 'own', limits: {} },
    ...more,
  })
  const payment = { bank: 'BAHI', mcc: undefined, mode: '00', purpose: '00' }
  const at = new Date('2026-11-23T12:00:00Z')
  const inForce = (rows: OperatorLimit[], about: Partial<typeof payment> = {}) =>
    furtherLimitsOf(furtherLimitsAt(rules, rows, at), { ...payment, ...about })
  const two = { count: 2, paise: 500 }

  it.each<[string, OperatorLimit, Partial<typeof payment>, Usage[], number, string[]]>([
    [
      'of UPI Lite: ₹1,000 a payment',
      row({}),
      { purpose: '44' },
      [two],
      1_000_01,
      ['further:upi-lite:transaction-amount'],
    ],
    [
      'of UPI Lite: ₹4,000 a day',
      row({}),
      { purpose: '45' },
      [{ count: 4, paise: 4_000_00 }],
      1,
      ['further:upi-lite:ist-day-amount'],
    ],
    [
      'of UPI Circle: ₹5,000 a payment',
      row({}),
      { purpose: '87' },
      [nothing],
      5_000_01,
      ['further:upi-circle:transaction-amount'],
    ],
    [
      'of UPI Circle: ₹15,000 a month',
      row({}),
      { purpose: '59' },
      [{ count: 3, paise: 14_999_00 }],
      1_01,
      ['further:upi-circle:month-amount'],
    ],
    [
      'of cash by ATM: ₹10,000',
      row({}),
      { purpose: '12' },
      [],
      10_000_01,
      ['further:atm-cash:transaction-amount'],
    ],
    [
      'of all: a rolling day',
      row({ limits: { perDayPaise: 501 } }),
      {},
      [two],
      2,
      ['further:own:day-amount'],
    ],
    [
      'of all: payments in a rolling day',
      row({ limits: { perDayCount: 2 } }),
      {},
      [two],
      1,
      ['further:own:day-count'],
    ],
    [
      'of all: payments in a day of India',
      row({ limits: { perIstDayCount: 2 } }),
      {},
      [two],
      1,
      ['further:own:ist-day-count'],
    ],
    [
      'of all: payments in a month',
      row({ limits: { perMonthCount: 2 } }),
      {},
      [two],
      1,
      ['further:own:month-count'],
    ],
    [
      'of a bank',
      row({ banks: ['BAHI'], limits: { perTransactionPaise: 5 } }),
      {},
      [],
      6,
      ['further:own:transaction-amount'],
    ],
    [
      'of a stop of a bank, whatever the amount',
      row({ banks: ['BAHI'], limits: { perTransactionPaise: 0 } }),
      {},
      [],
      1,
      ['further:own:transaction-amount'],
    ],
    ['not of another bank', row({ banks: ['GANG'], limits: { perTransactionPaise: 5 } }), {}, [], 6, []],
    [
      'of a merchant category',
      row({ mccs: ['5411'], limits: { perTransactionPaise: 5 } }),
      { mcc: '5411' as never },
      [],
      6,
      ['further:own:transaction-amount'],
    ],
    [
      'of people',
      row({ mccs: ['0000'], limits: { perTransactionPaise: 5 } }),
      {},
      [],
      6,
      ['further:own:transaction-amount'],
    ],
    [
      'of a mode',
      row({ modes: ['01'], limits: { perTransactionPaise: 5 } }),
      { mode: '01' },
      [],
      6,
      ['further:own:transaction-amount'],
    ],
    ['not of another mode', row({ modes: ['01'], limits: { perTransactionPaise: 5 } }), {}, [], 6, []],
    [
      'that is not in force yet',
      row({ effectiveFrom: '2027-01-01T00:00:00+05:30', limits: { perTransactionPaise: 5 } }),
      {},
      [],
      6,
      [],
    ],
  ])('%s', (_name, own, about, windows, amountPaise, expected) => {
    const applicable = { rules, ...payee, further: inForce([own], about) }
    const found = exceededLimits(amountPaise, { ...none, windows }, applicable)
    expect(found.map(({ limit }) => limit)).toEqual(expected)
  })

  it('of new payees is of those alone', () => {
    const further = inForce([row({ newPayee: true, limits: { perTransactionPaise: 5 } })])
    const codes = [true, false].map((isNewPayee) => firstCode(6, { ...none, isNewPayee }, { further }))
    expect(codes).toEqual(['Z8', undefined])
  })

  it('is replaced by the next row of its name', () => {
    const rows = [
      row({ limits: { perTransactionPaise: 5 } }),
      row({ effectiveFrom: '2026-06-01T00:00:00+05:30', limits: { perTransactionPaise: 9 } }),
    ]
    expect(inForce(rows).map(({ limits }) => limits)).toEqual([{ perTransactionPaise: 9 }])
  })
})

describe('what has begun counts', () => {
  const begun = { bank: 'BAHI', mcc: undefined, mode: '00', purpose: '00', payeeVpa: 'ravi@bahi' }
  it('by category', () => {
    const payments = [
      { ...begun, amountPaise: 100 },
      { ...begun, amountPaise: 200, category: 'travel' },
      { ...begun, amountPaise: 50, category: 'taxes' },
    ]
    const about = { category: 'travel', payeeVpa: 'asha@bahi' }
    expect(payments.reduce<PayerUsage>((sum, one) => addPayment(sum, one, about), none)).toEqual({
      ...none,
      total: { count: 3, paise: 350 },
      everybody: { count: 1, paise: 100 },
      category: { count: 1, paise: 200 },
      coolingPaise: 350,
      coolingCount: 3,
      recentPayees: ['ravi@bahi'],
    })
  })
  it('by payee, and by the further limits that it is of', () => {
    const further = [
      { name: 'a', banks: ['BAHI'], limits: { perDayPaise: 1, perMonthCount: 1 } },
      { name: 'b', banks: ['GANG'], limits: { perDayPaise: 1 } },
      { name: 'c', newPayee: true as const, limits: { perDayPaise: 1 } },
    ]
    const own = { day: nothing, month: nothing, payeeDay: nothing, payeeMonth: nothing }
    const usage = { ...none, own, windows: [nothing, nothing, nothing, nothing] }
    const one = { count: 1, paise: 100 }
    const after = (payeeVpa: string) =>
      addPayment(usage, { ...begun, amountPaise: 100 }, { payeeVpa, further })
    expect(after('ravi@bahi')).toMatchObject({
      own: { day: one, month: one, payeeDay: one, payeeMonth: one },
      windows: [one, one, nothing, one],
      recentPayees: [],
    })
    expect(after('asha@bahi')).toMatchObject({
      own: { day: one, month: one, payeeDay: nothing, payeeMonth: nothing },
      windows: [one, one, nothing, nothing],
      recentPayees: ['ravi@bahi'],
    })
  })
})

describe('cooling', () => {
  const at = new Date('2026-11-23T12:00:00Z')
  const hoursAgo = (hours: number) => new Date(at.getTime() - hours * 3_600_000)
  it.each<[string, CoolingCause[], number[] | undefined]>([
    ['nothing new cools nothing', [hoursAgo(1000), hoursAgo(30)], undefined],
    ['a cause cools for less than 24 hours', [hoursAgo(24)], undefined],
    ['and until that time', [hoursAgo(23.9)], [23.9, 23.9]],
    [
      'of many causes the oldest and the newest that cool count',
      [hoursAgo(2), hoursAgo(9), hoursAgo(50)],
      [9, 2],
    ],
    ['an unknown time always cools', ['unknown', hoursAgo(3)], [24, 3]],
    ['a cause in the future cools (clocks differ)', [hoursAgo(-1)], [-1, -1]],
  ])('%s', (_name, causes, expected) => {
    const found = coolingAt(at, cooling, causes)
    expect(found && [found.from, found.last]).toEqual(expected?.map(hoursAgo))
  })
  it('lies within the window of payer usage', () => {
    expect(windowStart(at, cooling)).toEqual(hoursAgo(24))
  })
})

// Limits as tables: each code at its boundary, in order of precedence.
import { limitRulesAt, type Limits } from '@bahi/contracts/limits.ts'
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
}
const lakh = 1_00_000_00
const cooled = 5_000_00
const firstCode = (amountPaise: number, usage: PayerUsage, limits: Omit<ApplicableLimits, 'rules'>) =>
  exceededLimits(amountPaise, usage, { rules, ...limits })[0]?.code

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

  it.each<[string, number, Partial<PayerUsage>, Limits, string[]]>([
    ['of a person lowers the amount', 101, {}, { perTransactionPaise: 100 }, ['person:transaction-amount']],
    [
      'of a person lowers the day',
      2,
      { total: { count: 1, paise: 99 } },
      { perDayPaise: 100 },
      ['person:day-amount'],
    ],
    [
      'of a person lowers the count',
      1,
      { total: { count: 2, paise: 2 } },
      { perDayCount: 2 },
      ['person:day-count'],
    ],
    [
      'of a person raises nothing',
      lakh + 1,
      {},
      { perTransactionPaise: 9 * lakh },
      ['everybody:transaction-amount', 'everybody:day-amount'],
    ],
    ['of a person without values limits nothing', lakh, {}, {}, []],
  ])('%s', (_name, amountPaise, usage, personal, expected) => {
    const exceeded = exceededLimits(amountPaise, { ...none, ...usage }, { rules, personal })
    expect(exceeded.map(({ limit }) => limit)).toEqual(expected)
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
    expect(mostPayable(none, { rules })).toEqual({ maxPaise: lakh, code: 'Z8' })
    expect(mostPayable(used(lakh - 1), { rules })).toEqual({ maxPaise: 1, code: 'Z8' })
    expect(mostPayable(used(1, 20), { rules })).toEqual({ maxPaise: 0, code: 'Z7' })
    expect(mostPayable(none, { rules, cooling })).toEqual({ maxPaise: cooled, code: 'FL' })
    const over = { ...none, coolingCount: 3, coolingPaise: cooled + 1 }
    expect(mostPayable(over, { rules, cooling })).toEqual({ maxPaise: 0, code: 'FP' })
    expect(mostPayable(none, { rules, personal: { perDayPaise: 70 } })).toEqual({ maxPaise: 70, code: 'Z8' })
  })

  it('counts what has begun, by category', () => {
    const begun = [
      { amountPaise: 100 },
      { amountPaise: 200, category: 'travel' },
      { amountPaise: 50, category: 'taxes' },
    ]
    const usage = begun.reduce<PayerUsage>((sum, one) => addPayment(sum, one, 'travel'), none)
    expect(usage).toEqual({
      tries: 0,
      total: { count: 3, paise: 350 },
      everybody: { count: 1, paise: 100 },
      category: { count: 1, paise: 200 },
      coolingPaise: 350,
      coolingCount: 3,
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

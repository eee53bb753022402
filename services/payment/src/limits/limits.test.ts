// The limits as tables: each code at its boundary, in its order of precedence.
import { payRules } from '@bahi/contracts/rules.ts'
import { describe, expect, it } from 'vitest'
import {
  coolingAt,
  limitCode,
  windowStart,
  addPayment,
  type CoolingCause,
  type PayerUsage,
} from './limits.ts'

const rules = payRules[0]!
const none: PayerUsage = { tries: 0, count: 0, paise: 0, coolingPaise: 0, coolingCount: 0 }
const lakh = 1_00_000_00
const cooled = 5_000_00

describe('a limit', () => {
  it.each<[string, number, Partial<PayerUsage>, boolean, string | undefined]>([
    ['a whole lakh may be paid', lakh, {}, false, undefined],
    ['one paisa more than a lakh may not', lakh + 1, {}, false, 'Z8'],
    ['the lakh of a day may be filled', 1, { count: 1, paise: lakh - 1 }, false, undefined],
    ['and not be passed', 2, { count: 1, paise: lakh - 1 }, false, 'Z8'],
    ['the twentieth payment of a day goes', 1, { count: 19 }, false, undefined],
    ['the twenty-first does not', 1, { count: 20 }, false, 'Z7'],
    ['failed tries do not count', 1, { tries: 400 }, false, undefined],
    ['₹5,000 may be the first after a new device', cooled, {}, true, undefined],
    ['more may not', cooled + 1, {}, true, 'FL'],
    [
      'more may not, though ₹10 went before the newest cause',
      cooled + 1,
      { coolingPaise: 10_00 },
      true,
      'FL',
    ],
    [
      'the sum of the cooling time may reach ₹5,000',
      1,
      { coolingPaise: cooled - 1, coolingCount: 3 },
      true,
      undefined,
    ],
    ['and not pass it', 2, { coolingPaise: cooled - 1, coolingCount: 3 }, true, 'FP'],
    ['a later payment over ₹5,000 breaks the sum', cooled + 1, { coolingCount: 1 }, true, 'FP'],
    ['over a lakh is over the limit before it is cooling', lakh + 1, {}, true, 'Z8'],
    ['cooling comes before the count', cooled + 1, { count: 20 }, true, 'FL'],
    ['the count comes before the sum of a day', lakh, { count: 20, paise: lakh }, false, 'Z7'],
  ])('%s', (_name, amountPaise, usage, cools, expected) => {
    expect(limitCode(amountPaise, { ...none, ...usage }, rules, cools)).toBe(expected)
  })
  it('counts what has begun', () => {
    const usage = addPayment(addPayment(none, 100), 200)
    expect(usage).toEqual({ tries: 2, count: 2, paise: 300, coolingPaise: 300, coolingCount: 2 })
  })
})

describe('cooling', () => {
  const at = new Date('2026-11-23T12:00:00Z')
  const hoursAgo = (hours: number) => new Date(at.getTime() - hours * 3_600_000)
  it.each<[string, CoolingCause[], number[] | undefined]>([
    ['nothing new cools nothing', [hoursAgo(1000), hoursAgo(30)], undefined],
    ['a cause cools for less than 24 hours', [hoursAgo(24)], undefined],
    ['and until then', [hoursAgo(23.9)], [23.9, 23.9]],
    [
      'of many causes the oldest and the newest that cool count',
      [hoursAgo(2), hoursAgo(9), hoursAgo(50)],
      [9, 2],
    ],
    ['what nobody knows cools always', ['unknown', hoursAgo(3)], [24, 3]],
    ['a cause in the future cools (clocks differ)', [hoursAgo(-1)], [-1, -1]],
  ])('%s', (_name, causes, expected) => {
    const cooling = coolingAt(at, rules, causes)
    expect(cooling && [cooling.from, cooling.last]).toEqual(expected?.map(hoursAgo))
  })
  it('lies within the window that is looked at', () => {
    expect(windowStart(at, rules)).toEqual(hoursAgo(24))
  })
})

// Controls: what each refuses, that they never allow more than the network, and how they change over time.
import type { Controls } from '@bahi/contracts/controls.ts'
import { limitRulesAt } from '@bahi/contracts/limits.ts'
import { payRules } from '@bahi/contracts/rules.ts'
import { seeded } from '@bahi/testing/random.ts'
import { describe, expect, it } from 'vitest'
import { exceededLimits, mostPayable, type PayerUsage, type Usage } from '../limits/limits.ts'
import {
  changeControls,
  controlsAt,
  isLooser,
  lastControls,
  normaliseControls,
  tighterOf,
  type DatedControls,
} from './controls.ts'

const rules = limitRulesAt(new Date('2026-11-23T12:00:00Z'))
const lakh = 1_00_000_00
const nothing: Usage = { count: 0, paise: 0 }
const unused: PayerUsage = {
  ...{ tries: 0, total: nothing, everybody: nothing, category: nothing, coolingPaise: 0, coolingCount: 0 },
  own: { day: nothing, month: nothing, payeeDay: nothing, payeeMonth: nothing },
  ...{ windows: [], recentPayees: [] },
}
const ravi = { vpa: 'ravi@bahi', isPerson: true }
const shop = { vpa: 'shop@ganga', isPerson: false }

describe('what a person has set', () => {
  const used = (own: Partial<PayerUsage['own']>): PayerUsage => ({
    ...unused,
    own: { ...unused.own!, ...own },
  })
  const some = { count: 2, paise: 99 }
  it.each<[string, Controls, number, PayerUsage, typeof ravi, string[]]>([
    ['nothing', {}, lakh, unused, ravi, []],
    ['a payment', { perTransactionPaise: 100 }, 101, unused, ravi, ['person:transaction-amount']],
    ['a payment, at its limit', { perTransactionPaise: 100 }, 100, unused, ravi, []],
    ['a day', { perDayPaise: 100 }, 2, used({ day: some }), ravi, ['person:ist-day-amount']],
    ['a day, at its limit', { perDayPaise: 100 }, 1, used({ day: some }), ravi, []],
    ['payments of a day', { perDayCount: 2 }, 1, used({ day: some }), ravi, ['person:ist-day-count']],
    ['a month', { perMonthPaise: 100 }, 2, used({ month: some }), ravi, ['person:month-amount']],
    [
      'a payee, a day',
      { payees: [{ vpa: 'ravi@bahi', perDayPaise: 100 }] },
      2,
      used({ payeeDay: some }),
      ravi,
      ['payee:ist-day-amount'],
    ],
    [
      'a payee, a month',
      { payees: [{ vpa: 'ravi@bahi', perMonthPaise: 100 }] },
      2,
      used({ payeeMonth: some }),
      ravi,
      ['payee:month-amount'],
    ],
    [
      'another payee',
      { payees: [{ vpa: 'shop@ganga', perDayPaise: 0 }] },
      2,
      used({ payeeDay: some }),
      ravi,
      [],
    ],
    ['hours that include now', { hours: [12] }, 1, unused, ravi, []],
    ['hours without now', { hours: [11, 13] }, 1, unused, ravi, ['person:hours']],
    ['no hour at all', { hours: [] }, 1, unused, shop, ['person:hours']],
    ['people off', { personsOff: true }, 1, unused, ravi, ['person:persons-off']],
    ['people off, to a merchant', { personsOff: true }, 1, unused, shop, []],
    ['everything stopped', { stopped: true }, 1, unused, shop, ['person:stopped']],
    [
      'more than everybody may',
      { perTransactionPaise: 9 * lakh },
      lakh + 1,
      unused,
      ravi,
      ['everybody:transaction-amount', 'everybody:day-amount'],
    ],
  ])('%s', (_name, controls, amountPaise, usage, payee, expected) => {
    const found = exceededLimits(amountPaise, usage, { rules, controls, payee, hour: 12 })
    expect(found.map(({ limit }) => limit)).toEqual(expected)
  })
})

const hour = 3_600_000
const delayMs = 24 * hour
const start = new Date('2026-11-23T12:00:00Z')
const after = (ms: number) => new Date(start.getTime() + ms)

describe('changes of controls', () => {
  const rowsOf = (before: DatedControls[], target: Controls, atMs: number) =>
    changeControls({ rows: before }, target, after(atMs), delayMs)
  const seen = (rows: DatedControls[]) =>
    rows.map(({ from, controls }) => [(from.getTime() - start.getTime()) / hour, controls])

  it('that tighten count at once', () => {
    expect(seen(rowsOf([], { perDayPaise: 500 }, 0))).toEqual([[0, { perDayPaise: 500 }]])
  })
  it('that loosen count after the delay', () => {
    const before = rowsOf([], { perDayPaise: 500, hours: [9, 10] }, 0)
    expect(seen(rowsOf(before, { perDayPaise: 900, hours: [9, 10, 11] }, hour))).toEqual([
      [1, { perDayPaise: 500, hours: [9, 10] }],
      [25, { perDayPaise: 900, hours: [9, 10, 11] }],
    ])
  })
  it('that do both do each in its time', () => {
    const before = rowsOf([], { perDayPaise: 500 }, 0)
    expect(seen(rowsOf(before, { perTransactionPaise: 100 }, hour))).toEqual([
      [1, { perTransactionPaise: 100, perDayPaise: 500 }],
      [25, { perTransactionPaise: 100 }],
    ])
  })
  it('keep the time of what was waiting', () => {
    const first = rowsOf([], { perDayPaise: 500 }, 0)
    const second = rowsOf(first, { perDayPaise: 900 }, hour)
    expect(seen(rowsOf(second, { perDayPaise: 900, personsOff: true }, 2 * hour))).toEqual([
      [2, { perDayPaise: 500, personsOff: true }],
      [25, { perDayPaise: 900, personsOff: true }],
    ])
  })
  it('take back what was waiting', () => {
    const first = rowsOf([], { perDayPaise: 500 }, 0)
    const second = rowsOf(first, { perDayPaise: 900 }, hour)
    expect(seen(rowsOf(second, { perDayPaise: 500 }, 2 * hour))).toEqual([[2, { perDayPaise: 500 }]])
  })
  it('that stop everything leave the rest, and resuming waits', () => {
    const first = rowsOf([], { perDayPaise: 500 }, 0)
    const stopped = rowsOf(first, { ...lastControls({ rows: first }), stopped: true }, hour)
    expect(seen(stopped)).toEqual([[1, { perDayPaise: 500, stopped: true }]])
    expect(seen(rowsOf(stopped, { perDayPaise: 500 }, 2 * hour))).toEqual([
      [2, { perDayPaise: 500, stopped: true }],
      [26, { perDayPaise: 500 }],
    ])
  })
  it('have one form', () => {
    const controls = {
      payees: [
        { vpa: 'Ravi@Bahi', perDayPaise: 9 },
        { vpa: 'ravi@bahi', perDayPaise: 5 },
        { vpa: 'shop@ganga' },
      ],
      hours: [3, 1, 2],
      ...{ personsOff: false, stopped: false, perDayPaise: 7 },
    }
    const one = { perDayPaise: 7, payees: [{ vpa: 'ravi@bahi', perDayPaise: 5 }], hours: [1, 2, 3] }
    expect(normaliseControls(controls)).toEqual(one)
  })
})

describe('for any controls', () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed)
  function drawing(seed: number) {
    const random = seeded(seed)
    const chance = (share: number) => random() < share
    const upTo = (max: number) => Math.floor(random() * max)
    const amount = () => upTo(4) * 50_000_00
    const controls = (): Controls => ({
      ...(chance(0.4) ? { perTransactionPaise: amount() } : {}),
      ...(chance(0.4) ? { perDayPaise: amount() } : {}),
      ...(chance(0.2) ? { perDayCount: upTo(30) } : {}),
      ...(chance(0.3) ? { perMonthPaise: amount() } : {}),
      ...(chance(0.3) ? { payees: [{ vpa: 'ravi@bahi', perDayPaise: amount() }] } : {}),
      ...(chance(0.3) ? { hours: Array.from({ length: 24 }, (_, h) => h).filter(() => chance(0.7)) } : {}),
      ...(chance(0.1) ? { personsOff: true } : {}),
      ...(chance(0.1) ? { stopped: true } : {}),
    })
    const usage = (): Usage => ({ count: upTo(25), paise: upTo(2 * lakh) })
    return { chance, upTo, controls, usage }
  }

  it.each(seeds)('personal limits are at most those of the network (seed %i)', (seed) => {
    const { chance, upTo, controls, usage } = drawing(seed)
    const used: PayerUsage = {
      ...unused,
      ...{ total: usage(), everybody: usage(), category: usage() },
      own: { day: usage(), month: usage(), payeeDay: usage(), payeeMonth: usage() },
    }
    const cooling = chance(0.3) ? payRules[0]! : undefined
    const about = { rules, cooling, payee: chance(0.5) ? ravi : shop, hour: upTo(24) }
    const network = mostPayable(used, about).maxPaise
    expect(mostPayable(used, { ...about, controls: controls() }).maxPaise).toBeLessThanOrEqual(network)
  })

  it.each(seeds)('a change loosens nothing sooner than was agreed (seed %i)', (seed) => {
    const { chance, upTo, controls } = drawing(seed)
    let rows: DatedControls[] = []
    let nowMs = 0
    for (let nth = 0; nth < 6; nth++) {
      nowMs += upTo(30) * hour
      const before = rows
      const target = chance(0.3) ? tighterOf(lastControls({ rows }), controls()) : controls()
      rows = changeControls({ rows }, target, after(nowMs), delayMs)
      for (let ms = nowMs; ms < nowMs + delayMs; ms += hour) {
        const [then, now] = [controlsAt({ rows: before }, after(ms)), controlsAt({ rows }, after(ms))]
        expect(isLooser(now, then)).toBe(false)
        expect(isLooser(now, target)).toBe(false)
      }
      expect(controlsAt({ rows }, after(nowMs + delayMs))).toEqual(normaliseControls(target))
      expect(rows.length).toBeLessThanOrEqual(4)
    }
  })
})

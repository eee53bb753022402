// Payment requests by date: what the network permits, and what an operator's row opens.
import { expect, it } from 'vitest'
import { mayRequest, requestRulesAt } from './request-rules.ts'

const at = (day: string) => new Date(`${day}T00:00:00+05:30`)
const before = (day: string) => new Date(at(day).getTime() - 1)
const own = [{ effectiveFrom: '2026-04-01T00:00:00+05:30', persons: { maxPaise: 500_00, perDay: 9 } }]

it.each<[string, Date, string, boolean]>([
  ['a person before October 2025', before('2025-10-01'), '0000', true],
  ['a person from October 2025', at('2025-10-01'), '0000', false],
  ['a grocer before March 2026', before('2026-02-28'), '5411', true],
  ['a grocer from 28 February 2026', at('2026-02-28'), '5411', false],
  ['a broker from 28 February 2026', at('2026-02-28'), '6211', true],
  ['a bank from 28 February 2026', at('2026-02-28'), '6012', true],
])('%s', (_name, when, mcc, permitted) => {
  expect(mayRequest(requestRulesAt(when), mcc)).toBe(permitted)
})

it('an operator’s row opens requests between its customers from its date on, and nothing else', () => {
  expect(requestRulesAt(before('2026-04-01'), own).persons).toBeUndefined()
  expect(requestRulesAt(at('2026-04-01'), own).persons).toEqual({ maxPaise: 500_00, perDay: 9 })
  expect(mayRequest(requestRulesAt(at('2026-04-01'), own), '5411')).toBe(false)
})

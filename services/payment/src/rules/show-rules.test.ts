// Rules in force: the newest that has begun, and those that come, in their order.
import { RulesInForce } from '@bahi/contracts/rules-in-force.ts'
import { Value } from 'typebox/value'
import { expect, it } from 'vitest'
import { rulesInForceAt } from './show-rules.ts'

it('are the newest that have begun, with those that come later in order', () => {
  const at = (effectiveFrom: string, perDay: number) => ({ effectiveFrom, persons: { maxPaise: 1, perDay } })
  const [begun, last, next] = [
    at('2026-01-01T00:00:00Z', 1),
    at('2026-12-01T00:00:00Z', 3),
    at('2026-11-30T00:00:00Z', 2),
  ]
  const own = { limits: [], closedLoop: [begun, last, next] }
  const shown = rulesInForceAt(new Date('2026-11-27T10:00:00Z'), own)
  expect([...Value.Errors(RulesInForce, shown)]).toEqual([])
  expect(shown.rules.find(({ name }) => name === 'own-requests')).toEqual({
    name: 'own-requests',
    inForce: { effectiveFrom: '2026-01-01T00:00:00Z', values: { persons: { maxPaise: 1, perDay: 1 } } },
    later: [
      { effectiveFrom: '2026-11-30T00:00:00Z', values: { persons: { maxPaise: 1, perDay: 2 } } },
      { effectiveFrom: '2026-12-01T00:00:00Z', values: { persons: { maxPaise: 1, perDay: 3 } } },
    ],
  })
  expect(shown.rules.every(({ inForce }) => inForce)).toBe(true)
  const none = { limits: [], closedLoop: [] }
  expect(rulesInForceAt(new Date('2001-01-01'), none).rules[0]).toMatchObject({ name: 'limits' })
  expect(rulesInForceAt(new Date(), none).rules.map(({ name }) => name)).not.toContain('own-requests')
})

it('are of the operator’s limits the newest of each name', () => {
  const limit = (name: string, effectiveFrom: string, perDayPaise: number) => ({
    ...{ name, effectiveFrom, limits: { perDayPaise } },
  })
  const limits = [
    limit('schools', '2026-01-01T00:00:00Z', 1),
    limit('taxes', '2026-02-01T00:00:00Z', 2),
    limit('schools', '2026-03-01T00:00:00Z', 3),
    limit('taxes', '2026-12-01T00:00:00Z', 4),
  ]
  const shown = rulesInForceAt(new Date('2026-11-27T10:00:00Z'), { limits, closedLoop: [] })
  expect([...Value.Errors(RulesInForce, shown)]).toEqual([])
  expect(shown.rules.find(({ name }) => name === 'own-limits')).toEqual({
    name: 'own-limits',
    inForce: {
      effectiveFrom: '2026-03-01T00:00:00Z',
      values: {
        schools: { effectiveFrom: '2026-03-01T00:00:00Z', limits: { perDayPaise: 3 } },
        taxes: { effectiveFrom: '2026-02-01T00:00:00Z', limits: { perDayPaise: 2 } },
      },
    },
    later: [{ effectiveFrom: '2026-12-01T00:00:00Z', values: { name: 'taxes', limits: { perDayPaise: 4 } } }],
  })
})

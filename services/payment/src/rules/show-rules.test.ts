// Rules in force: the newest that has begun, and those that come, in their order.
import { RulesInForce } from '@bahi/contracts/rules-in-force.ts'
import { Value } from 'typebox/value'
import { expect, it } from 'vitest'
import { rulesInForceAt } from './show-rules.ts'

it('are the newest that have begun, with those that come later in order', () => {
  const own = [
    { effectiveFrom: '2026-01-01T00:00:00Z', perDayPaise: 1 },
    { effectiveFrom: '2026-12-01T00:00:00Z', perDayPaise: 3 },
    { effectiveFrom: '2026-11-30T00:00:00Z', perDayPaise: 2 },
  ]
  const shown = rulesInForceAt(new Date('2026-11-27T10:00:00Z'), own)
  expect([...Value.Errors(RulesInForce, shown)]).toEqual([])
  expect(shown.rules.find(({ name }) => name === 'own-limits')).toEqual({
    name: 'own-limits',
    inForce: { effectiveFrom: '2026-01-01T00:00:00Z', values: { perDayPaise: 1 } },
    later: [
      { effectiveFrom: '2026-11-30T00:00:00Z', values: { perDayPaise: 2 } },
      { effectiveFrom: '2026-12-01T00:00:00Z', values: { perDayPaise: 3 } },
    ],
  })
  expect(shown.rules.every(({ inForce }) => inForce)).toBe(true)
  expect(rulesInForceAt(new Date('2001-01-01'), []).rules[0]).toMatchObject({ name: 'limits' })
})

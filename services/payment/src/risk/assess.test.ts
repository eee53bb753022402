// The assessment of a payment: its decision, every reason, and its inputs.
import { limitRulesAt } from '@bahi/contracts/limits.ts'
import { expect, it } from 'vitest'
import type { PayerUsage } from '../limits/limits.ts'
import { assess } from './assess.ts'

const rules = limitRulesAt(new Date('2026-11-23T12:00:00Z'))
const spent = { count: 2, paise: 90_000_00 }
const usage: PayerUsage = {
  tries: 3,
  total: spent,
  everybody: spent,
  category: { count: 0, paise: 0 },
  coolingPaise: 0,
  coolingCount: 0,
}

it('allows a payment within all limits', () => {
  expect(assess({ amountPaise: 10_000_00, usage, limits: { rules } })).toEqual({
    assessment: {
      decision: 'allow',
      reasons: [],
      rulesFrom: rules.effectiveFrom,
      features: { count: 2, paise: 90_000_00 },
    },
  })
})

it('refuses with the first code and names every reason', () => {
  const limits = { rules, personal: { perDayCount: 2 } }
  const { assessment, code } = assess({ amountPaise: 10_000_01, usage, limits })
  expect(code).toBe('Z7')
  expect(assessment).toMatchObject({
    decision: 'refuse',
    reasons: ['person:day-count', 'everybody:day-amount'],
    features: { personalLimits: true },
  })
})

it('keeps the code of a payment that was refused before', () => {
  const { assessment, code } = assess({ amountPaise: 1, refusalCode: 'ZH', usage, limits: { rules } })
  expect([code, assessment.decision, assessment.reasons]).toEqual(['ZH', 'refuse', ['impossible:ZH']])
})

it('records the cooling period and the category', () => {
  const cooling = { coolingFirstPaise: 5_000_00, coolingSumPaise: 5_000_00 }
  const limits = { rules, cooling, category: 'travel' }
  const { assessment, code } = assess({ amountPaise: 5_000_01, usage, limits })
  expect(code).toBe('FL')
  expect(assessment.features).toMatchObject({ category: 'travel', categoryPaise: 0, coolingCount: 0 })
})

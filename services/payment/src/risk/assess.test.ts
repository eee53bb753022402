// The assessment of a payment: its decision, every reason, and its inputs.
import { limitRulesAt } from '@bahi/contracts/limits.ts'
import { expect, it } from 'vitest'
import { riskRulesAt } from '@bahi/contracts/risk-rules.ts'
import type { ApplicableLimits, PayerUsage } from '../limits/limits.ts'
import { assess, type AssessmentInput } from './assess.ts'
import { riskByRules } from './risk.ts'

const rules = limitRulesAt(new Date('2026-11-23T12:00:00Z'))
const spent = { count: 2, paise: 90_000_00 }
const usage: PayerUsage = {
  tries: 3,
  total: spent,
  everybody: spent,
  category: { count: 0, paise: 0 },
  coolingPaise: 0,
  coolingCount: 0,
  windows: [],
  recentPayees: [],
}
const risk = riskByRules(riskRulesAt(new Date('2026-11-23T12:00:00Z')))
const of = ({
  limits,
  ...input
}: Partial<Omit<AssessmentInput, 'limits'>> & { limits?: Partial<ApplicableLimits> }) =>
  assess({
    ...{ amountPaise: 1, usage, risk, about: { origin: 'app', texts: [] }, ...input },
    limits: { rules, payee: { vpa: 'ravi@bahi', isPerson: true }, hour: 12, ...limits },
  })

it('allows a payment within all limits', () => {
  expect(of({ amountPaise: 10_000_00 })).toEqual({
    refusals: [],
    assessment: {
      decision: 'allow',
      reasons: [],
      rulesFrom: rules.effectiveFrom,
      riskRules: risk.version,
      features: { count: 2, paise: 90_000_00 },
    },
  })
})

it('refuses with the first code and names every reason', () => {
  const { assessment, refusals } = of({ amountPaise: 10_000_01, limits: { controls: { perDayCount: 0 } } })
  expect(refusals.map(({ code }) => code)).toEqual(['Z7', 'Z8'])
  expect(assessment).toMatchObject({
    decision: 'refuse',
    reasons: ['person:ist-day-count', 'everybody:day-amount'],
    features: { personalLimits: true },
  })
})

it('keeps the code of a payment that was refused before', () => {
  const { assessment, refusals } = of({ refusalCode: 'ZH' })
  expect([refusals[0]?.code, assessment.decision, assessment.reasons]).toEqual([
    'ZH',
    'refuse',
    ['impossible:ZH'],
  ])
})

it('records the cooling period and the category', () => {
  const cooling = { coolingFirstPaise: 5_000_00, coolingSumPaise: 5_000_00 }
  const { assessment, refusals } = of({ amountPaise: 5_000_01, limits: { cooling, category: 'travel' } })
  expect(refusals[0]?.code).toBe('FL')
  expect(assessment.features).toMatchObject({ category: 'travel', categoryPaise: 0, coolingCount: 0 })
})

const others = (count: number) => ({
  ...usage,
  recentPayees: Array.from({ length: count }, (_, i) => `p${i}@bahi`),
})
const asked = (text: string, origin = 'request') => ({ about: { origin, texts: [undefined, text] } })
it.each<[string, Parameters<typeof of>[0], string[], string[]]>([
  [
    '₹10,000 to somebody new',
    { amountPaise: 10_000_00, usage: { ...usage, isNewPayee: true } },
    [],
    ['risk:new-payee'],
  ],
  ['less to somebody new', { amountPaise: 9_999_99, usage: { ...usage, isNewPayee: true } }, [], []],
  ['₹10,000 to somebody known', { amountPaise: 10_000_00, usage: { ...usage, isNewPayee: false } }, [], []],
  ['the fifth payee in minutes', { usage: others(4) }, [], []],
  ['the sixth', { usage: others(5) }, [], ['risk:many-payees']],
  ['the sixteenth', { usage: others(15) }, ['risk:many-payees'], []],
  ['a request that speaks of cashback', asked('Diwali Cashback!'), [], ['risk:asks-to-receive']],
  ['one that wants a PIN to receive', asked('Enter PIN  to receive ₹500'), ['risk:asks-to-receive'], []],
  ['in Hindi', asked('पैसे पाने के लिए पिन डालें'), ['risk:asks-to-receive'], []],
  ['in letters of another width', asked('ＥＮＴＥＲ ＰＩＮ'), ['risk:asks-to-receive'], []],
  ['with what does not show in between', asked('en\u200bter p\u200din'), ['risk:asks-to-receive'], []],
  ['a QR code', asked('claim your reward', 'qr'), ['risk:asks-to-receive'], []],
  ['what the payer wrote', asked('refund to receive', 'app'), [], []],
  ['an ordinary request', asked('Dinner on Friday'), [], []],
])('risk of %s', (_name, input, refused, warned) => {
  const { assessment, refusals } = of(input)
  expect(refusals).toEqual(refused.map((reason) => ({ reason, code: 'U16' })))
  expect(assessment.warnings ?? []).toEqual(warned)
})

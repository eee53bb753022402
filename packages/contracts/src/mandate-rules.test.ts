// The rules of mandates as tables: terms, days, amounts, hours, attempts, notice.
import { describe, expect, it } from 'vitest'
import {
  announceAt,
  debitFault,
  debitWindowAt,
  executeAt,
  isSameTerms,
  isTriedAgain,
  mandateRulesAt,
  nextAttempt,
  nextDebit,
  nextSlot,
  termsFault,
  withoutPinPaise,
  type MandateTerms,
} from './mandate-rules.ts'
import { mandateIdIn, umnOf } from './umn.ts'
import { handlingOf, upiCodes } from './upi-codes.ts'

const ist = (text: string) => new Date(`${text}+05:30`)
const rules = mandateRulesAt(ist('2026-11-27T12:00'))
const termsOf = (more: Partial<MandateTerms> = {}): MandateTerms => ({
  amountRule: 'MAX',
  amountPaise: 500_00,
  recurrence: 'MONTHLY',
  dayRule: { type: 'ON', day: 5 },
  validFrom: '2026-11-27',
  validTo: '2027-11-26',
  revocable: true,
  blockFunds: false,
  ...more,
})
const noDay = { dayRule: undefined } as unknown as Partial<MandateTerms>

describe('terms', () => {
  it.each<[string, keyof MandateTerms | undefined, Partial<MandateTerms>, string?]>([
    ['every month on a day', undefined, {}],
    ['every month without a day', 'dayRule', noDay],
    ['once', undefined, { ...noDay, recurrence: 'ONETIME' }],
    ['once with a day', 'dayRule', { recurrence: 'ONETIME' }],
    ['every day', undefined, { ...noDay, recurrence: 'DAILY' }],
    ['every day with a day', 'dayRule', { recurrence: 'DAILY' }],
    ['as presented', undefined, { ...noDay, recurrence: 'ASPRESENTED' }],
    ['as presented with a day', 'dayRule', { recurrence: 'ASPRESENTED' }],
    ['a week’s seventh day', undefined, { recurrence: 'WEEKLY', dayRule: { type: 'ON', day: 7 } }],
    ['a week’s eighth day', 'dayRule', { recurrence: 'WEEKLY', dayRule: { type: 'ON', day: 8 } }],
    ['a fortnight’s 16th day', undefined, { recurrence: 'FORTNIGHTLY', dayRule: { type: 'ON', day: 16 } }],
    ['a fortnight’s 17th day', 'dayRule', { recurrence: 'FORTNIGHTLY', dayRule: { type: 'ON', day: 17 } }],
    ['a month’s 31st', undefined, { dayRule: { type: 'ON', day: 31 } }],
    ['for today alone', undefined, { ...noDay, recurrence: 'ONETIME', validTo: '2026-11-27' }],
    ['from yesterday', 'validFrom', { validFrom: '2026-11-26' }],
    ['backwards', 'validTo', { validTo: '2026-11-26' }],
    ['until 30 February', 'validTo', { validTo: '2027-02-30' }],
    ['from 31 November', 'validFrom', { validFrom: '2026-11-31' }],
    ['for a century', 'validTo', { validTo: '2126-11-27' }],
    ['ending before the first debit', 'validTo', { validTo: '2026-12-04' }],
    ['ending on the day of the first debit', undefined, { validTo: '2026-12-05' }],
    ['of the most', undefined, { amountPaise: 1_00_000_00 }],
    ['of a paisa more', 'amountPaise', { amountPaise: 1_00_000_01 }],
    ['irrevocable', 'revocable', { revocable: false }],
    ['irrevocable for a debt collector', undefined, { revocable: false }, '7322'],
    ['once, with reserved money', undefined, { ...noDay, recurrence: 'ONETIME', blockFunds: true }],
    ['every month, with reserved money', 'blockFunds', { blockFunds: true }],
  ])('%s: %s', (_name, field, more, mcc = '0000') => {
    expect(termsFault(termsOf(more), rules, { today: '2026-11-27', mcc })?.field).toBe(field)
  })
})

describe('the next debit', () => {
  it.each<[string, Partial<MandateTerms>, string, [string, string] | undefined]>([
    ['on a day of this month', { validFrom: '2026-11-01' }, '2026-11-03', ['2026-11-05', '2026-11-05']],
    ['on that day', { validFrom: '2026-11-01' }, '2026-11-05', ['2026-11-05', '2026-11-05']],
    ['after that day', { validFrom: '2026-11-01' }, '2026-11-06', ['2026-12-05', '2026-12-05']],
    ['before the first day', {}, '2026-11-01', ['2026-12-05', '2026-12-05']],
    ['after the last day', {}, '2027-11-27', undefined],
    ['31st in February', { dayRule: { type: 'ON', day: 31 } }, '2027-02-01', ['2027-02-28', '2027-02-28']],
    [
      '31st in a leap February',
      { dayRule: { type: 'ON', day: 31 }, validTo: '2028-12-31' },
      '2028-02-01',
      ['2028-02-29', '2028-02-29'],
    ],
    ['before a day', { dayRule: { type: 'BEFORE', day: 5 } }, '2026-12-02', ['2026-12-01', '2026-12-05']],
    [
      'before a day, cut by the first day',
      { dayRule: { type: 'BEFORE', day: 30 } },
      '2026-11-27',
      ['2026-11-27', '2026-11-30'],
    ],
    ['after a day', { dayRule: { type: 'AFTER', day: 20 } }, '2026-12-02', ['2026-12-20', '2026-12-31']],
    [
      'after a day, cut by the last day',
      { dayRule: { type: 'AFTER', day: 20 } },
      '2027-11-22',
      ['2027-11-20', '2027-11-26'],
    ],
    [
      'on Mondays',
      { recurrence: 'WEEKLY', dayRule: { type: 'ON', day: 1 } },
      '2026-11-27',
      ['2026-11-30', '2026-11-30'],
    ],
    [
      'on the 16th of fortnights of 13 days',
      { recurrence: 'FORTNIGHTLY', dayRule: { type: 'ON', day: 16 } },
      '2027-02-16',
      ['2027-02-28', '2027-02-28'],
    ],
    ['every quarter', { recurrence: 'QUARTERLY' }, '2026-12-01', ['2027-02-05', '2027-02-05']],
    [
      'every year',
      { recurrence: 'YEARLY', validFrom: '2026-11-01' },
      '2026-11-27',
      ['2027-11-05', '2027-11-05'],
    ],
    ['every day', { ...noDay, recurrence: 'DAILY' }, '2026-11-30', ['2026-11-30', '2026-11-30']],
    ['once', { ...noDay, recurrence: 'ONETIME' }, '2026-12-30', ['2026-11-27', '2027-11-26']],
    ['as presented', { ...noDay, recurrence: 'ASPRESENTED' }, '2026-12-30', undefined],
  ])('%s', (_name, more, date, expected) => {
    const found = nextDebit(termsOf(more), date)
    expect(found && [found.from, found.to]).toEqual(expected)
  })

  it('is in a window exactly on its days', () => {
    for (const type of ['ON', 'BEFORE', 'AFTER'] as const) {
      const terms = termsOf({ dayRule: { type, day: 10 }, validFrom: '2026-11-01' })
      const isIn = (day: string) => debitWindowAt(terms, day) !== undefined
      expect([isIn('2026-12-09'), isIn('2026-12-10'), isIn('2026-12-11')]).toEqual([
        type === 'BEFORE',
        true,
        type === 'AFTER',
      ])
    }
  })
})

it('terms are the same in any order, and not when any of them differs, also one that is new', () => {
  const dayRule = { day: 5, type: 'ON' } as const
  const { validTo, ...rest } = termsOf({ dayRule })
  expect(isSameTerms({ validTo, ...rest }, termsOf())).toBe(true)
  const { dayRule: _, ...anyDay } = termsOf()
  expect(isSameTerms(anyDay, { ...anyDay, dayRule: undefined } as MandateTerms)).toBe(true)
  const others: (Partial<MandateTerms> & { maxCount?: number })[] = [
    ...[{ amountRule: 'EXACT' as const }, { amountPaise: 500_01 }, { recurrence: 'YEARLY' as const }],
    ...[{ dayRule: { type: 'ON' as const, day: 6 } }, { dayRule: { type: 'AFTER' as const, day: 5 } }],
    ...[{ validFrom: '2026-11-28' }, { validTo: '2027-11-27' }, { revocable: false }, { blockFunds: true }],
    { maxCount: 3 },
  ]
  for (const other of others) expect(isSameTerms(termsOf(), termsOf(other))).toBe(false)
  expect(isSameTerms(termsOf(), anyDay)).toBe(false)
})

it.each<[string, string | undefined, Parameters<typeof debitFault>[0], number, string]>([
  ['the most', undefined, termsOf(), 500_00, '2026-12-05'],
  ['less', undefined, termsOf(), 1, '2026-12-05'],
  ['more', 'QH', termsOf(), 500_01, '2026-12-05'],
  ['exactly', undefined, termsOf({ amountRule: 'EXACT' }), 500_00, '2026-12-05'],
  ['less than exactly', 'QH', termsOf({ amountRule: 'EXACT' }), 499_99, '2026-12-05'],
  ['the day before', 'QR', termsOf(), 500_00, '2026-12-04'],
  ['the day after', 'QR', termsOf(), 500_00, '2026-12-06'],
  ['before the first day', 'QD', termsOf(), 500_00, '2026-11-05'],
  ['after the last day', 'QD', termsOf(), 500_00, '2027-12-05'],
  [
    'paused until then',
    'QA',
    { ...termsOf(), pause: { from: '2026-12-01', until: '2026-12-05' } },
    1,
    '2026-12-05',
  ],
  [
    'paused before',
    undefined,
    { ...termsOf(), pause: { from: '2026-12-01', until: '2026-12-04' } },
    1,
    '2026-12-05',
  ],
  ['as presented', undefined, termsOf({ ...noDay, recurrence: 'ASPRESENTED' }), 1, '2026-12-31'],
])('a debit of %s: %s', (_name, code, terms, amountPaise, date) => {
  expect(debitFault(terms, { amountPaise, date })).toBe(code)
})

it.each<[string, number]>([
  ['0000', 15_000_00],
  ['5815', 15_000_00],
  ['6300', 1_00_000_00],
  ['6211', 1_00_000_00],
  ['6012', 1_00_000_00],
])('of MCC %s %i paise need no PIN', (mcc, paise) => expect(withoutPinPaise(rules, mcc)).toBe(paise))

it.each<[string, string, string]>([
  ['2026-12-05T00:00', '2026-12-05T00:00', '2026-12-05T13:00'],
  ['2026-12-05T09:59:59.999', '2026-12-05T09:59:59.999', '2026-12-05T13:00'],
  ['2026-12-05T10:00', '2026-12-05T13:00', '2026-12-05T13:00'],
  ['2026-12-05T12:59:59.999', '2026-12-05T13:00', '2026-12-05T13:00'],
  ['2026-12-05T13:00', '2026-12-05T13:00', '2026-12-05T21:30'],
  ['2026-12-05T17:00', '2026-12-05T21:30', '2026-12-05T21:30'],
  ['2026-12-05T21:29:59.999', '2026-12-05T21:30', '2026-12-05T21:30'],
  ['2026-12-05T21:30', '2026-12-05T21:30', '2026-12-06T00:00'],
  ['2026-12-31T23:59:59.999', '2026-12-31T23:59:59.999', '2027-01-01T00:00'],
])('at %s the slot is at %s and the attempt after it at %s', (at, slot, next) => {
  expect(nextSlot(rules, ist(at))).toEqual(ist(slot))
  expect(nextAttempt(rules, ist(at))).toEqual(ist(next))
})

it('before 31 July 2025 every hour was a slot', () => {
  const at = ist('2025-07-30T11:00')
  expect(nextSlot(mandateRulesAt(at), at)).toEqual(at)
  const then = ist('2025-07-31T11:00')
  expect(nextSlot(mandateRulesAt(then), then)).toEqual(ist('2025-07-31T13:00'))
})

it('a debit is announced a day and a half before its day, and made 24 hours after its notice at the earliest', () => {
  const day = '2026-12-05'
  expect(announceAt(rules, day)).toEqual(ist('2026-12-03T12:00'))
  const made = (noticed: string, mcc = '0000') => executeAt(rules, { day, noticedAt: ist(noticed), mcc })
  expect(made('2026-12-03T12:00')).toEqual(ist('2026-12-05T00:00'))
  expect(made('2026-12-04T00:00')).toEqual(ist('2026-12-05T00:00'))
  expect(made('2026-12-04T09:00')).toEqual(ist('2026-12-05T09:00'))
  expect(made('2026-12-04T11:00')).toEqual(ist('2026-12-05T13:00'))
  expect(made('2026-12-09T08:00')).toEqual(ist('2026-12-10T08:00'))
  expect(made('2026-12-05T08:00', '4784')).toEqual(ist('2026-12-05T08:00'))
})

it.each<[string, boolean]>([
  ['Z9', true],
  ['U28', true],
  ['XB', true],
  ['QA', true],
  ['QB', false],
  ['QC', false],
  ['QD', false],
  ['QH', false],
  ['VF', false],
  ['XH', false],
  ['YE', false],
])('after %s the debit is tried again: %s', (code, again) => {
  expect(isTriedAgain(code, handlingOf(code))).toBe(again)
})

it('every code of a mandate has a sentence of its own, and none is taken for an unknown outcome', () => {
  const codes = 'QA QB QC QD QH QK QL QR QS QU VA VB VC VD VF VG VH VI VJ VT VU IC ID'.split(' ')
  for (const code of codes) {
    expect(upiCodes.get(code), code).toBeDefined()
    expect(handlingOf(code)).not.toBe('ask')
  }
})

it('a mandate number is its id at the handle', () => {
  const id = '01994c00-0000-7000-8000-000000000001'
  expect(umnOf(id, 'bahi')).toBe('01994c00000070008000000000000001@bahi')
  expect(mandateIdIn(umnOf(id, 'bahi').toUpperCase())).toBe(id)
  expect(mandateIdIn('asha@bahi')).toBeUndefined()
})

// Mandate codes and links: what each is read as, one row a case, and that what is written is read again as the same.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mandateReferenceOf } from '../initiation.ts'
import { addDays } from '../recurrence.ts'
import { mandateLink, type MandateLinkContent, type MandateOrder } from './mandate-order.ts'
import { readCode, readUndated } from './read-code.ts'

const now = Date.parse('2026-11-27T12:00:00.000+05:30')
const today = '2026-11-27'
const base = {
  ...{ pa: 'music@bahi', mn: 'Music', am: '199.00', amrule: 'MAX', recur: 'MONTHLY', recurtype: 'ON' },
  ...{ recurvalue: '5', validitystart: '27112026', validityend: '26112027' },
}
type Given = Record<string, string | undefined>
/** A link with the usual parameters, but for these; `undefined` leaves one out. */
const link = (given: Given = {}, rest = '') =>
  `upi://mandate?${Object.entries({ ...base, ...given })
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
    .join('&')}${rest}`
const terms: MandateOrder['terms'] = {
  ...{ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'MONTHLY', dayRule: { type: 'ON', day: 5 } },
  ...{ validFrom: today, validTo: '2027-11-26', revocable: true, blockFunds: false },
}
const noDay = { recurtype: undefined, recurvalue: undefined }
const { dayRule: _, ...withoutDay } = terms
const mandate = (more: Partial<MandateOrder['terms']> = {}, initiation: MandateOrder['initiation'] = {}) => ({
  kind: 'mandate',
  order: {
    ...{ vpa: 'music@bahi', name: 'Music', terms: { ...terms, ...more } },
    initiation: { mode: '11', purpose: '14', ...initiation },
  },
})
const undated = (more: Partial<MandateOrder['terms']>) => ({
  kind: 'mandate',
  order: { ...mandate().order, terms: { ...withoutDay, ...more } },
})
const refused = (reason: string) => ({ kind: 'refused', reason })
const signed = '&orgid=159001&sign=aa=='

describe('a mandate code is read as', () => {
  const cases: [what: string, code: string, is: unknown][] = [
    ['its terms', link(), mandate()],
    ['capitals of other apps', link({ Recur: 'MONTHLY', Rev: 'Y', Share: 'Y', Block: 'N' }), mandate()],
    ['an exact amount', link({ amrule: 'exact' }), mandate({ amountRule: 'EXACT' })],
    ['one to create', link({ txnType: 'CREATE' }), mandate()],
    [
      'a day rule before',
      link({ recurtype: 'BEFORE', recurvalue: '31' }),
      mandate({ dayRule: { type: 'BEFORE', day: 31 } }),
    ],
    ['digits of Devanagari', link({ am: '१९९.००', recurvalue: '५' }), mandate()],
    [
      'whenever the payee asks',
      link({ ...noDay, recur: 'ASPRESENTED' }),
      undated({ recurrence: 'ASPRESENTED' }),
    ],
    [
      'daily with a day that says nothing',
      link({ recur: 'DAILY', recurvalue: '0' }),
      undated({ recurrence: 'DAILY' }),
    ],
    [
      'once, with funds blocked',
      link({ ...noDay, recur: 'ONETIME', block: 'Y', purpose: '01' }),
      {
        kind: 'mandate',
        order: {
          ...undated({ recurrence: 'ONETIME', blockFunds: true }).order,
          initiation: { mode: '11', purpose: '01' },
        },
      },
    ],
    [
      'irrevocable for a lender',
      link({ rev: 'N', mc: '7322' }),
      mandate({ revocable: false }, { mcc: '7322' }),
    ],
    ['an intent', link({ mode: '04', tr: 'SUB-17' }), mandate({}, { mode: '04', reference: 'SUB-17' })],
    ['the mode that says nothing', link({ mode: '00' }), mandate()],
    ['an unsigned code of the network', link({ mode: '21' }), mandate({}, { mode: '21' })],
    ['an address of its terms', link({ url: 'https://b.in/1' }), mandate({}, { infoUrl: 'https://b.in/1' })],
    ['a first amount below the most', link({ fam: '1.00' }), mandate()],
    ['a first amount of nothing', link({ amrule: 'EXACT', fam: '0.00' }), mandate({ amountRule: 'EXACT' })],
    ['a first day that has passed, which is today', link({ validitystart: '01012020' }), mandate()],
    [
      'a first day that is to come',
      link({ validitystart: '01122026' }),
      mandate({ validFrom: '2026-12-01' }),
    ],
    [
      'a last day that is today',
      link({ validityend: '27112026', recurvalue: '27' }),
      mandate({ validTo: today, dayRule: { type: 'ON', day: 27 } }),
    ],
    [
      'a name that is its note',
      link({ mn: undefined, tn: 'Mandate+Request' }),
      { kind: 'mandate', order: { ...mandate().order, name: 'Mandate Request' } },
    ],
    [
      'no name',
      link({ mn: 'null' }),
      expect.not.objectContaining({ order: expect.objectContaining({ name: 'null' }) }),
    ],
    ['a secure code with a signature', link({ mode: '13' }, signed), mandate({}, { mode: '13' })],
    [
      'an order with a signature',
      link({ mode: '17', tr: 'SUB-17' }, signed),
      mandate({}, { mode: '17', reference: 'SUB-17' }),
    ],

    ['nobody', link({ pa: undefined }), refused('address')],
    ['a payee that is none', link({ pa: 'music' }), refused('address')],
    ['two payees', link({}, '&pa=eve@bahi'), refused('twice')],
    ['two amounts', link({}, '&am=200'), refused('twice')],
    ['two names', link({}, '&mn=Rent'), refused('twice')],
    ['two rules of the amount', link({}, '&AMRULE=EXACT'), refused('twice')],
    ['two last days', link({}, '&validityend=01012028'), refused('twice')],
    ['the same amount twice', link({}, '&am=199'), mandate()],
    ['an amount in what is no name', link({}, '&?am=5'), refused('damaged')],
    ['no amount', link({ am: undefined }), refused('amount')],
    ['an amount of nothing', link({ am: '0.00' }), refused('amount')],
    ['an amount below nothing', link({ am: '-5' }), refused('amount')],
    ['an amount in another notation', link({ am: '1e3' }), refused('amount')],
    ['an amount above what a mandate allows', link({ am: '100000.01' }), refused('amount')],
    ['a first amount that is none', link({ fam: 'x' }), refused('amount')],
    ['a first amount above the most', link({ fam: '200' }), refused('amount')],
    ['another first amount than the exact one', link({ amrule: 'EXACT', fam: '1' }), refused('terms')],
    ['dollars', link({ cu: 'USD' }), refused('currency')],
    ['no rule of the amount', link({ amrule: undefined }), refused('terms')],
    ['a rule of the amount that is none', link({ amrule: 'MIN' }), refused('terms')],
    ['no recurrence', link({ recur: undefined }), refused('terms')],
    ['a recurrence that is none', link({ recur: 'HOURLY' }), refused('terms')],
    ['a month without a day', link(noDay), refused('terms')],
    ['a day without its rule', link({ recurtype: undefined }), refused('terms')],
    ['a rule of the day that is none', link({ recurtype: 'AROUND' }), refused('terms')],
    ['a day beyond the month', link({ recurvalue: '32' }), refused('terms')],
    ['a day beyond the week', link({ recur: 'WEEKLY', recurvalue: '8' }), refused('terms')],
    ['a part of a day', link({ recurvalue: '1.5' }), refused('terms')],
    ['a day of a daily one', link({ recur: 'DAILY' }), refused('terms')],
    ['no first day', link({ validitystart: undefined }), refused('terms')],
    ['no last day', link({ validityend: undefined }), refused('terms')],
    ['a first day that the calendar has not', link({ validitystart: '31022027' }), refused('terms')],
    ['a day written as elsewhere', link({ validitystart: '2026-11-27' }), refused('terms')],
    ['a last day before the first', link({ validityend: '26112026' }), refused('terms')],
    [
      'a last day that has passed',
      link({ validitystart: '01012020', validityend: '26112026' }),
      refused('expired'),
    ],
    ['a last day beyond all', link({ validityend: '01012999' }), refused('terms')],
    ['no debit in its time', link({ validityend: '28112026' }), refused('terms')],
    ['an end that was', link({ QRexpire: '2026-11-27T11:59:59%2B05:30' }), refused('expired')],
    ['an end that is no moment', link({ QRexpire: 'soon' }), refused('damaged')],
    ['irrevocable for anybody', link({ rev: 'N' }), refused('terms')],
    ['revocable or not', link({ rev: 'maybe' }), refused('terms')],
    ['blocked funds month by month', link({ block: 'Y' }), refused('terms')],
    ['one that the payee is not told of', link({ share: 'N' }), refused('terms')],
    ['one that changes another', link({ txnType: 'UPDATE' }), refused('kind')],
    ['one that ends another', link({ txnType: 'REVOKE' }), refused('kind')],
    ['a payment’s mode', link({ mode: '15', tr: 'SUB-17' }), refused('kind')],
    ['a mode that is not listed', link({ mode: '99' }), refused('kind')],
    ['a purpose of UPI Lite', link({ purpose: '44' }), refused('kind')],
    ['Reserve Pay', link({ purpose: '76' }), refused('kind')],
    ['a category that is none', link({ mc: 'shop' }), refused('damaged')],
    ['a reference that UPI cannot send', link({ tr: 'AB' }), refused('reference')],
    ['an order without its reference', link({ mode: '17' }, signed), refused('reference')],
    ['a secure code without a signature', link({ mode: '13' }), refused('unsigned')],
    ['a secure order without a signature', link({ mode: '24', tr: 'SUB-17' }), refused('unsigned')],
    ['a secure intent without a signature', link({ mode: '05' }), refused('unsigned')],
    ['a signature of nobody', link({}, '&sign=aa=='), refused('signature')],
    ['more behind the signature', link({}, `${signed}&am=1`), refused('signature')],
  ]
  it.each(cases)('%s', (_what, code, is) => {
    expect(readCode(code, now)).toEqual(is)
  })

  it('what it says on any day, where no day is known', () => {
    expect(readUndated(link({ validityend: '26112026', validitystart: '01012020' }))).toMatchObject({
      order: { terms: { validFrom: '2020-01-01', validTo: '2026-11-26' } },
    })
  })

  it.each([
    ['17', 'SUB-17'],
    ['24', 'SUB-17'],
    ['13', undefined],
    ['04', undefined],
    ['11', undefined],
  ] as const)('one order or many, by its mode: %s', (mode, reference) => {
    expect(mandateReferenceOf({ mode, reference: 'SUB-17' })).toBe(reference)
  })
})

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((one) => one.replaceAll(/[\p{Cc}\p{Cs}\s\u2028-\u202E\u2066-\u2069]/gu, '').slice(0, 50))
  .filter((one) => one.isWellFormed() && one !== '' && !/^(null|undefined)$/i.test(one))
const reference = fc
  .stringMatching(/^[A-Za-z0-9._-]{4,35}$/)
  .filter((one) => !/^(null|undefined)$/i.test(one))
const lastDays = { WEEKLY: 7, FORTNIGHTLY: 16 } as Record<string, number>
const anyTerms: fc.Arbitrary<MandateOrder['terms']> = fc
  .record({
    amountRule: fc.constantFrom('EXACT' as const, 'MAX' as const),
    amountPaise: fc.integer({ min: 1, max: 1_00_000_00 }),
    recurrence: fc.constantFrom(
      ...(['ONETIME', 'DAILY', 'WEEKLY', 'FORTNIGHTLY', 'MONTHLY', 'BIMONTHLY'] as const),
      ...(['QUARTERLY', 'HALFYEARLY', 'YEARLY', 'ASPRESENTED'] as const),
    ),
    day: fc.integer({ min: 1, max: 31 }),
    type: fc.constantFrom('ON' as const, 'BEFORE' as const, 'AFTER' as const),
    ahead: fc.integer({ min: 0, max: 400 }),
    lasts: fc.integer({ min: 400, max: 4_000 }),
    blocks: fc.boolean(),
  })
  .map(({ day, type, ahead, lasts, blocks, ...rest }) => {
    const hasNoDay = ['ONETIME', 'DAILY', 'ASPRESENTED'].includes(rest.recurrence)
    const validFrom = addDays(today, ahead)
    return {
      ...rest,
      ...(hasNoDay ? {} : { dayRule: { type, day: Math.min(day, lastDays[rest.recurrence] ?? 31) } }),
      ...{ validFrom, validTo: addDays(validFrom, lasts), revocable: true },
      blockFunds: blocks && rest.recurrence === 'ONETIME',
    }
  })
const anyOrder: fc.Arbitrary<MandateOrder> = fc
  .record(
    {
      vpa: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}@[a-z][a-z0-9]{1,8}$/),
      terms: anyTerms,
      name: text,
      expiresAt: fc
        .date({ min: new Date('2030-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
        .map((at) => at.toISOString()),
      mode: fc.constantFrom('11' as const, '04' as const, '21' as const),
      purpose: fc.constantFrom('14' as const, '00' as const, '02' as const),
      reference,
      mcc: fc.constantFrom('5411', '0742'),
    },
    { requiredKeys: ['vpa', 'terms', 'mode', 'purpose'] },
  )
  .map(({ mode, purpose, reference: tr, mcc, ...rest }) => ({
    ...rest,
    initiation: {
      mode,
      purpose,
      ...(tr === undefined ? {} : { reference: tr }),
      ...(mcc === undefined ? {} : { mcc }),
    },
  }))

const agreed = (code: string) => {
  const reading = readCode(code, now)
  return reading.kind === 'mandate' ? reading.order : undefined
}

describe('a mandate link', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(anyOrder, (wanted) => {
        expect(agreed(mandateLink({ ...wanted, payeeName: 'Not Read' }))).toEqual(wanted)
      }),
      { numRuns: 10_000 },
    )
  })

  it('that asks for some terms is agreed to with these or not at all, whatever else was put into it', () => {
    const noise = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(
        '&am=',
        '&amp;',
        '#',
        '&am=7',
        '%26am%3D7',
        '&recur=DAILY',
        '&amrule=MAX',
        '&rev=N',
        '&block=Y',
      ),
      fc.constantFrom(
        '&validityend=01012099',
        '&fam=7',
        '&sign=x',
        '\u200B',
        '&recurvalue=1',
        '&share=N',
        ' ',
      ),
    )
    fc.assert(
      fc.property(anyOrder, noise, fc.nat(), (order, put, where) => {
        const whole = mandateLink(order)
        // Between two parameters: within a value another one is written, and that one is then what the code says.
        const gaps = [...whole.matchAll(/&/g)].map(({ index }) => index)
        const at = gaps[where % gaps.length]!
        const read = agreed(`${whole.slice(0, at)}&x=1${put}${whole.slice(at)}`)
        if (read) expect(read.terms).toEqual(order.terms)
      }),
      { numRuns: 5_000 },
    )
  })

  it('of anything at all is read or refused, and throws nothing', () => {
    fc.assert(
      fc.property(fc.string(), (rest) => {
        expect(readCode(`upi://mandate?${rest}`, now).kind).toMatch(/^(mandate|refused)$/)
        expect(readCode(link({}, `&${rest}`), now).kind).toMatch(/^(mandate|refused)$/)
      }),
      { numRuns: 2_000 },
    )
  })

  it('has everything in the order in which people read it', () => {
    const initiation = { mode: '17', reference: 'SUB-17', mcc: '5815' } as const
    const content = { vpa: 'music@bahi', payeeName: 'Kaveri Music', name: 'Music', terms, initiation }
    expect(mandateLink(content)).toBe(
      'upi://mandate?pa=music@bahi&pn=Kaveri%20Music&mn=Music&tr=SUB-17&mc=5815&am=199.00&cu=INR&amrule=MAX' +
        '&recur=MONTHLY&recurtype=ON&recurvalue=5&validitystart=27112026&validityend=26112027&rev=Y&block=N&share=Y' +
        '&txnType=CREATE&mode=17&purpose=14',
    )
  })

  it.each<[what: string, wrong: Partial<MandateLinkContent>]>([
    ['a payee that is none', { vpa: 'music' }],
    ['a part of a paisa', { terms: { ...terms, amountPaise: 0.4 } }],
    ['nothing as an amount', { terms: { ...terms, amountPaise: 0 } }],
    ['a name that would be cut', { name: 'x'.repeat(51) }],
    ['a last day before the first', { terms: { ...terms, validTo: '2026-01-01' } }],
    ['a day that the calendar has not', { terms: { ...terms, validTo: '2027-02-30' } }],
    ['an order without its reference', { initiation: { mode: '17' } }],
    ['a payment’s mode', { initiation: { mode: '15', reference: 'SUB-17' } }],
    ['an end that is no moment', { expiresAt: 'soon' }],
  ])('is not written for %s', (_what, wrong) => {
    expect(() => mandateLink({ vpa: 'music@bahi', terms, ...wrong })).toThrow(RangeError)
  })
})

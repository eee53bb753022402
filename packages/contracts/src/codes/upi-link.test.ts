// What is written is read again as the same, and whatever is done to a link never becomes another amount.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc16, emvCode, type EmvContent } from './emv-code.ts'
import type { PaymentOrder } from './payment-order.ts'
import { readCode } from './read-code.ts'
import { upiLink, type LinkContent } from './upi-link.ts'

const paise = fc.integer({ min: 1, max: 999_999_999_999_999 })
const note = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => text.replaceAll(/[\p{Cc}\p{Cs}\s\u2028-\u202E\u2066-\u2069]/gu, '').slice(0, 50))
  .filter((text) => text.isWellFormed() && text !== '' && !/^(null|undefined)$/i.test(text))
const reference = fc
  .stringMatching(/^[A-Za-z0-9._-]{4,35}$/)
  .filter((text) => !/^(null|undefined)$/i.test(text))
const infoUrl = fc.stringMatching(/^[a-z0-9/?=&%._-]{0,18}$/).map((rest) => `https://b.in/${rest}`)
const expiresAt = fc
  .date({ min: new Date('2030-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString())
const order: fc.Arbitrary<PaymentOrder> = fc
  .record(
    {
      vpa: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}@[a-z][a-z0-9]{1,8}$/),
      amountPaise: paise,
      note,
      reference,
      mcc: fc.constantFrom('5411', '0742'),
      mode: fc.constantFrom('01', '04', '15', '19', '22' as const),
      infoUrl,
      expiresAt,
      purpose: fc.constantFrom('00' as const, '08' as const),
    },
    { requiredKeys: ['vpa', 'mode', 'purpose'] },
  )
  .filter(({ mode, reference: tr }) => tr !== undefined || (mode !== '15' && mode !== '22'))
  .map(({ mode, purpose, reference: tr, mcc, infoUrl: url, ...rest }) => ({
    ...rest,
    initiation: {
      ...{ mode, purpose, origin: { kind: mode === '04' ? ('intent' as const) : ('qr' as const) } },
      ...(url === undefined ? {} : { infoUrl: url }),
      ...(tr === undefined ? {} : { reference: tr }),
      ...(mcc === undefined ? {} : { mcc }),
    },
  }))

const paid = (code: string) => {
  const reading = readCode(code)
  return reading.kind === 'pay' ? reading.order : undefined
}

describe('a link', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(order, fc.option(paise), (wanted, least) => {
        const { amountPaise } = wanted
        const hasLeast = least !== null && (amountPaise === undefined || least < amountPaise)
        const whole = hasLeast ? { ...wanted, minPaise: least } : wanted
        expect(paid(upiLink({ ...whole, name: 'Not Read' }))).toEqual(whole)
      }),
      { numRuns: 10_000 },
    )
  })

  it.each<[what: string, content: LinkContent]>([
    ['a payee that is none', { vpa: 'asha' }],
    ['a part of a paisa', { vpa: 'asha@bahi', amountPaise: 0.4 }],
    ['nothing as an amount', { vpa: 'asha@bahi', amountPaise: 0 }],
    ['less than nothing', { vpa: 'asha@bahi', amountPaise: -5 }],
    ['a least amount above the amount', { vpa: 'asha@bahi', amountPaise: 5, minPaise: 6 }],
    ['a note that would be cut', { vpa: 'asha@bahi', note: 'x'.repeat(51) }],
    ['a note that means nothing', { vpa: 'asha@bahi', note: 'null' }],
    ['an address that would be left out', { vpa: 'asha@bahi', initiation: { infoUrl: 'http://b.in' } }],
    ['an end that is no moment', { vpa: 'asha@bahi', expiresAt: 'soon' }],
    ['a dynamic code without its order', { vpa: 'asha@bahi', initiation: { mode: '15' } }],
    ['a category that is none', { vpa: 'asha@bahi', initiation: { mcc: 'shop' } }],
  ])('is not written for %s', (_, content) => {
    expect(() => upiLink(content)).toThrow(RangeError)
  })

  it('of an order has everything in the order of the specification, and its end at the end', () => {
    const expires = { expiresAt: '2030-01-01T00:08:00.000Z' }
    const order = { reference: 'ORD-17', mcc: '5411', infoUrl: 'https://b.in/17' }
    const initiation = { mode: '15', purpose: '08', ...order } as const
    const amounts = { amountPaise: 9_900, minPaise: 5_000 }
    expect(
      upiLink({ vpa: 'shop@bahi', name: 'Tea', ...amounts, note: 'Chai & 1', ...expires, initiation }),
    ).toBe(
      'upi://pay?pa=shop@bahi&pn=Tea&am=99.00&mam=50.00&cu=INR&tn=Chai%20%26%201&tr=ORD-17&mc=5411' +
        '&mode=15&purpose=08&url=https%3A%2F%2Fb.in%2F17&QRexpire=2030-01-01T00%3A08%3A00.000Z',
    )
  })

  it('with its parameters in any order, in any case, with blanks and escapes between is the same', () => {
    const between = fc.constantFrom('&', ' & ', '&amp;', '\n&', '&&', '&x=1&')
    fc.assert(
      fc.property(order, between, fc.infiniteStream(fc.boolean()), fc.integer(), (wanted, by, big, turn) => {
        const pairs = upiLink(wanted).slice('upi://pay?'.length).split('&')
        const at = Math.abs(turn) % pairs.length
        const mixed = [...pairs.slice(at), ...pairs.slice(0, at)].map((pair) =>
          big.next().value ? pair.replace(/^\w+/, (name) => name.toUpperCase()) : pair,
        )
        expect(paid(`upi://pay?${mixed.join(by)}`)).toEqual(wanted)
      }),
      { numRuns: 1_000 },
    )
  })

  it('that says one amount is paid with that one or not at all, whatever else was put into it', () => {
    const noise = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(
        '&am=',
        '&amp;',
        '#',
        '&am=7',
        'am=7&',
        '%26am%3D7',
        ' ',
        '&mam=3',
        '\u200B',
        '&sign=x',
      ),
    )
    fc.assert(
      fc.property(paise, noise, fc.nat(), (amountPaise, put, where) => {
        const link = upiLink({ vpa: 'asha@bahi', amountPaise })
        // Within the digits another amount is written, and that one is then what the code says.
        const digits = link.indexOf('am=') + 3
        const at = where % (link.length + 1)
        fc.pre(at < digits - 3 || at > link.indexOf('&cu'))
        const read = paid(link.slice(0, at) + put + link.slice(at))
        if (read?.vpa === 'asha@bahi') expect(read.amountPaise).toBe(amountPaise)
      }),
      { numRuns: 5_000 },
    )
  })

  it('of anything at all is read or refused, and throws nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `upi://pay?${text}`),
        ),
        (text) => {
          expect(readCode(text).kind).toMatch(/^(pay|refused|mandate|other-upi|web|no-payment)$/)
        },
      ),
      { numRuns: 5_000 },
    )
  })
})

describe('a merchant code', () => {
  const tlv = (tag: string, value: string) => tag + String(value.length).padStart(2, '0') + value
  const codeOf = (amount: string) => {
    const upi = tlv('26', tlv('00', 'A000000524') + tlv('01', 'asha@bahi'))
    const body = `000201${upi}52045411${tlv('53', '356')}${tlv('54', amount)}5802IN6304`
    return body + crc16(body)
  }

  it('says its amount, or is damaged when a character of it is another', () => {
    fc.assert(
      fc.property(paise, fc.nat(), fc.stringMatching(/^[0-9A-Za-z@.]$/), (amountPaise, where, other) => {
        const code = codeOf((amountPaise / 100).toFixed(2))
        expect(paid(code)?.amountPaise).toBe(amountPaise)
        const at = where % code.length
        fc.pre(code[at]!.toUpperCase() !== other.toUpperCase())
        expect(paid(code.slice(0, at) + other + code.slice(at + 1))).toBeUndefined()
      }),
      { numRuns: 1_000 },
    )
  })

  const content: fc.Arbitrary<EmvContent> = fc.record(
    {
      vpa: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}@[a-z][a-z0-9]{1,8}$/),
      amountPaise: paise,
      reference,
      infoUrl: fc.stringMatching(/^[a-z0-9/?=&._-]{0,13}$/).map((rest) => `https://b.in/${rest}`),
      mcc: fc.constantFrom('5411', '0742'),
      name: fc.string({ unit: 'grapheme', maxLength: 40 }),
      city: fc.string({ unit: 'grapheme', maxLength: 40 }),
      postalCode: fc.stringMatching(/^[1-9][0-9]{5}$/),
    },
    { requiredKeys: ['vpa', 'mcc', 'name', 'city'] },
  )

  it('is read as it was written', () => {
    fc.assert(
      fc.property(content, fc.option(paise), (wanted, least) => {
        const { vpa, amountPaise, infoUrl: url, mcc, reference: tr } = wanted
        const hasLeast = least !== null && (amountPaise === undefined || least < amountPaise)
        const minPaise = hasLeast ? { minPaise: least } : {}
        expect(paid(emvCode({ ...wanted, ...minPaise }))).toEqual({
          vpa,
          ...(amountPaise === undefined ? {} : { amountPaise }),
          ...minPaise,
          initiation: {
            ...{ mode: '03', purpose: '00', mcc, origin: { kind: 'qr' } },
            ...(url === undefined ? {} : { infoUrl: url }),
            ...(tr === undefined ? {} : { reference: tr }),
          },
        })
      }),
      { numRuns: 10_000 },
    )
  })

  it('is written as BharatQR has it', () => {
    const shop = { mcc: '5411', name: 'Café Ümläut & Söhne, आगरा', city: 'Pune', postalCode: '411001' }
    expect(emvCode({ vpa: 'shop@bahi', amountPaise: 7_550, reference: 'ORD-17', ...shop })).toMatch(
      new RegExp(
        '^00020101021226270010A0000005240109shop@bahi27240010A0000005240106ORD-17' +
          '520454115303356540575.505802IN5920Cafe Umlaut & Sohne,6004Pune61064110016304[0-9A-F]{4}$',
      ),
    )
  })

  it.each<[what: string, content: Partial<EmvContent>]>([
    ['a payee that is none', { vpa: 'asha' }],
    ['a payee that is too long', { vpa: `${'x'.repeat(50)}@bahi` }],
    ['a reference that UPI cannot send', { reference: 'AB' }],
    ['an address that is too long', { infoUrl: 'https://b.in/0123456789012345' }],
    ['a category that is none', { mcc: 'shop' }],
    ['a least amount above the amount', { amountPaise: 5, minPaise: 6 }],
  ])('is not written for %s', (_, wrong) => {
    expect(() => emvCode({ vpa: 'shop@bahi', mcc: '5411', name: 'Shop', city: 'Pune', ...wrong })).toThrow(
      RangeError,
    )
  })
})

// What is written is read again as the same, and whatever is done to a link never becomes another amount.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc16 } from './emv-code.ts'
import type { PaymentOrder } from './payment-order.ts'
import { readCode } from './read-code.ts'
import { upiLink } from './upi-link.ts'

const paise = fc.integer({ min: 1, max: 10_000_000 })
const note = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => text.replaceAll(/[\p{Cc}\p{Cs}\s\u2028-\u202E\u2066-\u2069]/gu, '').slice(0, 50))
  .filter((text) => text.isWellFormed() && text !== '' && !/^(null|undefined)$/i.test(text))
const reference = fc
  .stringMatching(/^[A-Za-z0-9._-]{4,35}$/)
  .filter((text) => !/^(null|undefined)$/i.test(text))
const order: fc.Arbitrary<PaymentOrder> = fc
  .record(
    {
      vpa: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}@[a-z][a-z0-9]{1,8}$/),
      amountPaise: paise,
      note,
      reference,
      mcc: fc.constantFrom('5411', '0742'),
      mode: fc.constantFrom('01' as const, '02' as const, '19' as const),
      purpose: fc.constantFrom('00' as const, '08' as const),
    },
    { requiredKeys: ['vpa', 'mode', 'purpose'] },
  )
  .map(({ mode, purpose, reference: tr, mcc, ...rest }) => ({
    ...rest,
    initiation: {
      ...{ mode, purpose, origin: { kind: 'qr' as const } },
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
      { numRuns: 2_000 },
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
})

// The texts of messages in both languages.
import type { Language } from '@bahi/contracts/formats.ts'
import { upiCodes, upiCodeText } from '@bahi/contracts/upi-codes.ts'
import { describe, expect, it } from 'vitest'
import { withoutControls } from './safe-text.ts'
import { render, templateNames, type Template, type Values } from './templates.ts'

const everything: Values = {
  amountPaise: '12345600',
  name: 'Ravi Kumar',
  rrn: '632715000001',
  code: 'Z9',
  account: 'XXXXXXXX1234',
  bank: 'BAHI',
  vpa: 'ravi@bahi',
  number: '24681357',
  device: 'Pixel 9',
  until: '2026-11-23T10:00:00.000Z',
  on: '2026-11-24',
  otp: '482913',
  minutes: '5',
  purpose: 'sign-in',
  role: 'support',
  codesLeft: '9',
  to: 'asha@bahi',
  app: 'ganga',
}

describe('a text', () => {
  it.each<[Template, Language, string, string]>([
    ['payment.sent', 'en', 'Paid ₹1,23,456.00', '₹1,23,456.00 paid to Ravi Kumar. RRN 632715000001.'],
    [
      'payment.sent',
      'hi',
      '₹1,23,456.00 का भुगतान हुआ',
      'Ravi Kumar को ₹1,23,456.00 का भुगतान हुआ। RRN 632715000001।',
    ],
    ['payment.received', 'hi', '₹1,23,456.00 मिले', 'Ravi Kumar से ₹1,23,456.00 मिले। RRN 632715000001।'],
    [
      'payment.failed',
      'en',
      'Payment failed',
      '₹1,23,456.00 to Ravi Kumar was not paid. There is not enough money in the account.',
    ],
    [
      'payment.failed',
      'hi',
      'भुगतान विफल',
      'Ravi Kumar को ₹1,23,456.00 का भुगतान नहीं हुआ। खाते में पर्याप्त पैसा नहीं है।',
    ],
  ])('of %s in %s says what happened', (template, language, title, text) => {
    expect(render(template, language, everything)).toEqual({ title, text })
  })

  it('shows times in Indian time', () => {
    expect(render('auth.login-locked', 'en', everything).text).toContain('until 23 Nov 2026, 3:30 pm.')
    expect(render('auth.login-locked', 'hi', everything).text).toContain('23 नव॰ 2026, 3:30 pm तक')
    expect(render('schedule.reminded', 'en', everything).text).toContain('due on 24 Nov 2026.')
    expect(render('schedule.reminded', 'hi', everything).text).toContain('24 नव॰ 2026 को')
  })

  it.each<[Template, Language, string]>([
    ['mandate.debit-retried', 'en', 'on 24 Nov 2026 or later.'],
    ['mandate.debit-announced', 'hi', 'से 24 नव॰ 2026 या उसके बाद'],
    ['kyc.expiring', 'en', 'ends on 24 Nov 2026.'],
    ['controls.loosened', 'en', 'rise on 24 Nov 2026.'],
    // Not over one day later.
    ['schedule.due', 'en', 'until 24 Nov 2026, 12:00 am.'],
  ])(
    'of %s in %s says midnight as the day that begins, where nothing ends by it',
    (template, language, said) => {
      const until = '2026-11-23T18:30:00.000Z'
      expect(render(template, language, { ...everything, until }).text).toContain(said)
    },
  )

  it('has times that fit the alphabet of plain SMS in English, and what the DLT takes for one value', () => {
    for (let month = 1; month <= 12; month++) {
      const until = new Date(Date.UTC(2026, month - 1, 28, 18, 29)).toISOString()
      const { text } = render('auth.login-locked', 'en', { ...everything, until })
      const said = /until (.*)\. Not you/.exec(text)![1]!
      expect(said).toMatch(/^[\x20-\x7e]{1,30}$/)
    }
  })

  it.each(templateNames)('of %s has all values in both languages, and fits an SMS carrier', (template) => {
    const longest = { ...everything, name: 'अ'.repeat(999), code: 'unknown' }
    for (const values of [everything, longest]) {
      const [english, hindi] = [render(template, 'en', values), render(template, 'hi', values)]
      for (const { title, text } of [english, hindi]) {
        expect(title + text).not.toMatch(/[{}]/)
        expect(text.length).toBeLessThanOrEqual(1000)
      }
      expect(hindi.text).toMatch(/\p{Script=Devanagari}/u)
      expect(english.text).not.toBe(hindi.text)
    }
  })

  it('shows a name as it is, without control characters and direction marks', () => {
    const text = (name: string) => render('payment.received', 'en', { ...everything, name }).text
    expect(text('<b>O’Neil & Sons</b> {rrn} $&')).toContain('from <b>O’Neil & Sons</b> {rrn} $&.')
    expect(text('Ravi\r\nBcc: x@y\u0000')).toContain('from Ravi Bcc: x@y.')
    expect(text('\u202Eevil\u2066')).toContain('from evil.')
  })

  it('keeps the joiners that Hindi needs', () => {
    expect(withoutControls('क्\u200dष')).toBe('क्\u200dष')
  })

  it('with a missing value throws', () => {
    expect(() => render('payment.sent', 'en', { name: 'Ravi' })).toThrow('no value for {amount}')
  })
})

it('a failure has its sentence in the language of the person, and every code has one in both', () => {
  const failed = (language: Language, code: string) =>
    render('payment.failed', language, { ...everything, code }).text
  for (const code of upiCodes.keys()) {
    expect(upiCodeText(code, 'hi')).toMatch(/\p{Script=Devanagari}/u)
    expect(upiCodeText(code, 'en')).toMatch(/^[\p{ASCII}₹’]+$/u)
    for (const language of ['en', 'hi'] as const)
      expect(failed(language, code)).toContain(upiCodeText(code, language))
  }
  expect(failed('hi', 'not a code')).toContain(upiCodeText('XB', 'hi'))
})

describe('what strangers chose', () => {
  const device = (name: string) => render('auth.new-device', 'en', { ...everything, device: name }).text
  it.each([
    ['Pixel 9', '“Pixel 9”'],
    ['Chrome on Windows 11', '“Chrome on Windows 11”'],
    ['Samsung Internet on Android', '“Samsung Internet on Android”'],
    ['आशा का फ़ोन', '“फ़ोन”'],
    ['Call 98 76 54 32 10', 'unknown'],
    ['Account closed, tell the code to the bank', 'unknown'],
    ['bahi. If not you call +91 90000 00000', '“bahi”'],
    ['Phone 98 76 54 32 10', '“Phone 98”'],
    ['phone phone phone phone', '“phone”'],
    ['call ९०००००००००', 'unknown'],
    ['x https://evil.example/a?b', 'unknown'],
    ['a”. Your account is closed. “b', 'unknown'],
    ['constructor', 'unknown'],
  ])('as a device named %s is called %s', (name, shown) => {
    expect(device(name)).toContain(`new device: ${shown}. `)
  })

  it.each([
    ['Ravi call +91 90000-00000', 'Ravi call …'],
    ['Ravi www.evil.example', 'Ravi …'],
    ['Shop 24 & 3M India', 'Shop 24 & 3M India'],
    ['S.K. Sharma', 'S.K. Sharma'],
  ])('as a name %s becomes %s', (name, shown) => {
    expect(render('payment.received', 'en', { ...everything, name }).text).toContain(`from ${shown}. `)
  })
})

it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
  'a failure with the code %s is one without a sentence of its own',
  (code) => {
    const values = { amountPaise: '100', name: 'Ravi', code }
    expect(render('payment.failed', 'hi', values).text).toContain(upiCodeText('XB', 'hi'))
  },
)

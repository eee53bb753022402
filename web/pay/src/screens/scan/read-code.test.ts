// What codes of all kinds are read as: a table, one row a case.
import { describe, expect, it } from 'vitest'
import { crc16 } from './emv-code.ts'
import { payPath, type PaymentOrder } from './payment-order.ts'
import { readCode, type Scanned } from './read-code.ts'

const pay = (order: Partial<PaymentOrder> = {}): Scanned => ({
  kind: 'pay',
  order: { vpa: 'asha@bahi', ...order },
})
const broken = (fault: string) => ({ kind: 'broken', fault })
const link = (rest: string) => `upi://pay?pa=asha@bahi${rest}`
const long = 'x'.repeat(60)

const tlv = (tag: string, value: string) => tag + String(value.length).padStart(2, '0') + value
const upiField = (vpa: string, rest = '') => tlv('26', tlv('00', 'A000000524') + tlv('01', vpa) + rest)
/** A merchant code with its sum. */
const emv = (...fields: string[]) => {
  const body = ['000201', ...fields, '6304'].join('')
  return body + crc16(body)
}
const shop = [tlv('52', '5411'), tlv('58', 'IN'), tlv('59', 'Not To Be Trusted'), tlv('60', 'PUNE')]

describe('a code is read as', () => {
  const cases: [what: string, code: string, is: unknown][] = [
    ['a static link', link('&pn=Asha%20Rao'), pay()],
    ['a link with currency', link('&pn=Asha&cu=INR'), pay()],
    ['a currency in small letters', link('&cu=inr'), pay()],
    ['a link with an amount', link('&am=250.00'), pay({ amountPaise: 25_000 })],
    ['an amount without decimals', link('&am=250'), pay({ amountPaise: 25_000 })],
    ['an amount with one decimal', link('&am=250.5'), pay({ amountPaise: 25_050 })],
    ['an amount with zeros at the end', link('&am=250.5000'), pay({ amountPaise: 25_050 })],
    ['an amount that binary fractions would miss', link('&am=1.15'), pay({ amountPaise: 115 })],
    ['an amount of zero, which leaves it open', link('&am=0.00'), pay()],
    ['an amount called null', link('&am=null&tn=null'), pay()],
    ['an empty amount', link('&am='), pay()],
    [
      'a merchant’s link with everything',
      link(
        '&pn=Shop&mc=5411&tr=ORD-17&tid=X&am=99.00&mam=50&cu=INR&mode=15&purpose=00&orgid=1&tn=Tea&sign=aa==',
      ),
      pay({ amountPaise: 9_900, minPaise: 5_000, note: 'Tea' }),
    ],
    ['a least amount equal to the amount', link('&am=5&mam=5.00'), pay({ amountPaise: 500 })],
    ['parameters that nobody knows', link('&x=1&&=2&flag&am=1'), pay({ amountPaise: 100 })],
    ['capitals', 'UPI://PAY?PA=ASHA@BAHI&AM=10', pay({ amountPaise: 1_000 })],
    ['a link without slashes', 'upi:pay?pa=asha@bahi', pay()],
    ['a link with one slash more', 'upi://pay/?pa=asha@bahi', pay()],
    ['space around it', ' \nupi://pay?pa=asha@bahi\n', pay()],
    ['an @ in percent', 'upi://pay?pa=asha%40bahi', pay()],
    ['a fragment', link('#am=9'), pay()],
    ['a note in percent', link('&tn=Chai%20%26%20samosa'), pay({ note: 'Chai & samosa' })],
    ['a note with plus', link('&tn=Chai+for+two'), pay({ note: 'Chai for two' })],
    ['a plus in percent', link('&tn=C%2B%2B'), pay({ note: 'C++' })],
    ['a note in Hindi', link(`&tn=${encodeURIComponent('चाय')}`), pay({ note: 'चाय' })],
    ['a note that is resolved once, not twice', link('&tn=100%2525'), pay({ note: '100%25' })],
    ['a note with a loose percent sign', link('&tn=5% off'), pay({ note: '5% off' })],
    ['a note with what turns text around', link('&tn=a%E2%80%AEb%0Ac'), pay({ note: 'a b c' })],
    ['a note that is too long', link(`&tn=${long}`), pay({ note: 'x'.repeat(50) })],
    [
      'a note whose last character would be halved',
      link(`&tn=${'x'.repeat(49)}😀`),
      pay({ note: 'x'.repeat(49) }),
    ],
    ['two notes: the first', link('&tn=a&tn=b'), pay({ note: 'a' })],
    ['a bare UPI ID', 'Asha@bahi', pay()],

    ['two payees', link('&pa=eve@bahi'), broken('twice')],
    ['two payees, one in capitals', link('&PA=eve@bahi'), broken('twice')],
    ['two amounts', link('&am=1&am=1'), broken('twice')],
    ['two signatures', link('&sign=a&sign=b'), broken('signature')],
    ['more behind the signature', link('&sign=a&am=1'), broken('signature')],
    ['no payee', 'upi://pay?pn=Asha', broken('address')],
    ['nothing at all', 'upi://pay', broken('address')],
    ['a payee that is no UPI ID', 'upi://pay?pa=asha', broken('address')],
    ['a payee in percent twice', 'upi://pay?pa=asha%2540bahi', broken('address')],
    ['a payee that can’t be resolved', 'upi://pay?pa=asha%4', broken('address')],
    ['a payee that is too long', `upi://pay?pa=${'x'.repeat(250)}@bahii`, broken('address')],
    ['a negative amount', link('&am=-5'), broken('amount')],
    ['an amount in another notation', link('&am=1e3'), broken('amount')],
    ['an amount with commas', link('&am=1,000'), broken('amount')],
    ['an amount of thirds', link('&am=1.333'), broken('amount')],
    ['an amount beyond all', link('&am=9999999999999'), pay({ amountPaise: 999_999_999_999_900 })],
    ['an amount beyond even that', link('&am=99999999999999'), broken('amount')],
    ['an amount that can’t be resolved', link('&am=%E0%A4'), broken('damaged')],
    ['dollars', link('&cu=USD'), broken('currency')],

    ['a mandate', 'upi://mandate?pa=asha@bahi&am=1', { kind: 'mandate' }],
    ['a request to collect', 'upi://collect?pa=asha@bahi', { kind: 'other-upi' }],
    ['a web address', 'https://bahi.example/pay?pa=asha@bahi', { kind: 'web', host: 'bahi.example' }],
    ['an e-mail address', 'asha@bahi.example', { kind: 'no-payment' }],
    ['a Wi-Fi code', 'WIFI:S:home;T:WPA;P:secret;;', { kind: 'no-payment' }],
    ['a script', 'javascript:alert(1)', { kind: 'no-payment' }],
    ['nothing', '  ', { kind: 'no-payment' }],
    ['far too much', link(`&tn=${'x'.repeat(3_000)}`), { kind: 'no-payment' }],

    ['a merchant code', emv(upiField('asha@bahi'), ...shop), pay()],
    [
      'a merchant code with amounts',
      emv(upiField('asha@bahi', tlv('02', '10.00')), ...shop, tlv('53', '356'), tlv('54', '75.50')),
      pay({ amountPaise: 7_550, minPaise: 1_000 }),
    ],
    ['a merchant code with another sum', emv(upiField('asha@bahi')).slice(0, -4) + '0000', broken('damaged')],
    [
      'a merchant code with a sum in small letters',
      emv(upiField('asha@bahi')).replace(/....$/, (s) => s.toLowerCase()),
      pay(),
    ],
    ['a merchant code cut short', emv(upiField('asha@bahi')).slice(0, -9), broken('damaged')],
    [
      'a merchant code with the field twice',
      emv(upiField('asha@bahi'), upiField('eve@bahi')),
      broken('damaged'),
    ],
    ['a merchant code whose lengths are wrong', emv('5899IN'), broken('damaged')],
    ['a merchant code for cards alone', emv(tlv('04', '5123456789012346'), ...shop), broken('no-upi')],
    [
      'a merchant code of another scheme',
      emv(tlv('26', tlv('00', 'A000000677') + tlv('01', 'a@b')), ...shop),
      broken('no-upi'),
    ],
    ['a merchant code in dollars', emv(upiField('asha@bahi'), tlv('53', '840')), broken('currency')],
    ['a merchant code without an address', emv(tlv('26', tlv('00', 'A000000524'))), broken('address')],
  ]
  it.each(cases)('%s', (_, code, is) => {
    expect(readCode(code)).toEqual(is)
  })

  it('nothing that names the payee', () => {
    expect(JSON.stringify(readCode(link('&pn=Not%20To%20Be%20Trusted')))).not.toContain('Trusted')
    expect(JSON.stringify(readCode(emv(upiField('asha@bahi'), ...shop)))).not.toContain('Trusted')
  })
})

it('the sum of the standard’s own example', () => {
  expect(crc16('123456789')).toBe('29B1')
})

describe('an order is paid at', () => {
  it.each<[PaymentOrder, string]>([
    [{ vpa: 'asha@bahi' }, '/pay/asha%40bahi'],
    [{ vpa: 'asha@bahi', amountPaise: 115 }, '/pay/asha%40bahi?am=1.15&fixed=1'],
    [{ vpa: 'a@b', amountPaise: 100, minPaise: 50, note: 'Tea & 1' }, '/pay/a%40b?am=1.00&tn=Tea+%26+1'],
  ])('%j', (order, path) => {
    expect(payPath(order)).toBe(path)
  })
})

// What codes of all kinds are read as: a table, one row a case.
import { describe, expect, it } from 'vitest'
import { crc16, emvAccountIn } from './emv-code.ts'
import type { PaymentOrder } from './payment-order.ts'
import { readCode, type CodeReading } from './read-code.ts'

const pay = (order: Partial<PaymentOrder> = {}): CodeReading => ({
  kind: 'pay',
  order: {
    vpa: 'asha@bahi',
    ...order,
    initiation: { mode: '01', purpose: '00', origin: { kind: 'qr' }, ...order.initiation },
  },
})
/** A merchant code's. */
const emvPay = ({ initiation, ...order }: Partial<PaymentOrder> = {}) =>
  pay({ ...order, initiation: { mode: '03', mcc: '5411', ...initiation } })
const refused = (reason: string) => ({ kind: 'refused', reason })
const link = (rest: string) => `upi://pay?pa=asha@bahi${rest}`
const expiresAt = '2099-01-01T00:00:00.000Z'
const now = Date.parse('2026-11-27T00:00:00.000Z')
const soon = '2026-11-27T00:00:00.001Z'
const long = 'x'.repeat(60)

const tlv = (tag: string, value: string) => tag + String(value.length).padStart(2, '0') + value
const upiBlock = (first: string, rest = '') => tlv('00', 'A000000524') + tlv('01', first) + rest
const upiField = (vpa: string, rest = '') => tlv('26', upiBlock(vpa, rest))
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
    ['what is called null', link('&am=null&tn=null&tr=null&mc=null&mode=null&mam=undefined'), pay()],
    ['an empty amount', link('&am='), pay()],
    [
      'a merchant’s link with everything',
      link(
        '&pn=Shop&mc=5411&tr=ORD-17&tid=X&am=99.00&mam=50&cu=INR&mode=15&purpose=00&orgid=159001&tn=Tea&sign=aa==',
      ),
      pay({
        ...{ amountPaise: 9_900, minPaise: 5_000, note: 'Tea' },
        initiation: { mode: '15', reference: 'ORD-17', mcc: '5411' },
      }),
    ],
    ['a least amount equal to the amount', link('&am=5&mam=5.00'), pay({ amountPaise: 500 })],
    ['parameters that nobody knows', link('&x=1&&=2&flag&am=1'), pay({ amountPaise: 100 })],
    ['capitals', 'UPI://PAY?PA=ASHA@BAHI&AM=10', pay({ amountPaise: 1_000 })],
    ['a link without slashes', 'upi:pay?pa=asha@bahi', pay()],
    ['a link with one slash more', 'upi://pay/?pa=asha@bahi', pay()],
    ['space around it', ' \nupi://pay?pa=asha@bahi\n', pay()],
    ['an @ in percent', 'upi://pay?pa=asha%40bahi', pay()],
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
    [
      'a # in the note',
      link('&tn=Order #4411&am=499.00&cu=INR'),
      pay({ note: 'Order #4411', amountPaise: 49_900 }),
    ],
    ['&amp; between', link('&amp;am=5&amp;cu=INR'), pay({ amountPaise: 500 })],
    ['&amp; escaped twice', link('&amp;amp;am=5&#38;tn=x'), pay({ amountPaise: 500, note: 'x' })],
    ['blanks around', 'upi://pay?pa=asha@bahi & am = 5 & cu=INR ', pay({ amountPaise: 500 })],
    ['breaks of line between', link('\n&am=5\r\n&cu=INR'), pay({ amountPaise: 500 })],
    ['a name in percent', link('&%61m=5'), pay({ amountPaise: 500 })],
    ['marks that nobody sees', `\u2066${link('&\u200Bam=5')}\u2069\uFEFF`, pay({ amountPaise: 500 })],
    ['digits of Devanagari', link('&am=५००.५०'), pay({ amountPaise: 50_050 })],
    ['the same payee twice', link('&pa=ASHA%40bahi'), pay()],
    ['the same amount twice', link('&am=5&am=5.00'), pay({ amountPaise: 500 })],
    ['an open amount with a least one', link('&mam=99'), pay({ minPaise: 9_900 })],
    ['a reference alone', link('&tr=ORD-17'), pay({ initiation: { reference: 'ORD-17' } })],
    ['a category', link('&mc=5411'), pay({ initiation: { mcc: '5411' } })],
    ['the category of persons', link('&mc=0'), pay()],
    ['a purpose', link('&purpose=08'), pay({ initiation: { purpose: '08' } })],
    ['the mode that says nothing', link('&mode=00'), pay()],
    [
      'an intent in a code',
      link('&mode=04&tr=ORD-17'),
      pay({ initiation: { mode: '04', reference: 'ORD-17', origin: { kind: 'intent' } } }),
    ],
    [
      'an address of its invoice',
      link('&url=https://b.in/17'),
      pay({ initiation: { infoUrl: 'https://b.in/17' } }),
    ],
    ['an address that is not on the web', link('&url=javascript:alert(1)'), pay()],
    ['an address in the clear', link('&url=http://b.in/17'), pay()],
    ['an address longer than UPI sends', link(`&url=https://b.in/${long}`), pay()],
    ['an end in India’s time', link('&QRexpire=2099-01-01T05:30:00%2B05:30'), pay({ expiresAt })],
    ['an end whose plus was decoded', link('&QRexpire=2099-01-01T05:30:00 05:30'), pay({ expiresAt })],
    ['an end without zone, which is India’s', link('&QRexpire=2099-01-01T05:30'), pay({ expiresAt })],
    ['an end by its other name', link('&expireTs=2099-01-01T00:00:00Z'), pay({ expiresAt })],
    ['names of no parameter', link('&größe=1&x am y=2&x[]=3'), refused('damaged')],
    ['names that nobody can mean', link('&größe=1&x[]=3&%E0%A4=4'), pay()],
    ['a bare UPI ID', 'Asha@bahi', pay()],

    ['two payees', link('&pa=eve@bahi'), refused('twice')],
    ['two payees, one in capitals', link('&PA=eve@bahi'), refused('twice')],
    ['two amounts', link('&am=1&am=2'), refused('twice')],
    ['an amount beside an open one', link('&am=5&am='), refused('twice')],
    ['two references', link('&tr=ORD-1&tr=ORD-2'), refused('twice')],
    ['two signatures', link('&sign=a&sign=b'), refused('signature')],
    ['more behind the signature', link('&sign=a&am=1'), refused('signature')],
    ['a secure code without a signature', link('&mode=02'), refused('unsigned')],
    ['a secure intent without a signature', link('&mode=05&am=5'), refused('unsigned')],
    [
      'a dynamic secure code without a signature',
      link('&mode=16&tr=ORD-17&orgid=159001'),
      refused('unsigned'),
    ],
    [
      'a secure code with a signature',
      link('&mode=02&orgid=159001&sign=aa=='),
      pay({ initiation: { mode: '02' } }),
    ],
    ['a signature in percent', link('&orgid=159001&sign=a%2Fb%3D'), pay()],
    ['a signature of nobody', link('&sign=aa=='), refused('signature')],
    ['a signature of two', link('&orgid=159001&orgid=159002&sign=aa=='), refused('signature')],
    ['a signature of no originator', link('&orgid=1&sign=aa=='), refused('signature')],
    ['an empty signature', link('&orgid=159001&sign='), refused('signature')],
    ['a signature without a value', link('&orgid=159001&sign'), refused('signature')],
    ['a signature that is no Base64', link('&orgid=159001&sign=a*b'), refused('signature')],
    ['no payee', 'upi://pay?pn=Asha', refused('address')],
    ['a payee with a fragment', link('#am=9'), refused('address')],
    ['a payee with what nobody sees', 'upi://pay?pa=as\u200Bha@bahi', refused('address')],
    ['nothing at all', 'upi://pay', refused('address')],
    ['a payee that is no UPI ID', 'upi://pay?pa=asha', refused('address')],
    ['a payee in percent twice', 'upi://pay?pa=asha%2540bahi', refused('address')],
    ['a payee that can’t be resolved', 'upi://pay?pa=asha%4', refused('address')],
    ['a payee that is too long', `upi://pay?pa=${'x'.repeat(250)}@bahii`, refused('address')],
    ['a negative amount', link('&am=-5'), refused('amount')],
    ['an amount in another notation', link('&am=1e3'), refused('amount')],
    ['an amount with commas', link('&am=1,000'), refused('amount')],
    ['an amount of thirds', link('&am=1.333'), refused('amount')],
    ['an amount beyond all', link('&am=9999999999999'), pay({ amountPaise: 999_999_999_999_900 })],
    ['an amount beyond even that', link('&am=99999999999999'), refused('amount')],
    ['an amount that can’t be resolved', link('&am=%E0%A4'), refused('damaged')],
    ['an amount behind a colon', link('&am:500'), refused('damaged')],
    ['an amount behind a question mark', link('&?am=500'), refused('damaged')],
    ['an amount with its currency', link('&am=Rs.500'), refused('amount')],
    ['an amount below a paisa', link('&am=0.001'), refused('amount')],
    ['a least amount above the amount', link('&am=50&mam=99'), refused('minimum')],
    ['a least amount that is none', link('&am=50&mam=x'), refused('amount')],
    ['a reference of two letters', link('&tr=AB'), refused('reference')],
    ['a reference that UPI cannot send', link('&tr=ORD%2F17%20x'), refused('reference')],
    ['a dynamic code without its reference', link('&mode=15&am=5'), refused('reference')],
    ['a category that is none', link('&mc=shop'), refused('damaged')],
    ['a mandate’s mode', link('&mode=11'), refused('kind')],
    ['a mode that is not listed', link('&mode=99'), refused('kind')],
    ['a purpose of UPI Lite', link('&purpose=44'), refused('kind')],
    ['two addresses of invoices', link('&url=https://b.in/1&url=https://b.in/2'), refused('twice')],
    ['two ends', link('&QRexpire=2099-01-01T00:00Z&expireTs=2099-01-02T00:00Z'), refused('twice')],
    ['an end that was', link('&QRexpire=2020-01-01T00:00:00%2B05:30'), refused('expired')],
    ['an end that is now', link('&QRexpire=2026-11-27T00:00:00.000Z'), refused('expired')],
    ['an end a moment from now', link(`&QRexpire=${soon}`), pay({ expiresAt: soon })],
    ['an end on a day that is none', link('&QRexpire=2099-02-31T00:00:00Z'), refused('damaged')],
    ['an end that is no moment', link('&QRexpire=tomorrow'), refused('damaged')],
    ['dollars', link('&cu=USD'), refused('currency')],

    ['a mandate without terms', 'upi://mandate?pa=asha@bahi&am=1', refused('terms')],
    ['a request to collect', 'upi://collect?pa=asha@bahi', { kind: 'other-upi' }],
    ['a web address', 'https://bahi.example/pay?pa=asha@bahi', { kind: 'web', host: 'bahi.example' }],
    ['an e-mail address', 'asha@bahi.example', { kind: 'no-payment' }],
    ['a Wi-Fi code', 'WIFI:S:home;T:WPA;P:secret;;', { kind: 'no-payment' }],
    ['a script', 'javascript:alert(1)', { kind: 'no-payment' }],
    ['nothing', '  ', { kind: 'no-payment' }],
    ['far too much', link(`&tn=${'x'.repeat(3_000)}`), { kind: 'no-payment' }],

    ['a merchant code', emv(upiField('asha@bahi'), ...shop), emvPay()],
    [
      'a merchant code with amounts',
      emv(upiField('asha@bahi', tlv('02', '10.00')), ...shop, tlv('53', '356'), tlv('54', '75.50')),
      emvPay({ amountPaise: 7_550, minPaise: 1_000 }),
    ],
    ['a merchant code with UPI in 27', emv(tlv('27', upiBlock('asha@bahi')), ...shop), emvPay()],
    [
      'a merchant code with UPI in 28 behind another scheme',
      emv(tlv('26', tlv('00', 'A000000677') + tlv('01', 'a@b')), tlv('28', upiBlock('asha@bahi')), ...shop),
      emvPay(),
    ],
    [
      'BharatQR with its order in 27 and Aadhaar in 28',
      emv(upiField('asha@bahi'), tlv('27', upiBlock('ORD-17')), tlv('28', upiBlock('123412341234')), ...shop),
      emvPay({ initiation: { reference: 'ORD-17' } }),
    ],
    [
      'BharatQR with its order’s address in 27',
      emv(upiField('asha@bahi'), tlv('27', upiBlock('ORD-17', tlv('02', 'https://b.in/17'))), ...shop),
      emvPay({ initiation: { reference: 'ORD-17', infoUrl: 'https://b.in/17' } }),
    ],
    [
      'a merchant code with a reference label',
      emv(upiField('asha@bahi'), ...shop, tlv('62', tlv('05', 'BILL.7') + tlv('07', 'T1'))),
      emvPay({ initiation: { reference: 'BILL.7' } }),
    ],
    ['a merchant code that takes tips', emv(upiField('asha@bahi'), ...shop, tlv('55', '01')), emvPay()],
    [
      'the same address in two fields',
      emv(upiField('asha@bahi'), tlv('27', upiBlock('asha@bahi')), ...shop),
      emvPay(),
    ],
    [
      'a merchant code with a sum in small letters',
      emv(upiField('asha@bahi'), ...shop).replace(/....$/, (sum) => sum.toLowerCase()),
      emvPay(),
    ],
    [
      'a merchant code with another sum',
      emv(upiField('asha@bahi')).slice(0, -4) + '0000',
      refused('damaged'),
    ],
    ['a merchant code cut short', emv(upiField('asha@bahi')).slice(0, -9), refused('damaged')],
    ['a field twice', emv(upiField('asha@bahi'), upiField('eve@bahi')), refused('damaged')],
    ['two addresses', emv(upiField('asha@bahi'), tlv('27', upiBlock('eve@bahi'))), refused('twice')],
    ['a merchant code whose lengths are wrong', emv('5899IN'), refused('damaged')],
    ['an account field that is none', emv(upiField('asha@bahi'), tlv('30', 'abc')), refused('damaged')],
    ['a merchant code for cards alone', emv(tlv('04', '5123456789012346'), ...shop), refused('no-upi')],
    [
      'a merchant code of another scheme',
      emv(tlv('26', tlv('00', 'A000000677') + tlv('01', 'a@b')), ...shop),
      refused('no-upi'),
    ],
    ['a RuPay card number alone', emv(tlv('06', '6080010123456781'), ...shop), refused('no-upi')],
    ['a RuPay card number that is none', emv(tlv('06', '6080010123456785'), ...shop), refused('damaged')],
    ['a RuPay card number without its 0', emv(tlv('06', '6080011123456789'), ...shop), refused('damaged')],
    ['an account alone', emv(tlv('08', 'GANG0000001123456789'), ...shop), refused('account-only')],
    [
      'an account beside cards, and an order at UPI',
      emv(
        tlv('06', '6080010123456781'),
        tlv('08', 'GANG0000001123456789'),
        tlv('27', upiBlock('ORD-17')),
        ...shop,
      ),
      refused('account-only'),
    ],
    ['an account of no bank', emv(tlv('08', 'GANG1000001123456789'), ...shop), refused('damaged')],
    [
      'a UPI ID beside a card number and an account',
      emv(tlv('06', '6080010123456781'), tlv('08', 'GANG0000001123456789'), upiField('asha@bahi'), ...shop),
      emvPay(),
    ],
    ['an Aadhaar number alone', emv(tlv('28', upiBlock('123412341234')), ...shop), refused('no-upi')],
    ['a merchant code in dollars', emv(upiField('asha@bahi'), tlv('53', '840')), refused('currency')],
    ['a merchant code without an address', emv(tlv('26', tlv('00', 'A000000524'))), refused('address')],
    [
      'a fixed fee',
      emv(upiField('asha@bahi'), tlv('54', '100'), tlv('55', '02'), tlv('56', '5')),
      refused('fee'),
    ],
    [
      'a fee in percent',
      emv(upiField('asha@bahi'), tlv('54', '100'), tlv('55', '03'), tlv('57', '2')),
      refused('fee'),
    ],
    [
      'a fee without its indicator',
      emv(upiField('asha@bahi'), tlv('54', '100'), tlv('56', '5')),
      refused('fee'),
    ],
    [
      'a merchant code with an amount that is none',
      emv(upiField('asha@bahi'), tlv('54', '1,00')),
      refused('amount'),
    ],
  ]
  it.each(cases)('%s', (_, code, is) => {
    expect(readCode(code, now)).toEqual(is)
  })

  it('nothing that names the payee', () => {
    expect(JSON.stringify(readCode(link('&pn=Not%20To%20Be%20Trusted')))).not.toContain('Trusted')
    expect(JSON.stringify(readCode(emv(upiField('asha@bahi'), ...shop)))).not.toContain('Trusted')
  })
})

it('the sum of the standard’s own example', () => {
  expect(crc16('123456789')).toBe('29B1')
})

describe('the account of a merchant code', () => {
  const account = tlv('08', 'GANG0000001123456789')
  it.each<[string, string, object | undefined]>([
    ['alone', emv(account, tlv('52', '5411')), { order: { initiation: { mode: '03', mcc: '5411' } } }],
    [
      'with an amount and an order at UPI',
      emv(account, tlv('27', upiBlock('ORD-17')), tlv('54', '25.50')),
      { order: { amountPaise: 25_50, initiation: { mode: '03', reference: 'ORD-17' } } },
    ],
    ['beside a UPI ID, which is paid', emv(account, upiField('asha@bahi')), undefined],
    ['with a fee', emv(account, tlv('54', '100'), tlv('55', '02'), tlv('56', '5')), undefined],
    ['in dollars', emv(account, tlv('53', '840')), undefined],
    ['with a number that UPI does not address', emv(tlv('08', 'GANG000000112345678')), undefined],
    ['of a link', 'upi://pay?pa=asha@bahi', undefined],
  ])('%s', (_, text, found) => {
    const known = { ifsc: 'GANG0000001', accountNumber: '123456789' }
    if (found === undefined) expect(emvAccountIn(text)).toBeUndefined()
    else expect(emvAccountIn(text)).toMatchObject({ ...known, ...found })
    expect(JSON.stringify(emvAccountIn(text)?.order) ?? '').not.toContain(known.accountNumber)
  })
})

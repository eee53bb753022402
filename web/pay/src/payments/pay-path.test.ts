// Addresses of payments: what a code said is in them, and read from them again; what can't be held is refused.
import { readCode } from '@bahi/contracts/codes/read-code.ts'
import { expect, test } from 'vitest'
import { payPath, type RequestedPayment } from './pay-path.ts'
import { orderPath, parseRequestedPayment } from './requested-payment.ts'

const qr = { mode: '01', purpose: '00', origin: { kind: 'qr' } } as const

test.each<[link: string, path: string, asked: RequestedPayment]>([
  ['upi://pay?pa=asha@bahi', '/pay/asha%40bahi?mode=01', { initiation: qr }],
  [
    'upi://pay?pa=asha@bahi&am=1.15',
    '/pay/asha%40bahi?am=1.15&mode=01&fixed=1',
    { amountPaise: 115, isFixed: true, initiation: qr },
  ],
  [
    'upi://pay?pa=a1@b&am=500&mam=300&tn=Tea %26 1%2B1',
    '/pay/a1%40b?am=500.00&mam=300.00&tn=Tea%20%26%201%2B1&mode=01',
    { amountPaise: 50_000, minPaise: 30_000, note: 'Tea & 1+1', initiation: qr },
  ],
  [
    'upi://pay?pa=shop@bahi&am=99&tr=ORD-17&mc=5411&mode=15&purpose=08',
    '/pay/shop%40bahi?am=99.00&tr=ORD-17&mc=5411&mode=15&purpose=08&fixed=1',
    {
      ...{ amountPaise: 9_900, isFixed: true },
      initiation: { ...qr, mode: '15', purpose: '08', reference: 'ORD-17', mcc: '5411' },
    },
  ],
])('%s is paid at its address', (link, path, asked) => {
  const reading = readCode(link)
  if (reading.kind !== 'pay') throw new Error(`it is ${reading.kind}`)
  expect(orderPath(reading.order, link)).toBe(path)
  expect(parseRequestedPayment(reading.order.vpa, path.slice(path.indexOf('?')))).toEqual(asked)
})

test.each([
  ['upi://pay?pa=asha@bahi', '/pay/asha%40bahi?mode=01&picture=1'],
  [
    'upi://pay?pa=asha@bahi&QRexpire=2999-01-01T00:00Z',
    '/pay/asha%40bahi?code=upi%3A%2F%2Fpay%3Fpa%3Dasha@bahi%26QRexpire%3D2999-01-01T00%3A00Z&picture=1',
  ],
])('%s of a picture is one in its payment too', (link, path) => {
  const reading = readCode(link)
  if (reading.kind !== 'pay') throw new Error(`it is ${reading.kind}`)
  expect(orderPath(reading.order, link, true)).toBe(path)
  expect(parseRequestedPayment('asha@bahi', path.slice(path.indexOf('?')))).toMatchObject({
    initiation: { mode: '01', origin: { kind: 'picture' } },
  })
})

test.each<[search: string, asked: ReturnType<typeof parseRequestedPayment>]>([
  ['', {}],
  ['?am=100.00&tn=Chai+time', { amountPaise: 10_000, note: 'Chai time' }],
  ['?am=0.5&fixed=1', { amountPaise: 50, isFixed: true }],
  // Nothing is fixed that is not there.
  ['?fixed=1', {}],
  ['?am=1e3&fixed=1', 'amount'],
  ['?am=abc', 'amount'],
  ['?am=5,50', 'amount'],
  ['?am=1&am=2', 'twice'],
  ['?am=50&mam=99', 'minimum'],
  ['?pa=eve@bahi&am=1', { amountPaise: 100 }],
  ['?am=1&request=constructor', { amountPaise: 100 }],
])('an address with %j', (search, asked) => {
  expect(parseRequestedPayment('asha@bahi', search)).toEqual(asked)
})

test('a path to somebody alone', () => {
  expect(payPath({ vpa: 'asha@bahi' })).toBe('/pay/asha%40bahi')
})

test('a payment request and what is chosen beside it stand in its address', () => {
  const id = '01994c00-0000-7000-8000-00000000000a'
  const asked: RequestedPayment = {
    ...{ amountPaise: 25_000, isFixed: true, isChoosing: true, from: 'ravi@bahi', note: 'Rent' },
    initiation: { origin: { kind: 'request', id } },
  }
  const path = payPath({ vpa: 'asha@bahi', ...asked })
  expect(path).toBe(`/pay/asha%40bahi?am=250.00&tn=Rent&fixed=1&request=${id}&from=ravi@bahi&choose=account`)
  expect(parseRequestedPayment('asha@bahi', path.slice(path.indexOf('?')))).toEqual(asked)
})

test('the debit of a mandate stands in its address, and begins as one', () => {
  const id = '01994c00-0000-7000-8000-00000000000d'
  const asked: RequestedPayment = {
    ...{ amountPaise: 19_900, isFixed: true, from: 'asha@bahi' },
    initiation: { mode: '11', purpose: '14', origin: { kind: 'mandate', id } },
  }
  const path = payPath({ vpa: 'kaveri@bahi', ...asked })
  expect(path).toBe(`/pay/kaveri%40bahi?am=199.00&fixed=1&mandate=${id}&from=asha@bahi`)
  expect(parseRequestedPayment('kaveri@bahi', path.slice(path.indexOf('?')))).toEqual(asked)
})

const signed = 'upi://pay?pa=shop@bahi&am=99.00&tr=ORD-17&mode=16&orgid=159001&sign=aa=='
const expiring = 'upi://pay?pa=shop@bahi&am=99.00&tr=ORD-17&mode=15&QRexpire=2099-01-01T00:00:00Z'

test.each([signed, expiring])('a code that is signed or expires goes along as it is: %s', (link) => {
  const reading = readCode(link)
  if (reading.kind !== 'pay') throw new Error(`it is ${reading.kind}`)
  const path = orderPath(reading.order, ` ${link}\n`)
  expect(path).toBe(`/pay/shop%40bahi?code=${encodeURIComponent(link).replaceAll('%40', '@')}`)
  const asked = parseRequestedPayment('shop@bahi', path.slice(path.indexOf('?')))
  expect(asked).toMatchObject({ code: link, amountPaise: 9_900, isFixed: true })
  const again = payPath({ ...(asked as RequestedPayment), vpa: 'shop@bahi', from: 'ravi@bahi' })
  expect(parseRequestedPayment('shop@bahi', again.slice(again.indexOf('?')))).toMatchObject({
    code: link,
    from: 'ravi@bahi',
  })
})

test('a code is not paid to somebody else, nor with what stands beside it', () => {
  expect(parseRequestedPayment('eve@bahi', `?code=${encodeURIComponent(signed)}`)).toBe('address')
  expect(parseRequestedPayment('shop@bahi', `?code=${encodeURIComponent(signed)}&am=1`)).toMatchObject({
    amountPaise: 9_900,
  })
  const unsigned = signed.replace(/&sign.*/, '')
  expect(parseRequestedPayment('shop@bahi', `?code=${encodeURIComponent(unsigned)}`)).toBe('unsigned')
})

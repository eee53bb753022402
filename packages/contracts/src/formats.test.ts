// The formats of the field: tables of what is one, and what is none.
import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { createCall, pathOf } from './call.ts'
import { resolveVpa } from './account.ts'
import * as formats from './formats.ts'
import { accountIn, accountVpa, vpaText } from './formats.ts'
import { uuidv7, uuidv7TimeMs } from './id.ts'
import { fromDocument, Problem, toDocument } from './problem.ts'
import { routes } from './routes.ts'
import { payRules, rulesAt } from './rules.ts'

describe('a format', () => {
  it.each([
    [
      'Phone',
      ['+919876543210', '+916000000000'],
      ['9876543210', '+915876543210', '+91987654321', '+9198765432100'],
    ],
    [
      'Vpa',
      ['asha@bahi', 'a.b-c_1@ok.axis', '9876543210@upi'],
      ['asha', '@bahi', '.asha@bahi', 'a b@bahi', 'a@1x'],
    ],
    ['Ifsc', ['BAHI0000001', 'HDFC0ABC123'], ['BAHI1000001', 'bahi0000001', 'BAHI000001']],
    ['Rrn', ['023113001276'], ['23113001276', '02311300127x']],
    ['AmountPaise', [1, 10_000_000], [0, -1, 1.5, 1e21, '1']],
    ['UuidV7', ['01a2082e-19ec-7974-85f8-a891bf75d5ad'], ['01a2082e-19ec-4974-85f8-a891bf75d5ad', 'x']],
    ['Note', ['Chai ☕', ''], ['a\nb', 'x'.repeat(51), '\u202Eabc', '\ud800']],
  ] as const)('%s takes what is one and refuses what is none', (name, good, bad) => {
    for (const one of good) expect([one, Value.Check(formats[name], one)]).toEqual([one, true])
    for (const one of bad) expect([one, Value.Check(formats[name], one)]).toEqual([one, false])
  })

  it.each([
    [0, '₹0.00'],
    [5, '₹0.05'],
    [100_00, '₹100.00'],
    [1_234_56, '₹1,234.56'],
    [1_23_456_00, '₹1,23,456.00'],
    [12_34_56_789_01, '₹12,34,56,789.01'],
    [-25_00, '-₹25.00'],
  ])('%d paise are written %s', (paise, text) => {
    expect(formats.formatRupees(paise)).toBe(text)
  })

  it('a transaction id is the prefix and the payment, 35 characters', () => {
    const id = uuidv7(Date.UTC(2026, 0, 1))
    expect(formats.txnIdOf('BHI', id)).toMatch(/^BHI[0-9a-f]{32}$/)
    expect(uuidv7TimeMs(id)).toBe(Date.UTC(2026, 0, 1))
  })

  it('what must not be seen whole is masked', () => {
    expect(formats.maskAccountNumber('50123456789012')).toBe('XXXXXXXXXX9012')
    expect(formats.maskPhone('+919876543210')).toBe('+91••••••3210')
    expect(formats.splitVpa('asha@bahi')).toEqual({ name: 'asha', handle: 'bahi' })
    expect(formats.splitVpa('asha')).toBeUndefined()
  })
})

describe('ids', () => {
  it('sort by the time they were made, and differ', () => {
    const ids = Array.from({ length: 100 }, (_, i) => uuidv7(1_700_000_000_000 + i))
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(Array.from({ length: 1_000 }, () => uuidv7(1))).size).toBe(1_000)
    for (const id of ids) expect(Value.Check(formats.UuidV7, id)).toBe(true)
  })
})

describe('rules', () => {
  it('are those in force at the moment, newest last', () => {
    const dates = payRules.map((rule) => Date.parse(rule.effectiveFrom))
    expect([...dates].sort((a, b) => a - b)).toEqual(dates)
    expect(rulesAt(payRules, new Date('2026-01-01'))).toBe(payRules.at(-1))
    expect(() => rulesAt(payRules, new Date('2001-01-01'))).toThrow('no rule')
  })
})

describe('a contract', () => {
  it('is alone at its method and address', () => {
    const names = routes.map((r) => `${r.method} ${r.url}`)
    expect(new Set(names).size).toBe(names.length)
    for (const { url, access } of routes) {
      const inner = typeof access === 'object' && 'services' in access
      expect([url, url.startsWith('/internal/')]).toEqual([url, inner])
    }
  })

  it('becomes a client: address, query, answer and problem', async () => {
    expect(pathOf('/a/:id/b', { id: 'x/y' }, { q: 'a b', none: undefined, many: [1, 2] })).toBe(
      '/a/x%2Fy/b?q=a+b&many=1&many=2',
    )
    const call = createCall((_contract, request) =>
      Promise.resolve(
        request.path.includes('nobody')
          ? {
              status: 404,
              headers: {},
              body: JSON.stringify(toDocument(new Problem('not-found', 'nobody'), 'r1')),
            }
          : { status: 200, headers: {}, body: '{"name":"Asha"}' },
      ),
    )
    expect(await call(resolveVpa, { params: { vpa: 'asha@bahi' } })).toEqual({ name: 'Asha' })
    const refused = call(resolveVpa, { params: { vpa: 'nobody@bahi' } })
    await expect(refused).rejects.toMatchObject({ code: 'not-found', status: 404, message: 'nobody' })
  })
})

describe('the address of an account', () => {
  it.each([
    ['019A@BAHI0000001.ifsc.npci', { ifsc: 'BAHI0000001', accountRef: '019a' }],
    ['asha@bahi', undefined],
    ['1@bahi0000001.ifsc.npci.evil', undefined],
    ['1@bahi1000001.ifsc.npci', undefined],
    ['a.b@bahi0000001.ifsc.npci', undefined],
  ])('%s', (vpa, account) => expect(accountIn(vpa)).toEqual(account))

  it('is read by its branch', () => {
    const vpa = accountVpa({ ifsc: 'GANG0000001', accountRef: '019A-b' })
    expect(vpa).toBe('019a-b@gang0000001.ifsc.npci')
    expect([vpaText(vpa), vpaText('asha@bahi')]).toEqual(['IFSC GANG0000001', 'asha@bahi'])
  })
})

describe('a problem', () => {
  it('crosses the wire whole', () => {
    const problem = new Problem('pin-wrong', 'no', {
      triesLeft: 2,
      retryAfterS: 5,
      fields: [{ path: '/x', message: 'y' }],
    })
    const again = fromDocument(toDocument(problem, 'r1'), 403)
    expect([again.code, again.message, again.extras]).toEqual([problem.code, problem.message, problem.extras])
  })

  it('that cannot be read is a fault of the other side', () => {
    expect(fromDocument('<html>', 502).code).toBe('internal')
    expect(fromDocument(undefined, 503).code).toBe('unavailable')
    expect(fromDocument({ code: 'constructor' }, 400).code).toBe('internal')
  })
})

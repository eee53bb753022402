// Whose each personal field of an event is; open and personal parts together are the event again.
import { expect, it } from 'vitest'
import { joinPersonal, maskPeople, splitPersonal } from './personal-parts.ts'

const [a, b] = ['019d0000-0000-7000-8000-00000000000a', '019d0000-0000-7000-8000-00000000000b']
const asha = { userId: a, vpa: 'asha@bahi', name: 'Asha' }
const ravi = { userId: b, vpa: 'ravi@bahi', name: 'Ravi' }
const elsewhere = { vpa: 'tea@ganga', name: 'Tea Stall' }
const { userId: _, ...ashas } = asha

it.each<[string, string, Record<string, unknown>, Record<string, unknown>]>([
  [
    'each party’s to itself, the note to the payer',
    'payment.begun',
    { paymentId: 'p', note: 'Rent', payer: asha, payee: ravi },
    { [a]: { note: 'Rent', payer: ashas }, [b]: { payee: { vpa: 'ravi@bahi', name: 'Ravi' } } },
  ],
  [
    'a party’s elsewhere to ours',
    'payment.settled',
    { payer: elsewhere, payee: ravi },
    { [b]: { payer: elsewhere, payee: { vpa: 'ravi@bahi', name: 'Ravi' } } },
  ],
  [
    'the note of a request to who made it',
    'payment.request-made',
    { note: 'Rent', payer: { ...elsewhere, userId: a }, payee: ravi },
    { [a]: { payer: elsewhere }, [b]: { note: 'Rent', payee: { vpa: 'ravi@bahi', name: 'Ravi' } } },
  ],
  [
    'the address to who is reported, the words to who reports',
    'payment.person-reported',
    { userId: a, reportedUserId: b, vpa: 'ravi@bahi', text: 'Lies' },
    { [a]: { text: 'Lies' }, [b]: { vpa: 'ravi@bahi' } },
  ],
  [
    'what nobody has classified, in items too',
    'user.new',
    { userId: a.toUpperCase(), rows: [{ count: 1 }, { odd: [1] }], odd: 'x', none: null },
    { [a]: { rows: [null, { odd: [1] }], odd: 'x' } },
  ],
  ['nothing of nobody', 'payment.difference-closed', { note: 'Paid by hand' }, {}],
  ['nothing of what staff did', 'audit.staff-acted', { userId: a, object: 'asha@bahi' }, {}],
])('gives %s', (_what, type, data, expected) => {
  const { open, personal } = splitPersonal(type, data)
  expect(Object.fromEntries(personal)).toEqual(expected)
  expect([...personal.values()].reduce<unknown>(joinPersonal, open)).toEqual(data)
})

it('masks what is personal of some people in its place, once, and leaves the others’ readable', () => {
  const data = { paymentId: 'p', note: 'Rent', payer: asha, payee: ravi, rows: [{ name: 'x' }, { count: 1 }] }
  const masked = maskPeople('payment.settled', data, new Set([a]))
  expect(masked).toEqual({
    ...{ paymentId: 'p', note: '•••', payer: { userId: a, vpa: '•••', name: '•••' }, payee: ravi },
    rows: [{ name: '•••' }, { count: 1 }],
  })
  expect(maskPeople('payment.settled', masked, new Set([a]))).toEqual(masked)
  expect(maskPeople('payment.settled', data, new Set([a.replace('a', 'c')]))).toBe(data)
  expect(maskPeople('audit.staff-acted', data, new Set([a]))).toBe(data)
})

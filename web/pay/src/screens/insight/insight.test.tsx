// Spending by month, category and payee, and the thread with one person.
import { listContacts } from '@bahi/contracts/contacts.ts'
import { showSpending, showThread, type ThreadItem } from '@bahi/contracts/insight.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { RequestView } from '@bahi/contracts/requests.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import { cleanup, screen } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { paymentOf, stubPaying } from '../../payments/testing.tsx'
import { callsOf, openApp, stub } from '../../testing.tsx'

const id = '01994c00-0000-7000-8000-00000000000a'
const ravi = { vpa: 'ravi@bahi', name: 'Ravi Kumar' }
beforeEach(() => {
  stubPaying()
  stub(listContacts, () => ({ contacts: [] }))
})

const thisMonth = istDateOf(new Date()).slice(0, 7)
/** The months up to this one. */
const months = Array.from({ length: 6 }, (_, i) => {
  const [year = 0, nth = 1] = thisMonth.split('-').map(Number)
  return new Date(Date.UTC(year, nth - 6 + i)).toISOString().slice(0, 7)
})

test('spending is that of a month, beside the months before, and leads to each payee', async () => {
  stub(showSpending, ({ querystring: { month = thisMonth } }) => ({
    month,
    months: months.map((one, i) => ({ month: one, spentPaise: i * 100_00, count: i })),
    categories:
      month === thisMonth
        ? [
            { category: 'food' as const, spentPaise: 300_00, count: 1 },
            { category: 'people' as const, spentPaise: 200_00, count: 4 },
          ]
        : [],
    payees: month === thisMonth ? [{ ...ravi, spentPaise: 500_00, count: 5 }] : [],
  }))
  const { user, address } = await openApp('/history/spending')
  await screen.findByText('Food and drink')
  // The month, its bar, and its payee.
  expect(screen.getAllByText('₹500')).toHaveLength(3)
  expect(screen.getByRole('link', { name: /Ravi Kumar/ }).getAttribute('href')).toBe('/people/ravi%40bahi')
  const bars = screen.getAllByRole('button', { name: /^[A-Z][a-z]+ ₹/ })
  expect(bars.map((bar) => bar.getAttribute('aria-pressed'))).toEqual([...Array(5).fill('false'), 'true'])
  await user.click(bars[4]!)
  await screen.findByText('Nothing spent')
  expect(address()).toBe(`/history/spending?month=${months[4]}`)
  expect(callsOf(showSpending).map(({ querystring }) => querystring.month)).toEqual([thisMonth, months[4]])
})

test('spending that cannot be loaded can be tried again, in Hindi too', async () => {
  stub(showSpending, () => new Problem('rate-limited'))
  await openApp('/history/spending?month=1999-99', { language: 'hi' })
  await screen.findByRole('button', { name: 'फिर कोशिश करें' })
  expect(callsOf(showSpending)).toEqual([{ querystring: { month: thisMonth } }])
})

const payment = paymentOf({ params: { id }, body: { amountPaise: 250_00, note: 'Mangoes' } })
const request: RequestView = {
  ...{ id, status: 'pending', direction: 'received', amountPaise: 90_00, currency: 'INR' },
  ...{ payee: ravi, payer: { vpa: 'asha@bahi', name: 'Asha Rao' }, acrossBanks: false, reminders: 0 },
  createdAt: '2026-10-23T09:30:00.000Z',
  expiresAt: '2026-10-24T09:30:00.000Z',
}
const items: ThreadItem[] = [
  { at: payment.createdAt, payment },
  { at: request.createdAt, request },
]

test('a thread has payments and requests, and leads to paying and requesting', async () => {
  stub(showThread, ({ querystring: { before } }) =>
    before === undefined ? { items: items.slice(0, 1), next: 'older' } : { items: items.slice(1) },
  )
  const { user } = await openApp('/people/ravi%40bahi')
  await screen.findByRole('heading', { name: 'Ravi Kumar' })
  const paid = screen.getByRole('link', { name: /You paid ₹250 Mangoes/ })
  expect(paid.getAttribute('href')).toBe(`/payments/${id}`)
  await user.click(screen.getByRole('button', { name: 'Show older' }))
  const asked = await screen.findByRole('link', { name: /Requested from you ₹90/ })
  expect(asked.getAttribute('href')).toBe(`/requests/${id}`)
  expect(screen.getByRole('link', { name: 'Pay' }).getAttribute('href')).toBe('/pay/ravi%40bahi')
  expect(screen.getByRole('link', { name: 'Request' }).getAttribute('href')).toBe('/requests/new/ravi%40bahi')
})

test('a thread is that of a UPI ID in whatever case; what is none leads to the history', async () => {
  stub(showThread, () => ({ items }))
  await openApp('/people/RAVI%40Bahi')
  await screen.findByRole('heading', { name: 'Ravi Kumar' })
  expect(callsOf(showThread)).toMatchObject([{ params: { vpa: 'ravi@bahi' } }])
  expect(screen.getByRole('link', { name: 'Pay' }).getAttribute('href')).toBe('/pay/ravi%40bahi')
  cleanup()
  await openApp('/people/nobody')
  await screen.findByText('This is no UPI ID')
  expect(screen.getByText('History', { selector: 'main a' }).getAttribute('href')).toBe('/history')
  expect(callsOf(showThread)).toHaveLength(1)
})

test('a thread with nobody yet has the name of the contact', async () => {
  stub(showThread, () => ({ items: [] }))
  stub(listContacts, () => ({
    contacts: [{ ...ravi, name: 'Ravi (mangoes)', favourite: false, changedAt: payment.createdAt }],
  }))
  await openApp('/people/ravi%40bahi')
  await screen.findByRole('heading', { name: 'Ravi (mangoes)' })
  await screen.findByText('Nothing yet')
})

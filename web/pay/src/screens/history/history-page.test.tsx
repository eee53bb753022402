// The history: by months, searched, filtered by the services, loaded page by page.
import { searchPayments } from '@bahi/contracts/insight.ts'
import { listPayments, type PaymentView } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { act, screen, within } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { callsOf, openApp, stub } from '../../testing.tsx'

function payment(i: number, about: Partial<PaymentView> = {}): PaymentView {
  const id = `01994c00-0000-7000-8000-0000000000${String(i).padStart(2, '0')}`
  return {
    id,
    txnId: `BHI${id.replaceAll('-', '')}`,
    rrn: `6327090000${String(i).padStart(2, '0')}`,
    status: 'settled',
    direction: 'debit',
    amountPaise: 100_00,
    currency: 'INR',
    payer: { vpa: 'asha@bahi', name: 'Asha Rao' },
    payee: { vpa: 'ravi@bahi', name: 'Ravi Kumar' },
    createdAt: '2026-11-20T10:00:00.000Z',
    ...about,
  }
}
const november = [
  payment(1, { note: 'Chai' }),
  payment(2, {
    direction: 'credit',
    amountPaise: 2_500_50,
    payer: { vpa: 'meera@bahi', name: 'Meera Iyer' },
    payee: { vpa: 'asha@bahi', name: 'Asha Rao' },
  }),
  payment(3, { status: 'failed', failure: { code: 'Z9', message: '' } }),
]
const october = [payment(4, { createdAt: '2026-10-02T10:00:00.000Z', amountPaise: 40_00 })]

test('months say what was spent and received, and older ones come by the button', async () => {
  stub(listPayments, ({ querystring }) =>
    querystring.before === 'older' ? { payments: october } : { payments: november, next: 'older' },
  )
  const { user } = await openApp('/history')
  const month = await screen.findByRole('region', { name: 'November 2026' })
  expect(month.textContent).toContain('Spent ₹100')
  expect(month.textContent).toContain('Received ₹2,500.50')
  expect(month.textContent).toContain('so far')
  expect(within(month).getAllByRole('listitem')).toHaveLength(3)
  expect(
    within(month)
      .getByRole('link', { name: /Meera Iyer/ })
      .getAttribute('href'),
  ).toBe(`/payments/${november[1]!.id}`)
  await user.click(screen.getByRole('button', { name: 'Show older' }))
  await screen.findByRole('region', { name: 'October 2026' })
  expect(screen.getByRole('region', { name: 'November 2026' }).textContent).not.toContain('so far')
  expect(screen.queryByRole('button', { name: 'Show older' })).toBeNull()
})

test('a search of which more is not loaded is asked of the service', async () => {
  stub(listPayments, () => ({ payments: november, next: 'older' }))
  stub(searchPayments, ({ querystring: { text, before } }) => {
    if (text !== 'chai') return { payments: [] }
    return before === 'older'
      ? { payments: [payment(7, { note: 'Chai' })] }
      : { payments: october, next: 'older' }
  })
  const { user } = await openApp('/history?direction=debit')
  const search = await screen.findByLabelText('Search name, amount or note')
  await user.type(search, 'chai')
  // What is here is shown at once, then what the service found.
  await screen.findByText('Chai')
  await screen.findByRole('region', { name: 'October 2026' })
  expect(callsOf(searchPayments)).toEqual([{ querystring: { text: 'chai', direction: 'debit', limit: 25 } }])
  await user.click(screen.getByRole('button', { name: 'Search older payments' }))
  await expect.poll(() => screen.getAllByRole('link', { name: /Ravi Kumar/ })).toHaveLength(2)
  await user.type(search, ' nobody')
  await screen.findByText('No payments found')
  expect(screen.queryByRole('button', { name: 'Search older payments' })).toBeNull()
})

test('a search looks through what is loaded when that is all', async () => {
  stub(listPayments, () => ({ payments: november }))
  const { user } = await openApp('/history')
  await user.type(await screen.findByLabelText('Search name, amount or note'), november[0]!.txnId)
  await screen.findByText('Chai')
  expect(screen.getAllByRole('link', { name: /Ravi Kumar|Meera Iyer/ })).toHaveLength(1)
  expect(callsOf(searchPayments)).toEqual([])
})

test('a search that fails says so, with what is loaded', async () => {
  stub(listPayments, () => ({ payments: november, next: 'older' }))
  stub(searchPayments, () => new Problem('rate-limited'))
  const { user } = await openApp('/history')
  await user.type(await screen.findByLabelText('Search name, amount or note'), 'meera')
  await screen.findByRole('alert')
  expect(screen.getByRole('link', { name: /Meera Iyer/ })).toBeTruthy()
})

test('without a network only what is loaded is searched, which is said', async () => {
  stub(listPayments, () => ({ payments: november, next: 'older' }))
  const { user } = await openApp('/history')
  const search = await screen.findByLabelText('Search name, amount or note')
  const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  act(() => void window.dispatchEvent(new Event('offline')))
  await user.type(search, 'meera')
  await screen.findByText(/only payments on this device are searched/)
  expect(callsOf(searchPayments)).toEqual([])
  online.mockRestore()
})

test('filters stand in the address and are asked of the services', async () => {
  stub(listPayments, ({ querystring }) => ({
    payments: querystring.direction === 'credit' ? [november[1]!] : november,
  }))
  const { user, address } = await openApp('/history')
  await user.click(await screen.findByRole('button', { name: 'Filter' }))
  const sheet = screen.getByRole('dialog')
  await user.click(within(sheet).getByRole('radio', { name: 'Received' }))
  await user.type(within(sheet).getByLabelText('Minimum amount'), '1,000')
  await user.click(within(sheet).getByRole('button', { name: 'Show results' }))
  await screen.findByRole('button', { name: 'Remove filter: At least ₹1,000.00' })
  expect(address()).toBe('/history?direction=credit&min=1000')
  await expect
    .poll(() => callsOf(listPayments).at(-1)?.querystring)
    .toEqual({
      direction: 'credit',
      minPaise: 1_000_00,
      limit: 25,
    })
  await user.click(screen.getByRole('button', { name: 'Remove filter: Received' }))
  expect(address()).toBe('/history?min=1000')
})

test('nothing yet leads to paying, and a failure to trying again', async () => {
  stub(listPayments, () => ({ payments: [] }))
  await openApp('/history')
  expect((await screen.findByRole('link', { name: 'Send money' })).getAttribute('href')).toBe('/pay')
})

test('what cannot be loaded can be tried again', async () => {
  let times = 0
  stub(listPayments, () => (times++ === 0 ? new Problem('not-allowed') : { payments: november }))
  const { user } = await openApp('/history', { language: 'hi' })
  await user.click(await screen.findByRole('button', { name: 'फिर कोशिश करें' }))
  await screen.findByRole('region', { name: 'नवंबर 2026' })
})

test('a day that no calendar has breaks nothing', async () => {
  stub(listPayments, () => ({ payments: november }))
  await openApp('/history?from=2026-99-99&to=2026-02-30')
  await screen.findByRole('region', { name: 'November 2026' })
  expect(callsOf(listPayments)).toEqual([{ querystring: { limit: 25 } }])
})

test('who listens is not told that something was paid which was not', async () => {
  const pending = { reason: 'in-progress' as const, message: '', returnBy: '2026-11-24T18:29:59.999Z' }
  stub(listPayments, () => ({
    payments: [november[2]!, payment(5, { status: 'pending', pending }), november[0]!, november[1]!],
  }))
  await openApp('/history')
  await screen.findByRole('region', { name: 'November 2026' })
  const rows = screen.getAllByRole('link', { name: /Ravi|Meera/ }).map(({ textContent }) => textContent)
  expect(rows[0]).toMatch(/₹100 Failed$/)
  expect(rows[1]).toMatch(/₹100 Pending$/)
  expect(rows.slice(0, 2).join()).not.toContain('Paid')
  expect(rows[2]).toMatch(/Paid ₹100$/)
  expect(rows[3]).toMatch(/Received \+₹2,500.50$/)
})

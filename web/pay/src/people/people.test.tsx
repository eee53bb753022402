// Blocking, reporting and hiding, from a payment's page; the blocked, and what was hidden.
import { listAccounts, listVpas } from '@bahi/contracts/account.ts'
import { blockPerson, hidePayment, listBlocked, reportPerson, unblockPerson } from '@bahi/contracts/people.ts'
import { receipt, type PaymentView } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { act, screen } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import { callsOf, openApp, stub, stubPayments } from '../testing.tsx'

const at = '2026-11-23T09:30:00.000Z'
const id = '01994c00-0000-7000-8000-0000000000c1'
const payment: PaymentView = {
  ...{ id, txnId: 'BHI01994c00000070008000000000000c10', rrn: '632709000001', status: 'settled' },
  ...{ direction: 'credit', amountPaise: 100, currency: 'INR', createdAt: at, completedAt: at },
  payer: { vpa: 'ravi@bahi', name: 'Ravi Kumar' },
  payee: { vpa: 'asha@bahi', name: 'Asha Rao' },
}
const ravi = { vpa: 'ravi@bahi', name: 'Ravi Kumar', blockedAt: at }

beforeEach(() => {
  stub(listAccounts, () => ({ accounts: [] }))
  stub(listVpas, () => ({ vpas: [] }))
  stub(receipt, () => ({ payment, amountText: '₹1.00', lines: [] }))
  stubPayments([payment])
})

test('the other side of a payment is blocked', async () => {
  stub(blockPerson, () => ravi)
  const { user } = await openApp(`/payments/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Block Ravi Kumar' }))
  await user.click(await screen.findByRole('button', { name: 'Block' }))
  expect(await screen.findByText('Ravi Kumar is blocked.')).toBeTruthy()
  expect(callsOf(blockPerson)).toEqual([{ params: { vpa: 'ravi@bahi' } }])
})

test('a report names the payment, and blocks unless that is not wanted', async () => {
  stub(reportPerson, ({ params }) => ({ id: params.id, at }))
  stub(blockPerson, () => ravi)
  const { user } = await openApp(`/payments/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Report Ravi Kumar' }))
  await user.click(await screen.findByRole('radio', { name: 'Pretends to be someone else' }))
  await user.type(screen.getByLabelText('More about it (optional)'), 'Not my bank')
  await user.click(screen.getByRole('button', { name: 'Send report' }))
  expect(await screen.findByText(/your report about Ravi Kumar/)).toBeTruthy()
  expect(callsOf(reportPerson)[0]!.body).toEqual({
    ...{ vpa: 'ravi@bahi', reason: 'impersonation', text: 'Not my bank', paymentId: id },
  })
  await expect.poll(() => callsOf(blockPerson)).toHaveLength(1)
})

test('a report whose block is refused says so, and the same report blocks when it is sent again', async () => {
  stub(reportPerson, ({ params }) => ({ id: params.id, at }))
  stub(blockPerson, () => new Problem('rate-limited'))
  const { user } = await openApp(`/payments/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Report Ravi Kumar' }))
  await user.click(await screen.findByRole('button', { name: 'Send report' }))
  await screen.findByRole('alert')
  expect(screen.queryByText(/your report about Ravi Kumar/)).toBeNull()
  stub(blockPerson, () => ravi)
  await user.click(screen.getByRole('button', { name: 'Send report' }))
  await screen.findByText(/your report about Ravi Kumar/)
  const [first, second] = callsOf(reportPerson)
  expect(second).toEqual(first)
})

test('a payment is hidden, and shown again from the list of hidden ones', async () => {
  stub(hidePayment, ({ params, body }) => ({ id: params.id, hidden: body.hidden }))
  const { user, address, goTo } = await openApp(`/payments/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Hide from history' }))
  await expect.poll(address).toBe('/history')
  await goTo('/history/hidden')
  await user.click(await screen.findByRole('button', { name: 'Show in history' }))
  await expect.poll(() => callsOf(hidePayment).map(({ body }) => body.hidden)).toEqual([true, false])
})

test.each([
  [`/payments/${id}`, 'Hide from history'],
  [`/payments/${id}`, 'Block', 'Block Ravi Kumar'],
  [`/payments/${id}`, 'Send report', 'Report Ravi Kumar'],
  ['/history/hidden', 'Show in history'],
  ['/profile/blocked', 'Unblock Ravi Kumar'],
])('without a network at %s the button %s is off, and says why', async (path, name, opener = '') => {
  stub(listBlocked, () => ({ blocked: path === '/profile/blocked' ? [ravi] : [] }))
  const { user } = await openApp(path)
  if (opener) await user.click(await screen.findByRole('button', { name: opener }))
  await screen.findByRole('button', { name })
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  act(() => void window.dispatchEvent(new Event('offline')))
  expect(screen.getByRole('button', { name })).toHaveProperty('disabled', true)
  expect(screen.getAllByText('You’re offline. Check your connection and try again.')).not.toEqual([])
})

test('who is blocked is listed, and unblocked', async () => {
  stub(listBlocked, () => ({ blocked: [ravi] }))
  stub(unblockPerson, () => null as never)
  const { user } = await openApp('/profile/blocked')
  await user.click(await screen.findByRole('button', { name: 'Unblock Ravi Kumar' }))
  await expect.poll(() => callsOf(unblockPerson)).toEqual([{ params: { vpa: 'ravi@bahi' } }])
})

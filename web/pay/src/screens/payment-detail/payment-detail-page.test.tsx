// A payment's own page: its texts and actions in each status, and live updates.
import { listAccounts } from '@bahi/contracts/account.ts'
import { receipt, showPayment, type PaymentView } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import { cleanup, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { openApp, stub } from '../../testing.tsx'

const payment: PaymentView = {
  id: '01994c00-0000-7000-8000-0000000000c1',
  txnId: 'BHI01994c00000070008000000000000c10',
  rrn: '632709000001',
  status: 'settled',
  direction: 'debit',
  amountPaise: 1_23_456_00,
  currency: 'INR',
  note: 'Rent',
  payer: { vpa: 'asha@bahi', name: 'Asha Rao', bank: 'BAHI', maskedNumber: 'XXXXXXXX1234' },
  payee: { vpa: 'ravi@bahi', name: 'Ravi Kumar' },
  createdAt: '2026-11-23T09:30:00.000Z',
  completedAt: '2026-11-23T09:30:01.000Z',
}
const { completedAt: _, ...open } = payment
const returnBy = '2026-11-24T18:29:59.999Z'
const path = `/payments/${payment.id}`

beforeEach(() => {
  stub(listAccounts, () => ({ accounts: [] }))
  stub(receipt, () => ({ payment, amountText: '₹1,23,456.00', lines: [{ label: 'Paid to', value: 'Ravi' }] }))
})

test('a payment that was made has its references, its receipt, and may be made again', async () => {
  stub(showPayment, () => payment)
  const { user } = await openApp(path)
  await screen.findByText('To Ravi Kumar')
  for (const text of ['₹1,23,456.00', 'Rent', '632709000001', payment.txnId, 'BAHI •• 1234']) {
    expect(document.body.textContent).toContain(text)
  }
  await screen.findByRole('button', { name: 'Share' })
  expect(screen.getByRole('link', { name: 'Pay again' }).getAttribute('href')).toBe(
    '/pay/ravi%40bahi?am=123456.00&tn=Rent&from=asha@bahi',
  )
  await user.click(screen.getByRole('button', { name: 'Copy: UPI reference (RRN)' }))
  expect(await navigator.clipboard.readText()).toBe('632709000001')
})

test('one that is deemed says that the money is safe, and offers no other payment', async () => {
  const pending = { reason: 'deemed', message: '', returnBy } as const
  stub(showPayment, () => ({ ...open, status: 'pending' as const, pending }))
  await openApp(path)
  await screen.findByText(/Your money is safe/)
  expect(
    screen
      .getAllByRole('listitem')
      .some((step) => step.textContent.includes('Waiting for the receiving bank')),
  ).toBe(true)
  expect(screen.queryByRole('link', { name: /again/i })).toBeNull()
  expect(screen.queryByRole('button', { name: 'Share' })).toBeNull()
})

test('one that failed says why and what to do, in the language of the app', async () => {
  const failure = { code: 'Z6', message: 'The UPI PIN is locked.' }
  stub(showPayment, () => ({ ...payment, status: 'failed' as const, failure }))
  await openApp(path, { language: 'hi' })
  await screen.findByText(/UPI PIN बंद हो गया है/)
  expect(screen.getByRole('link', { name: 'नया UPI PIN सेट करें' }).getAttribute('href')).toBe('/accounts')
})

test('somebody else’s payment is not here', async () => {
  stub(showPayment, () => new Problem('not-found'))
  await openApp(path)
  expect((await screen.findByRole('alert')).textContent).toContain('We couldn’t find this')
})

test('a receipt of a sandbox says that no real money moved; any other says nothing of it', async () => {
  stub(showPayment, () => payment)
  const mark = 'SANDBOX · NO REAL MONEY'
  await openApp(path)
  await screen.findByRole('button', { name: 'Share' })
  expect(document.body.textContent).not.toContain(mark)
  cleanup()
  stub(readInbox, () => ({ messages: [] }))
  await openApp(path)
  await waitFor(() => expect(document.body.textContent).toContain(mark))
})

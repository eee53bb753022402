// What comes after the PIN: a payment in doubt, the screen of one that was just made, and that it is shown once.
import { listMessages } from '@bahi/contracts/notification.ts'
import { pay, showPayment } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { saveDraft } from '../../storage/drafts.ts'
import { openAttempts } from '../../payments/payment-attempts.ts'
import { callsOf, openApp, sendLive, stub, stubPayments } from '../../testing.tsx'
import { attempt, payRavi, paymentOf, stubPaying } from '../../payments/testing.tsx'

beforeEach(stubPaying)

test('who comes back to an unanswered payment that was paid is told so, and pays anew on purpose only', async () => {
  saveDraft('attempts', { [attempt.id]: { ...attempt, sentAtMs: Date.now() } })
  const now = new Date().toISOString()
  stubPayments([paymentOf({ params: attempt, body: attempt }, { createdAt: now, completedAt: now })])
  const { address } = await openApp('/pay/ravi%40bahi')
  const link = await screen.findByRole('link', { name: /You paid ₹250.00 \d seconds? ago/ })
  expect(link.getAttribute('href')).toBe(`/payments/${attempt.id}`)
  expect(address()).toBe('/pay/ravi%40bahi')
  expect(callsOf(pay)).toEqual([])
  expect(openAttempts()).toEqual([])
})

test('who comes back to an unanswered payment is asked to pay nobody before it is known', async () => {
  saveDraft('attempts', { [attempt.id]: { ...attempt, sentAtMs: Date.now() } })
  stub(showPayment, () => new Problem('unavailable'))
  const { address } = await openApp('/pay/ravi%40bahi')
  await screen.findByRole('heading', { name: 'Checking payment status' })
  expect(address()).toBe(`/pay/result/${attempt.id}`)
})

test('a payment that was in doubt and settled is in doubt nowhere: not where a payee is chosen either', async () => {
  saveDraft('attempts', { [attempt.id]: { ...attempt, sentAtMs: Date.now() } })
  let isKnown = false
  const settled = paymentOf({ params: attempt, body: attempt })
  stub(showPayment, () => (isKnown ? settled : new Problem('unavailable')))
  await openApp('/pay')
  await screen.findByText('Checking ₹250.00 to Ravi Kumar')
  isKnown = true
  await sendLive({
    ...{ seq: 1, id: attempt.id, type: 'payment.settled', title: 'Payment successful', text: 'Paid.' },
    ...{ at: settled.completedAt!, data: { paymentId: attempt.id } },
  })
  await waitFor(() => expect(screen.queryByText(/the answer has not come yet/)).toBeNull())
})

describe('the screen of a payment that was just made', () => {
  test('has the time, the account, the note, the reference and a clock that runs', async () => {
    stub(pay, (sent) => paymentOf(sent))
    await payRavi()
    await screen.findByRole('heading', { name: 'Payment successful' })
    const main = screen.getByRole('main')
    for (const text of ['23 Nov 2026, 3:00:00 pm', 'Bahi Bank •• 1234', 'Chai', '632709000001', '₹250.00'])
      expect(main.textContent).toContain(text)
    const mark = screen.getByText(/^Live · \d+ seconds? ago · now/)
    const before = mark.textContent
    await waitFor(() => expect(mark.textContent).not.toBe(before))
  })
  test('is not shown again: who comes back finds the receipt, which says its age', async () => {
    stub(listMessages, () => ({ notifications: [], unread: 0 }))
    stub(pay, (sent) => paymentOf(sent))
    stub(showPayment, ({ params }) => paymentOf({ params, body: attempt }))
    const { address, goTo, goBack, user } = await payRavi()
    await screen.findByRole('heading', { name: 'Payment successful' })
    const path = address()
    await user.click(screen.getByRole('link', { name: 'Done' }))
    // The address is another one before the screen is.
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Payment successful' })).toBeNull())
    expect(address()).toBe('/')
    await goTo(path)
    await screen.findByRole('heading', { name: 'Payment details' })
    expect(address()).toBe(path.replace('/pay/result/', '/payments/'))
    expect(document.body.textContent).toMatch(/ago|23 Nov 2026/)
    await goBack()
    expect(screen.queryByRole('heading', { name: 'Payment successful' })).toBeNull()
  })
  test('of an old payment opens as its receipt', async () => {
    stub(showPayment, ({ params }) => paymentOf({ params, body: attempt }))
    const { address } = await openApp(`/pay/result/${attempt.id}`)
    await screen.findByRole('heading', { name: 'Payment details' })
    expect(address()).toBe(`/payments/${attempt.id}`)
  })
})

test('after a wrong PIN a new one is set at the account that pays', async () => {
  const failure = { code: 'ZM', message: 'Incorrect UPI PIN.', triesLeft: 1 }
  stub(pay, (sent) => ({ ...paymentOf(sent), status: 'failed' as const, failure }))
  await payRavi()
  const link = await screen.findByRole('link', { name: 'Forgot UPI PIN?' })
  expect(link.getAttribute('href')).toMatch(/^\/accounts\/[0-9a-f-]{36}\/pin$/)
})

test('a payment that never arrived goes on as the same payment', async () => {
  saveDraft('attempts', { [attempt.id]: { ...attempt, sentAtMs: Date.now() - 40_000 } })
  stub(showPayment, () => new Problem('not-found'))
  stub(pay, (sent) => paymentOf(sent))
  const { user } = await openApp('/pay')
  await user.click(await screen.findByRole('link', { name: '₹250.00 to Ravi Kumar was not sent' }))
  await screen.findByRole('heading', { name: 'Payment not sent' })
  await user.click(screen.getByRole('button', { name: 'Resume payment' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4071{Enter}')
  await screen.findByRole('heading', { name: 'Payment successful' })
  expect(callsOf(pay).map(({ params }) => params.id)).toEqual([attempt.id])
})

// AutoPay: a request is approved with the PIN, debits are skipped and approved, a mandate is paused and cancelled.
import { listAccounts, pinKeys } from '@bahi/contracts/account.ts'
import {
  approveMandate,
  declineMandate,
  listMandates,
  pauseMandate,
  revokeMandate,
  showMandate,
  skipDebit,
  type MandateDebit,
  type MandateView,
} from '@bahi/contracts/mandates.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import { pay, showPayment } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { screen, within } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { paymentOf, stillOpen, stubPaying } from '../../payments/testing.tsx'
import { callsOf, openApp, stub } from '../../testing.tsx'

const id = '01994c00-0000-7000-8000-00000000000c'
const today = istDateOf(new Date())
const debit: MandateDebit = {
  ...{ id: '01994c00-0000-7000-8000-00000000000d', sequence: 1, status: 'planned', amountPaise: 199_00 },
  ...{ dueOn: addDays(today, 2), executeAt: '2026-12-01T00:00:00.000Z', attempts: 0 },
}
const active: MandateView = {
  ...{
    id,
    umn: '01994c0000007000800000000000000c@bahi',
    name: 'Music',
    status: 'active',
    direction: 'payer',
  },
  terms: {
    ...{ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'MONTHLY', dayRule: { type: 'ON', day: 5 } },
    ...{ validFrom: today, validTo: addDays(today, 365), revocable: true, blockFunds: false },
  },
  ...{ currency: 'INR', payer: { vpa: 'asha@bahi', name: 'Asha Rao' } },
  payee: { vpa: 'kaveri@bahi', name: 'Kaveri Music' },
  ...{
    presentedBy: 'payee',
    operating: false,
    createdAt: '2026-11-23T09:30:00.000Z',
    withoutPinPaise: 15_000_00,
  },
  debits: [debit],
}
const requested: MandateView = {
  ...{ ...active, status: 'requested', debits: [], expiresAt: '2026-12-01T00:00:00.000Z' },
}

let shown: MandateView
beforeEach(() => {
  stubPaying()
  stub(listMessages, () => ({ notifications: [], unread: 0 }))
  shown = active
  stub(showMandate, () => shown)
  stub(listMandates, () => ({ mandates: [shown] }))
})

test('the list leads to each', async () => {
  const { user } = await openApp('/autopay')
  await user.click(await screen.findByRole('link', { name: /Kaveri Music/ }))
  await screen.findByText('Up to ₹199.00 · Every month')
})

test('a request is approved with the PIN, or declined', async () => {
  shown = requested
  stub(approveMandate, () => ({ ...requested, code: 'ZM', triesLeft: 2 }))
  const { user } = await openApp(`/autopay/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Approve with UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4070{Enter}')
  await screen.findByText('The UPI PIN is wrong. No money has moved.')
  stub(approveMandate, () => (shown = active))
  await user.keyboard('4071{Enter}')
  await screen.findByText('Active')
  expect(callsOf(approveMandate)).toHaveLength(2)
  expect(callsOf(listAccounts).length).toBeGreaterThan(0)
})

test('declining needs no PIN', async () => {
  shown = requested
  stub(declineMandate, () => (shown = { ...requested, status: 'declined' }))
  const { user } = await openApp(`/autopay/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Decline' }))
  await screen.findByText('Declined')
})

test('a debit is skipped, a mandate paused and cancelled', async () => {
  stub(skipDebit, () => (shown = { ...active, debits: [{ ...debit, status: 'skipped' }] }))
  stub(pauseMandate, ({ body }) => (shown = { ...shown, pause: body }))
  stub(revokeMandate, () => (shown = { ...shown, status: 'revoked' }))
  const { user } = await openApp(`/autopay/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Skip this debit' }))
  await screen.findByText('Skipped')
  await user.click(screen.getByRole('button', { name: 'Pause for 30 days' }))
  await screen.findByText('Paused')
  expect(callsOf(pauseMandate)).toMatchObject([{ body: { from: today, until: addDays(today, 29) } }])
  await user.click(screen.getByRole('button', { name: 'Cancel AutoPay' }))
  const sheet = await screen.findByRole('dialog', { name: 'Cancel this AutoPay?' })
  await user.click(within(sheet).getByRole('button', { name: 'Cancel AutoPay' }))
  await screen.findByText('Cancelled')
})

test('a debit above the limit is paid with the PIN, and a lost answer is asked for as the same payment', async () => {
  shown = { ...active, debits: [{ ...debit, status: 'awaiting-approval' }] }
  let times = 0
  stub(pay, (input) => (++times < 2 ? new Problem('timeout') : paymentOf(input)))
  const { user } = await openApp(`/autopay/${id}`)
  await user.click(await screen.findByRole('link', { name: 'Pay with UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4071{Enter}')
  await screen.findByRole('heading', { name: 'Payment successful' })
  const sent = callsOf(pay)
  expect(sent).toEqual([sent[0], sent[0]])
  expect(sent[0]!.body).toMatchObject({
    ...{ payerVpa: 'asha@bahi', payeeVpa: 'kaveri@bahi', amountPaise: 199_00 },
    initiation: { mode: '11', purpose: '14', origin: { kind: 'mandate', id: debit.id } },
  })
})

test('a debit whose payment is pending is shown as pending', async () => {
  shown = { ...active, debits: [{ ...debit, status: 'awaiting-approval' }] }
  stub(pay, (input) => paymentOf(input, stillOpen))
  stub(showPayment, ({ params }) => paymentOf({ params, body: { amountPaise: 199_00 } }, stillOpen))
  const { user } = await openApp(`/autopay/${id}`)
  await user.click(await screen.findByRole('link', { name: 'Pay with UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4071{Enter}')
  await screen.findByRole('heading', { name: 'Payment pending' })
})

test('a PIN that the bank could not open is encrypted for its new key the next time', async () => {
  shown = requested
  stub(approveMandate, () => ({ ...requested, code: 'U14' }))
  const { user } = await openApp(`/autopay/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Approve with UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4071{Enter}')
  await expect.poll(() => callsOf(approveMandate)).toHaveLength(1)
  await user.keyboard('4071{Enter}')
  await expect.poll(() => callsOf(approveMandate)).toHaveLength(2)
  expect(callsOf(pinKeys)).toHaveLength(2)
})

test('without its account a mandate asks for no PIN, and says why', async () => {
  shown = requested
  stub(listAccounts, () => ({ accounts: [] }))
  const { user } = await openApp(`/autopay/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Approve with UPI PIN' }))
  await screen.findByText(/The bank account of asha@bahi isn’t linked here/)
})

// Payment requests: asking for money, paying what is requested, declining, and what the rules do not permit.
import { findPhonePayee, listVpas } from '@bahi/contracts/account.ts'
import { pay } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import {
  declineRequest,
  listRequests,
  makeRequest,
  remindOfRequest,
  showRequest,
  showRequestRules,
  type RequestView,
} from '@bahi/contracts/requests.ts'
import { screen } from '@testing-library/react'
import { compactDecrypt } from 'jose'
import { beforeEach, expect, test, vi } from 'vitest'
import { callsOf, openApp, stub, stubPayments } from '../../testing.tsx'
import { bankKey, paymentOf, stubPaying, vpa } from '../../payments/testing.tsx'

const id = '01994c00-0000-7000-8000-00000000000a'
const otherId = '01994c00-0000-7000-8000-000000000009'
const [ravi, asha] = [
  { vpa: 'ravi@bahi', name: 'Ravi Kumar' },
  { vpa: 'asha@bahi', name: 'Asha Rao' },
]
const received: RequestView = {
  ...{ id, status: 'pending', direction: 'received', amountPaise: 250_00, currency: 'INR', note: 'Rent' },
  ...{ payee: ravi, payer: asha, acrossBanks: false, reminders: 0 },
  createdAt: '2026-11-23T09:30:00.000Z',
  expiresAt: '2026-11-24T09:30:00.000Z',
}
const sent: RequestView = { ...received, direction: 'sent', payee: asha, payer: ravi }
const rules = { maxPaise: 2_000_00, perDay: 50, expiryMinutes: { min: 1, default: 1_440, max: 64_800 } }

beforeEach(() => {
  stubPaying()
  stub(showRequestRules, () => ({ permitted: true, acrossBanks: true, ...rules }))
})

test('a request is paid with its amount, its note and its id, none of them to be changed', async () => {
  const txnId = `GNG${'0'.repeat(32)}`
  stub(showRequest, () => ({ ...received, acrossBanks: true, txnId }))
  stub(pay, (input) => paymentOf(input))
  const { user } = await openApp(`/requests/${id}`)
  expect((await screen.findByText(/never need your PIN to receive/)).textContent).toContain('₹250.00')
  await user.click(screen.getByRole('link', { name: 'Pay' }))
  expect(await screen.findByLabelText('Amount')).toHaveProperty('readOnly', true)
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await user.click(await screen.findByRole('button', { name: 'Enter UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4071{Enter}')
  await screen.findByRole('heading', { name: 'Payment successful' })
  const { params, body } = callsOf(pay)[0]!
  expect(body).toMatchObject({
    ...{ payeeVpa: 'ravi@bahi', amountPaise: 250_00, note: 'Rent' },
    initiation: { origin: { kind: 'request', id } },
  })
  // The bank of an account elsewhere knows the transaction of another app, and no payment of ours.
  const { plaintext } = await compactDecrypt(body.pin, bankKey.privateKey)
  const block: unknown = JSON.parse(new TextDecoder().decode(plaintext))
  expect(block).toMatchObject({ purpose: 'pay', paymentId: params.id, txnId })
})

test('a request is declined, and its sender blocked', async () => {
  let request: RequestView = { ...received, app: { name: 'Khata', reference: 'Order 7' } }
  stub(showRequest, () => request)
  stub(declineRequest, () => (request = { ...received, status: 'declined' }))
  const { user } = await openApp(`/requests/${id}`)
  expect((await screen.findByText('Khata')).previousSibling?.textContent).toBe('Through the app')
  expect(screen.getByText('Order 7').previousSibling?.textContent).toBe('Reference')
  await user.click(await screen.findByRole('button', { name: 'Decline' }))
  await user.click(await screen.findByRole('switch', { name: 'Block Ravi Kumar' }))
  await user.click(screen.getAllByRole('button', { name: 'Decline' }).at(-1)!)
  await screen.findByText('Declined')
  expect(callsOf(declineRequest)).toEqual([{ params: { id }, body: { block: true } }])
  expect(screen.queryByRole('link', { name: 'Pay' })).toBeNull()
})

test('money is requested from a UPI ID', async () => {
  stub(makeRequest, () => sent)
  let shown: RequestView = { ...sent, remindableFrom: '2026-01-01T00:00:00.000Z' }
  stub(showRequest, () => shown)
  stub(remindOfRequest, () => (shown = { ...sent, reminders: 1, remindableFrom: '2099-01-01T05:30:00.000Z' }))
  const { user, address } = await openApp('/requests/new')
  await user.type(await screen.findByLabelText('UPI ID or mobile number'), 'ravi@bahi')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await user.type(await screen.findByLabelText('Amount'), '2500')
  expect(screen.getByText('You can request up to ₹2,000 at a time.')).toBeTruthy()
  await user.clear(screen.getByLabelText('Amount'))
  await user.type(screen.getByLabelText('Amount'), '250')
  await user.click(screen.getByRole('button', { name: 'Request ₹250' }))
  await screen.findByText('Requested from Ravi Kumar')
  expect(address()).toBe(`/requests/${id}`)
  expect(callsOf(makeRequest)[0]!.body).toEqual({
    ...{ payeeVpa: 'asha@bahi', payerVpa: 'ravi@bahi', amountPaise: 250_00, expiresInMinutes: 1_440 },
  })
  await user.click(screen.getByRole('button', { name: 'Send reminder' }))
  await screen.findByText('Reminder sent')
  // Not before the next one is allowed.
  await screen.findByText('You can send a reminder from 1 Jan 2099, 11:00 am.')
  expect(screen.queryByRole('button', { name: 'Send reminder' })).toBeNull()
})

test('a number that cannot be looked up now is said, and asked anew when another one is typed', async () => {
  stub(findPhonePayee, () => new Problem('rate-limited'))
  const { user } = await openApp('/requests/new')
  const field = await screen.findByLabelText('UPI ID or mobile number')
  await user.type(field, '9876543210')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await screen.findByRole('alert')
  await user.type(field, '{Backspace}')
  expect(screen.queryByRole('alert')).toBeNull()
})

test('an approval that failed is tried again for the same request', async () => {
  stub(showRequest, () => received)
  stub(pay, (input) => ({
    ...paymentOf(input),
    ...{ status: 'failed' as const, failure: { code: 'ZM', message: 'Wrong PIN.' } },
    initiation: { mode: '00', purpose: '00', mcc: '0000', origin: { kind: 'request' as const, id } },
  }))
  const { user } = await openApp(`/requests/${id}`)
  await user.click(await screen.findByRole('link', { name: 'Pay' }))
  await user.click(await screen.findByRole('button', { name: 'Continue' }))
  await user.click(await screen.findByRole('button', { name: 'Enter UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('9999{Enter}')
  const again = await screen.findByRole('link', { name: 'Try again' })
  expect(again.getAttribute('href')).toContain(`fixed=1&request=${id}`)
})

test.each([
  ['/requests/new', { permitted: false, acrossBanks: false }, 'Requests are not available'],
  ['/requests/new/ravi%40bahi', { permitted: false, acrossBanks: false }, 'Requests are not available'],
  ['/requests/new/ravi%40ganga', { permitted: true, acrossBanks: false }, 'They use another app'],
  ['/requests/new', { permitted: true, acrossBanks: false }, /You can request from people who use this app/],
])('where the rules permit no request the QR code is offered: %s %o', async (path, permits, said) => {
  stub(showRequestRules, () => ({ ...permits, expiryMinutes: rules.expiryMinutes }))
  await openApp(path)
  await screen.findByText(said)
  expect(screen.getByRole('link', { name: 'Show my QR code' }).getAttribute('href')).toBe('/receive')
  expect(screen.queryByLabelText('Amount')).toBeNull()
})

test('people of another app are offered where they may be asked', async () => {
  const to = (payee: string) => ({
    ...paymentOf({ params: { id }, body: { amountPaise: 1 } }),
    payee: { vpa: payee, name: payee },
  })
  stubPayments([to('meera@bahi'), { ...to('ravi@ganga'), id: otherId }])
  stub(showRequestRules, () => ({ permitted: true, acrossBanks: false, ...rules }))
  await openApp('/requests/new')
  await screen.findByRole('link', { name: /meera@bahi/ })
  expect(screen.queryByRole('link', { name: /ravi@ganga/ })).toBeNull()
})

test('without the rules nobody is asked, and they are loaded again', async () => {
  stub(showRequestRules, () => new Problem('unavailable'))
  const { user } = await openApp('/requests/new')
  const again = await screen.findByRole('button', { name: 'Try again' })
  stub(showRequestRules, () => ({ permitted: true, acrossBanks: true, ...rules }))
  await user.click(again)
  await screen.findByLabelText('UPI ID or mobile number')
})

test('money is requested to the UPI ID that was chosen', async () => {
  stub(listVpas, () => ({ vpas: [vpa, { ...vpa, vpa: 'asha.shop@bahi', primary: false }] }))
  stub(makeRequest, () => sent)
  stub(showRequest, () => sent)
  const { user } = await openApp('/requests/new/ravi%40bahi')
  await user.selectOptions(await screen.findByLabelText('UPI ID'), 'asha.shop@bahi')
  await user.type(screen.getByLabelText('Amount'), '250')
  await user.click(screen.getByRole('button', { name: 'Request ₹250' }))
  await screen.findByText('Requested from Ravi Kumar')
  expect(callsOf(makeRequest)[0]!.body).toMatchObject({ payeeVpa: 'asha.shop@bahi' })
})

test('the lists show what was received and what was sent', async () => {
  stub(listRequests, ({ querystring: { direction } }) => ({
    requests: [direction === 'sent' ? sent : received],
  }))
  const { user } = await openApp('/requests')
  await screen.findByRole('link', { name: /Ravi Kumar.*₹250.*Pending/ })
  await user.click(screen.getByRole('radio', { name: 'Sent' }))
  expect((await screen.findByRole('link', { name: /Ravi Kumar/ })).getAttribute('href')).toBe(
    `/requests/${id}`,
  )
})

test('a page that could not be loaded is said, and asked for again by a press alone', async () => {
  // The end of every list is in sight.
  vi.stubGlobal('IntersectionObserver', function (seen: (entries: { isIntersecting: boolean }[]) => void) {
    const observe = () => queueMicrotask(() => seen([{ isIntersecting: true }]))
    return { observe, disconnect: () => undefined }
  })
  let isDown = true
  stub(listRequests, ({ querystring: { before } }) => {
    if (before === undefined) return { requests: [received], next: id }
    return isDown ? new Problem('unavailable') : { requests: [{ ...sent, id: otherId }] }
  })
  const older = () => callsOf(listRequests).filter(({ querystring }) => querystring.before !== undefined)
  const { user } = await openApp('/requests')
  await screen.findByRole('alert')
  expect(older()).toHaveLength(1)
  isDown = false
  await user.click(screen.getByRole('button', { name: 'Show more' }))
  await expect.poll(() => screen.getAllByRole('link', { name: /₹250/ })).toHaveLength(2)
  expect(screen.queryByRole('alert')).toBeNull()
  expect(older()).toHaveLength(2)
})

// Home: first steps, pending payments, people, and failed requests.
import { listAccounts, listVpas, type Account } from '@bahi/contracts/account.ts'
import { listMessages, type Message } from '@bahi/contracts/notification.ts'
import { listPayments, recentPeople, showPayment, type PaymentView } from '@bahi/contracts/payment.ts'
import { listSchedules } from '@bahi/contracts/schedules.ts'
import { listMandates, type MandateView } from '@bahi/contracts/mandates.ts'
import { listRequests } from '@bahi/contracts/requests.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import { me } from '@bahi/contracts/user.ts'
import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it, test } from 'vitest'
import { callsOf, openApp, sendLive, signedInAs, stub, stubPayments } from '../../testing.tsx'
import { shortName, firstSteps } from './home.ts'

const id = '01994c00-0000-7000-8000-0000000000a1'
const at = '2026-11-01T00:00:00.000Z'
const account: Account = {
  ...{ id, bank: 'BAHI', bankName: 'Bahi Bank', ifsc: 'BAHI0000001', maskedNumber: 'XXXXXXXX1234' },
  ...{ holderName: 'Asha Rao', type: 'savings', status: 'active', pinSet: true, pinLength: 4 },
  ...{ vpas: ['asha@bahi'], linkedAt: at },
}
const vpa = { vpa: 'asha@bahi', accountId: id, primary: true, createdAt: at }

let minted = 0
function payment(name: string, about: Partial<PaymentView> = {}): PaymentView {
  const mine = { vpa: 'asha@bahi', name: 'Asha Rao' }
  const theirs = { vpa: `${name.toLowerCase()}@bahi`, name }
  const isCredit = about.direction === 'credit'
  return {
    id: `01994c00-0000-7000-8000-${String(++minted).padStart(12, '0')}`,
    txnId: `BHI${'0'.repeat(32)}`,
    ...{ rrn: '632709000001', status: 'settled', direction: 'debit', amountPaise: 250_00, currency: 'INR' },
    ...{ payer: isCredit ? theirs : mine, payee: isCredit ? mine : theirs, createdAt: at },
    ...about,
  }
}

describe('a newcomer', () => {
  const next = (...given: Parameters<typeof firstSteps>) =>
    firstSteps(...given)?.find(({ isDone }) => !isDone)
  const bare = { ...account, pinSet: false }
  it('links, sets a PIN, gets a UPI ID, pays, and is none any more', () => {
    expect(next([], [], false, false)).toMatchObject({ name: 'link', to: '/accounts/link' })
    expect(next([bare], [], false, false)).toMatchObject({ name: 'pin', to: `/accounts/${id}/pin` })
    expect(next([account], [], false, false)).toMatchObject({ name: 'vpa', to: `/upi-ids/new?account=${id}` })
    expect(next([account], [vpa], false, false)).toMatchObject({ name: 'pay', to: '/pay' })
    expect(firstSteps([account], [vpa], true, false)).toBeUndefined()
  })
  it('in a sandbox pays somebody who is always there', () => {
    expect(next([account], [vpa], false, true)?.to).toBe('/pay/shop%40sandbox?am=10')
  })
  it('has a PIN when one of the accounts has', () => {
    expect(next([bare, account], [], false, false)?.name).toBe('vpa')
  })
})

describe('a person', () => {
  it.each([
    ['Asha Rao', 'Asha'],
    ['A. P. Kumar', 'Kumar'],
    ['Om', 'Om'],
    ['आशा राव', 'आशा'],
  ])('%s is called %s', (name, called) => expect(shortName(name)).toBe(called))
})

beforeEach(() => {
  stub(me, () => ({
    ...{
      userId: signedInAs,
      name: 'Asha Rao',
      phone: '+919876543210',
      createdAt: at,
      language: 'en' as const,
    },
  }))
  stub(listAccounts, () => ({ accounts: [account] }))
  stub(listVpas, () => ({ vpas: [vpa] }))
  stub(readInbox, () => new Problem('not-found'))
  stub(listMessages, () => ({ notifications: [], unread: 0 }))
  stubPayments([payment('Ravi')])
})

test('who has nothing yet sees the one thing to do', async () => {
  stub(listAccounts, () => ({ accounts: [] }))
  stub(listVpas, () => ({ vpas: [] }))
  stubPayments([])
  await openApp('/')
  const link = await screen.findByRole('link', { name: 'Link bank account' })
  expect(link.getAttribute('href')).toBe('/accounts/link')
  expect(screen.queryByRole('link', { name: 'Send money' })).toBeNull()
  expect(screen.getByText('Link your bank account').closest('li')?.getAttribute('aria-current')).toBe('step')
})

test('who is ready sees what to do, the account and the people', async () => {
  stub(listMessages, () => ({ notifications: [], unread: 3 }))
  await openApp('/')
  const to = async (name: string | RegExp) => (await screen.findByRole('link', { name })).getAttribute('href')
  expect(await to('Send money')).toBe('/pay')
  expect(await to('Scan QR')).toBe('/scan')
  expect(await to('My QR')).toBe('/receive')
  expect(await to('Ravi')).toBe('/pay/ravi%40bahi')
  expect(await to(/Bahi Bank •• 1234/)).toBe(`/accounts/${id}`)
  expect(await to('Notifications: 3 new')).toBe('/notifications')
  expect(screen.queryByText('4 steps to your first payment')).toBeNull()
})

test('who is asked for AutoPay is told at once', async () => {
  const one: MandateView = {
    ...{ id, name: 'Milk', status: 'requested', direction: 'payer', currency: 'INR', presentedBy: 'payee' },
    payer: { vpa: 'asha@bahi', name: 'Asha Rao' },
    payee: { vpa: 'milk@bahi', name: 'Surabhi Dairy' },
    terms: {
      ...{ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'ASPRESENTED', blockFunds: false },
      ...{ validFrom: '2026-11-01', validTo: '2027-11-01', revocable: true },
    },
    ...{ operating: false, createdAt: at, withoutPinPaise: 15_000_00, debits: [] },
  }
  stub(listMandates, () => ({ mandates: [one] }))
  await openApp('/')
  const link = await screen.findByRole('link', { name: 'Surabhi Dairy asks for AutoPay' })
  expect(link.getAttribute('href')).toBe(`/autopay/${id}`)
  expect(callsOf(listMandates)[0]?.querystring).toMatchObject({ direction: 'payer', status: 'requested' })
})

test('what is on its way stands first, and says that the money is safe', async () => {
  const pending = { reason: 'deemed' as const, message: 'On its way.', returnBy: '2026-11-24T18:29:59.999Z' }
  const open = payment('Ravi', { status: 'pending', pending })
  stubPayments([open])
  await openApp('/')
  const link = await screen.findByRole('link', { name: /₹250.00 to Ravi is pending/ })
  expect(link.getAttribute('href')).toBe(`/payments/${open.id}`)
})

test('payments that are on their way do not push the rest away: several are one line', async () => {
  const pending = { reason: 'deemed' as const, message: 'On its way.', returnBy: '2026-11-24T18:29:59.999Z' }
  stubPayments(['Ravi', 'Meera', 'Om', 'Zoya'].map((name) => payment(name, { status: 'pending', pending })))
  await openApp('/')
  const link = await screen.findByRole('link', { name: /4 payments pending/ })
  expect(link.getAttribute('href')).toBe('/history?status=pending')
  expect(screen.queryByText(/is on its way/)).toBeNull()
})

test('home asks for the four payments that it shows, and for nobody who could not be paid', async () => {
  const failed = payment('Nobody', { status: 'failed', failure: { code: 'U30', message: 'Declined.' } })
  stubPayments([failed, ...Array.from({ length: 9 }, (_, i) => payment(`Person${i}`))])
  await openApp('/')
  await screen.findByRole('link', { name: 'Person0' })
  expect(screen.queryByRole('link', { name: 'Nobody' })).toBeNull()
  const asked = callsOf(listPayments).map(({ querystring }) => querystring)
  expect(asked).toContainEqual({ limit: 4 })
  expect(Math.max(...asked.map(({ limit }) => limit ?? 100))).toBeLessThanOrEqual(10)
})

test('who paid before, further back than home looks, is no newcomer', async () => {
  const credits = ['A', 'B', 'C', 'D'].map((name) => payment(name, { direction: 'credit' }))
  stubPayments([...credits, payment('Ravi')])
  await openApp('/')
  await screen.findByRole('link', { name: 'Ravi' })
  expect(screen.queryByText('4 steps to your first payment')).toBeNull()
})

const message = (about: Partial<Message>): Message => ({
  ...{ seq: 7, id, title: 'Paid', text: 'Paid.', at: '2026-11-23T09:30:00.000Z' },
  ...{ type: 'payment.settled', data: {} },
  ...about,
})

describe('a live message', () => {
  const pending = { reason: 'deemed' as const, message: 'On its way.', returnBy: '2026-11-24T18:29:59.999Z' }
  const askedSince = () => {
    const before = [listPayments, showPayment, recentPeople, listAccounts, listVpas, me].map(
      (one) => callsOf(one as typeof listAccounts).length,
    )
    return () =>
      [listPayments, showPayment, recentPeople, listAccounts, listVpas, me].map(
        (one, i) => callsOf(one as typeof listAccounts).length - before[i]!,
      )
  }
  test('settles a payment wherever it is shown, and asks for nothing', async () => {
    const open = payment('Ravi', { status: 'pending', pending })
    stubPayments([open])
    await openApp('/')
    await screen.findByText(/₹250.00 to Ravi is pending/)
    const asked = askedSince()
    const requests = callsOf(listRequests).length
    await sendLive(message({ data: { paymentId: open.id } }))
    await waitFor(() => expect(screen.queryByText(/is on its way/)).toBeNull())
    expect(screen.getByRole('link', { name: /Ravi.*Paid/ })).toBeTruthy()
    expect(screen.queryByText('Pending')).toBeNull()
    expect(asked()).toEqual([0, 0, 0, 0, 0, 0])
    expect(callsOf(listRequests)).toHaveLength(requests)
  })
  test('of a payment for a request asks for requests too', async () => {
    const initiation = { mode: '00', purpose: '00', mcc: '0000', origin: { kind: 'request' as const, id } }
    const open = payment('Ravi', { status: 'pending', pending, initiation })
    stubPayments([open])
    await openApp('/')
    await screen.findByText(/₹250.00 to Ravi is pending/)
    const requests = callsOf(listRequests).length
    await sendLive(message({ data: { paymentId: open.id } }))
    await waitFor(() => expect(callsOf(listRequests).length).toBe(requests + 1))
  })
  test('of a failure asks for that payment alone', async () => {
    const open = payment('Ravi', { status: 'pending', pending })
    stubPayments([open])
    await openApp('/')
    await screen.findByText(/₹250.00 to Ravi is pending/)
    const asked = askedSince()
    const { pending: _, ...rest } = open
    stubPayments([{ ...rest, status: 'failed', failure: { code: 'U30', message: 'Declined.' } }])
    await sendLive(message({ type: 'payment.failed', data: { paymentId: open.id } }))
    await screen.findByText('Failed')
    expect(screen.queryByText(/is on its way/)).toBeNull()
    expect(asked()).toEqual([0, 1, 0, 0, 0, 0])
  })
  test('of a payment that was not there asks for the lists, and not for accounts or the profile', async () => {
    stubPayments([payment('Ravi')])
    await openApp('/')
    await screen.findByRole('link', { name: 'Ravi' })
    const asked = askedSince()
    const schedules = callsOf(listSchedules).length
    const received = payment('Meera', { direction: 'credit' })
    stubPayments([received, payment('Ravi')])
    await sendLive(message({ data: { paymentId: received.id, direction: 'credit' } }))
    await screen.findByRole('link', { name: 'Meera' })
    expect(callsOf(listSchedules)).toHaveLength(schedules)
    const [lists, , people, ...others] = asked()
    expect(lists).toBeGreaterThan(0)
    expect(people).toBe(1)
    expect(others).toEqual([0, 0, 0])
  })
  test('of own limits asks for nothing that does not show them', async () => {
    await openApp('/')
    await screen.findByRole('link', { name: 'Ravi' })
    const asked = askedSince()
    const requests = callsOf(listRequests).length
    await sendLive(message({ type: 'payment.controls-changed', data: { loosens: false } }))
    await sendLive(message({ seq: 8, type: 'account.linked', data: { accountId: id } }))
    await waitFor(() => expect(asked().slice(3)).toEqual([1, 1, 0]))
    expect(asked().slice(0, 3)).toEqual([0, 0, 0])
    expect(callsOf(listRequests)).toHaveLength(requests)
  })
  test('of an account asks for accounts and UPI IDs, and not for payments', async () => {
    await openApp('/')
    await screen.findByRole('link', { name: 'Ravi' })
    const asked = askedSince()
    await sendLive(message({ type: 'account.linked', data: { accountId: id } }))
    await waitFor(() => expect(asked().slice(3)).toEqual([1, 1, 0]))
    expect(asked().slice(0, 3)).toEqual([0, 0, 0])
  })
})

test('without an answer it says so, and asks again', async () => {
  stub(listAccounts, () => new Problem('not-allowed'))
  const { user } = await openApp('/')
  const alert = await screen.findByRole('alert')
  stub(listAccounts, () => ({ accounts: [account] }))
  await user.click(within(alert).getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('link', { name: /Bahi Bank/ })).toBeTruthy()
})

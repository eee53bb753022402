// Home: first steps, pending payments, people, and failed requests.
import { listAccounts, listVpas, type Account } from '@bahi/contracts/account.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import { listPayments, type PaymentView } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import { me } from '@bahi/contracts/user.ts'
import { screen, within } from '@testing-library/react'
import { beforeEach, describe, expect, it, test } from 'vitest'
import { openApp, signedInAs, stub } from '../../testing.tsx'
import { shortName, firstSteps, recentPeople } from './home.ts'

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
    expect(next([], [], [], false)).toMatchObject({ name: 'link', to: '/accounts/link' })
    expect(next([bare], [], [], false)).toMatchObject({ name: 'pin', to: `/accounts/${id}/pin` })
    expect(next([account], [], [], false)).toMatchObject({ name: 'vpa', to: `/upi-ids/new?account=${id}` })
    expect(next([account], [vpa], [], false)).toMatchObject({ name: 'pay', to: '/pay' })
    expect(next([account], [vpa], [payment('Ravi', { direction: 'credit' })], false)).toMatchObject({
      name: 'pay',
    })
    expect(firstSteps([account], [vpa], [payment('Ravi')], false)).toBeUndefined()
  })
  it('in a sandbox pays somebody who is always there', () => {
    expect(next([account], [vpa], [], true)?.to).toBe('/pay/shop%40sandbox?am=10')
  })
  it('has a PIN when one of the accounts has', () => {
    expect(next([bare, account], [], [], false)?.name).toBe('vpa')
  })
})

describe('people', () => {
  it('are there once, the latest first, without those who could not be paid', () => {
    const failed = payment('Nobody', { status: 'failed' })
    const found = recentPeople([
      payment('Ravi'),
      failed,
      payment('Meera', { direction: 'credit' }),
      payment('Ravi'),
    ])
    expect(found.map(({ name }) => name)).toEqual(['Ravi', 'Meera'])
  })
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
  stub(listPayments, () => ({ payments: [payment('Ravi')] }))
})

test('who has nothing yet sees the one thing to do', async () => {
  stub(listAccounts, () => ({ accounts: [] }))
  stub(listVpas, () => ({ vpas: [] }))
  stub(listPayments, () => ({ payments: [] }))
  await openApp('/')
  const link = await screen.findByRole('link', { name: 'Link bank account' })
  expect(link.getAttribute('href')).toBe('/accounts/link')
  expect(screen.queryByRole('link', { name: 'Pay' })).toBeNull()
  expect(screen.getByText('Link your bank account').closest('li')?.getAttribute('aria-current')).toBe('step')
})

test('who is ready sees what to do, the account and the people', async () => {
  stub(listMessages, () => ({ notifications: [], unread: 3 }))
  await openApp('/')
  const to = async (name: string | RegExp) => (await screen.findByRole('link', { name })).getAttribute('href')
  expect(await to('Pay')).toBe('/pay')
  expect(await to('Scan QR')).toBe('/scan')
  expect(await to('My QR')).toBe('/receive')
  expect(await to('Ravi')).toBe('/pay/ravi%40bahi')
  expect(await to(/Bahi Bank •• 1234/)).toBe(`/accounts/${id}`)
  expect(await to('Messages: 3 are new')).toBe('/notifications')
  expect(screen.queryByText('Your first payment in four steps')).toBeNull()
})

test('what is on its way stands first, and says that the money is safe', async () => {
  const pending = { reason: 'deemed' as const, message: 'On its way.', returnBy: '2026-11-24T18:29:59.999Z' }
  const open = payment('Ravi', { status: 'pending', pending })
  stub(listPayments, () => ({ payments: [open] }))
  await openApp('/')
  const link = await screen.findByRole('link', { name: /₹250.00 to Ravi is on its way/ })
  expect(link.getAttribute('href')).toBe(`/payments/${open.id}`)
})

test('without an answer it says so, and asks again', async () => {
  stub(listAccounts, () => new Problem('not-allowed'))
  const { user } = await openApp('/')
  const alert = await screen.findByRole('alert')
  stub(listAccounts, () => ({ accounts: [account] }))
  await user.click(within(alert).getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('link', { name: /Bahi Bank/ })).toBeTruthy()
})

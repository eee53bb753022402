// Bank accounts: linking one, the PIN with all that can be refused, the balance, what came and went.
import {
  balance,
  changeVpa,
  discoverAccounts,
  linkAccount,
  listAccounts,
  listBanks,
  listVpas,
  pinKeys,
  setPin,
  statement,
  suggestVpas,
  type Account,
} from '@bahi/contracts/account.ts'
import { requestOtp } from '@bahi/contracts/auth.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { changeAccount, unlinkAccount } from '@bahi/contracts/linked-accounts.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { openAccount, readInbox } from '@bahi/contracts/sandbox.ts'
import { listNumbers } from '@bahi/contracts/upi-numbers.ts'
import { me } from '@bahi/contracts/user.ts'
import { act, screen, within } from '@testing-library/react'
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose'
import { beforeEach, expect, test, vi } from 'vitest'
import { callsOf, openApp, sentCode, signedInAs, stub, stubPayments } from '../../testing.tsx'

const id = '01994c00-0000-7000-8000-0000000000a1'
const at = '2026-11-01T00:00:00.000Z'
const account: Account = {
  id,
  bank: 'BAHI',
  bankName: 'Bahi Bank',
  ifsc: 'BAHI0000001',
  maskedNumber: 'XXXXXXXX1234',
  holderName: 'Asha Rao',
  type: 'savings',
  status: 'active',
  pinSet: true,
  pinLength: 4,
  vpas: ['asha@bahi'],
  linkedAt: at,
}
const bare: Account = { ...account, pinSet: false, vpas: [] }
const ours = { code: 'BAHI', name: 'Bahi Bank', ifsc: 'BAHI0000001', onUs: true, pinLength: 4 } as const
const other = { code: 'GANG', name: 'Ganga Bank', ifsc: 'GANG0000001', onUs: false, pinLength: 4 } as const
const bankKey = await generateKeyPair('ECDH-ES')
const publicKey = { ...(await exportJWK(bankKey.publicKey)), kid: 'k1', bank: '*' }
const opened = async (jwe: string) =>
  JSON.parse(new TextDecoder().decode((await compactDecrypt(jwe, bankKey.privateKey)).plaintext)) as unknown

type User = Awaited<ReturnType<typeof openApp>>['user']
async function typePin(user: User, pin: string) {
  for (const digit of pin) await user.click(screen.getByRole('button', { name: digit }))
  await user.click(screen.getByRole('button', { name: 'Confirm' }))
}

beforeEach(() => {
  const profile = { userId: signedInAs, name: 'Asha Rao', phone: '+919876543210', createdAt: at }
  stub(me, () => ({ ...profile, language: 'en' as const }))
  stub(listAccounts, () => ({ accounts: [account] }))
  stub(listVpas, () => ({ vpas: [{ vpa: 'asha@bahi', accountId: id, primary: true, createdAt: at }] }))
  stub(listBanks, () => ({ banks: [ours, other] }))
  stub(listNumbers, () => ({ numbers: [] }))
  stub(pinKeys, () => ({ keys: [publicKey] }))
  stub(readInbox, () => new Problem('not-found'))
  stub(requestOtp, () => sentCode)
  stubPayments([])
  stub(statement, () => ({ entries: [] }))
})

test('an account that the bank holds is linked, and its PIN is next', async () => {
  stub(discoverAccounts, () => ({
    accounts: [
      { ...account, accountRef: 'r1', linked: true },
      { ...account, accountRef: 'r2', maskedNumber: 'XXXXXXXX5678', pinSet: false, linked: false },
    ],
  }))
  stub(linkAccount, () => bare)
  const { user, address } = await openApp('/accounts/link')
  await user.click(await screen.findByRole('button', { name: 'Bahi Bank' }))
  expect(await screen.findByText(/2 Bahi Bank accounts found/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: /1234/ })).toBeNull()
  await user.click(screen.getByRole('button', { name: /5678/ }))
  await expect.poll(address).toBe(`/accounts/${id}/pin`)
  expect(callsOf(linkAccount)).toEqual([{ body: { bank: 'BAHI', accountRef: 'r2' } }])
  expect(callsOf(discoverAccounts)).toHaveLength(1)
})

test('an unreachable bank is reported, and asked again on request', async () => {
  stub(discoverAccounts, () => new Problem('bank-unreachable'))
  const { user } = await openApp('/accounts/link?bank=GANG')
  expect((await screen.findByRole('alert')).textContent).toContain('isn’t responding')
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  await expect.poll(() => callsOf(discoverAccounts)).toHaveLength(2)
  // Where there is no sandbox, there is no play money.
  expect(screen.queryByText(/play/)).toBeNull()
})

test('in a sandbox an account is opened, linked, and its card filled in', async () => {
  stub(readInbox, () => ({ messages: [] }))
  stub(discoverAccounts, () => ({ accounts: [] }))
  stub(openAccount, ({ body }) => ({
    ...{ accountRef: 'r9', bank: body.bank, ifsc: 'BAHI0000001', accountNumber: '904085221361' },
    ...{ holderName: 'Asha Rao', balancePaise: body.balancePaise },
    card: { number: '6082947366273910', last6: '273910', expiry: '11/99' },
  }))
  stub(listAccounts, () => ({ accounts: [bare] }))
  stub(linkAccount, () => bare)
  const { user } = await openApp('/accounts/link?bank=BAHI')
  await user.click(await screen.findByRole('button', { name: 'Open an account' }))
  expect(await screen.findByText('6082 9473 6627 3910')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Link and set UPI PIN' }))
  expect(await screen.findByLabelText('Last 6 digits of debit card')).toHaveProperty('value', '273910')
  expect(screen.getByLabelText('Expiry date')).toHaveProperty('value', '11/99')
})

/** Up to the new PIN: card and code are typed. */
async function proveCard() {
  const app = await openApp(`/accounts/${id}/pin`)
  await app.user.type(await screen.findByLabelText('Last 6 digits of debit card'), '273910')
  await app.user.type(screen.getByLabelText('Expiry date'), '1199')
  await app.user.click(screen.getByRole('button', { name: 'Continue' }))
  await app.user.type(await screen.findByLabelText('One-time code'), '123456')
  await screen.findByText('Set a 4-digit UPI PIN')
  return app
}

test('the first PIN is set with card and code, and leads to a UPI ID', async () => {
  stub(listAccounts, () => ({ accounts: [bare] }))
  stub(listVpas, () => ({ vpas: [] }))
  stub(suggestVpas, () => ({ vpas: ['asha.rao@bahi'] }))
  stub(setPin, () => account)
  const { user, address } = await proveCard()
  await typePin(user, '1234')
  expect((await screen.findByRole('alert')).textContent).toContain('too easy')
  await typePin(user, '4071')
  await typePin(user, '4072')
  expect((await screen.findByRole('alert')).textContent).toContain('didn’t match')
  await typePin(user, '4071')
  await typePin(user, '4071')
  await expect.poll(address).toBe(`/upi-ids/new?account=${id}`)
  const { body } = callsOf(setPin)[0]!
  expect(body).toMatchObject({ card: { last6: '273910', expiry: '11/99' }, otp: '123456' })
  expect(await opened(body.pin)).toMatchObject({ pin: '4071', purpose: 'set-pin', accountId: id })
})

test.each([
  [new Problem('card-wrong', undefined, { triesLeft: 3 }), '3 attempts left', 'Last 6 digits of debit card'],
  [new Problem('card-wrong', undefined, { triesLeft: 0 }), 'in 24 hours', 'Last 6 digits of debit card'],
  [new Problem('otp-wrong'), 'incorrect or has expired', 'One-time code'],
])('%s sends back to where it can be put right', async (problem, message, label) => {
  stub(setPin, () => problem)
  const { user } = await proveCard()
  await typePin(user, '4071')
  await typePin(user, '4071')
  expect((await screen.findByRole('alert')).textContent).toContain(message)
  expect(screen.getByLabelText(label)).toBeTruthy()
})

test('a PIN is changed with the old one', async () => {
  stub(setPin, () => account)
  const { user } = await openApp(`/accounts/${id}/pin?change`)
  await screen.findByRole('group', { name: 'Enter current UPI PIN' })
  await typePin(user, '4071')
  await typePin(user, '4071')
  expect((await screen.findByRole('alert')).textContent).toContain('your current UPI PIN')
  await typePin(user, '5093')
  await typePin(user, '5093')
  expect(await screen.findByRole('heading', { name: 'UPI PIN set' })).toBeTruthy()
  const { body } = callsOf(setPin)[0]!
  expect(Object.keys(body)).toEqual(['pin'])
  expect(await opened(body.pin)).toMatchObject({ pin: '5093', oldPin: '4071' })
})

test('an old PIN that is locked leads to the card', async () => {
  stub(setPin, () => new Problem('pin-locked', undefined, { triesLeft: 0 }))
  const { user, address } = await openApp(`/accounts/${id}/pin?change`)
  await screen.findByRole('group', { name: 'Enter current UPI PIN' })
  for (const pin of ['4072', '5093', '5093']) await typePin(user, pin)
  expect((await screen.findByRole('alert')).textContent).toContain('locked')
  await user.click(screen.getByRole('link', { name: 'Forgot UPI PIN?' }))
  expect(address()).toBe(`/accounts/${id}/pin`)
  expect(await screen.findByLabelText('Expiry date')).toBeTruthy()
})

test('the balance is shown against the PIN, and hidden again', async () => {
  let tries = 0
  stub(balance, () =>
    tries++ === 0
      ? new Problem('pin-wrong', undefined, { triesLeft: 1 })
      : { balancePaise: 1_23_456_00, currency: 'INR' as const, at },
  )
  const { user } = await openApp(`/accounts/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Check balance' }))
  await typePin(user, '4072')
  expect((await screen.findByRole('alert')).textContent).toContain('1 attempt left')
  // The pad has the focus again: the keyboard will do.
  await user.keyboard('4071{Enter}')
  expect(await screen.findByText('₹1,23,456.00')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Hide balance' }))
  expect(screen.queryByText('₹1,23,456.00')).toBeNull()
})

test('what came and went goes on page by page', async () => {
  stub(statement, ({ querystring }) => {
    const isSecond = querystring.before === '20'
    const entry = { transferId: id, amountPaise: isSecond ? 500_00 : -99_50, balancePaise: 0, at }
    return { entries: [entry], ...(isSecond ? {} : { next: '20' }) }
  })
  const { user } = await openApp(`/accounts/${id}`)
  expect(await screen.findByText('−₹99.50')).toBeTruthy()
  const more = screen.queryByRole('button', { name: 'Show more' })
  if (more) await user.click(more)
  expect(await screen.findByText('+₹500.00')).toBeTruthy()
})

test('a row has the name, the time and the balance after it, between banks too', async () => {
  const payment = (n: number, name: string, txnId: string): PaymentView => ({
    ...{ id: `01994c00-0000-7000-8000-0000000000c${n}`, txnId, rrn: '632709000001', status: 'settled' },
    ...{ direction: 'debit', amountPaise: 45_00, currency: 'INR', createdAt: at, completedAt: at },
    ...{ payer: { vpa: 'asha@bahi', name: 'Asha Rao' }, payee: { vpa: 'x@bahi', name } },
  })
  const txnId = `BHI${'7'.repeat(32)}`
  const within = payment(1, 'Ravi Kumar', `BHI${'1'.repeat(32)}`)
  const between = payment(2, 'Meera Iyer', txnId)
  stubPayments([within, between])
  stub(statement, () => ({
    entries: [
      { transferId: within.id, amountPaise: -45_00, balancePaise: 500_00, at },
      { transferId: id, txnId, amountPaise: -45_00, balancePaise: 545_00, at },
    ],
  }))
  await openApp(`/accounts/${id}`)
  const ours = await screen.findByRole('link', { name: /To Ravi Kumar/ })
  expect(ours.textContent).toMatch(/5:30 am.*−₹45.00 Balance ₹500.00/)
  const theirs = screen.getByRole('link', { name: /To Meera Iyer/ })
  expect(theirs.textContent).toContain('₹545.00')
  expect(theirs.getAttribute('href')).toBe(`/payments/${between.id}`)
})

test('a bank that shows its entries elsewhere is no failure', async () => {
  stub(statement, () => new Problem('bank-unreachable'))
  await openApp(`/accounts/${id}`)
  expect(await screen.findByText('See Bahi Bank transactions in the bank’s own app.')).toBeTruthy()
})

test('an account without a PIN and one that is frozen say so', async () => {
  const frozen = { ...account, id: id.replace(/.$/, '2'), status: 'frozen' as const }
  stub(listAccounts, () => ({ accounts: [bare, frozen] }))
  await openApp('/accounts')
  const [first, second] = await screen.findAllByRole('link', { name: /Bahi Bank/ })
  expect(within(first!).getByText('Set UPI PIN')).toBeTruthy()
  expect(within(second!).getByText('Frozen')).toBeTruthy()
})

const second: Account = {
  ...account,
  id: `${id.slice(0, -1)}2`,
  bankName: 'Ganga Bank',
  maskedNumber: 'XX5678',
  vpas: [],
}

test('an account becomes the one that pays, and the one that is paid', async () => {
  stub(listAccounts, () => ({ accounts: [{ ...account, default: true }, second] }))
  stub(changeAccount, () => ({ ...second, default: true }))
  stub(changeVpa, ({ params }) => ({ vpa: params.vpa, accountId: second.id, primary: true, createdAt: at }))
  const { user } = await openApp(`/accounts/${second.id}`)
  await user.click(await screen.findByRole('button', { name: /Pay from this account/ }))
  await user.click(screen.getByRole('button', { name: /Receive in this account/ }))
  await expect.poll(() => callsOf(changeVpa)).toHaveLength(1)
  expect(callsOf(changeAccount)).toEqual([{ params: { id: second.id }, body: { default: true } }])
  expect(callsOf(changeVpa)[0]).toEqual({ params: { vpa: 'asha@bahi' }, body: { accountId: second.id } })
})

test('without a network an account is neither chosen nor unlinked, and it is said why', async () => {
  stub(listAccounts, () => ({ accounts: [{ ...account, default: true }, second] }))
  const { user } = await openApp(`/accounts/${second.id}`)
  await screen.findByRole('button', { name: /Receive in this account/ })
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  act(() => void window.dispatchEvent(new Event('offline')))
  for (const name of [/Pay from this account/, /Receive in this account/])
    expect(screen.queryByRole('button', { name })).toBeNull()
  await user.click(screen.getByRole('button', { name: /Unlink account/ }))
  const sheet = within(await screen.findByRole('dialog'))
  sheet.getByText('You’re offline. Check your connection and try again.')
  expect(sheet.getByRole('button', { name: 'Unlink account' })).toHaveProperty('disabled', true)
})

test('an account is unlinked with the password, and its UPI ID leads to another', async () => {
  stub(listAccounts, () => ({ accounts: [account, second] }))
  stub(unlinkAccount, ({ body }) => (body.stepUp ? (null as never) : new Problem('step-up-required')))
  const { user, address } = await openApp(`/accounts/${id}`)
  await user.click(await screen.findByRole('button', { name: /Unlink account/ }))
  expect(await screen.findByRole('radio', { name: /Ganga Bank/ })).toHaveProperty('checked', true)
  await user.click(screen.getByRole('button', { name: 'Unlink account' }))
  await user.type(await screen.findByLabelText('Password'), 'boats on the river')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await expect.poll(address).toBe('/accounts')
  const stepUp = { password: 'boats on the river' }
  expect(callsOf(unlinkAccount).at(-1)).toEqual({ params: { id }, body: { moveVpasTo: second.id, stepUp } })
})

test('the only account is unlinked after its UPI ID was closed', async () => {
  const { user, address } = await openApp(`/accounts/${id}`)
  await user.click(await screen.findByRole('button', { name: /Unlink account/ }))
  await user.click(await screen.findByRole('link', { name: 'Close UPI ID' }))
  await expect.poll(address).toBe('/upi-ids?vpa=asha%40bahi')
  expect(callsOf(unlinkAccount)).toEqual([])
})

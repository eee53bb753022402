// What comes before the PIN: limits, keys, the shortest way, and the account that pays.
import {
  createVpa,
  listAccounts,
  listVpas,
  pinKeys,
  suggestVpas,
  type Account,
} from '@bahi/contracts/account.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import { pay, quote } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import { me } from '@bahi/contracts/user.ts'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { callsOf, openApp, signedInAs, stub, stubPayments } from '../../testing.tsx'
import { account, attempt, payRavi, paymentOf, quoteOf, stubPaying, vpa } from '../../payments/testing.tsx'

beforeEach(stubPaying)

describe('what is known before the PIN', () => {
  const limited = (maxPaise: number, code: string) =>
    stub(quote, ({ body: { amountPaise = 1 } }) => {
      const isOver = amountPaise > maxPaise
      const refusals = isOver ? [{ reason: 'x', code, message: 'A sentence.' }] : []
      return quoteOf({ maxPaise, code, limits: [], decision: isOver ? 'refuse' : 'allow', refusals })
    })
  test('a limit is said at the amount', async () => {
    limited(5_000_00, 'FL')
    const { user } = await openApp('/pay/ravi%40bahi?am=5000.01')
    await user.click(await screen.findByRole('button', { name: 'Continue' }))
    await screen.findByText(/You can pay up to ₹5,000 now/)
    expect(screen.queryByRole('button', { name: 'Enter UPI PIN' })).toBeNull()
    await user.clear(screen.getByLabelText('Amount'))
    await user.type(screen.getByLabelText('Amount'), '5000')
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    expect(await screen.findByRole('button', { name: 'Enter UPI PIN' })).toBeTruthy()
  })
  test('who has not proven who they are is led there by the limit of their tier', async () => {
    const limit = { limit: 'further:kyc-none:month', ofPaise: 10_000_00, leftPaise: 900_00 }
    stub(quote, () => quoteOf({ maxPaise: 900_00, code: 'FL', limits: [limit] }))
    const { user } = await openApp('/pay/ravi%40bahi')
    await user.type(await screen.findByLabelText('Amount'), '901')
    await screen.findByText(
      /You can pay up to ₹900 now. That is over the limit until your identity is verified/,
    )
    const link = screen.getByRole('link', { name: 'Verify your identity' })
    expect(link.getAttribute('href')).toBe('/profile/kyc')
    await user.clear(screen.getByLabelText('Amount'))
    await user.type(screen.getByLabelText('Amount'), '900')
    expect(screen.queryByRole('link', { name: 'Verify your identity' })).toBeNull()
  })
  test('nobody pays themselves', async () => {
    limited(0, 'U96')
    await openApp('/pay/asha%40bahi')
    await screen.findByText('Payer and payee are the same account.')
    expect(screen.getByRole('button', { name: 'Continue' })).toHaveProperty('disabled', true)
  })
  test('without an answer about limits the service decides', async () => {
    stub(quote, () => new Problem('unavailable'))
    const { user } = await openApp('/pay/ravi%40bahi?am=250')
    await user.click(await screen.findByRole('button', { name: 'Continue' }))
    expect(await screen.findByRole('button', { name: 'Enter UPI PIN' })).toBeTruthy()
  })
  const over = (reason: string, code: string) =>
    stub(quote, () => quoteOf({ decision: 'refuse', refusals: [{ reason, code, message: 'A sentence.' }] }))
  test('what a risk refuses is said at the amount, and nothing is paid', async () => {
    over('risk:asks-to-receive', 'U16')
    await openApp('/pay/ravi%40bahi?am=250&mode=01')
    await screen.findByText(/You never enter a UPI PIN to receive money/)
    expect(screen.getByRole('button', { name: 'Continue' })).toHaveProperty('disabled', true)
  })
  test('somebody who has stopped payments is told so', async () => {
    stub(quote, () =>
      quoteOf({
        ...{ maxPaise: 0, code: 'ZA', decision: 'refuse' },
        refusals: [{ reason: 'person:stopped', code: 'ZA', message: 'A sentence.' }],
      }),
    )
    await openApp('/pay/ravi%40bahi?am=250')
    await screen.findByText(/You have stopped all payments/)
    expect(screen.getByRole('link', { name: 'Payment limits' }).getAttribute('href')).toBe('/profile/limits')
    expect(screen.getByRole('button', { name: 'Continue' })).toHaveProperty('disabled', true)
  })
  test('a refusal is of what was refused: another amount may be paid', async () => {
    stub(quote, ({ body: { amountPaise = 1 } }) =>
      amountPaise < 1_000_00
        ? quoteOf()
        : quoteOf({
            decision: 'refuse',
            refusals: [{ reason: 'risk:asks-to-receive', code: 'U16', message: 'A sentence.' }],
          }),
    )
    const { user } = await openApp('/pay/ravi%40bahi?am=1000')
    await user.click(await screen.findByRole('button', { name: 'Continue' }))
    await screen.findByText(/You never enter a UPI PIN to receive money/)
    expect(screen.getByRole('button', { name: 'Continue' })).toHaveProperty('disabled', true)
    await user.clear(screen.getByLabelText('Amount'))
    await user.type(screen.getByLabelText('Amount'), '999')
    expect(screen.queryByText(/You never enter a UPI PIN to receive money/)).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    expect(await screen.findByRole('button', { name: 'Enter UPI PIN' })).toBeTruthy()
  })
  test('a limit that only the answer to this amount knows is said too', async () => {
    stub(quote, ({ body: { amountPaise } }) =>
      amountPaise === undefined
        ? quoteOf()
        : quoteOf({
            ...{ maxPaise: 500_00, code: 'FL', limits: [], decision: 'refuse' },
            refusals: [{ reason: 'x', code: 'FL', message: 'A sentence.' }],
          }),
    )
    const { user } = await openApp('/pay/ravi%40bahi?am=501')
    await user.click(await screen.findByRole('button', { name: 'Continue' }))
    await screen.findByText(/You can pay up to ₹500 now/)
    expect(screen.queryByRole('button', { name: 'Enter UPI PIN' })).toBeNull()
  })
  test('a refusal that no amount explains is said in its own words', async () => {
    stub(quote, ({ body: { amountPaise } }) =>
      quoteOf(
        amountPaise === undefined
          ? {}
          : { decision: 'refuse', refusals: [{ reason: 'x', code: 'ZA', message: 'A sentence.' }] },
      ),
    )
    const { user } = await openApp('/pay/ravi%40bahi?am=250')
    await user.click(await screen.findByRole('button', { name: 'Continue' }))
    // The button is disabled while the answer is awaited, too.
    await screen.findByText(upiCodeText('ZA', 'en'), { exact: false })
    expect(screen.getByRole('button', { name: 'Continue' })).toHaveProperty('disabled', true)
  })
  test('the note of a code is looked at once, however much is typed after it', async () => {
    const { user } = await openApp('/pay/ravi%40bahi?am=250&tn=Chai&mode=01')
    await user.type(await screen.findByLabelText('Add a note'), ' at the corner')
    await screen.findByText('Your limits')
    const notes = () => callsOf(quote).map(({ body }) => [body.note, body.amountPaise])
    expect(notes()).toEqual([['Chai', undefined]])
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    await screen.findByRole('button', { name: 'Enter UPI PIN' })
    expect(notes()).toEqual([
      ['Chai', undefined],
      ['Chai at the corner', 250_00],
    ])
  })
  test.each([
    ['risk:new-payee', /You have not paid them before/],
    ['person:blocked-payee', /You have blocked them/],
  ])('a warning is read before the PIN, also of somebody who was paid before: %s', async (reason, text) => {
    stubPayments([paymentOf({ params: attempt, body: attempt })])
    stub(quote, ({ body: { amountPaise = 0 } }) =>
      quoteOf({ warnings: amountPaise > 0 ? [{ reason, message: 'A sentence.' }] : [] }),
    )
    const { user } = await openApp('/pay/ravi%40bahi?am=25000')
    await user.click(await screen.findByRole('button', { name: 'Continue' }))
    await screen.findByText(text)
    expect(screen.getByRole('button', { name: 'Enter UPI PIN' })).toBeTruthy()
  })
  test('what is left of each limit is there to open', async () => {
    stub(quote, () =>
      quoteOf({
        limits: [
          { limit: 'everybody:day-amount', ofPaise: 1_00_000_00, leftPaise: 60_000_00 },
          { limit: 'person:ist-day-count', ofCount: 5, leftCount: 3 },
        ],
      }),
    )
    await openApp('/pay/ravi%40bahi?am=250')
    const list = (await screen.findByText('Your limits')).closest('details')
    expect(list?.textContent).toMatch(
      /UPI · 24 hours.*₹60,000 left.*of ₹1,00,000.*My limit · today.*3 left.*of 5/s,
    )
  })
  test('the keys that encrypt the PIN are there before it is typed', async () => {
    await openApp('/pay/ravi%40bahi?am=250')
    await screen.findByRole('button', { name: 'Continue' })
    await waitFor(() => expect(callsOf(pinKeys)).toHaveLength(1))
  })
})

test('somebody who was paid before is paid in three taps beside the digits', async () => {
  const createdAt = '2026-11-20T09:30:00.000Z'
  stubPayments([paymentOf({ params: attempt, body: attempt }, { createdAt, completedAt: createdAt })])
  stub(me, () => ({
    ...{ userId: signedInAs, name: 'Asha Rao', phone: '+919876543210', language: 'en' as const, createdAt },
  }))
  stub(listMessages, () => ({ notifications: [], unread: 0 }))
  stub(pay, (sent) => paymentOf(sent))
  const { user } = await openApp('/')
  let taps = 0
  const tap = async (role: string, name: string) => {
    taps += 1
    await user.click(await screen.findByRole(role, { name }))
  }
  await tap('link', 'Ravi Kumar')
  await screen.findByLabelText('Amount')
  for (const digit of '250') await user.click(screen.getByRole('button', { name: digit }))
  await tap('button', 'Continue')
  const pad = await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  // All that the PIN is for stands beside it.
  for (const text of ['₹250.00', 'to Ravi Kumar', 'ravi@bahi', 'Bahi Bank •• 1234'])
    expect(screen.getByRole('main').textContent).toContain(text)
  for (const digit of '4071') await user.click(within(pad).getByRole('button', { name: digit }))
  await tap('button', 'Confirm')
  await screen.findByRole('heading', { name: 'Payment successful' })
  expect(taps).toBe(3)
})

test('what a code asks for is reviewed, also of somebody who was paid before', async () => {
  stubPayments([paymentOf({ params: attempt, body: attempt })])
  const { user } = await openApp('/pay/ravi%40bahi?am=250&mode=01&fixed=1')
  await user.click(await screen.findByRole('button', { name: 'Continue' }))
  expect(await screen.findByRole('button', { name: 'Enter UPI PIN' })).toBeTruthy()
})

describe('an account without a UPI ID', () => {
  const second: Account = {
    ...account,
    ...{ id: '01994c00-0000-7000-8000-0000000000a2', bank: 'GANG', bankName: 'Ganga Bank', vpas: [] },
    ...{ maskedNumber: 'XXXXXXXX9876', pinLength: 6 },
  }
  test('is chosen with a UPI ID that it gets at once, and pays', async () => {
    let vpas = [vpa]
    stub(listAccounts, () => ({ accounts: [account, second] }))
    stub(listVpas, () => ({ vpas }))
    stub(suggestVpas, () => ({ vpas: ['asha.rao@bahi'] }))
    stub(createVpa, ({ body }) => {
      const made = { ...body, primary: false, createdAt: account.linkedAt }
      vpas = [vpa, made]
      return made
    })
    stub(pay, (sent) => paymentOf(sent))
    const { user } = await openApp('/pay/ravi%40bahi?am=250')
    await user.click(await screen.findByRole('button', { name: /Pay from.*Bahi Bank/ }))
    // Nobody asked to pay from the other one.
    expect(screen.queryByText(/can’t pay now/)).toBeNull()
    await user.click(await screen.findByRole('button', { name: /Ganga Bank •• 9876/ }))
    await screen.findByRole('button', { name: /Pay from.*Ganga Bank •• 9876/ })
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    await user.click(await screen.findByRole('button', { name: 'Enter UPI PIN' }))
    await screen.findByRole('group', { name: 'UPI PIN for Ganga Bank' })
    await user.keyboard('407182{Enter}')
    await screen.findByRole('heading', { name: 'Payment successful' })
    expect(callsOf(pay)[0]?.body).toMatchObject({ payerVpa: 'asha.rao@bahi' })
  })
  test('trying again keeps the account, and says when it cannot pay any more', async () => {
    const other = { ...vpa, vpa: 'asha.rao@bahi', accountId: second.id, primary: false }
    stub(listAccounts, () => ({ accounts: [account, second] }))
    stub(listVpas, () => ({ vpas: [vpa, other] }))
    await openApp('/pay/ravi%40bahi?am=250&from=asha.rao%40bahi')
    await screen.findByRole('button', { name: /Pay from.*Ganga Bank/ })
    stub(listAccounts, () => ({ accounts: [account, { ...second, status: 'frozen' as const }] }))
    cleanup()
    await openApp('/pay/ravi%40bahi?am=250&from=asha.rao%40bahi')
    await screen.findByText('Ganga Bank •• 9876 can’t pay now. Paying from Bahi Bank •• 1234.')
  })
  test('is offered when the money of the first does not suffice', async () => {
    const failure = { code: 'Z9', message: 'There is not enough money in the account.' }
    stub(listAccounts, () => ({ accounts: [account, second] }))
    stub(pay, (sent) => paymentOf(sent, { status: 'failed', failure }))
    const { user } = await payRavi()
    await screen.findByRole('heading', { name: 'Payment failed' })
    expect(screen.getByRole('button', { name: 'Check balance' })).toBeTruthy()
    expect(screen.getByRole('link', { name: 'Change amount' })).toBeTruthy()
    await user.click(screen.getByRole('link', { name: 'Pay from another account' }))
    expect(await screen.findByRole('button', { name: /Ganga Bank •• 9876/ })).toBeTruthy()
  })
})

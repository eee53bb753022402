// AutoPay: made in a form or by a link, asked for, approved with the PIN; debits above the limit are approved.
import { listAccounts, listVpas, pinKeys, resolveVpa } from '@bahi/contracts/account.ts'
import {
  approveMandate,
  createMandate,
  declineMandate,
  listMandates,
  showMandate,
  type MandateView,
} from '@bahi/contracts/mandates.ts'
import { mandateLink } from '@bahi/contracts/codes/mandate-order.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import { listBlocked } from '@bahi/contracts/people.ts'
import { pay, showPayment } from '@bahi/contracts/payment.ts'
import { readQr } from '@bahi/contracts/qr.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { addDays } from '@bahi/contracts/recurrence.ts'
import { cleanup, fireEvent, screen } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { account, paymentOf, stillOpen, stubPaying, vpa } from '../../payments/testing.tsx'
import { callsOf, openApp, stub } from '../../testing.tsx'
import { active, debit, id, requested, today } from './testing.ts'

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
  await screen.findByText('Every month, on day 5')
})

test('a request is approved with the PIN, or declined', async () => {
  shown = requested
  stub(approveMandate, () => ({ ...requested, code: 'ZM', triesLeft: 2 }))
  const { user } = await openApp(`/autopay/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Approve with UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4070{Enter}')
  await screen.findByText('The UPI PIN is wrong. No money has moved.')
  await screen.findByText('2 attempts left')
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

const toApprove = {
  ...debit,
  status: 'awaiting-approval',
  approvableUntil: '2099-01-01T00:00:00.000Z',
} as const

test('a debit above the limit is paid with the PIN, and a lost answer is asked for as the same payment', async () => {
  shown = { ...active, debits: [toApprove] }
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

test('a debit above the limit of a payee with another app is paid when that app asks for it', async () => {
  const { approvableUntil: _, ...announced } = toApprove
  shown = { ...active, debits: [announced] }
  await openApp(`/autopay/${id}`)
  await screen.findByText(/You are asked for it when the app of .* presents it/)
  expect(screen.queryByRole('link', { name: 'Pay with UPI PIN' })).toBeNull()
})

test('a debit whose payment is pending is shown as pending', async () => {
  shown = { ...active, debits: [toApprove] }
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

const terms = { ...active.terms, dayRule: { type: 'BEFORE', day: 31 } } as const
const code = mandateLink({ vpa: 'kaveri@bahi', name: 'Music', terms })
const kaveri = {
  vpa: 'kaveri@bahi',
  name: 'Kaveri Music',
  verified: true,
  kind: 'merchant',
  payable: true,
} as const
const agreePath = `/autopay/agree?${new URLSearchParams({ code }).toString()}`

test('a link says plainly what it allows, and is agreed to with the PIN, at the second try too', async () => {
  stub(resolveVpa, () => kaveri)
  const mandate = {
    vpa: kaveri.vpa,
    name: 'Music',
    terms,
    initiation: { mode: '11', purpose: '14' },
  } as const
  stub(readQr, () => ({ kind: 'mandate' as const, text: code, mandate }))
  stub(createMandate, () => ({ ...active, status: 'failed' as const, code: 'ZM', triesLeft: 1 }))
  const { user, address } = await openApp('/autopay/new')
  await user.click(await screen.findByLabelText('UPI ID or mobile number'))
  await user.paste(code)
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await screen.findByText('You allow Kaveri Music to debit')
  await screen.findByText('Every month, on or before day 31')
  await screen.findByText(/couldn’t verify who made/)
  await user.click(screen.getByRole('button', { name: 'Approve with UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4070{Enter}')
  await screen.findByText('1 attempt left')
  stub(createMandate, () => active)
  await user.keyboard('4071{Enter}')
  await expect.poll(address).toBe(`/autopay/${id}`)
  const [first, second] = callsOf(createMandate)
  expect(second).toMatchObject({
    body: { payerVpa: 'asha@bahi', payeeVpa: 'kaveri@bahi', name: 'Music', terms, code },
  })
  expect(first!.params.id).not.toBe(second!.params.id)
})

const above = { ...terms, amountPaise: 20_000_00 }
test.each([
  ['a person: that of everybody', 'person', '5960', 'A debit above ₹15,000.00 needs your UPI PIN each time.'],
  ['a merchant: not known here', 'merchant', undefined, undefined],
] as const)('the bound without PIN is no word of the code: %s', async (_, kind, mcc, sentence) => {
  stub(resolveVpa, () => ({ ...kaveri, kind }))
  const initiation = { mode: '11', purpose: '14', ...(mcc ? { mcc } : {}) } as const
  const mandate = { vpa: kaveri.vpa, name: 'Music', terms: above, initiation }
  stub(readQr, () => ({ kind: 'mandate' as const, text: code, mandate }))
  await openApp(agreePath)
  const warning = await screen.findByText(/^With your UPI PIN/)
  expect(/A debit above .*/.exec(warning.textContent)?.[0]).toBe(sentence)
  expect(warning.textContent).toContain('You are told before each debit.')
})

test('whoever approves a request is told as much as whoever makes a mandate', async () => {
  const fixed = { ...above, revocable: false, validTo: '2030-11-05' }
  shown = { ...requested, terms: fixed }
  await openApp(`/autopay/${id}`)
  await screen.findByText('You can’t cancel this AutoPay before 5 Nov 2030. Only Kaveri Music can.')
  screen.getByText(/again and again.* A debit above ₹15,000.00 needs your UPI PIN each time.$/)
  cleanup()
  shown = { ...requested, terms: { ...fixed, recurrence: 'ONETIME', blockFunds: true, revocable: true } }
  await openApp(`/autopay/${id}`)
  await screen.findByText(/to debit your account once/)
  expect(screen.getByText('Reserved').nextSibling?.textContent).toBe('₹20,000.00')
  expect(screen.getByText('You can cancel').nextSibling?.textContent).toBe('Any time')
})

test('whoever agrees is told that they have blocked the payee', async () => {
  const sentence = 'You have blocked them. Do you really want to pay them?'
  stub(listBlocked, () => ({
    blocked: [{ vpa: 'kaveri@bahi', name: 'Kaveri Music', blockedAt: '2026-11-01T00:00:00.000Z' }],
  }))
  stub(resolveVpa, () => kaveri)
  const initiation = { mode: '11', purpose: '14' } as const
  const mandate = { vpa: kaveri.vpa, name: 'Music', terms, initiation }
  stub(readQr, () => ({ kind: 'mandate' as const, text: code, mandate }))
  await openApp(agreePath)
  await screen.findByText(sentence)
  cleanup()
  shown = requested
  await openApp(`/autopay/${id}`)
  await screen.findByText(sentence)
})

test.each([
  ['code-forged', /Don’t pay with it/],
  ['code-used', /already set up/],
  ['code-expired', /has expired/],
] as const)('a link that the services refuse is not agreed to: %s', async (problem, why) => {
  stub(resolveVpa, () => kaveri)
  stub(readQr, () => new Problem(problem))
  await openApp(agreePath)
  await screen.findByText(why)
  expect(screen.queryByRole('button', { name: 'Approve with UPI PIN' })).toBeNull()
})

test('a mandate of one’s own is made of its terms', async () => {
  stub(createMandate, () => active)
  const { user } = await openApp(`/autopay/new/${encodeURIComponent('ravi@bahi')}`)
  await user.click(await screen.findByRole('button', { name: 'Continue' }))
  await screen.findByText('Say what it is for.')
  await user.type(screen.getByLabelText('What for'), 'Rent')
  await user.type(screen.getByLabelText('Amount'), '450')
  await user.selectOptions(screen.getByLabelText('How often'), 'WEEKLY')
  await user.selectOptions(screen.getByLabelText('Day'), 'Friday')
  expect(screen.queryByText('Up to a limit')).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await screen.findByText('Every week, on Friday')
  await user.click(screen.getByRole('button', { name: 'Approve with UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4071{Enter}')
  await expect
    .poll(() => callsOf(createMandate))
    .toMatchObject([
      {
        body: {
          ...{ payerVpa: 'asha@bahi', payeeVpa: 'ravi@bahi', name: 'Rent' },
          terms: {
            ...{ amountRule: 'EXACT', amountPaise: 450_00, recurrence: 'WEEKLY', revocable: true },
            ...{ dayRule: { type: 'ON', day: 5 }, validFrom: addDays(today, 2), blockFunds: false },
          },
        },
      },
    ])
})

test.each([
  ['before the first', 1, 'Choose a later day.'],
  ['in order, without a debit', 2, 'No debit falls into these days.'],
  ['too far ahead', 31 * 366, 'Choose an earlier day.'],
])('the last day is wrong: %s', async (_, days, text) => {
  const { user } = await openApp(`/autopay/new/${encodeURIComponent('ravi@bahi')}`)
  await user.type(await screen.findByLabelText('What for'), 'Rent')
  await user.type(screen.getByLabelText('Amount'), '450')
  const day = Number(addDays(today, 20).slice(8))
  await user.selectOptions(screen.getByLabelText('Day'), String(day))
  const last = screen.getByLabelText<HTMLInputElement>('Last day')
  expect(last.max).toBe(addDays(today, 30 * 366))
  fireEvent.change(last, { target: { value: addDays(today, days) } })
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  expect((await screen.findByRole('alert')).textContent).toBe(text)
})

test('back from the terms the form is as it was, and the same terms again are the same mandate', async () => {
  const second = {
    ...account,
    id: '01994c00-0000-7000-8000-0000000000a2',
    bankName: 'Ganga Bank',
    vpas: ['rao@bahi'],
  }
  stub(listAccounts, () => ({ accounts: [account, second] }))
  stub(listVpas, () => ({ vpas: [vpa, { ...vpa, vpa: 'rao@bahi', accountId: second.id, primary: false }] }))
  stub(createMandate, () => new Problem('timeout'))
  const { user, goBack } = await openApp(`/autopay/new/${encodeURIComponent('ravi@bahi')}`)
  await user.type(await screen.findByLabelText('What for'), 'Rent')
  await user.type(screen.getByLabelText('Amount'), '450')
  const agree = async () => {
    await user.click(await screen.findByRole('button', { name: 'Approve with UPI PIN' }))
    await screen.findByRole('group', { name: 'UPI PIN for Ganga Bank' })
    await user.keyboard('4071{Enter}')
  }
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await user.click(await screen.findByRole('button', { name: /Change/ }))
  await user.click(await screen.findByRole('button', { name: /rao@bahi/ }))
  await agree()
  await expect.poll(() => callsOf(createMandate)).toHaveLength(1)
  await screen.findByRole('alert')
  await goBack()
  expect((await screen.findByLabelText<HTMLInputElement>('What for')).value).toBe('Rent')
  expect(screen.getByLabelText<HTMLInputElement>('Amount').value).toBe('450')
  stub(createMandate, () => active)
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await agree()
  await expect.poll(() => callsOf(createMandate)).toHaveLength(2)
  const [first, again] = callsOf(createMandate)
  expect(again!.params).toEqual(first!.params)
})

test('a mandate that does not exist leads to those that do', async () => {
  stub(showMandate, () => new Problem('not-found'))
  await openApp(`/autopay/${id}`)
  await screen.findByText('This AutoPay does not exist')
  expect(screen.getByRole('link', { name: 'AutoPay' }).getAttribute('href')).toBe('/autopay')
})

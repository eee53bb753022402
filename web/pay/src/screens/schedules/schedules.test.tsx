// Planned payments: planning one, paying what is due with the PIN alone, changing, skipping, ending.
import { listAccounts, listVpas, resolveVpa } from '@bahi/contracts/account.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import { pay, quote } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { addDays, addMonths, istDateOf } from '@bahi/contracts/recurrence.ts'
import {
  changeSchedule,
  endSchedule,
  listSchedules,
  makeSchedule,
  pauseSchedule,
  showSchedule,
  skipOccurrence,
  type OccurrenceView,
  type ScheduleView,
} from '@bahi/contracts/schedules.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { cleanup, fireEvent, screen } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { account, paymentOf, quoteOf, stubPaying, vpa } from '../../payments/testing.tsx'
import { callsOf, openApp, stub } from '../../testing.tsx'

const id = '01994c00-0000-7000-8000-00000000000b'
const [ravi, asha] = [
  { vpa: 'ravi@bahi', name: 'Ravi Kumar' },
  { vpa: 'asha@bahi', name: 'Asha Rao' },
]
const today = istDateOf(new Date())
const active: ScheduleView = {
  ...{ id, status: 'active', amountPaise: 450_00, currency: 'INR', note: 'Rent', payer: asha, payee: ravi },
  ...{ recurrence: 'MONTHLY', startsOn: today, paid: 0, next: { number: 2, on: addMonths(today, 1) } },
  createdAt: '2026-11-23T09:30:00.000Z',
}
const paymentId = uuidv7()
const due: ScheduleView = {
  ...active,
  due: { number: 1, on: today, payableUntil: '2026-12-01T02:30:00.000Z', paymentId, isPaying: false },
}
const dates: OccurrenceView[] = [
  { number: 2, on: addMonths(today, 1), status: 'upcoming' },
  { number: 1, on: today, status: 'due' },
]

let shown: ScheduleView
beforeEach(() => {
  stubPaying()
  stub(listMessages, () => ({ notifications: [], unread: 0 }))
  shown = due
  stub(showSchedule, () => ({ schedule: shown, occurrences: dates }))
})

test('what is due is paid with the PIN alone, as the payment that was fixed for it', async () => {
  stub(pay, (input) => paymentOf(input))
  const { user } = await openApp(`/schedules/${id}`)
  await user.click(await screen.findByRole('link', { name: 'Pay ₹450.00' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4071{Enter}')
  await screen.findByRole('heading', { name: 'Payment successful' })
  expect(callsOf(pay)).toMatchObject([
    {
      params: { id: paymentId },
      body: {
        ...{ payeeVpa: 'ravi@bahi', amountPaise: 450_00, note: 'Rent' },
        initiation: { origin: { kind: 'schedule', id } },
      },
    },
  ])
})

const warned = { warnings: [{ reason: 'risk:new-payee', message: 'A sentence.' }] }
const refused = {
  decision: 'refuse' as const,
  refusals: [{ reason: 'risk:asks-to-receive', code: 'U16', message: 'A sentence.' }],
}
test.each([
  ['what warns of it', `from=asha@bahi`, () => quoteOf(warned), /You have not paid them before/],
  ['what refuses it', `from=asha@bahi`, () => quoteOf(refused), /You never enter a UPI PIN to receive money/],
  ['itself without a quote', `from=asha@bahi`, () => new Problem('rate-limited'), /Check the name/],
  ['itself from another account', `from=asha.rao@bahi`, () => quoteOf(), /Check the name/],
  ['itself from no account', ``, () => quoteOf(), /Check the name/],
] as const)('what is due is reviewed before its PIN: %s', async (_, from, answer, text) => {
  stub(quote, answer)
  await openApp(`/pay/ravi%40bahi?am=450.00&fixed=1&schedule=${id}&${from}`)
  await screen.findByText(text)
  expect(screen.getByRole('button', { name: 'Enter UPI PIN' })).toBeTruthy()
  expect(screen.queryByRole('group', { name: /UPI PIN for/ })).toBeNull()
})

test('an id that is too old for a payment is not used', async () => {
  shown = { ...due, due: { ...due.due!, paymentId: uuidv7(Date.now() - 21 * 3_600_000) } }
  await openApp(`/schedules/${id}`)
  const link = await screen.findByRole('link', { name: 'Pay ₹450.00' })
  expect(link.getAttribute('href')).toContain(`schedule=${id}`)
  expect(link.getAttribute('href')).not.toContain('payment=')
})

test('a payment is planned, with the days that follow from it', async () => {
  shown = active
  stub(makeSchedule, () => active)
  const { user, address } = await openApp('/schedules/new/ravi%40bahi?am=450&tn=Rent')
  fireEvent.change(await screen.findByLabelText('First day'), { target: { value: addDays(today, 3) } })
  await user.selectOptions(screen.getByLabelText('How often'), 'Every week')
  await user.click(screen.getByRole('radio', { name: 'By count' }))
  await user.clear(screen.getByLabelText('How many times'))
  await user.type(screen.getByLabelText('How many times'), '2')
  expect(screen.getByText(/You are asked to pay on/).textContent?.split('·')).toHaveLength(2)
  await user.click(screen.getByRole('button', { name: 'Plan payment' }))
  await screen.findByRole('heading', { name: 'Planned payment' })
  expect(address()).toBe(`/schedules/${id}`)
  expect(callsOf(makeSchedule)[0]!.body).toEqual({
    ...{ payerVpa: 'asha@bahi', payeeVpa: 'ravi@bahi', amountPaise: 450_00, note: 'Rent' },
    ...{ recurrence: 'WEEKLY', startsOn: addDays(today, 3), count: 2 },
  })
})

test('a payment is planned, and changed, from the account that was chosen', async () => {
  shown = active
  const second = { ...account, id: '01994c00-0000-7000-8000-0000000000a2', bankName: 'Ganga Bank' }
  stub(listAccounts, () => ({ accounts: [account, { ...second, vpas: ['asha.ganga@bahi'] }] }))
  const other = { ...vpa, vpa: 'asha.ganga@bahi', accountId: second.id, primary: false }
  stub(listVpas, () => ({ vpas: [vpa, other] }))
  stub(makeSchedule, () => active)
  stub(changeSchedule, () => active)
  const { user, goTo } = await openApp('/schedules/new/ravi%40bahi?am=450')
  const choose = async () => {
    await user.click(await screen.findByRole('button', { name: /Pay from.*Bahi Bank/ }))
    await user.click(await screen.findByRole('button', { name: /Ganga Bank/ }))
  }
  await choose()
  await user.click(screen.getByRole('button', { name: 'Plan payment' }))
  await screen.findByRole('heading', { name: 'Planned payment' })
  expect(callsOf(makeSchedule)[0]!.body).toMatchObject({ payerVpa: 'asha.ganga@bahi' })
  await goTo(`/schedules/${id}/edit`)
  await choose()
  await user.click(screen.getByRole('button', { name: 'Save changes' }))
  await screen.findByRole('heading', { name: 'Planned payment' })
  expect(callsOf(changeSchedule)[0]!.body).toMatchObject({ payerVpa: 'asha.ganga@bahi' })
})

test('what is over is not changed, what does not exist is said, and a payee is as their bank says', async () => {
  stub(resolveVpa, ({ params }) => ({
    ...{ vpa: params.vpa, name: 'Ravi Kumar', kind: 'merchant' as const, verified: false },
  }))
  await openApp(`/schedules/${id}/edit`)
  await screen.findByRole('button', { name: 'Save changes' })
  expect(screen.queryByLabelText('Verified bank name')).toBeNull()
  cleanup()
  shown = { ...active, status: 'ended' }
  const { goTo } = await openApp(`/schedules/${id}/edit`)
  await screen.findByText('Ended')
  expect(screen.queryByRole('button', { name: 'Save changes' })).toBeNull()
  stub(showSchedule, () => new Problem('not-found'))
  await goTo(`/schedules/${uuidv7()}/edit`)
  await screen.findByText('This planned payment does not exist')
})

test('what is missing is said', async () => {
  const { user } = await openApp('/schedules/new/ravi%40bahi')
  fireEvent.change(await screen.findByLabelText('First day'), { target: { value: addDays(today, -1) } })
  await user.click(screen.getByRole('button', { name: 'Plan payment' }))
  expect(await screen.findByText('Choose a later day.')).toBeTruthy()
  expect(callsOf(makeSchedule)).toEqual([])
})

test('it is changed, skipped, paused and ended', async () => {
  stub(changeSchedule, () => (shown = { ...due, amountPaise: 500_00 }))
  stub(skipOccurrence, () => (shown = active))
  stub(pauseSchedule, () => (shown = { ...active, status: 'paused' }))
  stub(endSchedule, () => (shown = { ...active, status: 'ended' }))
  const { user } = await openApp(`/schedules/${id}`)
  await user.click(await screen.findByRole('link', { name: 'Change' }))
  await user.clear(await screen.findByLabelText('Amount'))
  await user.type(screen.getByLabelText('Amount'), '500')
  await user.click(screen.getByRole('button', { name: 'Save changes' }))
  await screen.findByRole('link', { name: 'Pay ₹500.00' })
  expect(callsOf(changeSchedule)[0]!.body).toEqual({
    ...{ payerVpa: 'asha@bahi', amountPaise: 500_00, note: 'Rent', recurrence: 'MONTHLY' },
    nextOn: active.next!.on,
  })
  await user.click(screen.getByRole('button', { name: 'Skip this time' }))
  await screen.findByText('Active')
  expect(callsOf(skipOccurrence)[0]!.body).toEqual({ number: 1 })
  await user.click(screen.getByRole('button', { name: 'Pause' }))
  await screen.findByText('Paused')
  await user.click(screen.getByRole('button', { name: 'End' }))
  await user.click(screen.getAllByRole('button', { name: 'End' }).at(-1)!)
  await screen.findByText('Ended')
})

test('the list has what is due first, and home leads to it', async () => {
  const other = {
    ...active,
    id: '01994c00-0000-7000-8000-00000000000c',
    payee: { vpa: 'meera@bahi', name: 'Meera' },
  }
  stub(listSchedules, ({ querystring: { show } }) => ({ schedules: show === 'due' ? [due] : [other, due] }))
  const { user, goTo } = await openApp('/schedules')
  const rows = await screen.findAllByRole('link', { name: /₹450/ })
  expect(rows.map((row) => row.textContent)).toEqual([
    expect.stringMatching(/Ravi Kumar.*Every month.*Due now/),
    expect.stringMatching(/Meera.*Next on.*Active/),
  ])
  await goTo('/')
  await user.click(await screen.findByRole('link', { name: '₹450.00 to Ravi Kumar is due' }))
  await screen.findByRole('heading', { name: 'Planned payment' })
})

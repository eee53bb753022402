// AutoPay as its payee: a code of one's own, and asking for a debit of a mandate that somebody agreed to by it.
import { listVpas, resolveVpa } from '@bahi/contracts/account.ts'
import { readCode } from '@bahi/contracts/codes/read-code.ts'
import {
  presentDebit,
  requestMandate,
  showMandate,
  type MandateDebit,
  type MandateView,
} from '@bahi/contracts/mandates.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { stubPaying, vpa } from '../../payments/testing.tsx'
import { callsOf, openApp, stub } from '../../testing.tsx'
import { nextPresentable } from './present-debit.tsx'

const id = '01994c00-0000-7000-8000-00000000000c'
const today = istDateOf(new Date())
const upTo = {
  ...({ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'ASPRESENTED' } as const),
  ...{ validFrom: today, validTo: addDays(today, 365), revocable: true, blockFunds: false },
}
const mandate: MandateView = {
  ...{ id, umn: '01994c0000007000800000000000000c@bahi', name: 'Milk', status: 'active', direction: 'payee' },
  ...{ terms: upTo, currency: 'INR', payer: { vpa: 'ravi@bahi', name: 'Ravi Kumar' } },
  payee: { vpa: 'asha@bahi', name: 'Asha Rao' },
  ...{ presentedBy: 'payee', operating: false, createdAt: '2026-11-23T09:30:00.000Z' },
  ...{ withoutPinPaise: 15_000_00, debits: [] },
}
const debitOn = (dueOn: string, sequence = 1): MandateDebit => ({
  ...{ id: '01994c00-0000-7000-8000-00000000000d', sequence, status: 'planned', amountPaise: 199_00 },
  ...{ dueOn, executeAt: '2026-12-01T00:00:00.000Z', attempts: 0 },
})

let shown: MandateView
beforeEach(() => {
  stubPaying()
  shown = mandate
  stub(showMandate, () => shown)
})

test('a code says the terms and whose it is, and its link is copied', async () => {
  stub(resolveVpa, () => ({
    ...{ vpa: 'asha@bahi', name: 'Rao Stores', kind: 'merchant' as const, mcc: '5411', verified: true },
  }))
  const { user } = await openApp('/autopay/code')
  await user.type(await screen.findByLabelText('What for'), 'Milk')
  await user.click(screen.getByRole('radio', { name: 'Up to a limit' }))
  screen.getByText('You name each amount, up to this one. The payer is told before each debit.')
  await user.type(screen.getByLabelText('Most for each debit'), '199')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await screen.findByRole('img', { name: 'AutoPay code of Rao Stores: Up to ₹199.00 · When due' })
  await user.click(screen.getByRole('button', { name: 'Copy link' }))
  await screen.findByText('Link copied.')
  expect(readCode(await navigator.clipboard.readText())).toMatchObject({
    kind: 'mandate',
    order: {
      ...{ vpa: 'asha@bahi', name: 'Milk', initiation: { mcc: '5411' } },
      terms: { ...upTo, validFrom: addDays(today, 2), validTo: addDays(today, 366) },
    },
  })
})

test('its payee asks for a debit on a day to come, of no more than was agreed to', async () => {
  shown = { ...mandate, debits: [debitOn(today, 3)] }
  stub(presentDebit, () => new Problem('timeout'))
  const { user } = await openApp(`/autopay/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Ask for a debit' }))
  const sheet = within(await screen.findByRole('dialog'))
  await user.type(sheet.getByLabelText('Amount'), '199.01')
  await user.click(sheet.getByRole('button', { name: 'Ask for a debit' }))
  await sheet.findByText('AutoPay allows ₹199.00 at most.')
  expect(callsOf(presentDebit)).toEqual([])
  await user.clear(sheet.getByLabelText('Amount'))
  await user.type(sheet.getByLabelText('Amount'), '150')
  await user.click(sheet.getByRole('button', { name: 'Ask for a debit' }))
  await sheet.findByRole('alert')
  const asked = debitOn(addDays(today, 1), 4)
  stub(presentDebit, () => asked)
  shown = { ...mandate, debits: [asked] }
  await user.click(sheet.getByRole('button', { name: 'Ask for a debit' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  await screen.findByText('Will be debited')
  const [first, again] = callsOf(presentDebit)
  expect(again).toEqual(first)
  expect(again).toMatchObject({
    params: { umn: mandate.umn },
    body: { sequence: 4, amountPaise: 150_00, dueOn: addDays(today, 1) },
  })
})

const monthly = { ...upTo, recurrence: 'MONTHLY', dayRule: { type: 'AFTER', day: 10 } } as const
const dated = { ...monthly, validFrom: '2026-11-01', validTo: '2027-02-28' }
test.each<[string, Partial<MandateView>, string, [string, string] | undefined]>([
  ['when due: from tomorrow', {}, today, [addDays(today, 1), upTo.validTo]],
  ['over tomorrow', { terms: { ...upTo, validTo: today } }, today, undefined],
  ['this month, from its day on', { terms: dated }, '2026-11-02', ['2026-11-10', '2026-11-30']],
  ['this month, whose day has passed', { terms: dated }, '2026-11-20', ['2026-11-21', '2026-11-30']],
  [
    'the next month, after the debit of this one',
    { terms: dated, debits: [debitOn('2026-11-12')] },
    '2026-11-12',
    ['2026-12-10', '2026-12-31'],
  ],
])('the next debit can be asked for: %s', (_, of, day, days) => {
  const window = nextPresentable({ ...mandate, ...of }, day)
  expect(window && [window.from, window.to]).toEqual(days)
})

test('a code, and an ask, are for the UPI ID that was chosen', async () => {
  stub(listVpas, () => ({ vpas: [vpa, { ...vpa, vpa: 'asha.shop@bahi', primary: false }] }))
  stub(resolveVpa, ({ params }) => ({
    ...{ vpa: params.vpa, name: params.vpa, kind: 'person' as const, verified: true },
  }))
  stub(requestMandate, () => mandate)
  const { user, goTo } = await openApp('/autopay/code')
  const fill = async () => {
    await user.type(await screen.findByLabelText('What for'), 'Milk')
    await user.type(screen.getByLabelText('Amount'), '199')
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    await user.selectOptions(await screen.findByLabelText('UPI ID'), 'asha.shop@bahi')
  }
  await fill()
  await screen.findByRole('img', { name: /^AutoPay code of asha.shop@bahi/ })
  await goTo('/autopay/ask/ravi%40bahi')
  await fill()
  await user.click(await screen.findByRole('button', { name: 'Ask ravi@bahi' }))
  await expect.poll(() => callsOf(requestMandate)).toMatchObject([{ body: { payeeVpa: 'asha.shop@bahi' } }])
})

test('its payee asks a named payer for it, once', async () => {
  const person = { kind: 'person' as const, verified: true }
  stub(resolveVpa, ({ params: { vpa } }) => ({
    ...{ ...person, vpa, name: vpa.startsWith('ravi') ? 'Ravi Kumar' : 'Asha Rao' },
  }))
  shown = { ...mandate, status: 'requested', expiresAt: '2099-01-01T00:00:00.000Z' }
  stub(requestMandate, () => new Problem('timeout'))
  const { user } = await openApp('/autopay/new')
  await user.click(await screen.findByRole('link', { name: /Ask for AutoPay/ }))
  await screen.findByRole('heading', { name: 'Ask for AutoPay from' })
  cleanup()
  const asking = await openApp('/autopay/ask/ravi%40bahi')
  await screen.findByText('Ravi Kumar')
  await asking.user.type(await screen.findByLabelText('What for'), 'Milk')
  await asking.user.type(screen.getByLabelText('Amount'), '199')
  await asking.user.selectOptions(screen.getByLabelText('How often'), 'DAILY')
  await asking.user.click(screen.getByRole('button', { name: 'Continue' }))
  await screen.findByText('You ask Ravi Kumar to allow')
  await asking.user.click(screen.getByRole('button', { name: 'Ask Ravi Kumar' }))
  await screen.findByRole('alert')
  stub(requestMandate, () => shown)
  await asking.user.click(screen.getByRole('button', { name: 'Ask Ravi Kumar' }))
  await screen.findByText('Waiting for approval')
  const [first, again] = callsOf(requestMandate)
  expect(again).toEqual(first)
  expect(again!.body).toMatchObject({
    ...{ payerVpa: 'ravi@bahi', payeeVpa: 'asha@bahi', name: 'Milk' },
    terms: { amountRule: 'EXACT', amountPaise: 199_00, recurrence: 'DAILY', blockFunds: false },
  })
})

// What a payer does with AutoPay that is live: it is moved, paused, changed and cancelled.
import { listAccounts, listBanks, listVpas } from '@bahi/contracts/account.ts'
import {
  listMandates,
  pauseMandate,
  portMandate,
  revokeMandate,
  showMandate,
  skipDebit,
  updateMandate,
  type MandateView,
} from '@bahi/contracts/mandates.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import { addDays } from '@bahi/contracts/recurrence.ts'
import { cleanup, fireEvent, screen, within } from '@testing-library/react'
import { compactDecrypt } from 'jose'
import { beforeEach, expect, test } from 'vitest'
import { account, bankKey, stubPaying, vpa } from '../../payments/testing.tsx'
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

test('it is moved to another account with the PIN of that account, and not again for a while', async () => {
  shown = { ...active, payer: { ...active.payer, bank: 'BAHI' } }
  const second = { ...account, id: '01994c00-0000-7000-8000-0000000000aa', vpas: ['asha.second@bahi'] }
  stub(listAccounts, () => ({ accounts: [account, second] }))
  stub(listVpas, () => ({
    vpas: [vpa, { ...vpa, vpa: 'asha.second@bahi', accountId: second.id, primary: false }],
  }))
  const bank = { code: 'BAHI', name: 'Bahi Bank', ifsc: 'BAHI0000001', onUs: true, pinLength: 4 as const }
  stub(listBanks, () => ({ banks: [bank] }))
  stub(portMandate, () => ({ ...shown, code: 'ZM', triesLeft: 2 }))
  const { user } = await openApp(`/autopay/${id}`)
  await user.click(await screen.findByRole('link', { name: 'Debit another account' }))
  await user.click(await screen.findByRole('button', { name: 'Move with UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4070{Enter}')
  await screen.findByText('2 attempts left')
  const portableAfter = '2099-01-01T00:00:00.000Z'
  stub(
    portMandate,
    ({ body }) => (shown = { ...shown, payer: { ...shown.payer, vpa: body.payerVpa }, portableAfter }),
  )
  await user.keyboard('4071{Enter}')
  await user.click(await screen.findByRole('link', { name: 'Debit another account' }))
  await screen.findByText(/You moved it lately/)
  expect(callsOf(portMandate)[1]).toMatchObject({ body: { payerVpa: 'asha.second@bahi' } })
})

test('a debit is skipped, a mandate paused and cancelled', async () => {
  stub(skipDebit, () => (shown = { ...active, debits: [{ ...debit, status: 'skipped' }] }))
  stub(pauseMandate, ({ body }) => (shown = { ...shown, pause: body }))
  stub(revokeMandate, () => (shown = { ...shown, status: 'revoked' }))
  const { user } = await openApp(`/autopay/${id}`)
  await user.click(await screen.findByRole('button', { name: 'Skip this debit' }))
  await screen.findByText('Skipped')
  await user.click(screen.getByRole('button', { name: 'Pause' }))
  const until = await screen.findByLabelText('Last day of the pause')
  expect(until).toHaveProperty('value', addDays(today, 29))
  fireEvent.change(until, { target: { value: addDays(today, -1) } })
  await user.click(screen.getByRole('button', { name: 'Pause on these days' }))
  await screen.findByText('Choose a later day.')
  const from = screen.getByLabelText('First day of the pause')
  fireEvent.change(from, { target: { value: addDays(active.terms.validTo, 1) } })
  await screen.findByText('Choose an earlier day.')
  fireEvent.change(from, { target: { value: today } })
  fireEvent.change(until, { target: { value: addDays(today, 9) } })
  await user.click(screen.getByRole('button', { name: 'Pause on these days' }))
  await screen.findByRole('button', { name: 'Resume with UPI PIN' })
  expect(callsOf(pauseMandate)).toMatchObject([{ body: { from: today, until: addDays(today, 9) } }])
  await user.click(screen.getByRole('button', { name: 'Cancel AutoPay' }))
  const sheet = await screen.findByRole('dialog', { name: 'Cancel this AutoPay?' })
  await user.click(within(sheet).getByRole('button', { name: 'Cancel AutoPay' }))
  await screen.findByText('Cancelled')
})

test('a pause that is over is not shown, and another one can follow; one to come can be removed', async () => {
  shown = { ...active, pause: { from: addDays(today, -9), until: addDays(today, -1) } }
  await openApp(`/autopay/${id}`)
  await screen.findByRole('button', { name: 'Pause' })
  expect(screen.queryByText('Paused')).toBeNull()
  expect(screen.queryByRole('button', { name: 'Resume with UPI PIN' })).toBeNull()
  cleanup()
  shown = { ...active, pause: { from: addDays(today, 1), until: addDays(today, 9) } }
  await openApp(`/autopay/${id}`)
  await screen.findByRole('button', { name: 'Remove pause with UPI PIN' })
  await screen.findByText('Active')
})

test('it says who pays whom, from which account, and that nothing is debited while it is paused', async () => {
  shown = { ...active, pause: { from: today, until: addDays(today, 9) } }
  await openApp(`/autopay/${id}`)
  await screen.findByText('To Kaveri Music')
  await screen.findByText(/^Bahi Bank ••/)
  await screen.findByText('Not debited while paused')
  expect(screen.queryByText('Will be debited')).toBeNull()
  expect(screen.queryByRole('button', { name: 'Skip this debit' })).toBeNull()
  cleanup()
  shown = { ...active, direction: 'payee', payer: { vpa: 'ravi@bahi', name: 'Ravi Kumar' } }
  await openApp('/autopay')
  await screen.findByText('From Ravi Kumar')
  cleanup()
  shown = requested
  await openApp('/autopay')
  await screen.findByText('Needs your approval')
})

test('its payee reads that a debit waits for the PIN of the payer, and who has to ask anew', async () => {
  const waiting = { ...debit, status: 'awaiting-approval' } as const
  shown = {
    ...active,
    direction: 'payee',
    payer: { vpa: 'ravi@bahi', name: 'Ravi Kumar' },
    debits: [waiting],
  }
  const { user } = await openApp(`/autopay/${id}`)
  await screen.findByText('Waits for the payer’s UPI PIN')
  expect(screen.queryByText('Needs your UPI PIN')).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Cancel AutoPay' }))
  await screen.findByText(/you have to ask Ravi Kumar anew/)
})

test('amount and last day are changed with the PIN, which is bound to the new amount', async () => {
  // Moved here from another app: its bank knows it by the id in its number.
  shown = { ...active, umn: '01994c00000070008000000000000fff@ganga' }
  stub(updateMandate, () => ({ ...active, code: 'ZM', triesLeft: 2 }))
  const { user, address } = await openApp(`/autopay/${id}`)
  await user.click(await screen.findByRole('link', { name: 'Change amount or last day' }))
  const amount = await screen.findByLabelText('Most for each debit')
  const last = screen.getByLabelText('Last day')
  const send = () => user.click(screen.getByRole('button', { name: 'Change with UPI PIN' }))
  await send()
  await screen.findByText('Nothing has changed yet.')
  await user.clear(amount)
  fireEvent.change(last, { target: { value: addDays(today, -1) } })
  await send()
  await screen.findByText('Enter an amount.')
  await screen.findByText('Choose a later day.')
  await user.type(amount, '250')
  fireEvent.change(last, { target: { value: addDays(today, 90) } })
  await send()
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4070{Enter}')
  await screen.findByText('2 attempts left')
  stub(updateMandate, ({ body }) => {
    const { amountPaise, validTo } = body
    return (shown = { ...active, terms: { ...active.terms, amountPaise, validTo } })
  })
  await user.keyboard('4071{Enter}')
  await screen.findByText('Up to ₹250.00')
  expect(address()).toBe(`/autopay/${id}`)
  const body = { amountPaise: 250_00, validTo: addDays(today, 90) }
  expect(callsOf(updateMandate)).toMatchObject([{ body }, { body }])
  const { pin } = callsOf(updateMandate)[1]!.body
  const { plaintext } = await compactDecrypt(pin, bankKey.privateKey)
  expect(JSON.parse(new TextDecoder().decode(plaintext))).toMatchObject({
    ...{ operation: 'update', mandateId: '01994c00-0000-7000-8000-000000000fff' },
    ...{ amountPaise: 250_00, payeeVpa: 'kaveri@bahi' },
  })
})

test('one that cannot be cancelled is warned of while its last day is typed anew', async () => {
  shown = { ...active, terms: { ...active.terms, revocable: false } }
  await openApp(`/autopay/${id}/change`)
  await screen.findByText(/You can’t cancel/)
  fireEvent.change(screen.getByLabelText('Last day'), { target: { value: '' } })
  await screen.findByText(/You can’t cancel/)
  screen.getByRole('button', { name: 'Change with UPI PIN' })
})

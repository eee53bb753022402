// Paying to a bank account: what is asked, and what is said of a number that nobody has.
import { findAccountPayee, listBanks } from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { callsOf, openApp, stub } from '../../testing.tsx'
import { stubPaying } from '../../payments/testing.tsx'

const bank = { code: 'GANG', name: 'Ganga Bank', ifsc: 'GANG0000001', onUs: false, pinLength: 4 as const }

test('only what can be an account is asked for, and its bank is named', async () => {
  stub(listBanks, () => ({ banks: [bank] }))
  stub(findAccountPayee, () => new Problem('not-found'))
  const { user } = await openApp('/pay/account')
  await user.type(await screen.findByLabelText('Account number'), '12 34')
  await user.type(screen.getByLabelText('IFSC'), 'gang-0000')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  expect(await screen.findByText('Enter 9 to 18 digits.')).toBeTruthy()
  expect(screen.getByText('Enter an 11-character IFSC like BAHI0000001.')).toBeTruthy()
  await user.type(screen.getByLabelText('Account number'), '56789')
  await user.type(screen.getByLabelText('IFSC'), '001')
  expect(await screen.findByText('Ganga Bank')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  expect(await screen.findByText(/couldn’t find this account/)).toBeTruthy()
  expect(callsOf(findAccountPayee)).toEqual([{ body: { accountNumber: '123456789', ifsc: 'GANG0000001' } }])
})

test('the number that was typed stands by the payee until the PIN, and is in no address', async () => {
  const vpa = '01994c00-0000-7000-8000-0000000000d1@gang0000001.ifsc.npci'
  stubPaying()
  stub(listBanks, () => ({ banks: [bank] }))
  stub(findAccountPayee, () => ({ vpa, name: 'Ravi Kumar', kind: 'person' as const, verified: true }))
  const { user, address } = await openApp('/pay/account')
  await user.type(await screen.findByLabelText('Account number'), '123456789012')
  await user.type(screen.getByLabelText('IFSC'), 'GANG0000001')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await screen.findByText(/Account number 123456789012 · IFSC GANG0000001/)
  await user.type(screen.getByLabelText('Amount'), '45')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await screen.findByRole('button', { name: 'Enter UPI PIN' })
  expect(screen.getByRole('main').textContent).toContain('Account number 123456789012')
  await user.click(screen.getByRole('button', { name: 'Enter UPI PIN' }))
  await screen.findByText(/•• 9012 · IFSC GANG0000001/)
  expect(address()).not.toContain('123456789012')
})

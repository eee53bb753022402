// Stopping payments from the sign-in screen: by the password, or by a code.
import { requestOtp, stopMyPayments } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { act, screen } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import { callsOf, openApp, sentCode, stub } from '../../testing.tsx'

beforeEach(() => {
  stub(requestOtp, () => sentCode)
  stub(stopMyPayments, () => null as never)
})

async function typed(password = 'boats on the river') {
  const { user } = await openApp('/sign-in', { signedIn: false })
  await user.click(await screen.findByRole('link', { name: 'Lost your phone? Stop payments' }))
  await screen.findByRole('heading', { name: 'Stop payments' })
  await user.type(await screen.findByLabelText('Mobile number'), '9876500001')
  if (password) await user.type(screen.getByLabelText('Password'), password)
  return user
}

it('takes the password, from any device', async () => {
  const user = await typed()
  await user.click(screen.getByRole('button', { name: 'Stop all payments' }))
  await screen.findByText('Payments are stopped')
  expect(callsOf(stopMyPayments)[0]?.body).toMatchObject({
    ...{ phone: '+919876500001', password: 'boats on the river' },
  })
})

it('says without a network that nothing can be stopped yet', async () => {
  await openApp('/stop-payments', { signedIn: false })
  await screen.findByRole('button', { name: 'Stop all payments' })
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  act(() => void window.dispatchEvent(new Event('offline')))
  for (const name of ['Stop all payments', 'Use a code instead of the password'])
    expect(screen.getByRole('button', { name })).toHaveProperty('disabled', true)
  screen.getByText('You’re offline. Check your connection and try again.')
})

it('takes a code instead', async () => {
  const user = await typed('')
  await user.click(screen.getByRole('button', { name: 'Use a code instead of the password' }))
  await user.type(await screen.findByLabelText('One-time code'), '482913')
  await screen.findByText('Payments are stopped')
  expect(callsOf(stopMyPayments)[0]?.body).toEqual({
    ...{ phone: '+919876500001', otp: '482913', otpId: sentCode.id },
  })
})

it('asks for the code when the service wants it, and says what was wrong', async () => {
  stub(stopMyPayments, ({ body }) => ('otp' in body ? (null as never) : new Problem('otp-required')))
  const user = await typed()
  await user.click(screen.getByRole('button', { name: 'Stop all payments' }))
  await user.type(await screen.findByLabelText('One-time code'), '482913')
  await screen.findByText('Payments are stopped')
})

it('says a wrong password', async () => {
  stub(stopMyPayments, () => new Problem('credentials-wrong'))
  const user = await typed('wrong')
  await user.click(screen.getByRole('button', { name: 'Stop all payments' }))
  expect(await screen.findByRole('alert')).toBeTruthy()
})

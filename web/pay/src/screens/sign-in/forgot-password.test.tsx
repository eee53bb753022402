// Resetting and changing a password: what is refused is said where it is typed, before a code is sent.
import { listAccounts, listVpas } from '@bahi/contracts/account.ts'
import { changePassword, requestOtp, resetPassword } from '@bahi/contracts/auth.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { callsOf, openApp, sentCode, signedInAs, stub, stubPayments } from '../../testing.tsx'

const good = 'boats on the river'
const tokens = { userId: signedInAs, accessToken: 'token', refreshToken: 'cookie', expiresInS: 900 }

async function forgot(password: string) {
  const app = await openApp('/sign-in', { signedIn: false })
  await app.user.type(await screen.findByLabelText('Mobile number'), '98765 00001')
  await app.user.click(screen.getByRole('link', { name: 'Forgot password?' }))
  await app.user.type(await screen.findByLabelText('New password'), password)
  await app.user.click(screen.getByRole('button', { name: 'Continue' }))
  return app
}

test('a forgotten password is reset by a code, which signs in', async () => {
  stub(requestOtp, () => sentCode)
  stub(resetPassword, () => tokens)
  // The screen that it leads to.
  stub(listAccounts, () => ({ accounts: [] }))
  stub(listVpas, () => ({ vpas: [] }))
  stub(listMessages, () => ({ notifications: [], unread: 0 }))
  stubPayments([])
  const { user, address } = await forgot(good)
  await user.type(await screen.findByLabelText('One-time code'), '123456')
  await expect.poll(address).toBe('/')
  expect(callsOf(requestOtp).map(({ body }) => body.purpose)).toEqual(['reset-password'])
  expect(callsOf(resetPassword)[0]?.body).toMatchObject({
    ...{ phone: '+919876500001', newPassword: good, otp: '123456', otpId: sentCode.id },
  })
})

test.each(['password123', '9876500001', 'short'])('%s is refused before a code is sent', async (password) => {
  await forgot(password)
  expect((await screen.findByRole('alert')).textContent).toMatch(/^Choose another password: /)
  expect(callsOf(requestOtp)).toEqual([])
})

test('a number without an account, and a password made of the name, are said by the service', async () => {
  stub(requestOtp, () => sentCode)
  stub(resetPassword, () => new Problem('password-weak'))
  const { user, address } = await forgot(good)
  await user.type(await screen.findByLabelText('One-time code'), '123456')
  await screen.findByLabelText('New password')
  expect(await screen.findByText('This password is too easy to guess. Choose another.')).toBeTruthy()
  stub(resetPassword, () => new Problem('credentials-wrong'))
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await user.type(await screen.findByLabelText('One-time code'), '123456')
  await screen.findByText('+91 98765 00001 has no account yet.')
  await user.click(screen.getByRole('link', { name: 'Create account' }))
  const number = await screen.findByLabelText<HTMLInputElement>('Mobile number')
  expect([address(), number.value]).toEqual(['/register', '98765 00001'])
})

test('who has not signed in for long enters a code from the email as well', async () => {
  stub(requestOtp, () => sentCode)
  const stepUp = { purpose: 'reset-password', proofs: ['email'] }
  stub(resetPassword, ({ body }) =>
    body.emailOtp === '654321'
      ? tokens
      : new Problem('account-dormant', undefined, {
          ...{ stepUp },
          ...(body.emailOtp === undefined ? {} : { triesLeft: 4 }),
        }),
  )
  stub(listAccounts, () => ({ accounts: [] }))
  stub(listVpas, () => ({ vpas: [] }))
  stub(listMessages, () => ({ notifications: [], unread: 0 }))
  stubPayments([])
  const { user, address } = await forgot(good)
  await user.type(await screen.findByLabelText('One-time code'), '123456')
  await user.type(await screen.findByLabelText('Code from the email'), '000000')
  await screen.findByText('This code is incorrect. You have 4 more tries today.')
  await user.type(screen.getByLabelText('Code from the email'), '654321')
  await expect.poll(address).toBe('/')
  expect(callsOf(resetPassword).map(({ body }) => [body.otp, body.emailOtp])).toEqual([
    ['123456', undefined],
    ['123456', '000000'],
    ['123456', '654321'],
  ])
})

test('without an email a call helps, and an account of one’s own', async () => {
  stub(requestOtp, () => sentCode)
  stub(
    resetPassword,
    () => new Problem('account-dormant', undefined, { stepUp: { purpose: '', proofs: [] } }),
  )
  const { user } = await forgot(good)
  await user.type(await screen.findByLabelText('One-time code'), '123456')
  await screen.findByText(/Call us: we check that it is you/)
  await user.click(screen.getByRole('link', { name: 'Create an account of my own' }))
  expect(await screen.findByLabelText('Mobile number')).toHaveProperty('value', '98765 00001')
})

test('a known password is changed by itself', async () => {
  stub(changePassword, ({ body: { stepUp } }) =>
    stepUp && 'password' in stepUp && stepUp.password === 'right'
      ? (null as never)
      : new Problem('password-wrong'),
  )
  const { user } = await openApp('/profile/password')
  const save = () => user.click(screen.getByRole('button', { name: 'Change password' }))
  await user.type(await screen.findByLabelText('Current password'), 'wrong')
  await user.type(screen.getByLabelText('New password'), 'asharao2026')
  await save()
  expect((await screen.findByRole('alert')).textContent).toMatch(/^Choose another password: /)
  expect(callsOf(changePassword)).toEqual([])
  await user.clear(screen.getByLabelText('New password'))
  await user.type(screen.getByLabelText('New password'), good)
  await save()
  await screen.findByRole('alert')
  await user.clear(screen.getByLabelText('Current password'))
  await user.type(screen.getByLabelText('Current password'), 'right')
  await save()
  await screen.findByText('All other devices are signed out. You’ll get an SMS about it.')
  expect(callsOf(changePassword).at(-1)?.body).toEqual({ stepUp: { password: 'right' }, newPassword: good })
})

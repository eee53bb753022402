// Signing in: with what is known, on a device that is new, and when it is refused.
import { login, requestOtp } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import { me } from '@bahi/contracts/user.ts'
import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { callsOf, openApp, sentCode, signedInAs, stub } from '../../testing.tsx'

const tokens = { userId: signedInAs, accessToken: 'token', refreshToken: 'cookie', expiresInS: 600 }

async function fillIn(password: string) {
  // Comes from a screen that asks nothing of anybody.
  const app = await openApp('/sign-in', { signedIn: false, state: { returnTo: '/welcome' } })
  await app.user.type(screen.getByLabelText('Mobile number'), '98765 43210')
  await app.user.type(screen.getByLabelText('Password'), password)
  await app.user.click(screen.getByRole('button', { name: 'Sign in' }))
  return app
}

test('a device that is new asks for the code from the phone', async () => {
  stub(login, ({ body }) => (body.otp === '123456' ? tokens : new Problem('otp-required')))
  stub(requestOtp, () => sentCode)
  stub(readInbox, () => new Problem('not-found'))
  const { user, address } = await fillIn('correct horse')
  await user.type(await screen.findByLabelText('One-time code'), '123456')
  await expect.poll(address).toBe('/welcome')
  expect(callsOf(requestOtp)).toEqual([
    { body: { phone: '+919876543210', purpose: 'sign-in', language: 'en' } },
  ])
  expect(callsOf(login).map(({ body }) => body.otp)).toEqual([undefined, '123456'])
})

test('where the number was reported as disconnected, a new device asks for the code from the email', async () => {
  const stepUp = { purpose: 'sign-in', proofs: ['email'] }
  stub(login, ({ body }) =>
    body.emailOtp === '654321'
      ? tokens
      : new Problem('phone-revoked', undefined, {
          ...{ stepUp },
          ...(body.emailOtp === undefined ? {} : { triesLeft: 4 }),
        }),
  )
  const { user, address } = await fillIn('correct horse')
  await screen.findByText(/reported as disconnected.* We sent one to the email/)
  await user.type(screen.getByLabelText('Code from the email'), '000000')
  await screen.findByText('This code is incorrect. You have 4 more tries today.')
  await user.type(screen.getByLabelText('Code from the email'), '654321')
  await expect.poll(address).toBe('/welcome')
  expect(callsOf(login).map(({ body }) => [body.otp, body.emailOtp])).toEqual([
    [undefined, undefined],
    [undefined, '000000'],
    [undefined, '654321'],
  ])
  expect(callsOf(requestOtp)).toEqual([])
})

test('without an email the number is proven on another phone, or a call helps', async () => {
  stub(login, () => new Problem('phone-revoked', undefined, { stepUp: { purpose: '', proofs: [] } }))
  await fillIn('correct horse')
  await screen.findByText(/Prove or change it on a phone where you are signed in, or call us/)
})

test('a wrong password is reported and the form stays as it was', async () => {
  stub(login, () => new Problem('credentials-wrong'))
  const { address } = await fillIn('not it at all')
  expect(await screen.findByRole('alert')).toHaveProperty(
    'textContent',
    'Incorrect mobile number or password.',
  )
  expect(screen.getByLabelText('Mobile number')).toHaveProperty('value', '98765 43210')
  expect(address()).toBe('/sign-in')
})

test('a missing field is reported without a request', async () => {
  const { user } = await openApp('/sign-in', { signedIn: false, language: 'hi' })
  await user.click(screen.getByRole('button', { name: 'साइन इन करें' }))
  expect(screen.getByLabelText('मोबाइल नंबर').getAttribute('aria-invalid')).toBe('true')
})

test('without a session the welcome screen is shown', async () => {
  const { address } = await openApp('/history', { signedIn: false })
  await screen.findByText('I already have an account')
  expect(address()).toBe('/welcome')
  expect(callsOf(me)).toEqual([])
})

test('a whole message is pasted as its code, and a wrong code is typed anew', async () => {
  const otpOf = ({ body }: { body: { otp?: string } }) => body.otp
  stub(login, (sent) => new Problem(otpOf(sent) === undefined ? 'otp-required' : 'otp-wrong'))
  stub(requestOtp, () => sentCode)
  stub(readInbox, () => new Problem('not-found'))
  const { user } = await fillIn('correct horse')
  const boxes = await screen.findByLabelText('One-time code')
  await user.click(boxes)
  await user.paste('482 913')
  await expect.poll(() => callsOf(login).map(otpOf)).toEqual([undefined, '482913'])
  await expect.poll(() => (boxes as HTMLInputElement).value).toBe('')
  await user.paste('482914 is your bahi code. It is valid for 10 minutes.')
  await expect.poll(() => callsOf(login).map(otpOf)).toEqual([undefined, '482913', '482914'])
  await expect.poll(() => (boxes as HTMLInputElement).value).toBe('')
  await user.type(boxes, '४८२')
  expect(boxes).toHaveProperty('value', '482')
})

test('a number is pasted as an address book has it', async () => {
  stub(login, () => new Problem('credentials-wrong'))
  const { user } = await openApp('/sign-in', { signedIn: false, state: { returnTo: '/welcome' } })
  await user.click(screen.getByLabelText('Mobile number'))
  await user.paste('\u2066+91 (0) 98765\u201343210\u2069')
  await user.type(screen.getByLabelText('Password'), 'correct horse')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
  await expect.poll(() => callsOf(login)).toMatchObject([{ body: { phone: '+919876543210' } }])
})

test('a mistyped number is changed from the code, and back keeps the form', async () => {
  stub(login, () => new Problem('otp-required'))
  stub(requestOtp, () => sentCode)
  const { user, goBack } = await fillIn('correct horse')
  await user.click(await screen.findByRole('button', { name: 'Change number' }))
  expect(await screen.findByLabelText('Mobile number')).toHaveProperty('value', '98765 43210')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
  await screen.findByLabelText('One-time code')
  await goBack()
  expect(await screen.findByLabelText('Password')).toHaveProperty('value', 'correct horse')
})

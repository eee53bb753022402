// Registering: what is wrong is said where it can be changed, and nothing that was typed is lost.
import { register, requestOtp } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { callsOf, openApp, sentCode, stub } from '../../testing.tsx'

beforeEach(() => stub(requestOtp, () => sentCode))

const good = 'boats on the river'
const phoneField = () => screen.findByLabelText('Mobile number')

async function fillIn(password = good) {
  const app = await openApp('/register', { signedIn: false })
  await app.user.type(await phoneField(), '98765 43210')
  await app.user.type(screen.getByLabelText('Full name'), 'Tara Bose')
  await app.user.type(screen.getByLabelText('Password'), password)
  await app.user.click(screen.getByRole('button', { name: 'Continue' }))
  return app
}

test.each(['short', 'password123', 'taraBose2026', '9876543210x', 'aaaaaaaaaa'])(
  'a weak password such as %s is refused on the form, before any code is sent',
  async (password) => {
    const { user } = await fillIn(password)
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toMatch(/^Choose another password: /)
    expect(callsOf(requestOtp)).toEqual([])
    await user.clear(screen.getByLabelText('Password'))
    await user.type(screen.getByLabelText('Password'), good)
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    await screen.findByLabelText('One-time code')
  },
)

test('one that only the service refuses leads back to it, with the rest as it was', async () => {
  stub(register, () => new Problem('password-weak', 'it was found in a leak'))
  const { user } = await fillIn()
  await user.type(await screen.findByLabelText('One-time code'), '123456')
  expect(await screen.findByText('This password is too easy to guess. Choose another.')).toBeTruthy()
  expect(await phoneField()).toHaveProperty('value', '98765 43210')
  expect(screen.getByLabelText('Full name')).toHaveProperty('value', 'Tara Bose')
})

test('a mistyped number is changed, and the form is as it was', async () => {
  const { user } = await fillIn()
  await screen.findByText(/Sent by SMS to \+91 98765 43210/)
  await user.click(screen.getByRole('button', { name: 'Change number' }))
  const phone = await phoneField()
  expect(phone).toHaveProperty('value', '98765 43210')
  expect(screen.getByLabelText('Full name')).toHaveProperty('value', 'Tara Bose')
  expect(screen.getByLabelText('Password')).toHaveProperty('value', good)
  await user.clear(phone)
  await user.type(phone, '98765 43211')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await screen.findByText(/Sent by SMS to \+91 98765 43211/)
  expect(callsOf(requestOtp).map(({ body }) => body.phone)).toEqual(['+919876543210', '+919876543211'])
})

test('back leads from the code to the form, not out of it', async () => {
  const { user, address, goBack } = await fillIn()
  await screen.findByLabelText('One-time code')
  await goBack()
  expect(await phoneField()).toHaveProperty('value', '98765 43210')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await screen.findByLabelText('One-time code')
  await user.click(screen.getByRole('button', { name: 'Back' }))
  expect(await phoneField()).toHaveProperty('value', '98765 43210')
  expect(address()).toBe('/register')
})

test('a number that has an account leads to signing in, or to another number', async () => {
  stub(register, () => new Problem('phone-taken'))
  const { user, address } = await fillIn()
  await user.type(await screen.findByLabelText('One-time code'), '123456')
  await screen.findByText(/\+91 98765 43210 already has an account/)
  await user.click(screen.getByRole('button', { name: 'Use another number' }))
  expect(await phoneField()).toHaveProperty('value', '98765 43210')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await user.type(await screen.findByLabelText('One-time code'), '123456')
  await user.click(await screen.findByRole('link', { name: 'Sign in' }))
  await expect.poll(address).toBe('/sign-in')
  expect(await phoneField()).toHaveProperty('value', '98765 43210')
})

test('a number that somebody had before is registered once it is said to be new', async () => {
  stub(register, () => new Problem('phone-taken'))
  const { user } = await fillIn()
  await user.type(await screen.findByLabelText('One-time code'), '123456')
  await user.click(await screen.findByRole('button', { name: 'This number is new to me' }))
  await user.type(await screen.findByLabelText('One-time code'), '654321')
  await screen.findByText(/signed in with this number not long ago/)
  expect(callsOf(requestOtp)).toHaveLength(2)
  expect(callsOf(register).map(({ body }) => [body.otp, body.numberIsNew])).toEqual([
    ['123456', undefined],
    ['654321', true],
  ])
})

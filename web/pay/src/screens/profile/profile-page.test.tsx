// The profile: changed, in another language, other notifications, sessions ended elsewhere, and logging out.
import {
  changePhone,
  endOtherSessions,
  endSession,
  listSessions,
  logout,
  requestOtp,
} from '@bahi/contracts/auth.ts'
import { listContacts } from '@bahi/contracts/contacts.ts'
import { changePreferences, listMessages, showPreferences } from '@bahi/contracts/notification.ts'
import { listPasskeys, removePasskey } from '@bahi/contracts/passkeys.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { provePhone, sendPhoneCode, showPhone } from '@bahi/contracts/revoked-numbers.ts'
import { proveStepUp, sendStepUpCode } from '@bahi/contracts/step-up.ts'
import { changeMe, confirmEmail, me, type OwnProfile } from '@bahi/contracts/user.ts'
import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { en } from '../../language/en.ts'
import { languageUnsent } from '../../language/language.ts'
import { useTheme } from '@bahi/web-ui/theme/theme.ts'
import { useSession } from '../../session/session.ts'
import { callsOf, openApp, sentCode, signedInAs, stub } from '../../testing.tsx'

let profile: OwnProfile
beforeEach(() => {
  profile = {
    userId: signedInAs,
    name: 'Asha Rao',
    phone: '+919876500001',
    language: 'en',
    createdAt: '2026-11-23T09:30:00.000Z',
  }
  stub(me, () => profile)
  stub(showPreferences, () => ({ sms: true, email: false, live: true, muted: {} }))
  stub(listContacts, () => ({ contacts: [] }))
  stub(listMessages, () => ({ notifications: [], unread: 3 }))
})

describe('my profile', () => {
  it('shows who I am and how many messages are new', async () => {
    await openApp('/profile')
    expect(await screen.findByText('Asha Rao')).toBeTruthy()
    expect(screen.getByText('+91 98765 00001')).toBeTruthy()
    expect(await screen.findByRole('link', { name: /Notifications.*3 new/ })).toBeTruthy()
  })

  it('changes name and e-mail, only what is other', async () => {
    stub(changeMe, ({ body }) => (profile = { ...profile, emailPending: body.email ?? '' }))
    const confirmed = { ...profile, email: 'asha@example.in' }
    stub(confirmEmail, ({ body }) =>
      body.otp === '482913' ? (profile = confirmed) : new Problem('otp-wrong', undefined, { triesLeft: 4 }),
    )
    const { user } = await openApp('/profile')
    await user.click(await screen.findByRole('button', { name: 'Edit profile' }))
    const email = await screen.findByRole('textbox', { name: 'Email' })
    await user.type(email, 'asha')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('Enter an email like asha@example.in.')).toBeTruthy()
    await user.type(email, '@example.in')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(callsOf(changeMe)).toEqual([{ body: { email: 'asha@example.in' } }]))
    expect(
      await screen.findByText('Confirm asha@example.in: until then it gets no mail from us.'),
    ).toBeTruthy()
    expect(screen.getByText('No email added')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Enter code' }))
    await user.type(await screen.findByLabelText('Code from the email'), '111111')
    expect(await screen.findByText('Incorrect code. 4 attempts left.')).toBeTruthy()
    await user.type(screen.getByLabelText('Code from the email'), '482913')
    expect(await screen.findByText('asha@example.in')).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Enter code' })).toBeNull()
  })

  it('moves to another number by a code to it and the password', async () => {
    stub(requestOtp, () => sentCode)
    stub(showPhone, () => ({ phone: '+919876500001' }))
    stub(changePhone, ({ body }) => {
      const asked = { stepUp: { purpose: 'change-phone', proofs: ['password'] } }
      return body.stepUp ? (null as never) : new Problem('step-up-required', undefined, asked)
    })
    const { user } = await openApp('/profile')
    await user.click(await screen.findByRole('button', { name: 'Edit profile' }))
    await user.click(await screen.findByRole('link', { name: 'Change number' }))
    const number = await screen.findByLabelText('New mobile number')
    await user.type(number, '9876500001')
    await user.click(screen.getByRole('button', { name: 'Send code' }))
    await screen.findByText('This is your number already.')
    await user.clear(number)
    await user.type(number, '9876500099')
    await user.click(screen.getByRole('button', { name: 'Send code' }))
    await user.type(await screen.findByLabelText('One-time code'), '482913')
    expect(screen.queryByRole('button', { name: 'Use a code instead of the password' })).toBeNull()
    await user.type(await screen.findByLabelText('Password'), 'right{Enter}')
    await screen.findByText('Sign in with +91 98765 00099 from now on.')
    expect(callsOf(changePhone).at(-1)?.body).toEqual({
      ...{ newPhone: '+919876500099', otp: '482913', otpId: sentCode.id, stepUp: { password: 'right' } },
    })
  })

  it('proves a number that was reported as disconnected, by a code and on a device that was there before', async () => {
    const own = {
      ...{ phone: '+919876500001', revokedOn: '2026-11-20', deviceProves: true },
      provableFrom: '2026-11-20T18:30:00.000Z',
    }
    stub(showPhone, () => own)
    stub(sendPhoneCode, () => sentCode)
    stub(provePhone, ({ body }) => (body.otp === '482913' ? (null as never) : new Problem('otp-wrong')))
    const { user } = await openApp('/profile/phone')
    await screen.findByText('+91 98765 00001 was reported as disconnected on 20 Nov 2026.')
    await user.click(screen.getByRole('button', { name: 'It is still mine: send a code' }))
    await user.type(await screen.findByLabelText('One-time code'), '482913')
    await screen.findByText('This number is yours')
    expect(callsOf(provePhone)).toEqual([{ body: { otp: '482913', otpId: sentCode.id } }])
  })

  it.each([
    ['on a device that came later', { deviceProves: false }, /This device cannot show it/],
    ['before the next day', { provableFrom: '2126-11-20T18:30:00.000Z' }, /is yours from 21 Nov 2126 on/],
  ])('says that a number cannot be proven %s', async (_, more, text) => {
    const own = { phone: '+919876500001', revokedOn: '2026-11-20', deviceProves: true }
    stub(showPhone, () => ({ ...own, provableFrom: '2026-11-20T18:30:00.000Z', ...more }))
    await openApp('/profile/phone')
    await screen.findByText(text)
    expect(screen.queryByRole('button', { name: 'It is still mine: send a code' })).toBeNull()
  })

  it('declares a number as new only once another code was sent for it', async () => {
    let isAway = false
    stub(requestOtp, () => (isAway ? new Problem('unavailable') : sentCode))
    stub(showPhone, () => ({ phone: '+919876500001' }))
    stub(changePhone, ({ body }) => (body.numberIsNew ? (null as never) : new Problem('phone-taken')))
    const { user } = await openApp('/profile/phone')
    await user.type(await screen.findByLabelText('New mobile number'), '9876500099')
    await user.click(await screen.findByRole('button', { name: 'Send code' }))
    await user.type(await screen.findByLabelText('One-time code'), '482913')
    const declare = await screen.findByRole('button', { name: 'This number is new to me' })
    isAway = true
    await user.click(declare)
    await screen.findByText(en['problem.unavailable'])
    expect(screen.queryByText(/Somebody signed in with this number/)).toBeNull()
    isAway = false
    await user.click(screen.getByRole('button', { name: 'This number is new to me' }))
    await waitFor(() => expect(screen.queryByText(/Is the number new to you/)).toBeNull())
    await user.click(screen.getByRole('button', { name: 'Continue' }))
    await screen.findByText('Sign in with +91 98765 00099 from now on.')
    expect(callsOf(changePhone).map(({ body }) => body.numberIsNew)).toEqual([undefined, true])
  })

  it('speaks Hindi at once, and the profile learns it', async () => {
    stub(changeMe, ({ body }) => (profile = { ...profile, ...(body as object) }))
    const { user } = await openApp('/profile')
    await user.click(await screen.findByRole('radio', { name: 'हिन्दी' }))
    expect(await screen.findByRole('heading', { name: 'प्रोफ़ाइल' })).toBeTruthy()
    expect(document.documentElement.lang).toBe('hi')
    await waitFor(() => expect(callsOf(changeMe)).toEqual([{ body: { language: 'hi' } }]))
    await waitFor(() => expect(languageUnsent.get()).toBe(false))
  })

  it('turns dark when that is chosen', async () => {
    const { user } = await openApp('/profile')
    await user.click(await screen.findByRole('radio', { name: 'Dark' }))
    expect(document.documentElement.dataset['theme']).toBe('dark')
    expect(useTheme.getState()).toEqual({ theme: 'dark', isDark: true })
    await user.click(screen.getByRole('radio', { name: 'Light' }))
    expect(document.documentElement.dataset['theme']).toBe('light')
  })

  it('asks for the password where a change needs a proof, again when it was wrong, and not for ever', async () => {
    stub(changePreferences, ({ body: { stepUp, muted = {}, ...wanted } }) => {
      if (!stepUp) return new Problem('step-up-required')
      const isRight = 'password' in stepUp && stepUp.password === 'right'
      return isRight ? { ...wanted, muted } : new Problem('password-wrong')
    })
    const { user } = await openApp('/profile')
    const turnOff = async () => user.click(await screen.findByRole('switch', { name: 'SMS' }))
    await turnOff()
    const sheet = await screen.findByRole('dialog', { name: 'Confirm it’s you' })
    const password = await within(sheet).findByLabelText('Password')
    await user.type(password, 'wrong{Enter}')
    expect(await screen.findByText('Incorrect password.')).toBeTruthy()
    await user.clear(await screen.findByLabelText('Password'))
    await user.type(screen.getByLabelText('Password'), 'right{Enter}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.getByRole('switch', { name: 'SMS' }).getAttribute('aria-checked')).toBe('false')
    await turnOff()
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Close' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.getByRole('switch', { name: 'SMS' }).getAttribute('aria-checked')).toBe('false')
  })

  it('takes a preference back that was refused', async () => {
    stub(changePreferences, () => new Problem('overloaded'))
    const { user } = await openApp('/profile')
    await user.click(await screen.findByRole('switch', { name: 'SMS' }))
    expect(await screen.findByRole('alert')).toBeTruthy()
    expect(screen.getByRole('switch', { name: 'SMS' }).getAttribute('aria-checked')).toBe('true')
    expect(callsOf(changePreferences)).toEqual([
      { body: { sms: false, email: false, live: true, muted: {} } },
    ])
  })

  it('switches off a kind of message on a channel, with one proof for all that was changed', async () => {
    stub(changePreferences, ({ body: { stepUp, muted = {}, ...wanted } }) =>
      stepUp ? { ...wanted, muted } : new Problem('step-up-required'),
    )
    const { user } = await openApp('/profile')
    await user.click(await screen.findByRole('link', { name: 'Notifications by type' }))
    await user.click(await screen.findByRole('button', { name: /Money received.*All on/ }))
    const sheet = await screen.findByRole('dialog', { name: 'Money received' })
    await user.click(within(sheet).getByRole('switch', { name: 'SMS' }))
    await user.click(within(sheet).getByRole('switch', { name: 'In the app' }))
    expect(within(sheet).getByRole('switch', { name: 'Email' })).toHaveProperty('disabled', true)
    await user.click(within(sheet).getByRole('button', { name: 'Save' }))
    await user.type(await screen.findByLabelText('Password'), 'right{Enter}')
    expect(await screen.findByRole('button', { name: /Money received.*Off: SMS, In the app/ })).toBeTruthy()
    const muted = { received: ['sms', 'live'] }
    // The first try, without a proof, asked for it.
    await waitFor(() =>
      expect(callsOf(changePreferences).at(-1)).toMatchObject({
        body: { muted, stepUp: { password: 'right' } },
      }),
    )
    await user.click(screen.getByRole('button', { name: /Payments you make/ }))
    const paid = await screen.findByRole('dialog', { name: 'Payments you make' })
    expect(within(paid).getAllByRole('switch')).toHaveLength(1)
    expect(within(paid).getByText('You always get an SMS when money leaves your account.')).toBeTruthy()
  })

  it('mails no receipts without an e-mail, whatever the preference says', async () => {
    stub(showPreferences, () => ({ sms: true, email: true, live: true, muted: {} }))
    const { user } = await openApp('/profile')
    const isOff = async () => {
      const email = await screen.findByRole('switch', { name: 'Email' })
      expect(email.getAttribute('aria-checked')).toBe('false')
      expect(email).toHaveProperty('disabled', true)
      expect(screen.getByText('Add an email to your profile first')).toBeTruthy()
    }
    await isOff()
    await user.click(screen.getByRole('link', { name: /Notifications by type/ }))
    await user.click(await screen.findByRole('button', { name: /Money received/ }))
    await screen.findByRole('dialog', { name: 'Money received' })
    await isOff()
  })

  it('logs out after asking, and leaves nothing behind', async () => {
    stub(logout, () => null as never)
    localStorage.setItem('bahi.attempts.x', '[]')
    const { user, address } = await openApp('/profile')
    await user.click(await screen.findByRole('button', { name: 'Sign out' }))
    const sheet = await screen.findByRole('dialog', { name: 'Sign out?' })
    await user.click(within(sheet).getByRole('button', { name: 'Sign out' }))
    await waitFor(() => expect(address()).toBe('/welcome'))
    expect(useSession.getState().state).toBe('signed-out')
    expect(callsOf(logout)).toHaveLength(1)
    expect(Object.keys(localStorage).filter((key) => !/device|language|theme/.test(key))).toEqual([])
  })
})

it('says of no passkey what was refused for another', async () => {
  const passkey = { createdAt: '2026-11-23T09:30:00.000Z', isSynced: false, isSecondFactor: false }
  const named = (n: number) => ({
    ...passkey,
    id: `01994c00-0000-7000-8000-0000000000f${n}`,
    name: `Key ${n}`,
  })
  stub(listPasskeys, () => ({ isOffered: true, passkeys: [named(1), named(2)] }))
  stub(removePasskey, () => new Problem('overloaded'))
  const { user } = await openApp('/profile/passkeys')
  await user.click(await screen.findByRole('button', { name: 'Remove Key 1' }))
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }))
  await screen.findByRole('alert')
  await user.click(screen.getByRole('button', { name: 'Close' }))
  await user.click(screen.getByRole('button', { name: 'Remove Key 2' }))
  await screen.findByRole('dialog', { name: 'Key 2' })
  expect(screen.queryByRole('alert')).toBeNull()
})

describe('devices', () => {
  const session = (n: number, current = false) => ({
    id: `01994c00-0000-7000-8000-00000000000${n}`,
    device: { id: `d${n}`, name: `Phone ${n}` },
    createdAt: '2026-11-23T09:30:00.000Z',
    lastUsedAt: '2026-11-23T09:30:00.000Z',
    begunBy: 'password-and-code' as const,
    network: '203.0.113.•',
    current,
  })

  it('end one by one or all others together, never this one', async () => {
    let open = [session(1, true), session(2), session(3), session(4)]
    stub(listSessions, () => ({ sessions: open }))
    stub(sendStepUpCode, () => sentCode)
    stub(proveStepUp, () => ({ proof: 'p'.repeat(43), expiresInS: 300 }))
    stub(endOtherSessions, ({ body }) => {
      const asked = { stepUp: { purpose: 'end-sessions', proofs: ['password', 'code'] } }
      if (!body.stepUp) return new Problem('step-up-required', undefined, asked)
      open = open.filter(({ current }) => current)
      return null as never
    })
    stub(endSession, ({ params }) => {
      if (!open.some(({ id }) => id === params.id)) return new Problem('not-found')
      open = open.filter(({ id }) => id !== params.id)
      return null as never
    })
    const { user } = await openApp('/profile/devices')
    expect(await screen.findByText('This device')).toBeTruthy()
    const places = screen.getAllByText('Signed in with password and code · Network 203.0.113.•')
    expect(places).toHaveLength(4)
    expect(screen.queryByRole('button', { name: 'Sign out Phone 1' })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Sign out Phone 2' }))
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Sign out' }))
    await waitFor(() => expect(screen.queryByText('Phone 2')).toBeNull())
    // One of them has ended by itself meanwhile.
    open = open.filter(({ device }) => device.name !== 'Phone 3')
    await user.click(screen.getByRole('button', { name: 'Sign out of all other devices' }))
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Sign out' }))
    // By a code, which is exchanged for a proof of just that.
    await user.click(await screen.findByRole('button', { name: 'Use a code instead of the password' }))
    await user.click(await screen.findByRole('button', { name: 'Send code' }))
    await user.type(await screen.findByLabelText('One-time code'), '482913')
    await waitFor(() => expect(open).toEqual([session(1, true)]))
    const purpose = 'end-sessions'
    expect(callsOf(sendStepUpCode)).toEqual([{ body: { purpose, language: 'en' } }])
    expect(callsOf(proveStepUp)).toEqual([{ body: { purpose, otp: '482913', otpId: sentCode.id } }])
    expect(callsOf(endOtherSessions).at(-1)).toEqual({ body: { stepUp: { proof: 'p'.repeat(43) } } })
    expect(await screen.findByText('Signed out.')).toBeTruthy()
  })
})

// The second factor: for staff alone, codes as they are pasted, and recovery codes that are not lost by one press.
import {
  beginTotp,
  confirmTotp,
  proveSecondFactor,
  readSecondFactor,
  renewRecoveryCodes,
  type SecondFactorState,
} from '@bahi/contracts/second-factor.ts'
import { listPasskeys } from '@bahi/contracts/passkeys.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { act, screen, within } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { en } from '../../language/en.ts'
import { signIn } from '../../session/session.ts'
import { callsOf, openConsole, signedInAs, stub, tokenOf } from '../../testing.tsx'

const press = (name: string) => screen.findByRole('button', { name })
const none: SecondFactorState = { isNeeded: true, isProven: false, methods: [], recoveryCodesLeft: 0 }
const enrolled: SecondFactorState = { ...none, methods: ['totp', 'recovery-code'], recoveryCodesLeft: 9 }

afterEach(() => {
  vi.restoreAllMocks()
})

async function openUnproven(state: SecondFactorState, path = '/second-factor') {
  stub(readSecondFactor, () => state)
  const opened = await openConsole('/sign-in')
  await act(async () =>
    signIn({ userId: signedInAs, accessToken: tokenOf(['auditor'], ['pwd']), expiresInS: 600 }),
  )
  await expect.poll(opened.address).toBe(path)
  return opened
}

it('asks nobody who is no staff to enrol', async () => {
  await openUnproven({ ...none, isNeeded: false })
  await screen.findByText(en['factor.not-staff'])
  await press(en['sign-out'])
  expect(screen.queryByRole('button', { name: en['factor.enrol'] })).toBeNull()
})

it('keeps a secret that was shown although the state can’t be read again, and takes a code with a space', async () => {
  stub(beginTotp, () => ({ secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/bahi?secret=JBSWY3DPEHPK3PXP' }))
  stub(confirmTotp, () => new Problem('second-factor-wrong'))
  const { user } = await openUnproven(none)
  await user.click(await press(en['factor.enrol']))
  await screen.findByText('JBSWY3DPEHPK3PXP')
  stub(readSecondFactor, () => new Problem('unavailable'))
  const later = Date.now() + 60_000
  vi.spyOn(Date, 'now').mockReturnValue(later)
  await act(async () => {
    window.dispatchEvent(new Event('offline'))
    window.dispatchEvent(new Event('online'))
  })
  await expect.poll(() => callsOf(readSecondFactor)).toHaveLength(2)
  await user.type(screen.getByLabelText(en['factor.code']), ' 123 456')
  await user.click(await press(en['factor.confirm']))
  await expect.poll(() => callsOf(confirmTotp)).toEqual([{ body: { code: '123456' } }])
})

it('takes a code with a space as a proof', async () => {
  stub(proveSecondFactor, () => new Problem('second-factor-wrong'))
  const { user } = await openUnproven(enrolled)
  await user.type(await screen.findByLabelText(en['factor.code']), '123 456 ')
  await user.click(await press(en['factor.prove']))
  await expect.poll(() => callsOf(proveSecondFactor)).toEqual([{ body: { code: '123456' } }])
})

it('makes recovery codes anew once that is confirmed, and says how many are left when it knows', async () => {
  let answer = (_: SecondFactorState): void => undefined
  stub(readSecondFactor, () => new Promise<SecondFactorState>((resolve) => (answer = resolve)))
  stub(renewRecoveryCodes, () => ({ recoveryCodes: ['k3v9-7qpm-x2dt'] }))
  stub(listPasskeys, () => ({ isOffered: false, passkeys: [] }))
  const { user } = await openConsole('/own-factor', ['auditor'])
  await screen.findByRole('heading', { name: en['factor.own'] })
  expect(screen.queryByText(/Recovery codes left/)).toBeNull()
  answer(enrolled)
  await screen.findByText('Recovery codes left: 9')
  await user.click(await press(en['factor.codes-renew']))
  const sheet = within(await screen.findByRole('dialog'))
  expect(callsOf(renewRecoveryCodes)).toEqual([])
  await user.click(await sheet.findByRole('button', { name: en['factor.codes-renew'] }))
  await screen.findByText('k3v9-7qpm-x2dt')
})

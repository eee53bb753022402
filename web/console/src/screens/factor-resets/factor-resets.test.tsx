// Resets of second factors: requested with the password, and not to be approved once their time is over.
import {
  listSecondFactorResets,
  requestSecondFactorReset,
  type SecondFactorReset,
} from '@bahi/contracts/second-factor.ts'
import { screen, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import { en } from '../../language/en.ts'
import { callsOf, openConsole, stub } from '../../testing.tsx'

const reset: SecondFactorReset = {
  ...{ id: '01994c00-0000-7000-8000-0000000000a1', state: 'requested', note: 'Lost the phone' },
  userId: '01994c00-0000-7000-8000-000000000002',
  requestedBy: '01994c00-0000-7000-8000-000000000003',
  ...{ requestedAt: '2026-11-01T00:00:00.000Z', expiresAt: '2026-11-02T00:00:00.000Z' },
}

it('shows what expired as that, with nothing to approve', async () => {
  const open = { ...reset, id: reset.id.replace(/a1$/, 'a2'), expiresAt: '2099-01-01T00:00:00.000Z' }
  stub(listSecondFactorResets, () => ({ resets: [reset, open] }))
  await openConsole('/factor-resets', ['administrator'])
  await screen.findByText(en['resets.state-expired'])
  expect(screen.getAllByRole('button', { name: en['grants.approve'] })).toHaveLength(1)
  expect(screen.getAllByRole('link', { name: /000000000002/ })).toHaveLength(2)
})

it('requests a reset of who has a number', async () => {
  stub(listSecondFactorResets, () => ({ resets: [] }))
  stub(requestSecondFactorReset, () => reset)
  const { user } = await openConsole('/factor-resets', ['administrator'])
  await user.click(await screen.findByRole('button', { name: en['resets.new'] }))
  const dialog = await screen.findByRole('dialog')
  const sheet = within(dialog)
  await user.type(await sheet.findByLabelText(en['grants.phone']), '98765 00001')
  await user.type(sheet.getByLabelText(en['reason.label']), reset.note)
  await user.type(sheet.getByLabelText(en['sign-in.password']), 'secret')
  await user.click(dialog.querySelector('button[type=submit]')!)
  await expect
    .poll(() => callsOf(requestSecondFactorReset).map(({ body }) => body))
    .toEqual([{ phone: '+919876500001', note: reset.note, stepUp: { password: 'secret' } }])
})

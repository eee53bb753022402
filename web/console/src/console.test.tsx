// The console: signing in, what each role sees, a grant approved by a second administrator, filters in the address.
import { login, requestOtp } from '@bahi/contracts/auth.ts'
import { listDifferences } from '@bahi/contracts/reconciliation.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { approveRoleGrant, listRoleGrants, type RoleGrant } from '@bahi/contracts/roles.ts'
import { screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { en } from './language/en.ts'
import { callsOf, openConsole, signedInAs, stub, tokenOf } from './testing.tsx'

const other = '01994c00-0000-7000-8000-000000000002'
const grant: RoleGrant = {
  id: '01994c00-0000-7000-8000-0000000000a1',
  userId: other,
  role: 'support',
  state: 'requested',
  origin: 'administrators',
  note: 'Joins the support team',
  endsAt: '2027-01-01T00:00:00.000Z',
  requestedAt: '2026-11-01T00:00:00.000Z',
  requestedBy: other,
}
const press = (name: string) => screen.findByRole('button', { name })

it('asks a new browser for the code, and then opens the screen that was asked for', async () => {
  stub(login, ({ body }) =>
    body.otp === undefined
      ? new Problem('otp-required')
      : { userId: signedInAs, accessToken: tokenOf(['auditor']), refreshToken: 'cookie', expiresInS: 600 },
  )
  stub(requestOtp, () => ({ id: other, expiresInS: 300, resendInS: 30 }))
  stub(listRoleGrants, () => ({ grants: [] }))
  const { user, address } = await openConsole('/grants')
  await user.type(await screen.findByLabelText(en['sign-in.phone']), '98765 00009')
  await user.type(screen.getByLabelText(en['sign-in.password']), 'khata-kholo-2026')
  await user.click(await press(en['sign-in.action']))
  await user.type(await screen.findByLabelText(en['sign-in.code']), '123456')
  await user.click(await press(en['sign-in.action']))
  await screen.findByText(en['grants.none'])
  expect(address()).toBe('/grants')
  expect(callsOf(login).at(-1)?.body).toMatchObject({ phone: '+919876500009', otp: '123456', otpId: other })
})

it('shows to each role its own work', async () => {
  await openConsole('/', ['kyc-reviewer'])
  await screen.findByRole('heading', { name: en['home.title'] })
  expect(screen.getAllByRole('link', { name: new RegExp(en['kyc.title']) })).toHaveLength(2)
  expect(screen.queryByText(en['grants.title'])).toBeNull()
})

it('has a grant approved with the password, and never by who requested it', async () => {
  let state: RoleGrant['state'] = 'requested'
  const own = { ...grant, id: grant.id.replace(/a1$/, 'a2'), requestedBy: signedInAs }
  stub(listRoleGrants, () => ({ grants: state === 'requested' ? [grant, own] : [own] }))
  stub(approveRoleGrant, () => {
    state = 'active'
    return { ...grant, state }
  })
  const { user } = await openConsole('/grants', ['administrator'])
  await screen.findByRole('table')
  expect(screen.getAllByRole('button', { name: en['grants.approve'] })).toHaveLength(1)
  await user.click(await press(en['grants.approve']))
  const dialog = await screen.findByRole('dialog')
  await user.type(screen.getByLabelText(en['sign-in.password']), 'secret')
  await user.click(dialog.querySelector('button[type=submit]')!)
  await expect.poll(() => screen.queryByRole('button', { name: en['grants.approve'] })).toBeNull()
  expect(callsOf(approveRoleGrant)).toEqual([
    { params: { id: grant.id }, body: { stepUp: { password: 'secret' } } },
  ])
})

it('keeps filters in the address', async () => {
  stub(listDifferences, () => ({ differences: [] }))
  const { user, address } = await openConsole('/differences?kind=late-success', ['reconciler'])
  await screen.findByText(en['differences.none'])
  await user.selectOptions(screen.getByLabelText(en['table.state']), 'closed')
  await expect
    .poll(() => callsOf(listDifferences).at(-1)?.querystring)
    .toMatchObject({
      kind: 'late-success',
      state: 'closed',
    })
  expect(address()).toBe('/differences?kind=late-success&state=closed')
})

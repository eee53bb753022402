// UPI IDs: a first one from the suggestions, one that is taken, which is primary, where one leads.
import {
  changeVpa,
  createVpa,
  releaseVpa,
  listAccounts,
  listVpas,
  suggestVpas,
  type Account,
} from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import { listNumbers, releaseNumber, setNumber } from '@bahi/contracts/upi-numbers.ts'
import { me } from '@bahi/contracts/user.ts'
import { screen } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { callsOf, openApp, signedInAs, stub } from '../../testing.tsx'

const id = '01994c00-0000-7000-8000-0000000000a1'
const otherId = '01994c00-0000-7000-8000-0000000000a2'
const at = '2026-11-01T00:00:00.000Z'
const account: Account = {
  ...{ id, bank: 'BAHI', bankName: 'Bahi Bank', ifsc: 'BAHI0000001', maskedNumber: 'XXXXXXXX1234' },
  ...{ holderName: 'Asha Rao', type: 'savings', status: 'active', pinSet: true, pinLength: 4 },
  ...{ vpas: ['asha@bahi'], linkedAt: at },
}
const other: Account = { ...account, id: otherId, bankName: 'Ganga Bank', maskedNumber: 'XXXXXXXX5678' }
const entry = (vpa: string, primary: boolean) => ({ vpa, accountId: id, primary, createdAt: at })

beforeEach(() => {
  stub(me, () => ({
    ...{
      userId: signedInAs,
      name: 'Asha Rao',
      phone: '+919876543210',
      createdAt: at,
      language: 'en' as const,
    },
  }))
  stub(listNumbers, () => ({ numbers: [] }))
  stub(listAccounts, () => ({ accounts: [account, other] }))
  stub(listVpas, () => ({ vpas: [entry('asha@bahi', true), entry('asha.rao@bahi', false)] }))
  stub(suggestVpas, () => ({ vpas: ['asha@bahi', 'asha.rao@bahi'] }))
  stub(readInbox, () => new Problem('not-found'))
})

test('a first one is taken as it is suggested', async () => {
  stub(listVpas, () => ({ vpas: [] }))
  stub(createVpa, ({ body }) => ({ ...entry(body.vpa, true), accountId: body.accountId }))
  const { user } = await openApp(`/upi-ids/new?account=${id}`)
  await user.click(await screen.findByRole('button', { name: 'asha.rao@bahi' }))
  expect(screen.getByRole('button', { name: 'asha.rao@bahi' }).getAttribute('aria-pressed')).toBe('true')
  await user.click(screen.getByRole('button', { name: 'Create asha.rao@bahi' }))
  expect(await screen.findByRole('heading', { name: 'You’re all set' })).toBeTruthy()
  expect(callsOf(createVpa)).toEqual([{ body: { vpa: 'asha.rao@bahi', accountId: id } }])
})

test('an invalid name is reported while it is typed, a taken one afterwards', async () => {
  stub(createVpa, () => new Problem('vpa-taken'))
  const { user } = await openApp('/upi-ids/new')
  const field = await screen.findByLabelText('UPI ID')
  await user.clear(field)
  await user.type(field, 'as..')
  expect(screen.getByRole('alert').textContent).toContain('one at a time')
  expect(screen.getByRole('button', { name: /^Create/ })).toHaveProperty('disabled', true)
  await user.clear(field)
  await user.type(field, 'Ravi')
  await user.click(screen.getByRole('button', { name: 'Create ravi@bahi' }))
  expect((await screen.findByRole('alert')).textContent).toContain('is taken')
})

test('another one is made primary', async () => {
  stub(changeVpa, ({ params }) => entry(params.vpa, true))
  const { user } = await openApp('/upi-ids')
  await user.click(await screen.findByRole('button', { name: /asha\.rao@bahi/ }))
  await user.click(await screen.findByRole('button', { name: 'Make primary' }))
  expect(await screen.findByText('asha.rao@bahi is now your primary UPI ID.')).toBeTruthy()
  expect(callsOf(changeVpa)).toEqual([{ params: { vpa: 'asha.rao@bahi' }, body: { primary: true } }])
})

test('one is pointed at another account', async () => {
  stub(changeVpa, ({ params }) => ({ ...entry(params.vpa, true), accountId: otherId }))
  const { user } = await openApp('/upi-ids?vpa=asha%40bahi')
  await user.click(await screen.findByRole('radio', { name: 'Ganga Bank •• 5678' }))
  expect(await screen.findByText('Money for asha@bahi now goes to Ganga Bank.')).toBeTruthy()
  expect(callsOf(changeVpa)).toEqual([{ params: { vpa: 'asha@bahi' }, body: { accountId: otherId } }])
})

test('one is closed after asking once more', async () => {
  stub(releaseVpa, ({ body }) => (body.stepUp ? (null as never) : new Problem('step-up-required')))
  const { user } = await openApp('/upi-ids?vpa=asha.rao%40bahi')
  await user.click(await screen.findByRole('button', { name: 'Close UPI ID' }))
  expect(callsOf(releaseVpa)).toEqual([])
  expect(screen.getByText(/can’t be paid with it any more/)).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Close UPI ID' }))
  await user.type(await screen.findByLabelText('Password'), 'boats on the river')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  expect(await screen.findByText('asha.rao@bahi is closed.')).toBeTruthy()
  expect(callsOf(releaseVpa)).toEqual([
    { params: { vpa: 'asha.rao@bahi' }, body: {} },
    { params: { vpa: 'asha.rao@bahi' }, body: { stepUp: { password: 'boats on the river' } } },
  ])
})

test('a UPI number is switched on with the password: the mobile, or digits that the rules allow', async () => {
  stub(setNumber, ({ params, body }) =>
    body.stepUp ? { number: params.number, vpa: body.vpa, since: at } : new Problem('step-up-required'),
  )
  const { user, address } = await openApp('/upi-ids')
  await user.click(await screen.findByRole('link', { name: 'Add UPI number' }))
  const field = await screen.findByLabelText('UPI number')
  await user.type(field, '12345777')
  await user.click(screen.getByRole('button', { name: 'Switch on' }))
  expect(await screen.findByText(/last three digits/)).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Use 9876543210' }))
  expect(field).toHaveProperty('value', '9876543210')
  await user.click(screen.getByRole('radio', { name: 'asha.rao@bahi' }))
  await user.click(screen.getByRole('button', { name: 'Switch on' }))
  await user.type(await screen.findByLabelText('Password'), 'boats on the river')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await expect.poll(address).toBe('/upi-ids')
  expect(callsOf(setNumber).at(-1)).toEqual({
    params: { number: '9876543210' },
    body: { vpa: 'asha.rao@bahi', stepUp: { password: 'boats on the river' } },
  })
})

test('a UPI number is switched off', async () => {
  stub(listNumbers, () => ({ numbers: [{ number: '24681357', vpa: 'asha@bahi', since: at }] }))
  stub(releaseNumber, () => null as never)
  const { user } = await openApp('/upi-ids')
  await user.click(await screen.findByRole('button', { name: /24681357/ }))
  await user.click(await screen.findByRole('button', { name: 'Switch off' }))
  expect(await screen.findByText('UPI number 24681357 is off.')).toBeTruthy()
  expect(callsOf(releaseNumber)).toEqual([{ params: { number: '24681357' }, body: {} }])
})

// A person's data: a copy of it, closing the account, and keeping it after all.
import { cancelErasure, requestErasure, showErasure, type ErasureView } from '@bahi/contracts/erasure.ts'
import { listExports, requestExport, type ExportView } from '@bahi/contracts/personal-export.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { callsOf, openApp, stub } from '../../testing.tsx'

const rules = { waitingDays: 14, lawDays: 1_827 }
const free: ErasureView = { state: 'none', obstacles: [], rules }

test('the account is closed with a proof, which a second look says, and can be kept', async () => {
  let erasure = free
  stub(listExports, () => ({ exports: [] }))
  stub(showErasure, () => erasure)
  stub(requestErasure, ({ body }) => {
    if (!body.stepUp) return new Problem('step-up-required')
    return (erasure = { ...free, state: 'waiting', closesAt: '2026-12-11T09:30:00.000Z' })
  })
  stub(cancelErasure, () => (erasure = free))
  const { user } = await openApp('/profile/data')
  await user.click(await screen.findByRole('button', { name: 'Close my account' }))
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Close my account' }))
  await user.type(await screen.findByLabelText('Password'), 'boats on the river')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await user.click(await screen.findByRole('button', { name: 'Keep my account' }))
  await screen.findByRole('button', { name: 'Close my account' })
  expect(callsOf(cancelErasure)).toHaveLength(1)
})

test('says what is in the way, and where it is ended', async () => {
  stub(listExports, () => ({ exports: [] }))
  stub(showErasure, (): ErasureView => ({ ...free, obstacles: ['money', 'staff-role'] }))
  await openApp('/profile/data')
  const link = await screen.findByRole('link', { name: 'Move the money out of your account' })
  expect(link.getAttribute('href')).toBe('/accounts')
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Close my account' }).disabled).toBe(true)
})

test('a copy is asked for, and saved once it is ready', async () => {
  const ready: ExportView = {
    ...{
      id: '019d0000-0000-7000-8000-00000000000a',
      status: 'ready',
      requestedAt: '2026-11-27T09:30:00.000Z',
    },
    expiresAt: '2026-11-30T09:30:00.000Z',
  }
  let exports: ExportView[] = []
  stub(showErasure, () => free)
  stub(listExports, () => ({ exports }))
  stub(requestExport, () => {
    exports = [ready]
    return ready
  })
  const { user } = await openApp('/profile/data')
  await user.click(await screen.findByRole('button', { name: 'Ask for a copy' }))
  await screen.findByRole('button', { name: 'Save' })
  expect(callsOf(requestExport)).toHaveLength(1)
})

// A statement: its days are chosen, it is made, and its file is saved.
import { listAccounts } from '@bahi/contracts/account.ts'
import { refresh } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { makeStatement, showStatement, type StatementView } from '@bahi/contracts/statements.ts'
import { cleanup, fireEvent, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { account, stubPaying } from '../../payments/testing.tsx'
import { storage } from '../../storage/storage.ts'
import { callsOf, openApp, signedInAs, stub } from '../../testing.tsx'

const today = istDateOf(new Date())
const fromOn = addDays(today, -27)
const waiting: StatementView = {
  ...{ id: '01994c00-0000-7000-8000-00000000000d', status: 'waiting', format: 'csv', language: 'en' },
  ...{ fromOn, toOn: today, progress: { done: 500, total: 1_200 } },
  createdAt: new Date().toISOString(),
}

test('a statement is made of the days and in the format that were chosen', async () => {
  stubPaying()
  let shown: StatementView = waiting
  stub(makeStatement, () => waiting)
  stub(showStatement, () => shown)
  const { user } = await openApp('/history/statement')
  fireEvent.change(await screen.findByLabelText('From'), { target: { value: fromOn } })
  await user.click(screen.getByRole('radio', { name: 'CSV' }))
  await user.click(screen.getByRole('button', { name: 'Make statement' }))
  await screen.findByText('Making it: 500 of 1200 payments')
  expect(callsOf(makeStatement)[0]!.body).toEqual({
    ...{ fromOn, toOn: today, format: 'csv', language: 'en' },
  })
  shown = { ...waiting, status: 'ready' }
  await screen.findByRole('button', { name: 'Save file' })
})

test('what was made on this device can be saved for as long as its file is there', async () => {
  stubPaying()
  const hours = (ago: number) => new Date(Date.now() - ago * 3_600_000).toISOString()
  const second = '01994c00-0000-7000-8000-00000000000f'
  const over = { ...waiting, id: second, fromOn: '2026-01-01', createdAt: hours(73) }
  let stored: unknown = [{ ...over, status: 'ready', expiresAt: hours(1) }]
  vi.spyOn(storage, 'read').mockImplementation(() => Promise.resolve(stored as never))
  vi.spyOn(storage, 'write').mockImplementation((_, value) => Promise.resolve(void (stored = value)))
  const made = { ...waiting, createdAt: hours(0) }
  stub(makeStatement, () => made)
  stub(showStatement, () => ({ ...made, status: 'ready' as const, expiresAt: hours(-72) }))
  const { user } = await openApp('/history/statement')
  await screen.findByText(/It can be saved for 3 days\./)
  await user.click(await screen.findByRole('button', { name: 'Make statement' }))
  await screen.findByRole('button', { name: 'Save file' })
  cleanup()
  await openApp('/history/statement')
  await screen.findByRole('heading', { name: 'Your statements' })
  expect(screen.getAllByRole('button', { name: 'Save file' })).toHaveLength(1)
  expect(stored).toMatchObject([{ id: waiting.id, status: 'ready' }, { id: second }])
  expect(callsOf(showStatement)).toHaveLength(1)
})

test('accounts that could not be loaded are said, and loaded again', async () => {
  stubPaying()
  stub(listAccounts, () => new Problem('unavailable'))
  const { user } = await openApp('/history/statement')
  const again = await screen.findByRole('button', { name: 'Try again' })
  stub(listAccounts, () => ({
    accounts: [account, { ...account, id: '01994c00-0000-7000-8000-0000000000a2' }],
  }))
  await user.click(again)
  await screen.findByLabelText('Account')
})

test('days that make no statement are said', async () => {
  stubPaying()
  const { user } = await openApp('/history/statement')
  fireEvent.change(await screen.findByLabelText('From'), { target: { value: '2024-01-01' } })
  await user.click(screen.getByRole('button', { name: 'Make statement' }))
  expect(await screen.findByText(/at most one year/)).toBeTruthy()
  expect(callsOf(makeStatement)).toEqual([])
})

test('its file is fetched again with a new token when the session of the old one has ended', async () => {
  stubPaying()
  const ready: StatementView = { ...waiting, status: 'ready' }
  stub(makeStatement, () => ready)
  stub(showStatement, () => ready)
  stub(refresh, () => ({ userId: signedInAs, accessToken: 'renewed', refreshToken: '', expiresInS: 900 }))
  const services = fetch
  const asked: (string | null)[] = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    if (!url.endsWith('/file')) return services(url, init)
    asked.push(new Headers(init.headers).get('authorization'))
    return asked.length === 1 ? Response.json({}, { status: 401 }) : new Response('a,b')
  })
  const saved = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:file')
  const { user } = await openApp('/history/statement')
  await user.click(await screen.findByRole('button', { name: 'Make statement' }))
  await user.click(await screen.findByRole('button', { name: 'Save file' }))
  await expect.poll(() => saved.mock.calls).toHaveLength(1)
  expect(asked).toEqual(['Bearer token', 'Bearer renewed'])
  saved.mockRestore()
})

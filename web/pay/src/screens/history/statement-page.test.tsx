// A statement: its days are chosen, it is made, and its file is saved.
import { refresh } from '@bahi/contracts/auth.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { makeStatement, showStatement, type StatementView } from '@bahi/contracts/statements.ts'
import { fireEvent, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { stubPaying } from '../../payments/testing.tsx'
import { callsOf, openApp, signedInAs, stub } from '../../testing.tsx'

const today = istDateOf(new Date())
const fromOn = addDays(today, -27)
const waiting: StatementView = {
  ...{ id: '01994c00-0000-7000-8000-00000000000d', status: 'waiting', format: 'csv', language: 'en' },
  ...{ fromOn, toOn: today, progress: { done: 500, total: 1_200 } },
  createdAt: '2026-11-23T09:30:00.000Z',
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

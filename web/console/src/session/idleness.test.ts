// The session of the console's tabs: it ends when none of them is used, and then in all of them.
import { logout } from '@bahi/contracts/auth.ts'
import { answerByStubs, callsOf, forgetStubs, stub } from '@bahi/web-ui/testing.ts'
import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchIdleness } from './idleness.ts'
import { signIn, signOut, useSession } from './session.ts'

const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000)
let end: () => void

beforeEach(() => {
  localStorage.clear()
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
  answerByStubs()
  stub(logout, () => null as never)
  end = watchIdleness(new QueryClient())
  signIn({ userId: 'somebody', accessToken: 'token', expiresInS: 3_600 })
})
afterEach(() => {
  end()
  signOut()
  vi.useRealTimers()
  forgetStubs()
})

it('goes on in a tab that is left alone while another one is used', async () => {
  await minutes(14)
  localStorage.setItem('bahi.console-used', String(Date.now()))
  await minutes(14)
  expect(useSession.getState().signedIn).toBeDefined()
  window.dispatchEvent(new Event('keydown'))
  await minutes(14)
  expect(useSession.getState().signedIn).toBeDefined()
  await minutes(2)
  expect(useSession.getState()).toEqual({ ended: 'idle' })
  await expect.poll(() => callsOf(logout)).toHaveLength(1)
})

it('ends in every tab when one signs out', () => {
  window.dispatchEvent(new StorageEvent('storage', { key: 'bahi.console-signed-in', newValue: null }))
  expect(useSession.getState().signedIn).toBeUndefined()
})

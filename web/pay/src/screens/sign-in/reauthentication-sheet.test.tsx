// A session that ends while a form is open: asked for in place, and what was being done goes on.
import { login, refresh } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { me } from '@bahi/contracts/user.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { call } from '../../api/client.ts'
import { useSession } from '../../session/session.ts'
import { callsOf, signedInAs, stub } from '../../testing.tsx'
import { ReauthenticationSheet } from './reauthentication-sheet.tsx'

const profile = {
  userId: signedInAs,
  name: 'Asha Rao',
  phone: '+919876500001',
  language: 'en',
  createdAt: '2026-11-23T09:30:00.000Z',
} as const
const tokens = { userId: signedInAs, accessToken: 'new', refreshToken: 'cookie', expiresInS: 900 }

function Asked() {
  return useSession().needsReauthentication ? <ReauthenticationSheet /> : <p>a form</p>
}

beforeEach(() => {
  const signedIn = { userId: signedInAs, accessToken: 'old', expiresAtMs: Date.now() - 1 }
  useSession.setState({ state: 'signed-in', signedIn }, true)
  stub(refresh, () => new Problem('refresh-token-invalid'))
  stub(me, () => profile)
  const client = new QueryClient()
  client.setQueryData(['me'], profile)
  render(
    <QueryClientProvider client={client}>
      <Asked />
    </QueryClientProvider>,
  )
})

describe('a call whose session has ended', () => {
  it('waits until the person signed in again, and goes on', async () => {
    stub(login, ({ body }) => (body.password === 'right words' ? tokens : new Problem('credentials-wrong')))
    const user = userEvent.setup()
    let answered: unknown
    act(() => void call(me, {}).then((it) => (answered = it)))
    expect(await screen.findByRole('dialog', { name: 'Sign in again' })).toBeTruthy()
    expect(screen.getByText('+91 98765 00001')).toBeTruthy()
    await user.type(screen.getByLabelText('Password'), 'wrong')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    expect(await screen.findByRole('alert')).toBeTruthy()
    expect(answered).toBeUndefined()
    await user.clear(screen.getByLabelText('Password'))
    await user.type(screen.getByLabelText('Password'), 'right words')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    await waitFor(() => expect(answered).toEqual(profile))
    expect(callsOf(login).at(-1)?.body.phone).toBe('+919876500001')
    expect(screen.getByText('a form')).toBeTruthy()
  })

  it('is refused when the person leaves it at that', async () => {
    const user = userEvent.setup()
    let refused: unknown
    act(() => void call(me, {}).catch((error: unknown) => (refused = error)))
    await screen.findByRole('dialog')
    await user.click(screen.getByRole('button', { name: 'Close' }))
    await waitFor(() => expect(refused).toMatchObject({ code: 'unauthenticated' }))
    expect(useSession.getState().state).toBe('signed-out')
  })
})

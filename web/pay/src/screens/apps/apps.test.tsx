// Apps of others: the consent screen, and the list of what is connected.
import {
  consentRequest,
  decideConsent,
  disconnectApp,
  listConnectedApps,
} from '@bahi/contracts/oauth-apps.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { callsOf, openApp, stub } from '../../testing.tsx'

const app = {
  clientId: 'client-1',
  name: 'Khata',
  host: 'khata.example',
  scopes: ['openid', 'payments:read', 'x:new'],
}

test('says who asks and for what, and sends the answer with a proof where one is wanted', async () => {
  stub(consentRequest, () => ({ app, needsStepUp: true }))
  stub(decideConsent, ({ body }) => (body.stepUp ? { continueAt: '#back' } : new Problem('step-up-required')))
  const { user } = await openApp('/connect/uid-1')
  await screen.findByText('khata.example')
  screen.getByText('See your payments')
  // What it has no words for is not hidden.
  screen.getByText('x:new')
  await user.click(screen.getByRole('button', { name: 'Allow' }))
  await user.type(await screen.findByLabelText('Password'), 'boats on the river')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  await waitFor(() => expect(location.hash).toBe('#back'))
  expect(callsOf(decideConsent).at(-1)).toEqual({
    params: { uid: 'uid-1' },
    body: { allow: true, stepUp: { password: 'boats on the river' } },
  })
})

test('a no is sent too', async () => {
  stub(consentRequest, () => ({ app, needsStepUp: false }))
  stub(decideConsent, () => ({ continueAt: '#denied' }))
  const { user } = await openApp('/connect/uid-1')
  await user.click(await screen.findByRole('button', { name: 'Don’t allow' }))
  await waitFor(() => expect(location.hash).toBe('#denied'))
  expect(callsOf(decideConsent)).toEqual([{ params: { uid: 'uid-1' }, body: { allow: false } }])
})

test('a request of another browser, or one that is over, cannot be answered', async () => {
  stub(consentRequest, () => new Problem('not-found'))
  await openApp('/connect/uid-1')
  await screen.findByText('This request is over')
  expect(screen.queryByRole('button', { name: 'Allow' })).toBeNull()
})

test('an app is disconnected where it is listed', async () => {
  let apps = [{ ...app, connectedAt: '2026-11-23T09:30:00.000Z' }]
  stub(listConnectedApps, () => ({ apps }))
  stub(disconnectApp, () => {
    apps = []
    return undefined as never
  })
  const { user } = await openApp('/profile/apps')
  await user.click(await screen.findByRole('button', { name: 'Disconnect Khata' }))
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Disconnect' }))
  await screen.findByText('No app is connected')
  expect(callsOf(disconnectApp)).toEqual([{ params: { clientId: 'client-1' } }])
})

test.each([
  ['invalid_redirect_uri', 1],
  ['Call 1800 000 000 to unlock your account', 0],
  ['call_1800_000_000', 0],
])(
  'the address of a refusal, which anybody can write, says a code of the protocol or nothing: %s',
  async (error, times) => {
    await openApp(`/connect/refused?${new URLSearchParams({ error }).toString()}`, { signedIn: false })
    await screen.findByText('This app can’t be connected')
    expect(screen.queryAllByText(error)).toHaveLength(times)
  },
)

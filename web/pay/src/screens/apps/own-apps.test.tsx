// A merchant's own apps: added with a proof, their secret shown once, given another one, and removed.
import {
  listConnectedApps,
  listOwnClients,
  maxOwnClients,
  registerOwnClient,
  removeOwnClient,
  renewOwnClientSecret,
  type OwnClient,
} from '@bahi/contracts/oauth-apps.ts'
import { cibaGrant } from '@bahi/contracts/oauth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { act, screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { useSession } from '../../session/session.ts'
import { callsOf, openApp, signedInAs, stub } from '../../testing.tsx'

const till: OwnClient = {
  ...{ clientId: '01994c00-0000-7000-8000-0000000000d1', name: 'Asha Rao · Till' },
  ...{ scopes: ['openid', 'requests:create'], grantTypes: ['client_credentials', cibaGrant] },
  registeredAt: '2026-11-23T09:30:00.000Z',
}
const button = (name: string) => screen.findByRole('button', { name })
const dialog = () => within(screen.getByRole('dialog'))

/** The sheet that asks for a proof is the topmost. */
async function prove(user: Awaited<ReturnType<typeof openApp>>['user']): Promise<void> {
  await user.type(await screen.findByLabelText('Password'), 'boats on the river')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
}
const stepUp = { password: 'boats on the river' }

test('one is added with a proof, and its secret is shown until it is stored', async () => {
  let clients: OwnClient[] = []
  stub(listOwnClients, () => ({ clients }))
  stub(registerOwnClient, ({ body }) => {
    if (!body.stepUp) return new Problem('step-up-required')
    clients = [till]
    return { client: till, clientSecret: 'first-secret' }
  })
  const { user } = await openApp('/profile/apps/own')
  await screen.findByText('You have no app of your own yet')
  await user.click(await button('Add an app'))
  const form = dialog()
  const add = form.getByRole('button', { name: 'Add an app' })
  await user.click(form.getByRole('checkbox', { name: 'See your payments' }))
  await user.type(form.getByLabelText('Name of the app'), '<b>Till</b>')
  await user.click(add)
  expect(form.getAllByRole('alert').map((alert) => alert.textContent)).toEqual([
    expect.stringContaining('Up to 20 letters'),
    'Choose at least one.',
  ])
  expect(callsOf(registerOwnClient)).toEqual([])
  await user.clear(form.getByLabelText('Name of the app'))
  await user.type(form.getByLabelText('Name of the app'), ' Till ')
  // Asking for payments takes a permission, which comes and goes with it.
  await user.click(form.getByRole('switch', { name: 'Ask people for payments' }))
  const asking = form.getByRole<HTMLInputElement>('checkbox', {
    name: 'Ask others for money on your behalf',
  })
  expect(asking.checked).toBe(true)
  await user.click(add)
  await prove(user)
  await screen.findByText('first-secret')
  expect(callsOf(registerOwnClient).at(-1)?.body).toEqual({
    ...{ label: 'Till', scopes: ['requests:create'], asksForPayments: true, stepUp },
  })
  await user.click(await button('I have stored it'))
  expect(screen.queryByText('first-secret')).toBeNull()
  await screen.findByText('Asha Rao · Till')
  screen.getByText('Asks people for payments to you')
})

test('a switch that asks for payments goes off with what it takes', async () => {
  stub(listOwnClients, () => ({ clients: [] }))
  const { user } = await openApp('/profile/apps/own')
  await user.click(await button('Add an app'))
  const asks = dialog().getByRole('switch', { name: 'Ask people for payments' })
  await user.click(asks)
  await user.click(dialog().getByRole('checkbox', { name: 'Ask others for money on your behalf' }))
  expect(asks.getAttribute('aria-checked')).toBe('false')
})

test('one is given another secret with a proof, and removed once it is sure', async () => {
  let clients = [till]
  stub(listOwnClients, () => ({ clients }))
  stub(renewOwnClientSecret, ({ body }) =>
    body.stepUp ? { clientSecret: 'second-secret' } : new Problem('step-up-required'),
  )
  stub(removeOwnClient, () => {
    clients = []
    return undefined as never
  })
  const { user } = await openApp('/profile/apps/own')
  await user.click(await button('New secret for Asha Rao · Till'))
  dialog().getByText(/stops working at once/)
  await user.click(dialog().getByRole('button', { name: 'New secret' }))
  await prove(user)
  await screen.findByText('second-secret')
  expect(callsOf(renewOwnClientSecret).at(-1)).toEqual({
    ...{ params: { clientId: till.clientId }, body: { stepUp } },
  })
  await user.click(await button('I have stored it'))
  await user.click(await button('Remove Asha Rao · Till'))
  await user.click(dialog().getByRole('button', { name: 'Cancel' }))
  expect(callsOf(removeOwnClient)).toEqual([])
  await user.click(await button('Remove Asha Rao · Till'))
  await user.click(dialog().getByRole('button', { name: 'Remove' }))
  await screen.findByText('You have no app of your own yet')
  expect(callsOf(removeOwnClient)).toEqual([{ params: { clientId: till.clientId } }])
})

test('a refusal for one is not shown for another', async () => {
  const clients = [
    till,
    { ...till, clientId: '01994c00-0000-7000-8000-0000000000d2', name: 'Asha Rao · Shop' },
  ]
  stub(listOwnClients, () => ({ clients }))
  stub(renewOwnClientSecret, () => new Problem('overloaded'))
  stub(removeOwnClient, () => new Problem('overloaded'))
  const { user } = await openApp('/profile/apps/own')
  for (const [open, act] of [
    ['New secret for', 'New secret'],
    ['Remove', 'Remove'],
  ] as const) {
    await user.click(await button(`${open} Asha Rao · Till`))
    await user.click(dialog().getByRole('button', { name: act }))
    await screen.findByRole('alert')
    await user.click(dialog().getByRole('button', { name: 'Cancel' }))
    await user.click(await button(`${open} Asha Rao · Shop`))
    dialog().getByText(/Asha Rao · Shop/)
    expect(dialog().queryByRole('alert')).toBeNull()
    await user.click(dialog().getByRole('button', { name: 'Cancel' }))
  }
})

test('a secret that comes once its sheet was closed is shown all the same', async () => {
  stub(listOwnClients, () => ({ clients: [till] }))
  const answer = Promise.withResolvers<{ clientSecret: string }>()
  stub(renewOwnClientSecret, () => answer.promise)
  const { user } = await openApp('/profile/apps/own')
  await user.click(await button('New secret for Asha Rao · Till'))
  await user.click(dialog().getByRole('button', { name: 'New secret' }))
  await user.click(dialog().getByRole('button', { name: 'Cancel' }))
  answer.resolve({ clientSecret: 'late-secret' })
  await screen.findByText('late-secret')
})

test('with as many as there may be none can be added', async () => {
  const clients = Array.from({ length: maxOwnClients }, (_, i) => ({ ...till, clientId: `client-${i}` }))
  stub(listOwnClients, () => ({ clients }))
  await openApp('/profile/apps/own')
  await screen.findByText(/You have 10 apps/)
  expect(screen.queryByRole('button', { name: 'Add an app' })).toBeNull()
})

test('only a merchant is led here, and whoever is none is told so', async () => {
  stub(listConnectedApps, () => ({ apps: [] }))
  stub(listOwnClients, () => new Problem('not-allowed'))
  const { user } = await openApp('/profile/apps')
  await screen.findByText('No app is connected')
  expect(screen.queryByText('Your own apps')).toBeNull()
  const accessToken = `e30.${btoa(JSON.stringify({ roles: ['customer', 'merchant'] }))}.s`
  act(() =>
    useSession.setState({ signedIn: { userId: signedInAs, accessToken, expiresAtMs: Date.now() + 600_000 } }),
  )
  await user.click(await screen.findByRole('link', { name: /Your own apps/ }))
  await screen.findByText('Only merchants can add apps')
})

// Component tests: the console's own screens at an address, with the services stubbed by their contracts.
import type { Role } from '@bahi/contracts/permissions.ts'
import { listSavedViews } from '@bahi/contracts/saved-views.ts'
import { answerByStubs, forgetStubs, stub } from '@bahi/web-ui/testing.ts'
import { QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, configure, render } from '@testing-library/react'
import { userEvent, type UserEvent } from '@testing-library/user-event'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { newQueryClient } from './api/query-client.ts'
import { routes } from './app/sitemap.tsx'
import { chooseLanguage } from './language/language.ts'
import { signIn, signOut } from './session/session.ts'

export { callsOf, stub } from '@bahi/web-ui/testing.ts'

/** Who is signed in, when somebody is. */
export const signedInAs = '01994c00-0000-7000-8000-000000000001'

/** A token as the console reads it: whose signature nobody checks; with a second factor. */
export const tokenOf = (roles: readonly Role[], amr = ['pwd', 'otp', 'mfa']) =>
  `e30.${btoa(JSON.stringify({ roles, amr }))}.s`

/** Shows the console at an address; without roles nobody is signed in. */
export async function openConsole(
  path: string,
  roles?: readonly Role[],
): Promise<{ user: UserEvent; address: () => string; goBack: () => Promise<void> }> {
  await chooseLanguage('en')
  if (roles) signIn({ userId: signedInAs, accessToken: tokenOf(roles), expiresInS: 600 })
  else signOut()
  const client = newQueryClient()
  const defaults = client.getDefaultOptions()
  client.setDefaultOptions({ ...defaults, queries: { ...defaults.queries, retry: false } })
  const router = createMemoryRouter(routes, { initialEntries: [path] })
  await act(async () => {
    render(
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>,
    )
    await vi.waitFor(() => expect(router.state.initialized).toBe(true))
  })
  return {
    user: userEvent.setup(),
    address: () => router.state.location.pathname + router.state.location.search,
    goBack: () => act(() => router.navigate(-1)),
  }
}

/** Around each test of a file: test files share their modules, so that each has to ask for it. */
export function aroundEachTest(): void {
  // A busy machine takes its time: what comes at all is waited for.
  configure({ asyncUtilTimeout: 60_000 })
  beforeEach(() => {
    localStorage.clear()
    answerByStubs()
    stub(listSavedViews, () => ({ views: [] }))
  })
  afterEach(() => {
    cleanup()
    forgetStubs()
  })
}

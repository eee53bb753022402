// Component tests: the app's own screens at an address, with the services stubbed by their contracts.
//
//     stub(requestOtp, ({ body }) => sentCode)
//     stub(login, () => new Problem('credentials-wrong'))
//     const { user } = await openApp('/sign-in', { signedIn: false })
//     await user.click(screen.getByRole('button', { name: 'Sign in' }))
//     expect(callsOf(login)).toEqual([{ body: … }])
//
// What nobody stubbed fails the test by the name of its contract, but for `me`: that is Asha. The live stream is open:
// `sendLive` sends on it.
import { stream } from '@bahi/contracts/gateway.ts'
import type { Message } from '@bahi/contracts/notification.ts'
import { listPayments, recentPeople, showPayment, type PaymentView } from '@bahi/contracts/payment.ts'
import { listBlocked } from '@bahi/contracts/people.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { listRequests } from '@bahi/contracts/requests.ts'
import { listMandates } from '@bahi/contracts/mandates.ts'
import { listSchedules } from '@bahi/contracts/schedules.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import { me } from '@bahi/contracts/user.ts'
import { onlineManager, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, configure, render } from '@testing-library/react'
import { userEvent, type UserEvent } from '@testing-library/user-event'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { answerByStubs, forgetStubs, stub } from '@bahi/web-ui/testing.ts'
import { routes as screens } from './app/sitemap.tsx'
import { chooseLanguage, useLanguage, type Language } from './language/language.ts'
import { newQueryClient } from './api/query-client.ts'
import { counterpartyOf } from './payments/payment-list.ts'
import { useSession } from './session/session.ts'

const listeners = new Set<ReadableStreamDefaultController<Uint8Array>>()

export { callsOf, stub } from '@bahi/web-ui/testing.ts'

/** Who is signed in, when somebody is. */
export const signedInAs = '01994c00-0000-7000-8000-000000000001'

/** What asking for a one-time code answers. */
export const sentCode = { id: '01994c00-0000-7000-8000-0000000000c0', expiresInS: 300, resendInS: 30 }

/** Sends a message to every live stream that is open. */
export async function sendLive(message: Message): Promise<void> {
  const event = new TextEncoder().encode(`id: ${message.seq}\ndata: ${JSON.stringify(message)}\n\n`)
  await act(async () => {
    for (const listener of listeners) listener.enqueue(event)
    // The reader needs its turn.
    await new Promise((resolve) => setTimeout(resolve))
  })
}

/** Answers lists by their filters, single payments and recent people from these; newest first. */
export function stubPayments(payments: PaymentView[]): void {
  stub(listPayments, ({ querystring: { limit = 20, status, direction, vpa } }) => ({
    payments: payments
      .filter(
        (one) =>
          (status === undefined || one.status === status) &&
          (direction === undefined || one.direction === direction) &&
          (vpa === undefined || counterpartyOf(one).vpa === vpa),
      )
      .slice(0, limit),
  }))
  stub(showPayment, ({ params }) => payments.find(({ id }) => id === params.id) ?? new Problem('not-found'))
  stub(recentPeople, ({ querystring: { limit = 20 } }) => {
    const good = payments.filter(({ status }) => status !== 'failed')
    const people = good.map((one) => ({ ...counterpartyOf(one), at: one.createdAt }))
    const once = people.filter(({ vpa }, i) => people.findIndex((one) => one.vpa === vpa) === i)
    return { people: once.slice(0, limit) }
  })
}

type OpenOptions = { signedIn?: boolean; language?: Language; state?: unknown }
type OpenApp = {
  user: UserEvent
  /** Where the app is now: `/pay?to=asha@bahi`. */
  address: () => string
  goTo: (path: string) => Promise<void>
  goBack: () => Promise<void>
}

/** Shows the app at an address. `state` is what the screen before hands on. */
export async function openApp(path: string, options: OpenOptions = {}): Promise<OpenApp> {
  const { signedIn = true, language = 'en', state } = options
  await chooseLanguage(language)
  const person = { userId: signedInAs, accessToken: 'token', expiresAtMs: Date.now() + 3_600_000 }
  useSession.setState(
    signedIn ? { state: 'signed-in', signedIn: person } : { state: 'signed-out' },
    // Nothing of the test before stays.
    true,
  )
  const client = newQueryClient()
  client.setDefaultOptions({
    ...client.getDefaultOptions(),
    queries: { ...client.getDefaultOptions().queries, retry: false },
  })
  const url = new URL(path, 'http://test')
  const first = { pathname: url.pathname, search: url.search, hash: url.hash, state }
  const router = createMemoryRouter(screens, { initialEntries: [first] })
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
    goTo: (to) => act(() => router.navigate(to)),
    goBack: () => act(() => router.navigate(-1)),
  }
}

/** A phone, unless a test sets another size. */
const phone = { width: 390, height: 844 }
type TestWindow = { happyDOM: { setViewport(size: typeof phone): void; setURL(url: string): void } }

/** Around each test of a file: test files share their modules, so that each has to ask for it. */
export function aroundEachTest(): void {
  // A busy machine takes its time: what comes at all is waited for.
  configure({ asyncUtilTimeout: 60_000 })
  beforeEach(() => {
    const { happyDOM } = window as unknown as TestWindow
    happyDOM.setViewport(phone)
    // A file that was saved by a link is where the window is now.
    happyDOM.setURL('http://localhost/')
    answerByStubs((path, signal) => (path === stream.url ? openLiveStream(signal) : undefined))
    localStorage.clear()
    // It is no sandbox until a test says so.
    stub(readInbox, () => new Problem('not-found'))
    // Nobody requests anything or is blocked until a test says so.
    stub(listRequests, () => ({ requests: [] }))
    stub(listBlocked, () => ({ blocked: [] }))
    stub(listMandates, () => ({ mandates: [] }))
    // Nothing is planned either.
    stub(listSchedules, () => ({ schedules: [] }))
    // Who they are is asked around every screen.
    stub(me, () => ({
      userId: signedInAs,
      name: 'Asha Rao',
      phone: '+919876543210',
      language: useLanguage.getState().language,
      createdAt: '2026-01-01T00:00:00.000Z',
    }))
  })

  afterEach(() => {
    cleanup()
    listeners.clear()
    // Nothing that a test made of the browser stays.
    vi.restoreAllMocks()
    onlineManager.setOnline(true)
    forgetStubs()
  })
}

function openLiveStream(signal?: AbortSignal): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      listeners.add(controller)
      signal?.addEventListener('abort', () => {
        if (listeners.delete(controller)) controller.error(signal.reason)
      })
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

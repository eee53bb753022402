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
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import { stream } from '@bahi/contracts/gateway.ts'
import type { Message } from '@bahi/contracts/notification.ts'
import { listPayments, recentPeople, showPayment, type PaymentView } from '@bahi/contracts/payment.ts'
import { listBlocked } from '@bahi/contracts/people.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import { listRequests } from '@bahi/contracts/requests.ts'
import { operationIds, routes } from '@bahi/contracts/routes.ts'
import { listSchedules } from '@bahi/contracts/schedules.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import { me } from '@bahi/contracts/user.ts'
import { QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, configure, render } from '@testing-library/react'
import { userEvent, type UserEvent } from '@testing-library/user-event'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { routes as screens } from './app/sitemap.tsx'
import { chooseLanguage, useLanguage, type Language } from './language/language.ts'
import { newQueryClient } from './api/query-client.ts'
import { counterpartyOf } from './payments/payment-list.ts'
import { useSession } from './session/session.ts'

type Answer<C extends Contract> = Output<C> | Problem
type Stub = (input: never) => unknown

const stubs = new Map<Contract, Stub>()
const calls: { contract: Contract; input: unknown }[] = []
const faults: string[] = []
const listeners = new Set<ReadableStreamDefaultController<Uint8Array>>()

/** Who is signed in, when somebody is. */
export const signedInAs = '01994c00-0000-7000-8000-000000000001'

/** What asking for a one-time code answers. */
export const sentCode = { id: '01994c00-0000-7000-8000-0000000000c0', expiresInS: 300, resendInS: 30 }

/** From now on this answers for the service; a second stub of a contract takes the place of the first. */
export function stub<C extends Contract>(
  contract: C,
  respond: (input: Input<C>) => Answer<C> | Promise<Answer<C>>,
): void {
  stubs.set(contract, respond as Stub)
}

/** What the app asked of a contract so far, in order. */
export function callsOf<C extends Contract>(contract: C): Input<C>[] {
  return calls.filter((call) => call.contract === contract).map(({ input }) => input as Input<C>)
}

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
    await vi.waitFor(() => expect(router.state.initialized).toBe(true), { timeout: 10_000 })
  })
  return {
    user: userEvent.setup(),
    address: () => router.state.location.pathname + router.state.location.search,
    goTo: (to) => act(() => router.navigate(to)),
    goBack: () => act(() => router.navigate(-1)),
  }
}

// A busy machine takes its time: what comes at all is waited for.
configure({ asyncUtilTimeout: 10_000 })

/** A phone, unless a test sets another size. */
const phone = { width: 390, height: 844 }
type TestWindow = { happyDOM: { setViewport(size: typeof phone): void } }

beforeEach(() => {
  const { happyDOM } = window as unknown as TestWindow
  happyDOM.setViewport(phone)
  vi.stubGlobal('fetch', answer)
  localStorage.clear()
  // It is no sandbox until a test says so.
  stub(readInbox, () => new Problem('not-found'))
  // Nobody requests anything or is blocked until a test says so.
  stub(listRequests, () => ({ requests: [] }))
  stub(listBlocked, () => ({ blocked: [] }))
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
  stubs.clear()
  calls.length = 0
  listeners.clear()
  vi.unstubAllGlobals()
  expect(faults.splice(0), 'what the app asked of the services').toEqual([])
})

async function answer(url: string, init: RequestInit = {}): Promise<Response> {
  const { pathname, searchParams } = new URL(url, 'http://test')
  const method = init.method ?? 'GET'
  if (pathname === stream.url) return openLiveStream(init.signal ?? undefined)
  const [contract, params] = routeOf(method, pathname)
  const name = contract && operationIds.get(contract)
  const given = contract && stubs.get(contract)
  if (!given) return fault(`${name ?? 'no contract'}: ${method} ${url} has no stub`)
  const { schema } = contract
  const input = {
    ...(schema.params ? { params: Value.Convert(schema.params, params) } : {}),
    ...(schema.querystring ? { querystring: Value.Convert(schema.querystring, queryOf(searchParams)) } : {}),
    ...(schema.body && init.body !== undefined ? { body: JSON.parse(init.body as string) as unknown } : {}),
  }
  for (const part of ['params', 'querystring', 'body'] as const) {
    const expected = schema[part]
    if (!expected || !(part in input)) continue
    const [wrong] = Value.Errors(expected, input[part as keyof typeof input])
    if (wrong) return fault(`${name}: ${part}${wrong.instancePath} ${wrong.message}`)
  }
  calls.push({ contract, input })
  const answered = await (given as (input: unknown) => unknown)(input)
  init.signal?.throwIfAborted()
  if (answered instanceof Problem) return Response.json(toDocument(answered), { status: answered.status })
  const [status = '200', expected] = Object.entries(schema.response)[0] ?? []
  if (status === '204') return new Response(null, { status: 204 })
  const [wrong] = expected ? Value.Errors(expected, answered) : []
  if (wrong) return fault(`${name}: the stub's answer${wrong.instancePath} ${wrong.message}`)
  return Response.json(answered, { status: Number(status) })
}

/** Noted, so that the test fails although the app shows it like any other refusal. */
function fault(text: string): Response {
  faults.push(text)
  return Response.json(toDocument(new Problem('internal', text)), { status: 500 })
}

function routeOf(method: string, path: string): [Contract | undefined, Record<string, string>] {
  const matches = routes.flatMap((contract) => {
    if (contract.method !== method || contract.url.startsWith('/internal/')) return []
    const pattern = contract.url.replace(/:([A-Za-z]+)/g, '(?<$1>[^/]+)')
    const found = new RegExp(`^${pattern}$`).exec(path)
    if (!found) return []
    const params = Object.entries(found.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)])
    return [[contract, Object.fromEntries(params) as Record<string, string>] as const]
  })
  // `/v1/payments/search` before `/v1/payments/:id`.
  const [best] = matches.sort(([, a], [, b]) => Object.keys(a).length - Object.keys(b).length)
  return best ? [...best] : [undefined, {}]
}

function queryOf(search: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(search.keys())].map((key) => {
      const values = search.getAll(key)
      return [key, values.length > 1 ? values : values[0]!]
    }),
  )
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

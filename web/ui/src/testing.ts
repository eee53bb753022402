// For tests of an app's components: the services stubbed by their contracts. What nobody stubbed fails the test by the
// name of its contract, and so does what does not follow it.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import { operationIds, routes } from '@bahi/contracts/routes.ts'
import { Value } from 'typebox/value'
import { expect, vi } from 'vitest'

type Answer<C extends Contract> = Output<C> | Problem
type Stub = (input: never) => unknown
/** What else is answered, by path. */
type Also = (path: string, signal: AbortSignal | undefined) => Response | undefined

const stubs = new Map<Contract, Stub>()
const calls: { contract: Contract; input: unknown }[] = []
const faults: string[] = []

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

/** Before each test: what the app fetches is answered by the stubs. */
export function answerByStubs(also: Also = () => undefined): void {
  vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) => answer(url, init, also))
}

/** After each test. Fails it when the app asked for what has no stub. */
export function forgetStubs(): void {
  stubs.clear()
  calls.length = 0
  vi.unstubAllGlobals()
  expect(faults.splice(0), 'what the app asked of the services').toEqual([])
}

async function answer(url: string, init: RequestInit, also: Also): Promise<Response> {
  const { pathname, searchParams } = new URL(url, 'http://test')
  const method = init.method ?? 'GET'
  const other = also(pathname, init.signal ?? undefined)
  if (other) return other
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

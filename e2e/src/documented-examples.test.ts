// Every example of the API documentation, sent as it stands to the whole platform: none is refused for what it says.
import { grantedRoles } from '@bahi/contracts/permissions.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startPlatform, type RunningPlatform } from '@bahi/platform/testing-platform.ts'

type Operation = {
  operationId: string
  parameters?: { name: string; in: string; required?: boolean; example?: unknown }[]
  requestBody?: { content: Record<string, { example?: unknown }> }
  responses: Record<string, { content?: Record<string, unknown> }>
}

let platform: RunningPlatform
let token: string
let operations: [method: string, path: string, operation: Operation][]
beforeAll(async () => {
  platform = await startPlatform(inject('postgresUrl'))
  token = (await platform.staff(grantedRoles, { isKeyless: true })).token()
  const document = (await (await fetch(`${platform.url}/v1/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>
  }
  const last = ({ operationId }: Operation) => Number(operationId === 'logout')
  operations = Object.entries(document.paths)
    .flatMap(([path, item]) =>
      Object.entries(item).map(([method, one]): (typeof operations)[number] => [method, path, one]),
    )
    // Logging out ends what the others need.
    .sort(([, , a], [, , b]) => last(a) - last(b))
})
afterAll(() => platform.stop())

/** What is wrong with the request itself, rather than with the state of things. */
const refusals = [
  'request-invalid',
  'id-out-of-range',
  'media-type-unsupported',
  'method-not-allowed',
  'internal',
]

const encoded = (contentType: string | undefined, body: unknown): string =>
  contentType === 'application/json'
    ? JSON.stringify(body)
    : new URLSearchParams(body as Record<string, string>).toString()

it('is complete, and taken', async () => {
  expect(operations.length).toBeGreaterThan(50)
  const wrong: unknown[] = []
  for (const [method, path, { operationId, parameters = [], requestBody, responses }] of operations) {
    const missing = parameters
      .filter((one) => one.required && one.example === undefined)
      .map(({ name }) => name)
    const [contentType, { example: body } = {}] = Object.entries(requestBody?.content ?? {})[0] ?? []
    const isFile = contentType !== undefined && !/json|form/.test(contentType)
    if (missing.length > 0 || (requestBody && body === undefined && !isFile))
      wrong.push([operationId, 'no example', missing])
    let url = path
    const query = new URLSearchParams()
    for (const { name, in: place, example } of parameters) {
      if (place === 'path') url = url.replace(`{${name}}`, encodeURIComponent(String(example)))
      if (place === 'query' && example !== undefined) query.set(name, String(example))
    }
    const stop = new AbortController()
    const response = await fetch(`${platform.url}${url}?${query.toString()}`, {
      method: method.toUpperCase(),
      headers: {
        authorization: `Bearer ${token}`,
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: encoded(contentType, body) }),
      ...(isFile ? { body: new Uint8Array([0xff, 0xd8, 0xff]) } : {}),
      redirect: 'manual',
      signal: stop.signal,
    })
    const type = response.headers.get('content-type')?.split(';')[0] ?? ''
    const documented = Object.keys(responses[String(response.status)]?.content ?? {})
    if (![204, 303].includes(response.status) && !documented.includes(type))
      wrong.push([operationId, response.status, type])
    if (response.status >= 400) {
      const problem = (await response.json()) as { code: string; detail?: string }
      if (refusals.includes(problem.code)) wrong.push([operationId, problem.code, problem.detail])
    }
    stop.abort()
  }
  expect(wrong).toEqual([])
})

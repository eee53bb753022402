// The OpenAPI document is complete and consistent; the playground and the problem pages are served.
import type { Contract } from '@bahi/contracts/contract.ts'
import { problemCodes } from '@bahi/contracts/problem.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { publishedIn } from '../app.ts'
import { operationId, problemsOf } from './openapi.ts'
import { openApiDocument } from './openapi-document.ts'
import { startGateway, type TestGateway } from '../testing.ts'

type Operation = {
  operationId: string
  summary: string
  tags: string[]
  security: unknown[]
  parameters?: { name: string; in: string; required?: boolean; schema: unknown }[]
  requestBody?: { required: boolean; content: Record<string, { schema: unknown }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>
}
type Document = {
  openapi: string
  info: object
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown>; securitySchemes: object }
}

let gateway: TestGateway
let document: Document
beforeAll(async () => {
  gateway = await startGateway(inject('postgresUrl'))
  document = (await (await gateway.fetch('/v1/openapi.json')).json()) as Document
})
afterAll(() => gateway.stop())

const contracts = publishedIn('sandbox').filter(({ access }) => access !== 'network')
const operationOf = ({ method, url }: Contract) =>
  document.paths[url.replaceAll(/:([A-Za-z]+)/g, '{$1}')]?.[method.toLowerCase()]

describe('the OpenAPI document', () => {
  it('has every published route, and no other', () => {
    expect(document.openapi).toBe('3.1.0')
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item))
    expect(operations.map((one) => one.operationId).sort()).toEqual(contracts.map(operationId).sort())
    expect(new Set(operations.map((one) => one.operationId)).size).toBe(operations.length)
    expect(JSON.stringify(document)).not.toContain('/internal/')
  })

  it.each(contracts.map((contract) => [`${contract.method} ${contract.url}`, contract] as const))(
    'describes %s in full',
    (_name, contract) => {
      const operation = operationOf(contract)!
      const { params, querystring, body, response } = contract.schema
      expect(operation.summary).toBe(contract.summary)
      expect(operation.tags).toEqual([contract.service])
      expect(document.tags.map((tag) => tag.name)).toContain(contract.service)
      expect(operation.security).toEqual(contract.access === 'public' ? [] : [{ bearer: [] }])

      const names = (place: string) =>
        (operation.parameters ?? []).filter((one) => one.in === place).map((one) => one.name)
      const properties = (schema: unknown) =>
        Object.keys((schema as { properties?: object } | undefined)?.properties ?? {})
      expect(names('path')).toEqual(properties(params))
      expect(names('query')).toEqual(properties(querystring))
      for (const one of operation.parameters ?? []) expect(one.schema).toBeTruthy()
      expect(operation.requestBody !== undefined).toBe(body !== undefined || contract.upload !== undefined)
      if (body) {
        expect(operation.requestBody!.required).toBe(!('~optional' in body))
        const schema = Object.values(operation.requestBody!.content)[0]!.schema
        expect(properties(schema)).toEqual(properties(body))
      }

      for (const [status, schema] of Object.entries(response)) {
        const documented = operation.responses[status]!
        expect(documented.description).not.toBe('')
        if ((schema as { type?: string }).type !== 'null') {
          const { contentMediaType: media = 'application/json' } = schema as { contentMediaType?: string }
          const refusal = Number(status) >= 400 ? ['application/problem+json'] : []
          expect([...media.split(', '), ...refusal]).toEqual(
            expect.arrayContaining(Object.keys(documented.content!)),
          )
        }
      }
      const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400)
      const codes = refusals.flatMap(([, documented]) => {
        // OAuth 2.0 has refusals of its own.
        const problems = documented.content!['application/problem+json']
        if (!problems) return []
        const { allOf } = problems.schema as {
          allOf: [unknown, { properties: { code: { enum: string[] } } }]
        }
        return allOf[1].properties.code.enum
      })
      expect(codes.sort()).toEqual(problemsOf(contract).sort())
    },
  )

  it('is made once, compressed once, and not sent again to who has it', async () => {
    const get = (headers: Record<string, string> = {}) => gateway.fetch('/v1/openapi.json', { headers })
    const first = await get({ 'accept-encoding': 'br' })
    const etag = first.headers.get('etag')!
    expect([first.headers.get('content-encoding'), first.headers.get('vary')]).toEqual([
      'br',
      'accept-encoding',
    ])
    expect(await first.text()).toBe(await (await get({ 'accept-encoding': 'identity' })).text())
    const again = await get({ 'if-none-match': etag })
    expect([again.status, await again.text()]).toEqual([304, ''])
    for (const path of ['/docs/json', '/docs/yaml']) {
      const elsewhere = await gateway.fetch(path, { redirect: 'manual' })
      expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([302, '/v1/openapi.json'])
    }
  })

  it('has no broken references', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to!)
    expect(references.length).toBeGreaterThan(0)
    for (const reference of new Set(references)) {
      const target = reference
        .replace('#/', '')
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document)
      expect([reference, typeof target]).toEqual([reference, 'object'])
    }
  })
})

describe('the playground', () => {
  it('is served from this origin, under a policy that allows what it needs', async () => {
    const page = await gateway.fetch('/docs')
    expect(page.status).toBe(200)
    const policy = page.headers.get('content-security-policy')!
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    const html = await page.text()
    expect(html).not.toMatch(/<script>|(src|href)="https?:/)
    const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!)
    expect(assets.length).toBeGreaterThan(4)
    for (const path of assets) {
      const asset = await gateway.fetch(path)
      expect([path, asset.status]).toEqual([path, 200])
      await asset.arrayBuffer()
    }
    expect((await (await gateway.fetch('/docs/json')).json()) as Document).toEqual(document)
  })

  it('is where a browser is redirected, and other clients get its URL', async () => {
    const browser = await gateway.fetch('/', { headers: { accept: 'text/html' }, redirect: 'manual' })
    expect([browser.status, browser.headers.get('location')]).toEqual([302, '/docs'])
    expect(await (await gateway.fetch('/')).json()).toMatchObject({ openapi: '/v1/openapi.json' })
  })
})

describe('the page of a problem', () => {
  it.each(problemCodes)('has advice for %s', async (code) => {
    const response = await gateway.fetch(`/problems/${code}`)
    const page = (await response.json()) as { title: string; whatToDo: string; type: string }
    expect(page).toMatchObject({ type: `/problems/${code}`, code })
    expect(page.whatToDo.length).toBeGreaterThan(10)
  })
  it.each(['nothing', 'constructor', '__proto__'])('does not exist for %s', async (code) => {
    expect((await gateway.fetch(`/problems/${code}`)).status).toBe(404)
  })
})

it('is the same document without a server', async () => {
  const alone = (await openApiDocument('sandbox')) as Document
  expect(Object.keys(alone.paths).sort()).toEqual(Object.keys(document.paths).sort())
  expect(alone.components).toEqual(document.components)
})

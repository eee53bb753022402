// The OpenAPI document, derived from the contracts: each is an operation with every problem it can answer.
import { PinBlock } from '@bahi/contracts/pin-block.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem, ProblemDocument, problemStatus, type ProblemCode } from '@bahi/contracts/problem.ts'
import { rolesWith, type Permission } from '@bahi/contracts/permissions.ts'
import { operationIds } from '@bahi/contracts/routes.ts'
import { proofsFor, type StepUpDemand } from '@bahi/contracts/step-up-rules.ts'
import type { Documentation, OpenApi } from '@bahi/kit/http/edge.ts'
import { docsPolicy } from '../web-files/response-headers.ts'
import Type from 'typebox'
import { exampleOf, type Example } from './examples.ts'

const tags: Record<Contract['service'], string> = {
  auth: 'Codes, registration, login, sessions',
  user: 'The person’s profile',
  account: 'Bank accounts, UPI IDs, UPI PIN, balance',
  payment: 'Paying, history, receipts',
  notification: 'Messages to the person',
  audit: 'Audit records, for auditors',
  gateway: 'The live stream',
  sandbox: 'Tools for testers, in sandboxes only',
}

const description = `An open UPI payments platform.

Amounts are integer paise. Ids that a client makes are UUIDv7; repeating a request with the same id and content gives
the same result, so any request may be sent again. A UPI PIN is sent in a PIN block: see the schema \`PinBlock\`.
Every refusal is a problem document (RFC 9457): decide by its \`code\`. Every response has an \`x-request-id\`: quote it
to support; and a \`date\` by our clock: take the time from it. The headers \`ratelimit-limit\`,
\`ratelimit-remaining\` and \`ratelimit-reset\` say how many requests are left, and when there are more.`

/** An account book: two pages, debit and credit. */
const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<path fill="#b3261e" d="M2 5h13v22H2zM17 5h13v22H17z"/>
<path stroke="#fff" stroke-width="2" d="M5 11h7M5 16h7M5 21h4M20 11h7M20 16h7M20 21h4"/></svg>`

const formType = 'application/x-www-form-urlencoded'

/** What a client needs besides the token. */
const securityText =
  'The access token, a JWT checked as RFC8725 says. One that is bound to a device key (claim `cnf.jkt`) is sent ' +
  'with the scheme `DPoP`, and with a proof in the header `DPoP` (RFC 9449) by whatever is no GET.'

export const documentation: Documentation = {
  title: 'bahi API',
  path: '/docs',
  documentUrl: '/v1/openapi.json',
  policy: docsPolicy,
  logo,
  head: {
    openapi: '3.1.0',
    info: {
      title: 'bahi',
      version: '1',
      description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: securityText },
      },
    },
  },
  describe,
  finish,
}

export function operationId(contract: Contract): string {
  return operationIds.get(contract) ?? `${contract.method.toLowerCase()} ${contract.url}`
}

const lastEventId = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      description: 'The id of the last message that was received: the stream continues after it.',
    }),
  ),
})

const file = { type: 'string', format: 'binary' }

function describe(contract: Contract): Record<string, unknown> {
  // The messages of the payment network are documented in docs/upi.md.
  if (contract.access === 'network') return { hide: true }
  const { params, querystring, body, response } = contract.schema
  const permission = permissionOf(contract)
  const mediaTypes = (response[200] as { contentMediaType?: string } | undefined)?.contentMediaType
  const notes = [
    ...(permission === undefined
      ? []
      : [`Needs the permission \`${permission}\` (${rolesWith(permission).join(', ')}).`]),
    ...noteOnStepUp(contract),
    ...(contract.cost ? [`Counts as ${contract.cost} requests.`] : []),
  ]
  return {
    operationId: operationId(contract),
    summary: contract.summary,
    ...(notes.length > 0 ? { description: notes.join(' ') } : {}),
    tags: [contract.service],
    security: contract.access === 'public' ? [] : [{ bearer: [] }],
    ...(params ? { params } : {}),
    ...(querystring ? { querystring } : {}),
    ...(body ? { body } : {}),
    ...(contract.upload ? { consumes: [...contract.upload.types], body: file } : {}),
    ...(contract.form ? { consumes: [formType] } : {}),
    ...(contract.service === 'gateway' ? { headers: lastEventId } : {}),
    ...(mediaTypes ? { produces: mediaTypes.split(', ') } : {}),
    response,
  }
}

function permissionOf({ access }: Contract): Permission | undefined {
  return typeof access === 'object' && 'permission' in access ? access.permission : undefined
}

function stepUpOf({ access }: Contract): StepUpDemand | undefined {
  return typeof access === 'object' && 'permission' in access ? access.stepUp : undefined
}

const stepUpProblems = ['step-up-required', 'password-wrong', 'login-locked'] as const

function noteOnStepUp(contract: Contract): string[] {
  const stepUp = stepUpOf(contract)
  if (!stepUp) return []
  const which = stepUp.demand === 'always' ? 'Needs' : 'Some changes need'
  return [`${which} a proof for \`${stepUp.for}\` (${proofsFor(stepUp.for).join(' or ')}).`]
}

/** The problems a contract can answer: its own, and those of any route of its kind. */
export function problemsOf(contract: Contract): ProblemCode[] {
  const { params, querystring, body } = contract.schema
  const person = contract.access !== 'public'
  return [
    ...new Set<ProblemCode>([
      ...(contract.problems ?? []),
      ...((params ?? querystring ?? body) ? (['request-invalid'] as const) : []),
      ...(person ? (['unauthenticated'] as const) : []),
      ...(permissionOf(contract) ? (['not-allowed'] as const) : []),
      ...(stepUpOf(contract) ? stepUpProblems : []),
      ...(body || contract.upload ? (['body-too-large', 'media-type-unsupported'] as const) : []),
      ...(['rate-limited', 'internal', 'unavailable', 'overloaded', 'timeout'] as const),
    ]),
  ]
}

type Operation = {
  operationId?: string
  parameters?: { name: string; in: 'path' | 'query' | 'header'; example?: unknown }[]
  requestBody?: { required: boolean; content: Record<string, { example?: unknown }> }
  responses: Record<string, unknown>
  'x-permission'?: Permission
}
const statusDescriptions = new Map([
  ['200', 'Success'],
  ['201', 'Created'],
  ['202', 'Accepted'],
  ['204', 'Success, no content'],
  ['303', 'Continue at the address in `location`'],
])

function finish(document: OpenApi): OpenApi {
  const byId = new Map([...operationIds.keys()].map((contract) => [operationId(contract), contract]))
  const used = new Set<Contract['service']>()
  const operations = Object.values(document['paths'] as Record<string, Record<string, Operation>>).flatMap(
    (item) => Object.values(item),
  )
  for (const operation of operations) {
    const contract = byId.get(operation.operationId ?? '')
    if (!contract) continue
    used.add(contract.service)
    const permission = permissionOf(contract)
    if (permission) operation['x-permission'] = permission
    const { body } = contract.schema
    if (operation.requestBody && body && '~optional' in body) operation.requestBody.required = false
    for (const [status, response] of Object.entries(operation.responses)) {
      ;(response as { description: string }).description = statusDescriptions.get(status) ?? 'Success'
    }
    const own = new Map(Object.entries(operation.responses))
    const problems = Object.entries(problemResponses(contract))
    const merged = problems.map(([status, one]) => [status, withContentOf(own.get(status), one)])
    Object.assign(operation.responses, Object.fromEntries(merged))
  }
  const components = document['components'] as { schemas: Record<string, unknown> }
  components.schemas['Problem'] = structuredClone(ProblemDocument)
  components.schemas['PinBlock'] = structuredClone(PinBlock)
  return { ...document, tags: [...used].map((name) => ({ name, description: tags[name] })) }
}

/** A copy of the document with an example of every parameter and body. */
export function withExamples(document: OpenApi, nowMs: number): OpenApi {
  const copy = structuredClone(document)
  for (const item of Object.values(copy['paths'] as Record<string, Record<string, Operation>>)) {
    for (const operation of Object.values(item)) {
      const contract = [...operationIds.keys()].find((one) => operationId(one) === operation.operationId)
      if (contract) addExample(operation, exampleOf(contract, nowMs))
    }
  }
  return copy
}

function addExample(operation: Operation, { params, query, body }: Example): void {
  const values = new Map([...Object.entries(params), ...Object.entries(query)])
  for (const parameter of operation.parameters ?? []) {
    if (values.has(parameter.name)) parameter.example = values.get(parameter.name)
  }
  const { [formType]: form, 'application/json': json = form } = operation.requestBody?.content ?? {}
  if (json) json.example = body
}

type DocumentedResponse = { description: string; content: Record<string, unknown> }

/** OAuth 2.0 has refusals of its own, beside our problems. */
function withContentOf(own: unknown, problems: DocumentedResponse): DocumentedResponse {
  const { content = {} } = (own ?? {}) as Partial<DocumentedResponse>
  return { ...problems, content: { ...content, ...problems.content } }
}

function problemResponses(contract: Contract): Record<string, DocumentedResponse> {
  const byStatus = Map.groupBy(problemsOf(contract), problemStatus)
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${new Problem(code).title}.`).join(' '),
        content: {
          'application/problem+json': {
            schema: {
              allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }],
            },
          },
        },
      },
    ]),
  )
}

// A service's routes for callers in the same process: the same checks as over HTTP, without socket, token or JSON.
import type { Readable } from 'node:stream'
import type { Access, ServiceName } from '@bahi/contracts/contract.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { traceFrom, withTrace, type Trace } from '../trace.ts'
import { requestSpanEnded } from '../tracing/spans.ts'
import { absent, bodyLimitBytes, problemOf, type App, type HttpOptions } from './app.ts'
import { checkText } from './json-copy.ts'
import {
  authorise,
  clientNetworkHeaderName,
  deviceKeyHeaderName,
  fromGateway,
  personOf,
  principalHeaderName,
  writerOf,
} from './principal.ts'
import { validatorOf } from './schemas.ts'
import { isStepUpAlways, stepUpOf } from './step-up.ts'

export type DirectRequest = {
  method: string
  /** The contract's, with `:name` for each parameter. */
  url: string
  caller: ServiceName
  headers: Record<string, string>
  params: Record<string, unknown>
  /** As a query string is read: text, or a list of it. */
  query: Record<string, string | string[]>
  /** What the caller's JSON says, as a value that only the handler has. Throws when it is refused. */
  body?: (limitBytes: number) => unknown
  /** What the caller gets of a handler's payload, which it must not share with the handler. */
  render(payload: unknown, schema: object | undefined): unknown
}

/** A problem is an answer too: then the payload is its document. */
export type DirectResponse = { status: number; headers: Record<string, string | string[]>; payload: unknown }

export type DirectRoutes = {
  add(route: RouteOptions & { access: Access }): void
  answer(request: DirectRequest): Promise<DirectResponse>
  /** Refuses requests from now on, and waits for those in flight. */
  close(): Promise<void>
}

type Route = RouteOptions & { access: Access }
type Handler = (this: App, request: FastifyRequest, reply: FastifyReply) => unknown

/** As the router's limit over HTTP. */
export const maxParamLength = 300

export function createDirectRoutes(options: HttpOptions, app: App): DirectRoutes {
  const routes = new Map<string, Route>()
  let inFlight = 0
  let closing = false
  let idle: () => void = () => undefined

  async function answerWithin(request: DirectRequest, trace: Trace): Promise<DirectResponse> {
    const route = routes.get(`${request.method} ${request.url}`)
    const startedMs = performance.now()
    let response: DirectResponse
    try {
      if (closing) throw new Problem('unavailable', 'the service is stopping', { retryAfterS: 1 })
      if (!route) throw new Problem('not-found', `nothing answers ${request.method} ${request.url}`)
      response = await run(route, request, trace)
    } catch (error) {
      response = responseOf(problemOf(error, route?.url, options), trace)
    }
    const ms = performance.now() - startedMs
    const labels = { method: request.method, route: route?.url ?? 'none', status: String(response.status) }
    // Whether its trace is kept is decided as it ends.
    requestSpanEnded(trace, labels)
    options.metrics.answered(labels, ms / 1000)
    options.log.debug({ ...labels, ms: Math.round(ms) }, 'call answered')
    return response
  }

  async function run(route: Route, direct: DirectRequest, trace: Trace): Promise<DirectResponse> {
    const principal = authorise(route.access, direct.caller, direct.headers[principalHeaderName])
    const input = validated(route, direct)
    const { access } = route
    const requireStepUp = stepUpOf({ access, principal, body: input.body, call: options.call })
    if (isStepUpAlways(access)) await requireStepUp()
    const request = {
      method: direct.method,
      url: direct.url,
      routeOptions: { url: route.url },
      id: trace.requestId,
      log: options.log,
      headers: direct.headers,
      caller: direct.caller,
      clientNetwork: fromGateway(direct.caller, direct.headers[clientNetworkHeaderName]),
      deviceKey: fromGateway(direct.caller, direct.headers[deviceKeyHeaderName]),
      ...input,
      requireStepUp,
      get principal() {
        return principal ?? absent('principal')
      },
      get person() {
        return principal && principal.type !== 'service' ? personOf(principal) : absent('person')
      },
    }
    const { reply, response } = newReply()
    const handler = route.handler as Handler
    const writer = writerOf(direct.method, principal)
    const result: unknown = await Promise.resolve(
      handler.call(app, request as unknown as FastifyRequest, reply as unknown as FastifyReply),
    ).finally(() => (writer === undefined ? undefined : options.wrote?.([writer])))
    if (result !== reply) response.payload = result
    return { ...response, payload: direct.render(response.payload, schemaOf(route, response)) }
  }

  return {
    add(route) {
      for (const method of [route.method].flat()) routes.set(`${method} ${route.url}`, route)
    },
    answer(request) {
      const trace = traceFrom(request.headers['traceparent'], request.headers['x-request-id'], options)
      inFlight += 1
      return withTrace(trace, () => answerWithin(request, trace)).finally(() => {
        inFlight -= 1
        if (inFlight === 0) idle()
      })
    },
    close() {
      closing = true
      return new Promise((resolve) => {
        if (inFlight === 0) resolve()
        else idle = resolve
      })
    },
  }
}

/** The parts of the input that the route has a schema for, validated as over HTTP. */
function validated(route: Route, { params, query, body }: DirectRequest) {
  const schema = route.schema as Partial<Record<'params' | 'querystring' | 'body', object>> | undefined
  const limit = route.bodyLimit ?? bodyLimitBytes
  const check = (part: 'params' | 'querystring' | 'body', value: unknown): unknown => {
    if (!schema?.[part]) return value
    const result = validatorOf(schema[part], part)(value)
    if (result.error) throw result.error
    return result.value
  }
  return {
    params: check('params', textOf(params)),
    query: check('querystring', queryOf(query)),
    body: check('body', body?.(limit)),
  }
}

function textOf(params: Record<string, unknown>): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(params)) {
    const text = checkText(String(value))
    if (text === '' || text.length > maxParamLength) throw new Problem('not-found')
    texts[name] = text
  }
  return texts
}

function queryOf(query: DirectRequest['query']): DirectRequest['query'] {
  for (const text of Object.values(query).flat()) checkText(text)
  return query
}

/** What handlers use of Fastify's reply. */
function newReply() {
  const response: DirectResponse = { status: 200, headers: {}, payload: undefined }
  const reply = {
    get statusCode() {
      return response.status
    },
    code(status: number) {
      response.status = status
      return reply
    },
    header(name: string, value: unknown) {
      response.headers[name.toLowerCase()] = Array.isArray(value) ? value.map(String) : String(value)
      return reply
    },
    headers(values: Record<string, unknown>) {
      for (const [name, value] of Object.entries(values)) reply.header(name, value)
      return reply
    },
    type(contentType: string) {
      return reply.header('content-type', contentType)
    },
    send(payload: unknown) {
      response.payload = payload
      return reply
    },
  }
  return { reply, response }
}

function schemaOf(route: Route, { status, payload }: DirectResponse): object | undefined {
  if (payload === undefined || payload === null || isText(payload)) return undefined
  const responses = (route.schema as { response?: Record<number, object> } | undefined)?.response
  return responses?.[status]
}

/** What is sent as it is. */
export function isText(payload: unknown): payload is string | Buffer | Readable {
  return (
    typeof payload === 'string' ||
    Buffer.isBuffer(payload) ||
    (typeof payload === 'object' && payload !== null && 'pipe' in payload)
  )
}

function responseOf(problem: Problem, trace: Trace): DirectResponse {
  const { retryAfterS } = problem.extras
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    },
    payload: toDocument(problem, trace.requestId),
  }
}

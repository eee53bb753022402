// The HTTP side of any service: contracts enforced, callers authenticated, refusals as problem documents.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Access, Contract, ServiceName } from '@bahi/contracts/contract.ts'
import type { Person, Principal } from '@bahi/contracts/principal.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  type FastifySchema,
  type RouteOptions,
} from 'fastify'
import { withoutRedaction } from '../log.ts'
import { currentTrace, traceFrom, withTrace } from '../trace.ts'
import { requestSpanEnded } from '../tracing/spans.ts'
import { absent, bodyLimitBytes, problemOf, type App, type HttpOptions } from './app.ts'
import { guardConnections, headersTimeoutMs, idleTimeoutMs } from './connections.ts'
import { createDirectRoutes, type DirectRoutes } from './direct-routes.ts'
import { forbiddenText, refusalOfJson } from './json-copy.ts'
import {
  authorise,
  clientNetworkHeaderName,
  deviceKeyHeaderName,
  fromGateway,
  identityIn,
  personOf,
  principalHeaderName,
  writerOf,
} from './principal.ts'
import { refuseAmbiguousHeaders } from './request-headers.ts'
import { serializerOf, validatorOf } from './schemas.ts'
import { isStepUpAlways, stepUpOf, type RequireStepUp } from './step-up.ts'

export type { App, FastifyReply, FastifyRequest, Person, RequireStepUp }

declare module 'fastify' {
  interface FastifyContextConfig {
    upload?: NonNullable<Contract['upload']>
  }
  interface FastifyRequest {
    /** On routes for people. Reading it elsewhere is a bug, and throws. */
    person: Person
    /** Who acts; absent on public routes and those of the network. */
    principal: Principal
    /** The service that called. */
    caller: ServiceName
    /** The network that the client called the gateway from; undefined for calls between services. */
    clientNetwork: string | undefined
    /** Thumbprint of the key with which the device proved the request; undefined when it did not. */
    deviceKey: string | undefined
    /** On routes whose contract demands a proof. Calling it elsewhere is a bug, and throws. */
    requireStepUp: RequireStepUp
  }
}

/** The routes of an app for callers in the same process; an app of the public edge has none. */
const directRoutes = new WeakMap<App, DirectRoutes>()

export function directRoutesOf(app: App): DirectRoutes | undefined {
  return directRoutes.get(app)
}

/** From the first byte of a request to its last. */
export const requestTimeoutMs = 30_000
export const keepAliveTimeoutMs = 75_000
/** How late the two timeouts of a request may be noticed. */
const connectionsCheckMs = 2_000
/** Services send each other batches: 500 items of 4 KiB. */
const internalBodyLimitBytes = 2 * 1024 * 1024

export function buildApp(options: HttpOptions): App {
  const app = Fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: connectionsCheckMs },
    requestTimeout: requestTimeoutMs,
    connectionTimeout: idleTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    return503OnClosing: true,
    trustProxy: options.trustedProxies?.length ? options.trustedProxies : false,
    // The trace identifies the request, in logs too: a child logger per request would add nothing.
    genReqId: () => '',
    childLoggerFactory: (logger) => logger,
    routerOptions: { maxParamLength: 300 },
    onProtoPoisoning: 'error',
    clientErrorHandler: refuseUnreadable,
    onConstructorPoisoning: 'error',
    frameworkErrors: (error, request, reply) => void answerError(options, error, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.decorateRequest('person', { getter: () => absent('person') } as unknown as Person)
  app.decorateRequest('principal', { getter: () => absent('principal') } as never)
  app.decorateRequest('caller', { getter: () => absent('caller') } as unknown as ServiceName)
  app.decorateRequest('clientNetwork', undefined)
  app.decorateRequest('deviceKey', undefined)
  app.decorateRequest('requireStepUp', { getter: () => absent('requireStepUp') } as never)
  app.setValidatorCompiler(({ schema, httpPart }) => validatorOf(schema as object, httpPart ?? 'body'))
  app.setSerializerCompiler(({ schema }) => serializerOf(schema as object))
  app.setErrorHandler((error: FastifyError | Problem, request, reply) =>
    answerError(options, error, request, reply),
  )
  app.setNotFoundHandler((request) => {
    throw new Problem('not-found', `nothing answers ${request.method} ${request.url.split('?')[0]}`)
  })

  // The route and not the address, which may name a person.
  const requestLog = withoutRedaction(options.log)
  if (!options.edge) {
    acceptJson(app)
    acceptFiles(app)
  } else {
    const { connections, trustedProxies: proxies = [] } = options
    guardConnections(app.server, connections && { ...connections, proxies })
  }
  app.addHook('onRequest', (request, _reply, done) => {
    if (/%00/.test(request.url)) throw new Problem('request-invalid', forbiddenText.nul)
    const header = (name: 'traceparent' | 'tracestate' | 'x-request-id') =>
      request.headers[name] as string | undefined
    const trace = traceFrom(header('traceparent'), header('x-request-id'), {
      service: options.service,
      ...(options.edge ? { isEdge: true, tracestate: header('tracestate') } : {}),
    })
    request.id = trace.requestId
    if (options.edge) refuseAmbiguousHeaders(request.raw)
    withTrace(trace, done)
  })
  // The client went away before it was answered: no response follows.
  app.addHook('onRequestAbort', (request, done) => {
    requestLog.info(
      { method: request.method, route: request.routeOptions.url ?? 'none' },
      'request abandoned',
    )
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    const status = String(reply.statusCode)
    // Whether its trace is kept is decided as it ends.
    requestSpanEnded(currentTrace(), { method: request.method, route, status })
    options.metrics.answered({ method: request.method, route, status }, reply.elapsedTime / 1000)
    const ms = Math.round(reply.elapsedTime)
    requestLog.info({ method: request.method, route, status: reply.statusCode, ms }, 'request answered')
    done()
  })
  const { wrote } = options
  if (wrote)
    app.addHook('onSend', async (request) => {
      const writer = writerOf(
        request.method,
        Object.hasOwn(request, 'principal') ? request.principal : undefined,
      )
      if (writer !== undefined) await wrote([writer])
    })
  if (!options.edge) {
    const direct = createDirectRoutes(options, app)
    directRoutes.set(app, direct)
    app.addHook('preClose', () => direct.close())
    app.addHook('onRoute', (route: RouteOptions & Pick<Contract, 'upload'> & { access?: Access }) => {
      if (route.url === '*') return
      const access = route.access
      if (!access) throw new Error(`${route.url} does not say who may call it`)
      if (typeof access === 'object' && 'services' in access) route.bodyLimit ??= internalBodyLimitBytes
      if (route.upload) {
        route.bodyLimit = route.upload.maxBytes
        route.config = { ...route.config, upload: route.upload }
      }
      direct.add({ ...route, access })
      const hooks = route.onRequest === undefined ? [] : [route.onRequest].flat()
      route.onRequest = [(request: FastifyRequest) => authoriseRequest(options, access, request), ...hooks]
      if (isStepUpAlways(access)) {
        const further = route.preHandler === undefined ? [] : [route.preHandler].flat()
        route.preHandler = [(request: FastifyRequest) => request.requireStepUp(), ...further]
      }
    })
  }
  return app
}

/** JSON as Fastify parses it, refused when it contains characters that the database cannot store. */
function acceptJson(app: App): void {
  app.removeContentTypeParser('text/plain')
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const refusal = refusalOfJson(body as string)
    if (refusal) done(refusal)
    else if (body === '' && !needsBody(request.routeOptions.schema)) done(null, undefined)
    else void parse(request, body as string, done)
  })
}

/** Files, on the routes that take them. */
function acceptFiles(app: App): void {
  app.addContentTypeParser(/^/, { parseAs: 'buffer' }, (request, body, done) => {
    const { upload } = request.routeOptions.config
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
    if (!upload) done(new Problem('media-type-unsupported', 'send application/json'))
    else if (!upload.types.includes(type))
      done(new Problem('media-type-unsupported', `send one of ${upload.types.join(', ')}`))
    else done(null, body)
  })
}

/** Many clients name JSON with every request, also with one that has no body. */
function needsBody(schema: FastifySchema | undefined): boolean {
  const body = schema?.body as object | undefined
  return body !== undefined && !('~optional' in body)
}

const unreadable: [code: string, why: string][] = [
  ['HPE_HEADER_OVERFLOW', 'the headers are too large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'the request did not arrive in time'],
]

/** Answers input that is not HTTP, or is not all there in time, with a problem document; then closes the connection. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  const saidNothing = (socket as Socket).bytesRead === 0
  if (error.code === 'ECONNRESET' || !socket.writable || saidNothing) {
    socket.destroy()
    return
  }
  const why = unreadable.find(([code]) => code === error.code)?.[1] ?? 'this is no readable HTTP'
  const problem = new Problem('request-invalid', why)
  const body = JSON.stringify(toDocument(problem))
  const head = ['HTTP/1.1 400 Bad Request', 'content-type: application/problem+json', 'connection: close']
  socket.end(`${[...head, `content-length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`)
}

async function authoriseRequest(
  options: HttpOptions,
  access: Access,
  request: FastifyRequest,
): Promise<void> {
  const token = request.headers['x-bahi-service']
  if (typeof token !== 'string') throw new Problem('caller-unknown')
  const caller = await options.trust.verify(token, options.service, identityIn(request.headers))
  const principal = authorise(access, caller, request.headers[principalHeaderName])
  Object.defineProperty(request, 'caller', { value: caller })
  request.clientNetwork = fromGateway(caller, request.headers[clientNetworkHeaderName])
  request.deviceKey = fromGateway(caller, request.headers[deviceKeyHeaderName])
  if (!principal) return
  Object.defineProperty(request, 'principal', { value: principal })
  let require: RequireStepUp | undefined
  const requireOnce = () =>
    (require ??= stepUpOf({ access, principal, body: request.body, call: options.call }))()
  Object.defineProperty(request, 'requireStepUp', { value: requireOnce })
  if (principal.type !== 'service')
    Object.defineProperty(request, 'person', { get: () => personOf(principal) })
}

function answerError(
  options: HttpOptions,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  return sendProblem(problemOf(error, request.routeOptions.url, options), request, reply)
}

export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (problem.extras.retryAfterS !== undefined)
    reply.header('retry-after', String(problem.extras.retryAfterS))
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer((document: unknown) => JSON.stringify(document))
    .send(toDocument(problem, request.id))
}

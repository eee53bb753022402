// The gateway's table of contents: forwards every published contract, and answers a few routes itself.
import { listOf } from '@bahi/kit/runtime/list-of.ts'
import { issuerFaults } from '@bahi/kit/runtime/production.ts'
import { createHash } from 'node:crypto'
import { isPublished, type Contract } from '@bahi/contracts/contract.ts'
import { liveSource } from '@bahi/contracts/events.ts'
import { stream } from '@bahi/contracts/gateway.ts'
import { messagesAfter } from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { routes } from '@bahi/contracts/routes.ts'
import { compressAnswers, documentRoutes, type OpenApi } from '@bahi/kit/http/edge.ts'
import type { App } from '@bahi/kit/http/http.ts'
import { serveFiles } from '@bahi/kit/http/static-files.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import { measureCache } from '@bahi/kit/runtime/service-metrics.ts'
import { createActs } from './access/acts.ts'
import { authoriseRequest, observeAnswer } from './access/authorise-request.ts'
import { createVerifyNetwork } from './access/authenticate-network.ts'
import {
  appHeaders,
  appPolicy,
  addResponseHeaders,
  setResponseHeaders,
} from './web-files/response-headers.ts'
import { withRolesOfNow } from './access/staff-roles.ts'
import { createEndedSessions } from './tokens/ended-sessions.ts'
import { consoleEdge } from './console/edge.ts'
import {
  acceptAnyBody,
  forwardContracts,
  limitOtherRoutes,
  rejectOtherMethods,
  type EdgeDeps,
  type EdgeAccess,
} from './forwarding/contract-routes.ts'
import { Config, type GatewayDeps } from './deps.ts'
import { createRateLimits } from './limits/rate-limit.ts'
import { createLiveStreams, type LiveStreams } from './streams/live-streams.ts'
import {
  answerPlatformHealth,
  createReadHealth,
  measureBackups,
  type ReadHealth,
} from './health/read-health.ts'
import { openStream } from './streams/open-stream.ts'
import { documentation, withExamples } from './documentation/openapi.ts'
import { explainProblem } from './documentation/problem-advice.ts'
import { createLoadShedder } from './limits/load-shedder.ts'
import { createSigningKeys } from './tokens/signing-keys.ts'
import { createVerifyProof } from './tokens/device-proofs.ts'
import { createVerifyToken } from './tokens/verify-token.ts'

const heartbeatCheckMs = 1_000
const actsEveryMs = 1_000
const replayPage = 100
const docsMaxAgeS = 60
const docsRemadeAfterMs = 12 * 3_600_000

export const service: Service<typeof Config> = {
  name: 'gateway',
  config: Config,
  productionFaults: (config) => [
    ...issuerFaults(config.BAHI_ISSUER),
    ...(listOf(config.BAHI_ALLOWED_ORIGINS).some((origin) => !origin.startsWith('https://'))
      ? ['BAHI_ALLOWED_ORIGINS names an origin without https://']
      : []),
  ],
  edge: true,
  async start(deps) {
    const ended = createEndedSessions(deps)
    const limits = createRateLimits(deps)
    const shedder = createLoadShedder(deps)
    const access: EdgeAccess = {
      proof: createVerifyProof(deps),
      verify: createVerifyToken(deps, createSigningKeys(deps), ended),
      limit: limits.app,
      staff: (verified) => withRolesOfNow(deps, verified),
      acts: createActs(deps),
      network: await createVerifyNetwork(deps.config.BAHI_NETWORK_PEER_KEY),
    }
    const health = createReadHealth(deps)
    const streams = createLiveStreams(deps, (userId, after) =>
      deps.call(messagesAfter, { querystring: { userId, after, limit: replayPage } }),
    )
    deps.metrics.gauge('bahi_gateway_open_streams', 'Live streams that are open.', (gauge) =>
      gauge.set(streams.size()),
    )
    measureCache(deps.metrics, deps.cache)
    measureBackups(deps.metrics, deps.config.BAHI_BACKUP_STATUS)
    // Not awaited: while the broker is away the gateway takes requests, and learns less.
    const subscriptions = [
      deps.bus.listen(['auth'], (events) => ended.consume(events).forEach(streams.endSession)),
      deps.bus.listen([liveSource], streams.consume),
    ]
    return {
      trustedProxies: listOf(deps.config.BAHI_TRUSTED_PROXIES),
      connections: {
        max: deps.config.BAHI_MAX_CONNECTIONS,
        maxPerAddress: deps.config.BAHI_MAX_CONNECTIONS_PER_ADDRESS,
      },
      routes: (app) => registerRoutes(app, deps, { access, ended, streams, shedder, health }),
      ...consoleEdge(deps, publishedIn(deps.mode), { access, ended, shedder, limit: limits.console, health }),
      workers: [
        {
          name: 'live stream heartbeat',
          intervalMs: Math.min(heartbeatCheckMs, deps.config.BAHI_STREAM_HEARTBEAT_MS),
          run: () => Promise.resolve(streams.sendHeartbeats()),
        },
        { name: 'denials', intervalMs: actsEveryMs, run: () => access.acts.flush() },
      ],
      async close() {
        await access.acts.flush()
        await Promise.allSettled(subscriptions.map(async (subscription) => (await subscription).close()))
      },
    }
  },
}

/** The routing table: a contract that is not in it cannot be reached from outside. */
export function publishedIn(mode: GatewayDeps['mode']): Contract[] {
  return routes.filter(
    (contract) =>
      isPublished(contract) &&
      (contract.url.startsWith('/v1/') ||
        contract.url.startsWith('/.well-known/') ||
        contract.access === 'network' ||
        (mode === 'sandbox' && contract.url.startsWith('/sandbox/'))),
  )
}

async function registerRoutes(
  app: App,
  deps: GatewayDeps,
  {
    streams,
    health,
    ...edge
  }: Pick<EdgeDeps, 'access' | 'ended' | 'shedder'> & { streams: LiveStreams; health: ReadHealth },
): Promise<void> {
  const { access } = edge
  const origins = listOf(deps.config.BAHI_ALLOWED_ORIGINS)
  limitOtherRoutes(app, access.limit)
  setResponseHeaders(app, deps.clock, origins)
  acceptAnyBody(app)
  // A server does not close while connections are open.
  app.addHook('preClose', (done) => {
    streams.endAll()
    done()
  })
  await compressAnswers(app)
  const document = await documentRoutes(app, documentation)

  forwardContracts(app, deps, publishedIn(deps.mode), { ...edge, session: 'app' })
  app.route({
    method: stream.method,
    url: stream.url,
    schema: { querystring: stream.schema.querystring },
    config: { contract: stream },
    exposeHeadRoute: false,
    onRequest: (request, reply) => authoriseRequest(access, stream, request, reply),
    onResponse: observeAnswer(access, stream),
    handler: (request, reply) => {
      addResponseHeaders(request, reply, deps.clock, origins)
      return openStream(streams, request.query.after, request, reply)
    },
  })
  answerPlatformHealth(app, access, health)
  rejectOtherMethods(app, publishedIn(deps.mode))
  const folder = deps.config.BAHI_WEB_FOLDER
  serveDocumentation(app, document, folder !== '')
  if (folder !== '') {
    await serveFiles(app, { folder, policy: appPolicy, headers: appHeaders, except: apiPrefixes })
  }
}

/** Paths of the API, and those of the admin port: an unknown one is a problem, not a page of the app. */
const apiPrefixes = [
  ...['/v1/', '/.well-known/', '/sandbox/', '/internal/', '/upi/', '/docs', '/problems/'],
  ...['/livez', '/readyz', '/metrics'],
]

function serveDocumentation(app: App, document: () => OpenApi, hasApp: boolean): void {
  let made: { text: string; etag: string; atMs: number } | undefined
  function makeDocument() {
    const text = JSON.stringify(withExamples(document(), Date.now()))
    return { atMs: Date.now(), text, etag: `W/"${createHash('sha256').update(text).digest('base64url')}"` }
  }
  app.get(documentation.documentUrl, (request, reply) => {
    // The ids of its examples are taken for a day.
    if (made && Date.now() - made.atMs > docsRemadeAfterMs) made = undefined
    const { text, etag } = (made ??= makeDocument())
    void reply.headers({ etag, 'cache-control': `public, max-age=${docsMaxAgeS}` })
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.type('application/json; charset=utf-8').send(text)
  })
  app.get('/', (request, reply) => {
    if (!(request.headers.accept ?? '').includes('text/html')) {
      return reply.send({ name: 'bahi', docs: '/docs', openapi: '/v1/openapi.json' })
    }
    return hasApp ? reply.sendFile('index.html') : reply.redirect('/docs')
  })
  app.get<{ Params: { code: string } }>('/problems/:code', (request, reply) => {
    const explained = explainProblem(request.params.code)
    if (!explained) throw new Problem('not-found', 'there is no such problem')
    return reply.header('cache-control', `public, max-age=${docsMaxAgeS}`).send(explained)
  })
}

// The gateway at a glance: every published contract forwarded, and the few things it answers itself.
import { BlockList, isIP } from 'node:net'
import { endSession, logout } from '@bahi/contracts/auth.ts'
import { isPublished, type Contract } from '@bahi/contracts/contract.ts'
import { liveSource } from '@bahi/contracts/events.ts'
import { stream } from '@bahi/contracts/gateway.ts'
import { messagesAfter } from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { routes } from '@bahi/contracts/routes.ts'
import { compressAnswers, documentRoutes, closeUnusedConnections } from '@bahi/kit/http/edge.ts'
import { bodyLimitBytes, type App, type FastifyReply, type FastifyRequest } from '@bahi/kit/http/http.ts'
import { serveFiles } from '@bahi/kit/http/static-files.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import { admit, verifiedOf, type AccessDeps } from './access/authorise-request.ts'
import { admitNetwork, networkDoor, type NetworkDoor } from './access/authenticate-network.ts'
import { appHeaders, appPolicy, dress, setAnswerHeaders } from './web-files/response-headers.ts'
import { createEndedSessions, type EndedSessions } from './tokens/ended-sessions.ts'
import { createRenewals } from './tokens/cookie-session.ts'
import { forward } from './forwarding/forward.ts'
import { Config, listOf, type GatewayDeps } from './deps.ts'
import { createLimitRate } from './limits/rate-limit.ts'
import { createLiveStreams, type LiveStreams } from './streams/live-streams.ts'
import { openStream } from './streams/open-stream.ts'
import { documentation } from './documentation/openapi.ts'
import { explainProblem } from './documentation/problem-advice.ts'
import { createShedLoad } from './limits/shed-load.ts'
import { createSigningKeys } from './tokens/signing-keys.ts'
import { createVerifyToken } from './tokens/verify-token.ts'

type Gate = AccessDeps & { network: NetworkDoor | undefined }

const beatMs = 1_000
const replayPage = 100
const docsMaxAgeS = 60
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

export const service: Service<typeof Config> = {
  name: 'gateway',
  config: Config,
  edge: true,
  async start(deps) {
    const ended = createEndedSessions(deps)
    const gate: Gate = {
      verify: createVerifyToken(deps, createSigningKeys(deps), ended),
      limit: createLimitRate(deps),
      network: await networkDoor(deps.config.BAHI_NETWORK_PEER_KEY),
    }
    const streams = createLiveStreams(deps, async (userId, after) => {
      const page = await deps.call(messagesAfter, { querystring: { userId, after, limit: replayPage } })
      return page.messages
    })
    deps.metrics.gauge('bahi_gateway_open_streams', 'Live streams that are open.', (gauge) =>
      gauge.set(streams.size()),
    )
    const heard = [
      await deps.bus.listen(['auth'], (events) => ended.hear(events).forEach(streams.endSession)),
      await deps.bus.listen([liveSource], streams.hear),
    ]
    return {
      trustedProxies: listOf(deps.config.BAHI_TRUSTED_PROXIES),
      routes: (app) => answer(app, deps, { gate, ended, streams }),
      workers: [
        {
          name: 'heartbeat of the live streams',
          intervalMs: Math.min(beatMs, deps.config.BAHI_STREAM_HEARTBEAT_MS),
          run: () => Promise.resolve(streams.beat()),
        },
      ],
      async close() {
        await Promise.all(heard.map((subscription) => subscription.close()))
      },
    }
  },
}

/** The contracts are the routing table: what isn't published there can't be reached. */
export function publishedIn(mode: GatewayDeps['mode']): Contract[] {
  return routes.filter(
    (contract) =>
      isPublished(contract) &&
      (contract.url.startsWith('/v1/') ||
        contract.access === 'network' ||
        (mode === 'sandbox' && contract.url.startsWith('/sandbox/'))),
  )
}

async function answer(
  app: App,
  deps: GatewayDeps,
  { gate, ended, streams }: { gate: Gate; ended: EndedSessions; streams: LiveStreams },
): Promise<void> {
  const origins = listOf(deps.config.BAHI_ALLOWED_ORIGINS)
  setAnswerHeaders(app, origins)
  refuseMetrics(app)
  takeAnyBody(app)
  closeUnusedConnections(app)
  // Open streams would keep the server from ever closing.
  app.addHook('preClose', (done) => {
    streams.endAll()
    done()
  })
  await compressAnswers(app)
  const document = await documentRoutes(app, documentation)

  const shed = createShedLoad(deps)
  const ways = { forward: deps.forward, renewals: createRenewals(), shed }
  for (const contract of publishedIn(deps.mode)) {
    const { method, url } = contract
    if (contract.service === 'gateway') continue
    app.route({
      method,
      url,
      config: { contract },
      exposeHeadRoute: false,
      onRequest: [
        (_request: FastifyRequest, reply: FastifyReply, done: (refusal?: Error) => void) => {
          const entered = shed.enter(contract)
          if (entered instanceof Problem) return done(entered)
          reply.raw.once('close', entered)
          done()
        },
        (request: FastifyRequest, reply: FastifyReply) => admit(gate, contract, request, reply),
      ],
      // A signature is over the body: the network is known when that is there.
      ...(contract.access === 'network'
        ? {
            preHandler: (request: FastifyRequest, reply: FastifyReply) =>
              admitNetwork(gate, contract, request, reply),
          }
        : {}),
      handler: async (request, reply) => {
        const answered = await forward(ways, contract, request, reply)
        // Who logs out through us is out at once; other gateways hear of it.
        if (contract === logout && reply.statusCode === 204) ended.end(verifiedOf(request)!.person.sessionId)
        if (contract === endSession && reply.statusCode === 204)
          ended.end((request.params as { id: string }).id)
        return answered
      },
    })
  }
  app.route({
    method: stream.method,
    url: stream.url,
    schema: { querystring: stream.schema.querystring },
    config: { contract: stream },
    exposeHeadRoute: false,
    onRequest: (request, reply) => admit(gate, stream, request, reply),
    handler: (request, reply) => {
      dress(request, reply, origins)
      return openStream(streams, request.query.after, request, reply)
    },
  })
  refuseOtherMethods(app, publishedIn(deps.mode))
  const folder = deps.config.BAHI_WEB_FOLDER
  answerAboutItself(app, document, folder !== '')
  if (folder !== '') {
    await serveFiles(app, { folder, policy: appPolicy, headers: appHeaders, except: notOfTheApp })
  }
}

/** What services answer; an address of theirs that is wrong shows no app. */
const notOfTheApp = ['/v1/', '/sandbox/', '/internal/', '/upi/', '/docs', '/problems/']

/** Addresses of this machine and of private networks. */
const inside = new BlockList()
inside.addSubnet('127.0.0.0', 8)
inside.addSubnet('10.0.0.0', 8)
inside.addSubnet('172.16.0.0', 12)
inside.addSubnet('192.168.0.0', 16)
inside.addAddress('::1', 'ipv6')
inside.addSubnet('fc00::', 7, 'ipv6')

/** Metrics are for the machines inside; who comes through a proxy, or from a public address, comes from outside. */
function refuseMetrics(app: App): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.url === '/metrics') {
      const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
      const forwarded = request.headers['x-forwarded-for'] ?? request.headers['forwarded']
      const near = isIP(address) !== 0 && inside.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
      if (!near || forwarded !== undefined) throw new Problem('not-found')
    }
    done()
  })
}

/**
 * A body is taken as it is, whatever it is, up to the limit that all services share; only when it is complete does
 * its service hear of it, so that a slow or an endless sender never holds a connection inside.
 */
function takeAnyBody(app: App): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, body, done) =>
    done(null, body),
  )
}

function refuseOtherMethods(app: App, contracts: Contract[]): void {
  for (const [url, ones] of Map.groupBy(contracts, (contract) => contract.url)) {
    const taken = new Set<string>(ones.map(({ method }) => method))
    app.route({
      method: methods.filter((method) => !taken.has(method)),
      url,
      exposeHeadRoute: false,
      onRequest: (request, reply) => {
        void reply.header('allow', [...taken].join(', '))
        return Promise.reject(new Problem('method-not-allowed', `${request.method} is not taken here`))
      },
      handler: () => undefined,
    })
  }
}

function answerAboutItself(app: App, document: () => unknown, hasApp: boolean): void {
  let text: string | undefined
  app.get('/v1/openapi.json', (_request, reply) => {
    text ??= JSON.stringify(document())
    return reply
      .type('application/json; charset=utf-8')
      .header('cache-control', `public, max-age=${docsMaxAgeS}`)
      .send(text)
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

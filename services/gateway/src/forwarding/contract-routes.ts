// The routes of an edge of the gateway: each contract is authorised, shed under load, and forwarded to its service.
import { endSession, logout } from '@bahi/contracts/auth.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { bodyLimitBytes } from '@bahi/kit/http/app.ts'
import type { App, FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import { authoriseRequest, observeAnswer, verifiedOf, type AccessDeps } from '../access/authorise-request.ts'
import { authenticateNetwork, type VerifyNetwork } from '../access/authenticate-network.ts'
import type { GatewayDeps } from '../deps.ts'
import type { LoadShedder } from '../limits/load-shedder.ts'
import type { RateLimit } from '../limits/rate-limit.ts'
import { createUploadLimit } from '../limits/upload-limit.ts'
import type { SessionCookie } from '../tokens/cookie-session.ts'
import type { EndedSessions } from '../tokens/ended-sessions.ts'
import { forward, type AcceptTokens } from './forward.ts'

export type EdgeAccess = AccessDeps & { network: VerifyNetwork | undefined }

/** What an edge is made of. `session`: whose cookie it reads; `acceptTokens`: may refuse who has just signed in. */
export type EdgeDeps = {
  access: EdgeAccess
  ended: EndedSessions
  shedder: LoadShedder
  session: SessionCookie
  acceptTokens?: AcceptTokens
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** Files, documentation, preflights, paths that do not exist: what no contract limits is limited here. */
export function limitOtherRoutes(app: App, limit: RateLimit): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.routeOptions.config?.contract) await limit.other(request.ip, reply)
  })
}

/** The gateway's own contracts are left out. */
export function forwardContracts(
  app: App,
  deps: Pick<GatewayDeps, 'forward'>,
  contracts: Contract[],
  { access, ended, shedder, session, acceptTokens }: EdgeDeps,
): void {
  const forwarding = { forward: deps.forward, shedder, session, ...(acceptTokens ? { acceptTokens } : {}) }
  const limitUploads = createUploadLimit()
  for (const contract of contracts) {
    const { method, url } = contract
    if (contract.service === 'gateway') continue
    app.route({
      method,
      url,
      config: { contract },
      exposeHeadRoute: false,
      ...(contract.upload ? { bodyLimit: contract.upload.maxBytes } : {}),
      onRequest: [
        (_request: FastifyRequest, reply: FastifyReply, done: (refusal?: Error) => void) => {
          const release = shedder.acquire(contract)
          if (release instanceof Problem) return done(release)
          reply.raw.once('close', release)
          done()
        },
        (request: FastifyRequest, reply: FastifyReply) => authoriseRequest(access, contract, request, reply),
        ...(contract.upload ? [limitUploads] : []),
      ],
      onResponse: observeAnswer(access, contract),
      // The signature covers the body, so it is verified once the body has been read.
      ...(contract.access === 'network'
        ? {
            preHandler: (request: FastifyRequest, reply: FastifyReply) =>
              authenticateNetwork(access, contract, request, reply),
          }
        : {}),
      handler: async (request, reply) => {
        const forwarded = await forward(forwarding, contract, request, reply)
        // This gateway refuses the tokens of the session at once; the others consume the event.
        if (contract === logout && reply.statusCode === 204) ended.add(verifiedOf(request)!.endedBy)
        if (contract === endSession && reply.statusCode === 204)
          ended.add((request.params as { id: string }).id)
        return forwarded
      },
    })
  }
}

/**
 * Reads any body as bytes, up to the limit that all services share. A request is forwarded once its body is complete,
 * so that a slow or endless sender never holds a connection to a service.
 */
export function acceptAnyBody(app: App): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, body, done) =>
    done(null, body),
  )
}

export function rejectOtherMethods(app: App, contracts: Contract[]): void {
  for (const [url, sameUrl] of Map.groupBy(contracts, (contract) => contract.url)) {
    const allowed = new Set<string>(sameUrl.map(({ method }) => method))
    app.route({
      method: methods.filter((method) => !allowed.has(method)),
      url,
      exposeHeadRoute: false,
      onRequest: (request, reply) => {
        void reply.header('allow', [...allowed].join(', '))
        return Promise.reject(new Problem('method-not-allowed', `${request.method} is not taken here`))
      },
      handler: () => undefined,
    })
  }
}

// The port on which a process takes calls from other processes for all of its services.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import type { App } from '../http/http.ts'
import { notExecutedHeader } from '../transport/transport.ts'
import { audienceOf } from '../transport/service-token.ts'
import type { ServiceTls } from '../transport/service-tls.ts'
import { listenerOf, serverOptions, type Listener } from './admin-listener.ts'

/** The app of a service of this process that others may call; `starting` until it can be called. */
export type FindApp = (service: ServiceName) => App | 'starting' | undefined

const handshakeTimeoutMs = 10_000

/** @param tls with it the port takes TLS only, from callers with a certificate of the same CA */
export function createInternalListener(find: FindApp, tls?: ServiceTls): Listener {
  /** A service checks the token that names it: one that names another service is refused there. */
  function route(request: IncomingMessage, response: ServerResponse): void {
    const audience = audienceOf(request.headers['x-bahi-service'])
    const app = audience && find(audience)
    if (app && app !== 'starting') return app.routing(request, response)
    request.resume()
    if (app) response.setHeader(notExecutedHeader, 'starting')
    refuse(response, app ? startingProblem(audience) : new Problem('caller-unknown'))
  }

  return tls ? listenerOf(tlsServer(tls, route), 'https') : listenerOf(createServer(serverOptions, route))
}

function tlsServer(
  tls: ServiceTls,
  route: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const { cert, key, ca } = tls.current()
  const mutual = { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const
  const options = { ...serverOptions, ...mutual, handshakeTimeout: handshakeTimeoutMs, cert, key, ca }
  const server = createTlsServer(options, route)
  tls.onChange((now) => server.setSecureContext({ cert: now.cert, key: now.key, ca: now.ca }))
  // It has all that we use of a server without TLS.
  return server as unknown as Server
}

/** For a service that waits for its database. */
export function startingProblem(service: ServiceName): Problem {
  return new Problem('unavailable', `${service} is starting`, { retryAfterS: 2 })
}

function refuse(response: ServerResponse, problem: Problem): void {
  const { retryAfterS } = problem.extras
  response
    .writeHead(problem.status, {
      'content-type': 'application/problem+json',
      ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    })
    .end(JSON.stringify(toDocument(problem)))
}

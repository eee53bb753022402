// The port on which a process takes calls from other processes for all of its services, and serves health and metrics.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import { closeWithin, guardConnections, headersTimeoutMs, idleTimeoutMs } from '../http/connections.ts'
import { keepAliveTimeoutMs, refuseUnreadable, requestTimeoutMs, type App } from '../http/http.ts'
import { audienceOf } from '../transport/service-token.ts'

export type InternalListenerOptions = {
  /** The app of a service of this process that others may call. */
  app(service: ServiceName): App | undefined
  readiness(): Promise<{ ready: boolean }>
  metrics(): Promise<string>
}

export type InternalListener = {
  listen(port: number, host: string): Promise<string>
  /** Takes no more connections, answers what was asked, and ends within `timeoutMs`. */
  close(timeoutMs: number): Promise<boolean>
}

export function createInternalListener(options: InternalListenerOptions): InternalListener {
  let closing = false

  /** A service checks the token that names it: one that names another service is refused there. */
  function route(request: IncomingMessage, response: ServerResponse): void {
    // Or a caller that always has something to ask would keep its connection for ever.
    if (closing) response.shouldKeepAlive = false
    const path = request.url?.split('?')[0]
    if (path === '/livez') return send(response, 200, { status: 'ok' })
    if (path === '/readyz') {
      options.readiness().then(
        (readiness) => send(response, readiness.ready ? 200 : 503, readiness),
        (error: unknown) => send(response, 503, { ready: false, error: String(error) }),
      )
      return
    }
    if (path === '/metrics') {
      options.metrics().then(
        (text) => response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8').end(text),
        () => send(response, 500, { status: 'failed' }),
      )
      return
    }
    const audience = audienceOf(request.headers['x-bahi-service'])
    const app = audience && options.app(audience)
    if (app) return app.routing(request, response)
    request.resume()
    refuse(response)
  }

  const server: Server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
    },
    route,
  )
  server.setTimeout(idleTimeoutMs)
  guardConnections(server)
  server.on('clientError', refuseUnreadable)

  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          const address = server.address() as { port: number }
          resolve(`http://${host.includes(':') ? `[${host}]` : host}:${address.port}`)
        })
      }),
    close(timeoutMs) {
      closing = true
      if (!server.listening) return Promise.resolve(true)
      return closeWithin(server, timeoutMs, () => new Promise((resolve) => server.close(resolve)))
    },
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

function refuse(response: ServerResponse): void {
  const problem = new Problem('caller-unknown')
  response
    .writeHead(problem.status, { 'content-type': 'application/problem+json' })
    .end(JSON.stringify(toDocument(problem)))
}

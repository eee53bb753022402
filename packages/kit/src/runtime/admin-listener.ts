// The port of a process for the machines that run it: liveness, readiness and metrics, and nothing of its services.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { closeWithin, guardConnections, headersTimeoutMs, idleTimeoutMs } from '../http/connections.ts'
import { contentTypes, type MetricsFormat } from '../metrics-text.ts'
import { keepAliveTimeoutMs, refuseUnreadable, requestTimeoutMs } from '../http/http.ts'

export type Listener = {
  /** Resolves to its URL. */
  listen(port: number, host: string): Promise<string>
  /** Takes no more connections, answers what was asked, and ends within `timeoutMs`. */
  close(timeoutMs: number): Promise<boolean>
}

export type AdminListenerOptions = {
  readiness(): Promise<{ ready: boolean }>
  metrics(format: MetricsFormat): Promise<string>
}

/** `/livez`: the event loop runs. `/readyz`: the services can do their work. `/metrics`: for Prometheus. */
export function createAdminListener({ readiness, metrics }: AdminListenerOptions): Listener {
  const routes: Record<string, (response: ServerResponse, request: IncomingMessage) => Promise<void>> = {
    '/livez': (response) => Promise.resolve(sendJson(response, 200, { status: 'ok' })),
    '/readyz': async (response) => {
      const found = await readiness()
      sendJson(response, found.ready ? 200 : 503, found)
    },
    '/metrics': async (response, { headers }) => {
      const format = /application\/openmetrics-text/.test(headers.accept ?? '') ? 'openMetrics' : 'prometheus'
      const text = await metrics(format)
      response.setHeader('content-type', contentTypes[format]).end(text)
    },
  }
  const server = createServer(serverOptions, (request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined
    request.resume()
    if (!route) return sendJson(response, 404, { status: 'not found' })
    route(response, request).catch((error: unknown) => sendJson(response, 500, { status: String(error) }))
  })
  return listenerOf(server)
}

export const serverOptions = {
  headersTimeout: headersTimeoutMs,
  requestTimeout: requestTimeoutMs,
  keepAliveTimeout: keepAliveTimeoutMs,
}

/** @param scheme of its URL */
export function listenerOf(server: Server, scheme: 'http' | 'https' = 'http'): Listener {
  server.setTimeout(idleTimeoutMs)
  guardConnections(server)
  server.on('clientError', refuseUnreadable)
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          const address = server.address() as { port: number }
          resolve(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}`)
        })
      }),
    close(timeoutMs) {
      if (!server.listening) return Promise.resolve(true)
      return closeWithin(server, timeoutMs, () => new Promise((resolve) => server.close(resolve)))
    },
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

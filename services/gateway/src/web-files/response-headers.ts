// The headers of every response: request id, time, security headers, CORS.
import type { Clock } from '@bahi/kit/clock.ts'
import type { App, FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'

const preflightMaxAgeS = '600'
const fixed = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
}
const defaultPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Swagger UI sets styles inline; everything else comes from our own files. */
export const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The web app: everything from our own files, nothing inline, trusted types required. */
export const appPolicy = [
  "default-src 'none'",
  // The reader of QR codes is WebAssembly; text is never made a script.
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "media-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // The only policy that is allowed: it creates the URL of the service worker's script.
  'trusted-types bahi-worker',
].join('; ')

/** The console: as the app, without WebAssembly, workers and anything of the camera. */
export const consolePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** The app scans QR codes with the camera. */
export const appHeaders = { 'permissions-policy': 'camera=(self), geolocation=(), microphone=(), payment=()' }

/** Adds them to all responses, and answers CORS preflights. */
export function setResponseHeaders(app: App, clock: Clock, allowedOrigins: string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    const isPreflight = request.headers['access-control-request-method'] !== undefined
    if (request.method !== 'OPTIONS' || !isPreflight || !isAllowed(request, allowedOrigins)) return undefined
    return reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers':
          'authorization, content-type, dpop, last-event-id, traceparent, tracestate, x-request-id',
        'access-control-max-age': preflightMaxAgeS,
      })
      .send()
  })
  app.addHook('onSend', (request, reply, _payload, done) => {
    addResponseHeaders(request, reply, clock, allowedOrigins)
    done()
  })
}

/** What `setResponseHeaders` does, for a response that Fastify does not send. */
export function addResponseHeaders(
  request: FastifyRequest,
  reply: FastifyReply,
  clock: Clock,
  allowedOrigins: string[],
): void {
  const set = reply.getHeader('permissions-policy')
  // By our clock, for clients whose own is wrong: ids and PIN blocks name the time they were made at.
  void reply.headers(fixed).header('x-request-id', request.id).header('date', clock.now().toUTCString())
  if (set !== undefined) void reply.header('permissions-policy', set)
  if (!reply.hasHeader('content-security-policy')) void reply.header('content-security-policy', defaultPolicy)
  if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store')
  if (request.protocol === 'https') {
    void reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains')
  }
  if (allowedOrigins.length === 0) return
  void reply.header('vary', varyOf(reply))
  if (!isAllowed(request, allowedOrigins)) return
  void reply.headers({
    'access-control-allow-origin': request.headers.origin,
    'access-control-expose-headers':
      'date, x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, location',
  })
}

function isAllowed(request: FastifyRequest, allowedOrigins: string[]): boolean {
  const { origin } = request.headers
  return origin !== undefined && allowedOrigins.includes(origin)
}

function varyOf(reply: FastifyReply): string {
  const before = reply.getHeader('vary')
  return before === undefined ? 'origin' : `${String(before)}, origin`
}

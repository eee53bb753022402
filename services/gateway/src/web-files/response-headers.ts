// The headers that every answer carries: its id, what a browser must not do with it, and which origins may read it.
import type { App, FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'

const preflightMaxAgeS = '600'
const fixed = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
}
const bareDocument = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

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

/** The web app: everything from our own files, nothing inline, no markup made of strings. */
export const appPolicy = [
  "default-src 'none'",
  "script-src 'self'",
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
  // The one policy that there may be: it names the script of the worker.
  'trusted-types bahi-worker',
].join('; ')

/** The app scans with the camera; nothing else of the device is for it. */
export const appHeaders = { 'permissions-policy': 'camera=(self), geolocation=(), microphone=(), payment=()' }

/** Sets them on all answers of this app, and answers the preflights of browsers. */
export function setAnswerHeaders(app: App, allowedOrigins: string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    const asks = request.headers['access-control-request-method'] !== undefined
    if (request.method !== 'OPTIONS' || !asks || !isAllowed(request, allowedOrigins)) return undefined
    return reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers':
          'authorization, content-type, last-event-id, traceparent, x-request-id',
        'access-control-max-age': preflightMaxAgeS,
      })
      .send()
  })
  app.addHook('onSend', (request, reply, _payload, done) => {
    dress(request, reply, allowedOrigins)
    done()
  })
}

/** What `setAnswerHeaders` does, for an answer that is written past Fastify. */
export function dress(request: FastifyRequest, reply: FastifyReply, allowedOrigins: string[]): void {
  const set = reply.getHeader('permissions-policy')
  void reply.headers(fixed).header('x-request-id', request.id)
  if (set !== undefined) void reply.header('permissions-policy', set)
  if (!reply.hasHeader('content-security-policy')) void reply.header('content-security-policy', bareDocument)
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
      'x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, location',
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

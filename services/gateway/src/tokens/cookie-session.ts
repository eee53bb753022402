// Sessions of browsers: the refresh token is in a cookie that no script can read and no other site can send.
import { logout, refresh, Tokens } from '@bahi/contracts/auth.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { routes } from '@bahi/contracts/routes.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'

/** Whose session it is: each edge has a cookie of its own, as browsers do not tell ports apart. */
export type SessionCookie = 'app' | 'console'

/** In the app the lifetime of a refresh token, which auth refuses then; in the console idleness ends it first. */
const maxAgeS = { app: 30 * 86_400, console: 86_400 }
const cookieNames = { app: 'bahi_refresh', console: 'bahi_console' }
/** What signs in, or refreshes. */
const tokenContracts = routes.filter(({ schema }) => Object.values(schema.response).includes(Tokens))

/** How a request to auth and its response are rewritten: the refresh token moves between cookie and body. */
export type CookieSession = {
  body: Buffer | undefined
  /** Moves a new refresh token from the body into the cookie. */
  rewriteResponse(status: number, body: Buffer): Buffer
}

/**
 * For requests with `x-bahi-session: cookie`, a header that another site cannot send; undefined for all others, which
 * the console refuses. Throws `refresh-token-invalid` without the cookie, `not-allowed` for a request of another site.
 */
export function cookieSession(
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
  whose: SessionCookie = 'app',
): CookieSession | undefined {
  if (contract === logout) {
    // Logging out clears the cookie, with or without the header.
    if (readCookie(request, whose) !== undefined) setCookie(request, reply, whose, '', 0)
    return undefined
  }
  if (!tokenContracts.includes(contract)) return undefined
  if (request.headers['x-bahi-session'] !== 'cookie') {
    if (whose === 'app') return undefined
    throw new Problem('not-allowed', 'the console keeps its session in a cookie')
  }
  rejectOtherSites(request)
  const body = request.body as Buffer | undefined
  return {
    body:
      contract === refresh
        ? Buffer.from(JSON.stringify({ refreshToken: refreshTokenOf(request, reply, whose) }))
        : body,
    rewriteResponse(status, body) {
      if (status === 401 && contract === refresh) setCookie(request, reply, whose, '', 0)
      if (status >= 300) return body
      const tokens = JSON.parse(body.toString('utf8')) as { refreshToken: string }
      setCookie(request, reply, whose, tokens.refreshToken, maxAgeS[whose])
      return Buffer.from(JSON.stringify({ ...tokens, refreshToken: 'cookie' }))
    },
  }
}

function refreshTokenOf(request: FastifyRequest, reply: FastifyReply, whose: SessionCookie): string {
  const refreshToken = readCookie(request, whose)
  if (refreshToken === undefined) {
    setCookie(request, reply, whose, '', 0)
    throw new Problem('refresh-token-invalid', 'this browser is signed out')
  }
  return refreshToken
}

/** Only pages of our own origin may use the cookie; browsers name the origin of a request. */
function rejectOtherSites(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site']
  const { origin } = request.headers
  // Older browsers send only `origin`; a proxy may have changed the host that it is compared with.
  const isSameOrigin =
    site !== undefined
      ? site === 'same-origin'
      : origin === undefined || (URL.canParse(origin) && new URL(origin).host === request.host)
  if (!isSameOrigin) {
    throw new Problem('not-allowed', 'a session in a cookie is for pages of this origin only')
  }
}

/**
 * Over TLS the name begins with `__Host-`: browsers take such a cookie only from this host itself, over TLS and for all
 * of it, so that no neighbouring host can put one of its own here. It cannot be set over plain HTTP, where development
 * on loopback has a cookie without the prefix.
 */
function cookieOf(request: FastifyRequest, whose: SessionCookie): { name: string; attributes: string } {
  const name = cookieNames[whose]
  return request.protocol === 'https'
    ? { name: `__Host-${name}`, attributes: 'Path=/; Secure' }
    : { name, attributes: 'Path=/v1/auth' }
}

function readCookie(request: FastifyRequest, whose: SessionCookie): string | undefined {
  const { name } = cookieOf(request, whose)
  const match = new RegExp(`(?:^|; *)${name}=([A-Za-z0-9._~-]{1,256})(?:;|$)`).exec(
    request.headers.cookie ?? '',
  )
  return match?.[1]
}

/** Also ends it, with an age of 0. */
export function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  whose: SessionCookie,
  value: string,
  ageS: number,
): void {
  const { name, attributes } = cookieOf(request, whose)
  void reply.header(
    'set-cookie',
    `${name}=${value}; ${attributes}; Max-Age=${ageS}; HttpOnly; SameSite=Strict`,
  )
}

// Sessions of browsers: the refresh token is in a cookie that no script can read and no other site can send.
import { login, logout, refresh, register } from '@bahi/contracts/auth.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'

/** The lifetime of a refresh token; an expired one is refused by auth. */
const maxAgeS = 30 * 86_400
const tokenContracts: Contract[] = [register, login, refresh]

/** How a request to auth and its response are rewritten: the refresh token moves between cookie and body. */
export type CookieSession = {
  body: Buffer | undefined
  /** Moves a new refresh token from the body into the cookie. */
  rewriteResponse(status: number, body: Buffer): Buffer
}

/**
 * For requests with `x-bahi-session: cookie`, a header that another site cannot send; undefined for all others. Throws
 * `refresh-token-invalid` without the cookie, `not-allowed` for a request of another site.
 */
export function cookieSession(
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
): CookieSession | undefined {
  if (contract === logout) {
    // Logging out clears the cookie, with or without the header.
    if (readCookie(request) !== undefined) setCookie(request, reply, '', 0)
    return undefined
  }
  if (request.headers['x-bahi-session'] !== 'cookie' || !tokenContracts.includes(contract)) return undefined
  rejectOtherSites(request)
  const body = request.body as Buffer | undefined
  return {
    body:
      contract === refresh
        ? Buffer.from(JSON.stringify({ refreshToken: refreshTokenOf(request, reply) }))
        : body,
    rewriteResponse(status, body) {
      if (status === 401 && contract === refresh) setCookie(request, reply, '', 0)
      if (status >= 300) return body
      const tokens = JSON.parse(body.toString('utf8')) as { refreshToken: string }
      setCookie(request, reply, tokens.refreshToken, maxAgeS)
      return Buffer.from(JSON.stringify({ ...tokens, refreshToken: 'cookie' }))
    },
  }
}

function refreshTokenOf(request: FastifyRequest, reply: FastifyReply): string {
  const refreshToken = readCookie(request)
  if (refreshToken === undefined) {
    setCookie(request, reply, '', 0)
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
function cookieOf(request: FastifyRequest): { name: string; attributes: string } {
  return request.protocol === 'https'
    ? { name: '__Host-bahi_refresh', attributes: 'Path=/; Secure' }
    : { name: 'bahi_refresh', attributes: 'Path=/v1/auth' }
}

function readCookie(request: FastifyRequest): string | undefined {
  const { name } = cookieOf(request)
  const match = new RegExp(`(?:^|; *)${name}=([A-Za-z0-9._~-]{1,256})(?:;|$)`).exec(
    request.headers.cookie ?? '',
  )
  return match?.[1]
}

function setCookie(request: FastifyRequest, reply: FastifyReply, value: string, ageS: number): void {
  const { name, attributes } = cookieOf(request)
  void reply.header(
    'set-cookie',
    `${name}=${value}; ${attributes}; Max-Age=${ageS}; HttpOnly; SameSite=Strict`,
  )
}

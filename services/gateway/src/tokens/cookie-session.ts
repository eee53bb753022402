// Sessions of browsers: their refresh token travels in a cookie that no script can read and no other site can send.
import { createHash } from 'node:crypto'
import { login, logout, refresh, register } from '@bahi/contracts/auth.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'

const cookieName = 'bahi_refresh'
/** As long as a refresh token lives; a dead one is only refused. */
const maxAgeS = 30 * 86_400
const givesTokens: Contract[] = [register, login, refresh]

/** What goes to auth and what comes from it, the refresh token put in and taken out; `undefined` for everybody else. */
export type CookieSession = {
  body: Buffer | undefined
  /** Names the renewal, when it is one: who asks for it twice within moments gets one answer, see `createRenewals`. */
  renews?: string
  /** Of a good answer. */
  answered(status: number, body: Buffer): Buffer
}

/**
 * For requests that ask for it by `x-bahi-session: cookie`, a header that another site cannot send.
 * Throws `refresh-token-invalid` without the cookie, `not-allowed` when another site asks.
 */
export function cookieSession(
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
): CookieSession | undefined {
  if (contract === logout) {
    // Whoever logs out here leaves nothing behind, however they came in.
    if (cookieIn(request) !== undefined) keep(request, reply, '', 0)
    return undefined
  }
  if (request.headers['x-bahi-session'] !== 'cookie' || !givesTokens.includes(contract)) return undefined
  refuseOtherSites(request)
  const refreshToken = contract === refresh ? tokenIn(request, reply) : undefined
  return {
    body:
      refreshToken === undefined
        ? (request.body as Buffer | undefined)
        : Buffer.from(JSON.stringify({ refreshToken })),
    ...(refreshToken === undefined ? {} : { renews: refreshToken }),
    answered(status, body) {
      if (status === 401 && contract === refresh) keep(request, reply, '', 0)
      if (status >= 300) return body
      const tokens = JSON.parse(body.toString('utf8')) as { refreshToken: string }
      keep(request, reply, tokens.refreshToken, maxAgeS)
      return Buffer.from(JSON.stringify({ ...tokens, refreshToken: 'cookie' }))
    },
  }
}

function tokenIn(request: FastifyRequest, reply: FastifyReply): string {
  const refreshToken = cookieIn(request)
  if (refreshToken === undefined) {
    keep(request, reply, '', 0)
    throw new Problem('refresh-token-invalid', 'this browser is signed out')
  }
  return refreshToken
}

const sharedForMs = 10_000

export type Renewals = <T extends { status: number }>(name: string, renew: () => Promise<T>) => Promise<T>

/**
 * A refresh token works once, and its second use ends the session. But a browser may well ask twice with one cookie:
 * from two tabs, or from a page that is reloaded before its first answer came. Within moments both get the same answer;
 * a thief who was as quick holds the same new token as its owner, and is found out at the next renewal.
 */
export function createRenewals(): Renewals {
  const recent = new Map<string, Promise<{ status: number }>>()
  return (name, renew) => {
    const key = createHash('sha256').update(name).digest('base64')
    const before = recent.get(key) as ReturnType<typeof renew> | undefined
    if (before) return before
    const renewal = renew()
    recent.set(key, renewal)
    const forget = () => void recent.delete(key)
    renewal.then(({ status }) => (status < 300 ? setTimeout(forget, sharedForMs).unref() : forget()), forget)
    return renewal
  }
}

/** Browsers say where a request comes from; only our own pages may use the cookie. */
function refuseOtherSites(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site']
  const { origin } = request.headers
  // Older browsers name the origin alone; a proxy in front may have changed the host that it is compared with.
  const isOurs =
    site !== undefined
      ? site === 'same-origin'
      : origin === undefined || (URL.canParse(origin) && new URL(origin).host === request.host)
  if (!isOurs) {
    throw new Problem('not-allowed', 'a session in a cookie is for our own pages alone')
  }
}

function cookieIn(request: FastifyRequest): string | undefined {
  const found = new RegExp(`(?:^|; *)${cookieName}=([A-Za-z0-9._~-]{1,256})(?:;|$)`).exec(
    request.headers.cookie ?? '',
  )
  return found?.[1]
}

function keep(request: FastifyRequest, reply: FastifyReply, value: string, ageS: number): void {
  const secure = request.protocol === 'https' ? '; Secure' : ''
  void reply.header(
    'set-cookie',
    `${cookieName}=${value}; Path=/v1/auth; Max-Age=${ageS}; HttpOnly; SameSite=Strict${secure}`,
  )
}

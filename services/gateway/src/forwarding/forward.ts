// Forwards an authorised request to its service, and the response back to the client.
import { defaultTimeoutMs, type Contract } from '@bahi/contracts/contract.ts'
import { pathOf } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import {
  clientNetworkHeaderName,
  deviceKeyHeaderName,
  principalHeaderName,
} from '@bahi/kit/http/principal.ts'
import { currentTrace } from '@bahi/kit/trace.ts'
import { wholeBody, type TransportResponse } from '@bahi/kit/transport/transport.ts'
import { deviceKeyOf, verifiedOf } from '../access/authorise-request.ts'
import { docsPolicy } from '../web-files/response-headers.ts'
import { networkOf } from '@bahi/kit/http/addresses.ts'
import { cookieSession, type SessionCookie } from '../tokens/cookie-session.ts'
import type { GatewayDeps } from '../deps.ts'
import type { LoadShedder } from '../limits/load-shedder.ts'

/** Responses up to this size are buffered, so that one that is cut off becomes a problem and not half a response. */
const bufferUpToBytes = 64 * 1024

/** The only request headers that are forwarded: a client cannot set internal ones. */
const requestHeaders = ['content-type', 'accept', 'accept-language'] as const
const responseHeaders = [
  'content-type',
  'content-language',
  'content-disposition',
  'cache-control',
  'dpop-nonce',
  'etag',
  'last-modified',
  'location',
  'retry-after',
  'vary',
  'www-authenticate',
] as const

/** May refuse the tokens of a response by throwing: then nobody gets them. */
export type AcceptTokens = (
  contract: Contract,
  tokens: { accessToken: string },
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<void>

type Forwarding = {
  forward: GatewayDeps['forward']
  shedder?: LoadShedder
  session?: SessionCookie
  acceptTokens?: AcceptTokens
}

/** Throws `timeout` or `unavailable`; any response of the service, of whatever status, is passed back. */
export async function forward(
  deps: Forwarding,
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const path = pathTo(contract, request)
  const session = cookieSession(contract, request, reply, deps.session)
  const body = session ? session.body : (request.body as Buffer | undefined)
  const timeoutMs = contract.timeoutMs ?? defaultTimeoutMs
  const result = await withTimeout(timeoutMs, contract, async (stop) => {
    // A read is cancelled when its client has gone; a write is completed.
    if (contract.method === 'GET') reply.raw.once('close', () => stop.abort())
    const hasBody = body !== undefined && body.length > 0
    const response = await deps.forward(contract.service, {
      method: contract.method,
      path,
      route: { contract, params: request.params as Record<string, string> },
      headers: headersOf(contract, request, hasBody),
      ...(hasBody ? { body } : {}),
      timeoutMs,
      signal: stop.signal,
    })
    return { ...response, body: isSmall(response) ? await readBody(response, contract) : response.body }
  })
  deps.shedder?.observe(contract, result)
  if (session && deps.acceptTokens && result.status < 300 && Buffer.isBuffer(result.body)) {
    const tokens = JSON.parse(result.body.toString('utf8')) as { accessToken: string }
    await deps.acceptTokens(contract, tokens, request, reply)
  }
  void reply.code(result.status)
  for (const name of responseHeaders) {
    const value = result.headers[name]
    if (value !== undefined) void reply.header(name, value)
  }
  const cookies = result.headers['set-cookie']
  if (cookies !== undefined && contract.forwards?.includes('cookie')) void reply.header('set-cookie', cookies)
  // The sandbox's page loads its own script and style.
  if (contract.url.startsWith('/sandbox/')) void reply.header('content-security-policy', docsPolicy)
  if (Buffer.isBuffer(result.body)) {
    const body = session ? session.rewriteResponse(result.status, result.body) : result.body
    return reply.send(body.length > 0 ? body : undefined)
  }
  const length = result.headers['content-length']
  if (length !== undefined) void reply.header('content-length', length)
  return reply.send(result.body)
}

/**
 * Built from the contract and the parsed parameters, so that the request can reach no other route of the service. Only
 * the query is passed on unchanged.
 */
function pathTo(contract: Contract, request: FastifyRequest): string {
  const params = request.params as Record<string, string>
  if (Object.values(params).some((value) => value === '' || value === '.' || value === '..')) {
    throw new Problem('not-found')
  }
  const path = pathOf(contract.url, params)
  const query = request.url.indexOf('?')
  return query === -1 ? path : path + request.url.slice(query)
}

/** A type of nothing is left out: many clients name one with every request. */
function headersOf(contract: Contract, request: FastifyRequest, hasBody: boolean): Record<string, string> {
  const headers: Record<string, string> = { [clientNetworkHeaderName]: networkOf(request.ip) }
  for (const name of requestHeaders) {
    const value = request.headers[name]
    if (typeof value === 'string' && (hasBody || name !== 'content-type')) headers[name] = value
  }
  for (const name of contract.forwards ?? []) {
    const value = request.headers[name]
    if (typeof value === 'string') headers[name] = name === 'cookie' ? oauthCookies(value) : value
  }
  const trace = currentTrace()
  if (trace) {
    headers['traceparent'] = trace.traceparent
    headers['x-request-id'] = trace.requestId
  }
  const deviceKey = deviceKeyOf(request)
  if (deviceKey !== undefined) headers[deviceKeyHeaderName] = deviceKey
  const verified = verifiedOf(request)
  if (verified) headers[principalHeaderName] = verified.header
  return headers
}

/** The refresh token of the app is in a cookie too, which only the gateway reads. */
function oauthCookies(cookies: string): string {
  return cookies
    .split(/; */)
    .filter((cookie) => cookie.startsWith('bahi_oauth_'))
    .join('; ')
}

async function withTimeout<T>(
  timeoutMs: number,
  contract: Contract,
  run: (stop: AbortController) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Problem('timeout', `${contract.service} did not answer in time`))
      stop.abort()
    }, timeoutMs)
  })
  try {
    return await Promise.race([run(stop), timeout])
  } finally {
    clearTimeout(timer)
  }
}

function isSmall({ status, headers }: TransportResponse): boolean {
  return status === 204 || status === 304 || Number(headers['content-length'] ?? Infinity) <= bufferUpToBytes
}

async function readBody({ body }: TransportResponse, contract: Contract): Promise<Buffer> {
  try {
    return await wholeBody(body)
  } catch {
    throw new Problem('unavailable', `${contract.service} cut off its response`, { retryAfterS: 1 })
  }
}

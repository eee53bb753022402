// The client of the services in a browser: calls them by their contracts, proves what changes something, and renews the
// access token when it expires. Each app says whose session it is.
import { refresh, type Tokens } from '@bahi/contracts/auth.ts'
import { createCall, type Call, type CallTransport } from '@bahi/contracts/call.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import { fromDocument, Problem } from '@bahi/contracts/problem.ts'
import { proofFor } from '../browser/device-key.ts'
import { reportNoResponse, reportResponse } from '../browser/online.ts'
import { learnTime, serverNow } from './clock.ts'
import { traceHeaders } from './trace.ts'

/** Says that the refresh token is in the cookie; no other site can send this header, so it prevents CSRF. */
const cookieHeader = { 'x-bahi-session': 'cookie' } as const

/** A file is larger than an answer. */
export const fileTimeoutMs = 60_000
/** The service itself gives up first. */
const longestMs = ({ timeoutMs = 10_000 }: Contract) => timeoutMs + 5_000

type Headers = Record<string, string>
type Sent = Pick<Parameters<CallTransport>[1], 'method' | 'path'> & Partial<Parameters<CallTransport>[1]>

/** What changes something is proven to come from this browser; what reads is answered to the token. */
export async function withProof({ method, path }: Sent, headers: Headers): Promise<Headers> {
  if (method === 'GET') return headers
  const accessToken = headers['authorization']?.split(' ')[1]
  const url = location.origin + path
  const proof = await proofFor({ method, url, accessToken, nowMs: serverNow() })
  return proof === undefined ? headers : { ...headers, dpop: proof }
}

const isUnproven = ({ status, headers }: Response) =>
  status === 401 && headers.get('www-authenticate')?.startsWith('DPoP')

type Answer<T> = { status: number; headers: { 'retry-after': string | undefined }; body: T }

async function send<T>(
  request: Sent,
  headers: Headers,
  timeoutMs: number,
  read: (response: Response) => Promise<T>,
  isAgain = false,
): Promise<Answer<T>> {
  const proven = await withProof(request, { ...request.headers, ...headers })
  const sentMs = Date.now()
  try {
    const response = await fetch(request.path, {
      method: request.method,
      headers: proven,
      credentials: 'same-origin',
      // A page that is left meanwhile must not lose the cookie that follows the one just used.
      keepalive: request.path === refresh.url,
      signal: AbortSignal.timeout(timeoutMs),
      ...(request.body === undefined ? {} : { body: request.body }),
    })
    reportResponse()
    learnTime(response, sentMs, Date.now())
    if (isAgain || !isUnproven(response)) {
      const retryAfter = response.headers.get('retry-after') ?? undefined
      return { status: response.status, headers: { 'retry-after': retryAfter }, body: await read(response) }
    }
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError'
    if (error instanceof TypeError) reportNoResponse()
    throw new Problem(late ? 'timeout' : 'unavailable', late ? undefined : 'offline')
  }
  // The clock of this browser was wrong, and is known now.
  return send(request, headers, timeoutMs, read, true)
}

const textOf = (response: Response) => response.text()

/** Calls without a session: registration, login, banks. */
export const callPublic: Call = createCall((contract, request) =>
  send(
    request,
    { ...cookieHeader, ...traceHeaders(request.method, request.path) },
    longestMs(contract),
    textOf,
  ),
)

/** A refresh token works once: the tabs of a browser share the cookie, and renew one at a time. */
async function oneTabAtATime<T>(run: () => Promise<T>): Promise<T> {
  let isRun = false
  try {
    return await navigator.locks.request('bahi.renew', () => {
      isRun = true
      return run()
    })
  } catch (error) {
    if (isRun) throw error
    // No locks without https, nor where site data is blocked: there tabs share no cookie.
    return run()
  }
}

const refreshOnce = () => callPublic(refresh, { body: { refreshToken: 'cookie' } })

/** Sent again at once when the answer was lost: for a minute the same device gets the same tokens. */
export const refreshTokens = (): Promise<Tokens> =>
  refreshOnce().catch((error: unknown) => {
    if (error instanceof Problem && (error.code === 'timeout' || error.code === 'unavailable'))
      return refreshOnce()
    throw error
  })

/** New tokens for the cookie; once for all who ask at the same time. `onRefused`: the cookie is no longer valid. */
export function renewal(
  onTokens: (tokens: Tokens) => void,
  onRefused: (refusal: Problem) => Promise<void> | void,
): () => Promise<void> {
  let running: Promise<void> | undefined
  return () =>
    (running ??= oneTabAtATime(refreshTokens)
      .then(onTokens, (error: unknown) => {
        if (!(error instanceof Problem) || error.status >= 500 || error.code === 'rate-limited') throw error
        return onRefused(error)
      })
      .finally(() => (running = undefined)))
}

type Session = {
  /** The token, when it is good for a while still. */
  freshToken: () => string | undefined
  /** Throws when there is no session any more. */
  renewTokens: () => Promise<void>
}

/** Calls as the person who is signed in. All throw `Problem` for every refusal. */
export function callsOf({ freshToken, renewTokens }: Session) {
  /** Renews the session when it has to be: it may have ended elsewhere, which the cookie knows. */
  async function asPerson<T extends { status: number }>(
    { method, path }: Sent,
    sendWith: (headers: Headers) => Promise<T>,
  ): Promise<T> {
    const traced = traceHeaders(method, path)
    for (let again = false; ; again = true) {
      if (!freshToken()) await renewTokens()
      const answer = await sendWith({ authorization: `Bearer ${freshToken() ?? ''}`, ...traced })
      if (answer.status !== 401 || again) return answer
      await renewTokens()
    }
  }
  const call: Call = createCall((contract, request) =>
    asPerson(request, (headers) => send(request, headers, longestMs(contract), textOf)),
  )
  /** A file that the person may have. With a body it is asked for by POST, which can prove who asks. */
  async function fetchFile(path: string, body?: object): Promise<Blob> {
    const request: Sent =
      body === undefined
        ? { method: 'GET', path }
        : {
            ...{ method: 'POST', path, body: JSON.stringify(body) },
            headers: { 'content-type': 'application/json' },
          }
    const read = (response: Response): Promise<unknown> =>
      response.ok ? response.blob() : response.json().catch(() => undefined)
    const answer = await asPerson(request, (headers) => send(request, headers, fileTimeoutMs, read))
    if (answer.body instanceof Blob) return answer.body
    throw fromDocument(answer.body, answer.status)
  }
  return { asPerson, call, fetchFile }
}

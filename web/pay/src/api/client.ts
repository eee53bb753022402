// The only client of the services: calls them by their contracts and renews the access token when it expires.
import { refresh, type Tokens } from '@bahi/contracts/auth.ts'
import { createCall, type Call, type CallTransport } from '@bahi/contracts/call.ts'
import { fromDocument, Problem } from '@bahi/contracts/problem.ts'
import { reportResponse, reportNoResponse } from '@bahi/web-ui/browser/online.ts'
import { proofFor } from '@bahi/web-ui/browser/device-key.ts'
import { freshToken, waitForReauthentication, signOut, signIn, useSession } from '../session/session.ts'
import { learnTime, serverNow } from './clock.ts'

/** Says that the refresh token is in the cookie; no other site can send this header, so it prevents CSRF. */
export const cookieHeader = { 'x-bahi-session': 'cookie' } as const

/** A file is larger than an answer. */
const fileTimeoutMs = 60_000

/** What changes something is proven to come from this device; what reads is answered to the token. */
async function withProof(
  { method, path }: Sent,
  headers: Record<string, string>,
): Promise<Record<string, string>> {
  if (method === 'GET') return headers
  const token = headers['authorization']?.split(' ')[1]
  const proof = await proofFor({
    ...{ method, url: location.origin + path, accessToken: token, nowMs: serverNow() },
  })
  return proof === undefined ? headers : { ...headers, dpop: proof }
}

type Sent = Pick<Parameters<CallTransport>[1], 'method' | 'path'> & Partial<Parameters<CallTransport>[1]>

async function send<T>(
  request: Sent,
  headers: Record<string, string>,
  timeoutMs: number,
  read: (response: Response) => Promise<T>,
  isAgain = false,
): Promise<{ status: number; headers: { 'retry-after': string | undefined }; body: T }> {
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
    // The clock of this device was wrong, and is known now.
    const isUnproven = response.status === 401 && response.headers.get('www-authenticate')?.startsWith('DPoP')
    if (isUnproven && !isAgain) return await send(request, headers, timeoutMs, read, true)
    const retryAfter = response.headers.get('retry-after') ?? undefined
    return { status: response.status, headers: { 'retry-after': retryAfter }, body: await read(response) }
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError'
    if (error instanceof TypeError) reportNoResponse()
    throw new Problem(late ? 'timeout' : 'unavailable', late ? undefined : 'offline')
  }
}

const textOf = (response: Response) => response.text()

/** Calls without a session: registration, login, banks. */
export const callPublic: Call = createCall((contract, request) =>
  send(request, cookieHeader, contract.timeoutMs ?? 15_000, textOf),
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

let renewal: Promise<void> | undefined

/**
 * New tokens for the cookie; once for all who ask at the same time. When the cookie is no longer valid, a
 * person in the middle of something signs in again in place; at the start of the app they are signed out.
 */
export function renewTokens(): Promise<void> {
  renewal ??= oneTabAtATime(refreshTokens)
    .then(
      (tokens: Tokens) => signIn(tokens),
      (error: unknown) => {
        if (!(error instanceof Problem) || error.status >= 500 || error.code === 'rate-limited') throw error
        const { state, signedIn } = useSession.getState()
        if (signedIn?.accessToken) return waitForReauthentication()
        signOut(state === 'signed-in' ? location.pathname + location.search : undefined)
        throw error
      },
    )
    .finally(() => (renewal = undefined))
  return renewal
}

/** Renews the session when it has to be: it may have ended elsewhere, which the cookie knows. */
async function asPerson<T extends { status: number }>(
  sendWith: (headers: Record<string, string>) => Promise<T>,
): Promise<T> {
  for (let again = false; ; again = true) {
    if (!freshToken()) await renewTokens()
    const answer = await sendWith({ authorization: `Bearer ${freshToken() ?? ''}` })
    if (answer.status !== 401 || again) return answer
    await renewTokens()
  }
}

/** A file that the person may have. Throws `Problem` for every refusal. */
export async function fetchFile(path: string): Promise<Blob> {
  const read = (response: Response): Promise<unknown> =>
    response.ok ? response.blob() : response.json().catch(() => undefined)
  const { status, body } = await asPerson((headers) =>
    send({ method: 'GET', path }, headers, fileTimeoutMs, read),
  )
  if (body instanceof Blob) return body
  throw fromDocument(body, status)
}

/**
 * Sends a file as it is, for the person who is signed in. Throws `Problem` for every refusal.
 * @param onProgress from 0 to 1
 */
export async function sendFile(
  path: string,
  file: Blob,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const { status, body } = await asPerson(async (headers) =>
    sendBytes(path, file, await withProof({ method: 'PUT', path }, headers), onProgress, signal),
  )
  if (status < 300) return body
  throw fromDocument(body, status)
}

/** By the older interface: the younger one does not say how much has been sent. */
function sendBytes(
  path: string,
  file: Blob,
  headers: Record<string, string>,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const fail = (code: 'unavailable' | 'timeout') => () => reject(new Problem(code, 'offline'))
    request.open('PUT', path)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.setRequestHeader('content-type', file.type)
    request.timeout = fileTimeoutMs
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total)
    request.onload = () => resolve({ status: request.status, body: request.response as unknown })
    request.onerror = fail('unavailable')
    request.onabort = fail('unavailable')
    request.ontimeout = fail('timeout')
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

/** Calls as the person who is signed in. Throws `Problem` for every refusal. */
export const call: Call = createCall((contract, request) =>
  asPerson((headers) => send(request, headers, (contract.timeoutMs ?? 10_000) + 5_000, textOf)),
)

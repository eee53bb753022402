// The only client of the services: calls them by their contracts and renews the access token when it expires.
import { logout, refresh } from '@bahi/contracts/auth.ts'
import { createCall, type Call, type CallTransport } from '@bahi/contracts/call.ts'
import { fromDocument, Problem } from '@bahi/contracts/problem.ts'
import { reportNoResponse, reportResponse } from '@bahi/web-ui/browser/online.ts'
import { proofFor } from '@bahi/web-ui/browser/device-key.ts'
import { freshToken, mayBeSignedIn, signIn, signOut, useSession } from '../session/session.ts'

type Sent = Pick<Parameters<CallTransport>[1], 'method' | 'path'> & Partial<Parameters<CallTransport>[1]>

/** How much the services' clock is ahead of ours, as far as it had to be learned. */
let aheadMs = 0

/** What changes something is proven to come from this browser; what reads is answered to the token. */
async function withProof(
  { method, path }: Sent,
  headers: Record<string, string>,
): Promise<Record<string, string>> {
  if (method === 'GET') return headers
  const accessToken = headers['authorization']?.split(' ')[1]
  const nowMs = Date.now() + aheadMs
  const proof = await proofFor({ method, url: location.origin + path, accessToken, nowMs })
  return proof === undefined ? headers : { ...headers, dpop: proof }
}

async function send<T>(
  request: Sent,
  headers: Record<string, string>,
  timeoutMs: number,
  read: (response: Response) => Promise<T>,
  isAgain = false,
): Promise<{ status: number; headers: { 'retry-after': string | undefined }; body: T }> {
  // Another site cannot send the first of these headers: it prevents CSRF.
  const own = { 'x-bahi-session': 'cookie', ...request.headers, ...headers }
  const proven = await withProof(request, own)
  try {
    const response = await fetch(request.path, {
      method: request.method,
      headers: proven,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(timeoutMs),
      ...(request.body === undefined ? {} : { body: request.body }),
    })
    reportResponse()
    const isUnproven = response.status === 401 && response.headers.get('www-authenticate')?.startsWith('DPoP')
    if (isUnproven && !isAgain) {
      // The clock of this machine was wrong: the answer says what time it is.
      const date = Date.parse(response.headers.get('date') ?? '')
      if (!Number.isNaN(date)) aheadMs = date - Date.now()
      return await send(request, headers, timeoutMs, read, true)
    }
    const retryAfter = response.headers.get('retry-after') ?? undefined
    return { status: response.status, headers: { 'retry-after': retryAfter }, body: await read(response) }
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError'
    if (error instanceof TypeError) reportNoResponse()
    if (error instanceof Problem) throw error
    throw new Problem(late ? 'timeout' : 'unavailable', late ? undefined : 'offline')
  }
}

const textOf = (response: Response) => response.text()
const longestMs = ({ timeoutMs = 10_000 }: { timeoutMs?: number }) => timeoutMs + 5_000

/** Calls without a session: to sign in. */
export const callPublic: Call = createCall((contract, request) =>
  send(request, {}, longestMs(contract), textOf),
)

let renewal: Promise<void> | undefined

/** New tokens for the cookie, once for all who ask at the same time. Who is refused is signed out. */
function renew(): Promise<void> {
  renewal ??= callPublic(refresh, { body: { refreshToken: 'cookie' } })
    .then(signIn, (error: unknown) => {
      if (error instanceof Problem && error.status < 500 && error.code !== 'rate-limited')
        signOut(useSession.getState().signedIn ? 'idle' : undefined)
      throw error
    })
    .finally(() => (renewal = undefined))
  return renewal
}

/** At the start: signed in by the cookie, or not. */
export async function resumeSession(): Promise<void> {
  if (mayBeSignedIn()) await renew().catch(() => undefined)
}

async function asPerson<T extends { status: number }>(
  sendWith: (headers: Record<string, string>) => Promise<T>,
): Promise<T> {
  for (let again = false; ; again = true) {
    if (!freshToken()) await renew()
    const answer = await sendWith({ authorization: `Bearer ${freshToken() ?? ''}` })
    if (answer.status !== 401 || again) return answer
    await renew()
  }
}

/** Calls as the person who is signed in. Throws `Problem` for every refusal. */
export const call: Call = createCall((contract, request) =>
  asPerson((headers) => send(request, headers, longestMs(contract), textOf)),
)

/** A file that the person may have. Throws `Problem` for every refusal. */
export async function fetchFile(path: string): Promise<Blob> {
  const read = (response: Response): Promise<unknown> =>
    response.ok ? response.blob() : response.json().catch(() => undefined)
  const { status, body } = await asPerson((headers) => send({ method: 'GET', path }, headers, 60_000, read))
  if (body instanceof Blob) return body
  throw fromDocument(body, status)
}

/** Ends the session here and at the gateway; without a network only here, and there it ends by idleness. */
export async function leave(ended?: 'idle'): Promise<void> {
  const token = freshToken()
  signOut(ended)
  if (token === undefined) return
  await callPublic(logout, { body: {} }, { headers: { authorization: `Bearer ${token}` } }).catch(
    () => undefined,
  )
}

// Carries an admitted request to the service that answers it, and the answer back.
import { defaultTimeoutMs, type Contract } from '@bahi/contracts/contract.ts'
import { pathOf } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import { currentTrace } from '@bahi/kit/trace.ts'
import type { TransportResponse } from '@bahi/kit/transport/transport.ts'
import { verifiedOf } from '../access/authorise-request.ts'
import { docsPolicy } from '../web-files/response-headers.ts'
import { cookieSession, type Renewals } from '../tokens/cookie-session.ts'
import type { GatewayDeps } from '../deps.ts'
import type { ShedLoad } from '../limits/shed-load.ts'

/** Answers up to this size are read whole, so that one that breaks off becomes a problem and not half an answer. */
const wholeUpToBytes = 64 * 1024

/** All that a client can say beside its body; whatever else it sends, names of ours above all, stays outside. */
const toService = ['content-type', 'accept', 'accept-language'] as const
const toClient = [
  'content-type',
  'content-language',
  'content-disposition',
  'cache-control',
  'etag',
  'last-modified',
  'location',
  'retry-after',
  'www-authenticate',
] as const

/** Throws `timeout` or `unavailable`; any answer, good or bad, goes back as it is. */
export async function forward(
  deps: Pick<GatewayDeps, 'forward'> & { renewals?: Renewals; shed?: ShedLoad },
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const path = pathTo(contract, request)
  const session = cookieSession(contract, request, reply)
  const body = session ? session.body : (request.body as Buffer | undefined)
  const timeoutMs = contract.timeoutMs ?? defaultTimeoutMs
  const ask = () =>
    within(timeoutMs, contract, async (stop) => {
      // Nobody waits for what was only to be read; what changes something is driven to its end.
      if (contract.method === 'GET') reply.raw.once('close', () => stop.abort())
      const carried = await deps.forward(contract.service, {
        method: contract.method,
        path,
        headers: headersOf(request),
        ...(body && body.length > 0 ? { body } : {}),
        timeoutMs,
        signal: stop.signal,
      })
      return { ...carried, body: isSmall(carried) ? await wholeOf(carried, contract) : carried.body }
    })
  const answer = session?.renews && deps.renewals ? await deps.renewals(session.renews, ask) : await ask()
  deps.shed?.heard(contract, answer)
  void reply.code(answer.status)
  for (const name of toClient) {
    const value = answer.headers[name]
    if (value !== undefined) void reply.header(name, value)
  }
  // The sandbox's own page brings its script and style from where it comes.
  if (contract.url.startsWith('/sandbox/')) void reply.header('content-security-policy', docsPolicy)
  if (Buffer.isBuffer(answer.body)) {
    const whole = session ? session.answered(answer.status, answer.body) : answer.body
    return reply.send(whole.length > 0 ? whole : undefined)
  }
  const length = answer.headers['content-length']
  if (length !== undefined) void reply.header('content-length', length)
  return reply.send(answer.body)
}

/**
 * Made anew from the contract and the parameters that were read, so that the service is asked for exactly that
 * route. Of the request only the query goes on as it came.
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

function headersOf(request: FastifyRequest): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of toService) {
    const value = request.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  const trace = currentTrace()
  if (trace) {
    headers['traceparent'] = trace.traceparent
    headers['x-request-id'] = trace.requestId
  }
  const verified = verifiedOf(request)
  if (verified) headers['x-bahi-person'] = verified.header
  return headers
}

async function within<T>(
  timeoutMs: number,
  contract: Contract,
  run: (stop: AbortController) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Problem('timeout', `${contract.service} did not answer in time`))
      stop.abort()
    }, timeoutMs)
  })
  try {
    return await Promise.race([run(stop), late])
  } finally {
    clearTimeout(timer)
  }
}

function isSmall({ status, headers }: TransportResponse): boolean {
  return status === 204 || status === 304 || Number(headers['content-length'] ?? Infinity) <= wholeUpToBytes
}

async function wholeOf({ body }: TransportResponse, contract: Contract): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of body) chunks.push(Buffer.from(chunk as Uint8Array))
  } catch {
    throw new Problem('unavailable', `${contract.service} broke off its answer`, { retryAfterS: 1 })
  }
  return Buffer.concat(chunks)
}

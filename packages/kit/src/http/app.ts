// What an HTTP app is, its options, and how an error becomes a problem: shared by routes over HTTP and in the process.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { Call } from '@bahi/contracts/call.ts'
import { Problem, type ProblemCode } from '@bahi/contracts/problem.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyError,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { dependencyOf } from '../outages.ts'
import { isStalePlan } from '../sql/sql.ts'
import type { Trust } from '../transport/service-token.ts'

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>
export const bodyLimitBytes = 64 * 1024

export type HttpOptions = {
  service: ServiceName
  log: Log
  metrics: Metrics
  trust: Trust
  edge: boolean
  /** Of the service: by it auth verifies the proofs that contracts demand. */
  call?: Call
  /** Told whose request changed something, before it is answered. */
  wrote?: (userIds: readonly string[]) => Promise<void>
  /** Takes note of an error that is the outage of a server. */
  report?: ((error: unknown) => void) | undefined
  /** Addresses or networks whose `x-forwarded-for` names the client; default none. */
  trustedProxies?: string[]
  /** Of the edge; default: as many as there are. */
  connections?: { max: number; maxPerAddress: number } | undefined
}

/** For what a request has on other routes only. */
export function absent(name: string): never {
  throw new Error(`request.${name} does not exist on this route`)
}

/** Fastify's own refusals as problems. */
const fastifyCodes = new Map<string, [ProblemCode, string]>([
  ['FST_ERR_CTP_BODY_TOO_LARGE', ['body-too-large', 'the body has more bytes than this route takes']],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', ['media-type-unsupported', 'send application/json']],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', ['request-invalid', 'the body is empty']],
  ['FST_ERR_CTP_INVALID_JSON_BODY', ['request-invalid', 'the body is no JSON']],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', ['request-invalid', 'content-length does not match the body']],
  ['FST_ERR_BAD_URL', ['request-invalid', 'the address is malformed']],
])

export function asProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  const { code, name, statusCode } = error as FastifyError
  const known = fastifyCodes.get(code)
  if (known) return new Problem(known[0], known[1])
  // Of the plugin that serves files: a path that leads out of its folder.
  if (name === 'FastifyError' && statusCode === 403) return new Problem('not-found')
  // Only errors of Fastify while it reads the request: the same error from a handler is a bug.
  if (statusCode === 400) return new Problem('request-invalid', 'the request cannot be read')
  if (statusCode === 503) return new Problem('unavailable', 'the service is stopping', { retryAfterS: 1 })
  if (dependencyOf(error)) return new Problem('unavailable', undefined, { retryAfterS: 2 })
  if (isStalePlan(error)) return new Problem('unavailable', undefined, { retryAfterS: 1 })
  return undefined
}

/** The problem that a failed request is answered with; logs what an operator should know. */
export function problemOf(
  error: unknown,
  route: string | undefined,
  { log, report }: Pick<HttpOptions, 'log' | 'report'>,
): Problem {
  const problem = asProblem(error)
  if (!problem) log.error({ err: error, route }, 'request failed by an internal error')
  else if (dependencyOf(error)) report?.(error)
  return problem ?? new Problem('internal')
}

// A contract is a Fastify route without its handler: what both ends of a call agree on.
import type { TSchema } from 'typebox'
import type { Permission } from './permissions.ts'
import type { ProblemCode } from './problem.ts'
import type { StepUpDemand } from './step-up-rules.ts'

export const serviceNames = [
  'gateway',
  'auth',
  'user',
  'account',
  'payment',
  'notification',
  'audit',
] as const
/** `sandbox` simulates the outside world and is never shipped. */
export type ServiceName = (typeof serviceNames)[number] | 'sandbox'

/**
 * Who may call: anybody (`public`), a principal with a permission, the payment network by its signature (`network`), or
 * only the services named. The gateway publishes all but the last; services verify the gateway's token on all of them.
 * `stepUp`: a change needs a proof besides, which is verified before the handler runs, or when the handler asks.
 */
export type Access =
  'public' | 'network' | { permission: Permission; stepUp?: StepUpDemand } | { services: ServiceName[] }

export type ContractSchema = {
  params?: TSchema
  querystring?: TSchema
  body?: TSchema
  response: Record<number, TSchema>
}

export type Contract = {
  /** The service that answers. */
  service: ServiceName
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /**
   * `/v1/…` for the public (`/.well-known/…` where a standard wants it), `/internal/…` between services, `/sandbox/…`
   * for testers, `/upi/…` for the network.
   */
  url: string
  access: Access
  /** What it does, in a line, for the API documentation. */
  summary: string
  schema: ContractSchema
  /** Its body is a file of one of these media types, as it is. */
  upload?: { maxBytes: number; types: readonly string[] }
  /** Its own problems, besides those that any route can answer. */
  problems?: readonly ProblemCode[]
  /** Request headers that it reads besides those of any route: the gateway forwards them. */
  forwards?: readonly ('authorization' | 'cookie' | 'dpop')[]
  /** Its body is a form, as OAuth 2.0 has it. */
  form?: true
  /**
   * Of what only staff reads, again and again: it is answered while audit, which records the read, does not answer, and
   * recorded later, once an hour of each session.
   */
  recordedAfterwards?: true
  /** Tokens of the rate limit that one call takes; default 1. */
  cost?: number
  /** Milliseconds that the caller waits; default `defaultTimeoutMs`. */
  timeoutMs?: number
}

export const defaultTimeoutMs = 10_000

/** The services whose calls a service accepts on a route; on published routes that is the gateway. */
export function callersOf(access: Access): readonly ServiceName[] {
  return typeof access === 'object' && 'services' in access ? access.services : ['gateway']
}

export function isPublished(contract: Contract): boolean {
  return typeof contract.access === 'string' || 'permission' in contract.access
}

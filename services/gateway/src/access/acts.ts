// Reports acts to audit: what staff asks for before it is done; denials and failures afterwards, many together.
import { maxActs, recordActs, type Act } from '@bahi/contracts/acts.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import { operationIds } from '@bahi/contracts/routes.ts'
import type { FastifyRequest } from '@bahi/kit/http/http.ts'
import type { TObject } from 'typebox'
import type { VerifiedToken } from '../tokens/verify-token.ts'
import type { GatewayDeps } from '../deps.ts'
import { isForStaff } from './staff-roles.ts'

/** Of what waits while audit does not answer. */
const maxWaiting = 10_000
const maxObjectLength = 200
/** What a screen asks for again and again is one look. */
const lookMs = 3_600_000
const maxLooks = 10_000

export type Acts = {
  /**
   * Resolves when it is stored. Throws `unavailable` or `timeout`: what cannot be recorded is not done, but for what is
   * recorded afterwards; that is recorded once an hour of each session.
   */
  record(contract: Contract, request: FastifyRequest, verified: VerifiedToken): Promise<void>
  /** After the answer was sent: nobody waits for it. Denials of one person by one route are counted together. */
  observe(contract: Contract, request: FastifyRequest, verified: VerifiedToken, status: number): void
  /** Sends what waits; keeps what audit did not take. */
  flush(): Promise<void>
}

export function createActs(deps: Pick<GatewayDeps, 'call' | 'log' | 'metrics' | 'clock'>): Acts {
  const waiting = new Map<string, Act>()
  const looks = new Map<string, number>()
  const lost = deps.metrics.counter(
    'bahi_gateway_acts_lost_total',
    'Denials and failures that were not recorded, because too many waited for audit.',
  )

  function add(act: Act): void {
    const { kind, actorId, clientId, operation, status } = act
    const object = kind === 'denied' ? '' : act.object
    const key = [kind, actorId, clientId, operation, object, status].join(' ')
    const same = waiting.get(key)
    if (same) same.count = (same.count ?? 1) + 1
    else if (waiting.size >= maxWaiting) lost.inc()
    else waiting.set(key, act)
  }

  /** Whether this session has looked at it within the hour. */
  function isLookedAt({ sessionId, clientId, operation }: Act): boolean {
    const key = `${sessionId ?? clientId ?? ''} ${operation}`
    const nowMs = deps.clock.now().getTime()
    if (nowMs - (looks.get(key) ?? -Infinity) < lookMs) return true
    if (looks.size >= maxLooks) looks.clear()
    looks.set(key, nowMs)
    return false
  }

  return {
    async record(contract, request, verified) {
      const act: Act = { kind: 'acted', ...actOf(contract, request, verified) }
      if (contract.recordedAfterwards && isLookedAt(act)) return
      try {
        await deps.call(recordActs, { body: { acts: [act] } })
      } catch (error) {
        if (!contract.recordedAfterwards) throw error
        add(act)
      }
    },
    observe(contract, request, verified, status) {
      const isDenied = status === 403
      if (!isDenied && (status < 400 || !isForStaff(contract.access))) return
      const { filters, ...about } = actOf(contract, request, verified)
      add(isDenied ? { ...about, kind: 'denied', count: 1 } : { ...about, kind: 'failed', status })
    },
    async flush() {
      while (waiting.size > 0) {
        const acts = [...waiting].slice(0, maxActs)
        for (const [key] of acts) waiting.delete(key)
        try {
          await deps.call(recordActs, { body: { acts: acts.map(([, act]) => act) } })
        } catch (err) {
          deps.log.warn(
            { err, waiting: acts.length + waiting.size },
            'audit cannot be reached: refused requests are kept until it can',
          )
          for (const [, act] of acts) add(act)
          return
        }
      }
    },
  }
}

function whoActs(principal: VerifiedToken['principal']): Pick<Act, 'actorId' | 'sessionId' | 'clientId'> {
  if (principal.type !== 'client') return { actorId: principal.userId, sessionId: principal.sessionId }
  const { clientId, userId } = principal
  return { clientId, ...(userId === undefined ? {} : { actorId: userId }) }
}

/**
 * Ids of the path and names of the query; never what is in them, which may be personal. A character that is cut in half
 * is replaced: a report that audit cannot take would hold up all others.
 */
function actOf(contract: Contract, request: FastifyRequest, { principal }: VerifiedToken): Omit<Act, 'kind'> {
  const object = Object.values(request.params as Record<string, string>)
    .join(' ')
    .slice(0, maxObjectLength)
    .toWellFormed()
  const known = Object.keys((contract.schema.querystring as TObject | undefined)?.properties ?? {})
  const query = request.query as Record<string, unknown>
  const filters = known.filter((name) => Object.hasOwn(query, name))
  return {
    ...whoActs(principal),
    operation: operationIds.get(contract)!,
    ...(object === '' ? {} : { object }),
    ...(filters.length === 0 ? {} : { filters }),
  }
}

// Sheds load at the edge for routes whose service answers `overloaded`: an adaptive limit of requests in flight (AIMD).
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Metrics } from '@bahi/kit/metrics.ts'

/** Multiplicative decrease: the new limit as a part of what was in flight when the service refused. */
const decreaseFactor = 0.95
/** Additive increase per response: finds the service's capacity again from below. */
const increasePerResponse = 0.1

/** One object for all: capturing a stack trace would cost as much as the refusal itself. */
const overloaded = new Problem('overloaded', undefined, { retryAfterS: 1 })

export type LoadShedder = {
  /** Takes a slot and returns the function that releases it, or returns the refusal. */
  acquire(contract: Contract): (() => void) | Problem
  /** Adjusts the limit of the contract by a response of its service. */
  observe(contract: Contract, response: { status: number; body: unknown }): void
}

export function createLoadShedder(deps: { metrics: Metrics }): LoadShedder {
  /** `limit` is infinite until the service refuses for the first time. */
  const limiters = new Map<Contract, { inFlight: number; limit: number }>()
  const refused = deps.metrics.counter(
    'bahi_gateway_shed_total',
    'Requests refused by the gateway because their service is overloaded.',
    ['route'],
  )
  return {
    acquire(contract) {
      const limiter = limiters.get(contract) ?? { inFlight: 0, limit: Infinity }
      limiters.set(contract, limiter)
      if (limiter.inFlight >= limiter.limit) {
        refused.inc({ route: contract.url })
        return overloaded
      }
      limiter.inFlight += 1
      return () => void (limiter.inFlight -= 1)
    },
    observe(contract, response) {
      const limiter = limiters.get(contract)!
      // The refused request itself does not count: the service had no slot for it.
      if (isOverloaded(response))
        limiter.limit = Math.max(1, Math.floor((limiter.inFlight - 1) * decreaseFactor))
      else limiter.limit += increasePerResponse
    },
  }
}

function isOverloaded({ status, body }: { status: number; body: unknown }): boolean {
  return status === 503 && Buffer.isBuffer(body) && body.includes('/overloaded"')
}

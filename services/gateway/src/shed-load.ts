// Refuses for a moment what a service has just refused as too much: at the door, where a refusal costs least.
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Clock } from '@bahi/kit/clock.ts'
import type { Metrics } from '@bahi/kit/metrics.ts'

/** As long as a service needs to get through a part of what it has; then one request finds out how it is. */
const shutMs = 40
const retryAfterS = 1

export type ShedLoad = {
  /** Throws `overloaded` while the service of this contract has too much to do. */
  admit(contract: Contract): void
  /** What the service answered. */
  heard(contract: Contract, status: number, body: Buffer): void
}

export function createShedLoad(deps: { clock: Pick<Clock, 'now'>; metrics: Metrics }): ShedLoad {
  const shutUntil = new Map<Contract, number>()
  const shed = deps.metrics.counter(
    'bahi_gateway_shed_total',
    'Requests refused at the door because their service had too much to do.',
    ['route'],
  )
  return {
    admit(contract) {
      const untilMs = shutUntil.get(contract)
      if (untilMs === undefined || deps.clock.now().getTime() >= untilMs) return
      shed.inc({ route: contract.url })
      throw new Problem('overloaded', undefined, { retryAfterS })
    },
    heard(contract, status, body) {
      if (status !== 503 || !body.includes('/overloaded"')) return
      shutUntil.set(contract, deps.clock.now().getTime() + shutMs)
    },
  }
}

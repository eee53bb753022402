// Keeps from a service what it refused as too much of late: at the door, where a refusal costs least.
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Metrics } from '@bahi/kit/metrics.ts'

/** Of what was on its way when the service refused: a little less than it can take, so that it refuses seldom. */
const afterRefusal = 0.95
/** So many more for each answer: what the service can take is found again from below, and forgotten in calm hours. */
const perAnswer = 0.1

/** One for all: nobody reads where it was made, and finding that out would cost as much as the refusal. */
const tooMuch = new Problem('overloaded', undefined, { retryAfterS: 1 })

export type ShedLoad = {
  /** Counts a request in, until the function is called; or refuses it. */
  enter(contract: Contract): (() => void) | Problem
  /** What a service answered. */
  heard(contract: Contract, answer: { status: number; body: unknown }): void
}

export function createShedLoad(deps: { metrics: Metrics }): ShedLoad {
  /** `most`: of those on their way; without a bound until the service refuses. */
  const roads = new Map<Contract, { onTheirWay: number; most: number }>()
  const shed = deps.metrics.counter(
    'bahi_gateway_shed_total',
    'Requests refused at the door because their service had too much to do.',
    ['route'],
  )
  return {
    enter(contract) {
      const road = roads.get(contract) ?? { onTheirWay: 0, most: Infinity }
      roads.set(contract, road)
      if (road.onTheirWay >= road.most) {
        shed.inc({ route: contract.url })
        return tooMuch
      }
      road.onTheirWay += 1
      return () => void (road.onTheirWay -= 1)
    },
    heard(contract, answer) {
      const road = roads.get(contract)!
      // Of the others: the one that was refused has no place there.
      if (isTooMuch(answer)) road.most = Math.max(1, Math.floor((road.onTheirWay - 1) * afterRefusal))
      else road.most += perAnswer
    },
  }
}

function isTooMuch({ status, body }: { status: number; body: unknown }): boolean {
  return status === 503 && Buffer.isBuffer(body) && body.includes('/overloaded"')
}

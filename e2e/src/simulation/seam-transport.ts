// Calls between services with bad luck: lost, answered to nobody, late, delivered twice, and cut off by a death.
import { Readable } from 'node:stream'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { App } from '@bahi/kit/http/http.ts'
import { injectTransport } from '@bahi/kit/transport/inject-transport.ts'
import {
  wholeBody,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from '@bahi/kit/transport/transport.ts'
import type { SimulatedClock } from './clock.ts'
import type { Faults } from './faults.ts'
import { unlessDead, never, type Incarnation } from './incarnation.ts'

export type Callee = { incarnation: Incarnation; app: App }

/** Who answers for a service now: one of its incarnations, or nobody. */
export type FindCallee = (service: ServiceName) => Callee | undefined

export function faultyTransport(
  incarnation: Incarnation,
  { faults, clock, find }: { faults: Faults; clock: SimulatedClock; find: FindCallee },
): Transport {
  async function arrive(service: ServiceName, request: TransportRequest): Promise<TransportResponse> {
    const callee = find(service)
    if (!callee) throw new Problem('unavailable', `${service} does not run now`)
    const cutOff = callee.incarnation.ended.then(() => {
      throw new Problem('unavailable', `${service} broke off`)
    })
    return Promise.race([injectTransport(() => callee.app)(service, request), cutOff])
  }

  async function travel(service: ServiceName, request: TransportRequest): Promise<TransportResponse> {
    const where = `${incarnation.service} to ${service}`
    if (faults.happens('transport: lost before it arrives', where))
      throw new Problem('unavailable', 'it got lost')
    if (faults.happens('transport: delayed', where))
      await clock.sleep(faults.random(`delay ${where}`).between(1, 400))
    if (faults.happens('transport: held back until nobody waits', where))
      await clock.sleep(request.timeoutMs + faults.random(`held ${where}`).between(1, 3_000))
    if (faults.happens('transport: delivered twice', where)) {
      const later = faults.random(`twice ${where}`).between(0, 300)
      void clock
        .sleep(later)
        .then(() => arrive(service, request))
        .catch(() => undefined)
    }
    const answer = await arrive(service, request)
    if (faults.happens('transport: answer lost', where)) {
      throw new Problem(faults.random(`lost ${where}`).pick(['timeout', 'unavailable'] as const))
    }
    return answer
  }

  return async (service, request) => {
    if (incarnation.dead) return never()
    const where = incarnation.service
    if (where !== 'client' && faults.happens('crash: before a call', where)) incarnation.die()
    if (incarnation.dead) return never()
    const body = request.body instanceof Readable ? await wholeBody(request.body) : request.body
    const giveUp = new AbortController()
    const late = clock.sleep(request.timeoutMs, giveUp.signal).then(() => {
      throw new Problem('timeout', `${service} did not answer in time`)
    })
    late.catch(() => undefined)
    const travelling = travel(service, { ...request, ...(body === undefined ? {} : { body }) })
    travelling.catch(() => undefined)
    const answer = await unlessDead(incarnation, Promise.race([travelling, late])).finally(() =>
      giveUp.abort(),
    )
    if (where !== 'client' && faults.happens('crash: after a call', where)) incarnation.die()
    return incarnation.dead ? never() : answer
  }
}

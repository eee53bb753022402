// Calls between services with faults: lost requests and responses, delays, duplicates, and crashes of either side.
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

/** The running incarnation of a service that takes the call, if there is one. */
export type FindCallee = (service: ServiceName) => Callee | undefined

export function faultyTransport(
  incarnation: Incarnation,
  { faults, clock, find }: { faults: Faults; clock: SimulatedClock; find: FindCallee },
): Transport {
  async function deliver(service: ServiceName, request: TransportRequest): Promise<TransportResponse> {
    const callee = find(service)
    if (!callee) throw new Problem('unavailable', `${service} is not running`)
    const crashed = callee.incarnation.ended.then(() => {
      throw new Problem('unavailable', `${service} crashed`)
    })
    return Promise.race([injectTransport(() => callee.app)(service, request), crashed])
  }

  async function send(service: ServiceName, request: TransportRequest): Promise<TransportResponse> {
    const where = `${incarnation.process} to ${service}`
    if (faults.happens('transport: request lost', where))
      throw new Problem('unavailable', 'the request was lost')
    if (faults.happens('transport: delayed', where))
      await clock.sleep(faults.random(`delay ${where}`).between(1, 400))
    if (faults.happens('transport: delayed past the timeout', where))
      await clock.sleep(request.timeoutMs + faults.random(`held ${where}`).between(1, 3_000))
    if (faults.happens('transport: delivered twice', where)) {
      const later = faults.random(`twice ${where}`).between(0, 300)
      void clock
        .sleep(later)
        .then(() => deliver(service, request))
        .catch(() => undefined)
    }
    const answer = await deliver(service, request)
    if (faults.happens('transport: response lost', where)) {
      throw new Problem(faults.random(`lost ${where}`).pick(['timeout', 'unavailable'] as const))
    }
    return answer
  }

  return async (service, request) => {
    if (incarnation.dead) return never()
    const where = incarnation.process
    if (where !== 'client' && faults.happens('crash: before a call', where)) incarnation.die()
    if (incarnation.dead) return never()
    const body = request.body instanceof Readable ? await wholeBody(request.body) : request.body
    const giveUp = new AbortController()
    const late = clock.sleep(request.timeoutMs, giveUp.signal).then(() => {
      throw new Problem('timeout', `${service} did not answer in time`)
    })
    late.catch(() => undefined)
    const sending = send(service, { ...request, ...(body === undefined ? {} : { body }) })
    sending.catch(() => undefined)
    const answer = await unlessDead(incarnation, Promise.race([sending, late])).finally(() => giveUp.abort())
    if (where !== 'client' && faults.happens('crash: after a call', where)) incarnation.die()
    return incarnation.dead ? never() : answer
  }
}

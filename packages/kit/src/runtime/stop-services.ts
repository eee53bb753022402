// The order in which a process stops, each part of it within its own time: none can use up that of the next one.
import type { Bus } from '../bus/bus.ts'
import type { Cache } from '../cache/cache.ts'
import { closeWithin } from '../http/connections.ts'
import type { App } from '../http/http.ts'
import type { Log } from '../log.ts'
import type { Listener } from './admin-listener.ts'
import type { Started } from './start-service.ts'

/** The longest time of each part after the requests, as a share of theirs. */
const shares = { parts: 0.3, workers: 0.4, relays: 0.2, bus: 0.2, database: 0.2 }
/** For the services behind an edge that has used up the time of the requests. */
const leastShare = 0.05

export type Stopping = {
  services: Started[]
  internal: Listener | undefined
  log: Log
  bus: Bus
  cache: Cache
  /** For all requests together. The whole takes two and a half times as long at most. */
  closeTimeoutMs: number
  /** Called once no request, worker or consumer needs anything any more but to end. */
  abort(): void
}

/** What comes from outside ends first, then the services behind it: requests in flight find all that they need. */
export async function stopServices(stopping: Stopping): Promise<void> {
  const { services, log, bus, cache, closeTimeoutMs } = stopping
  await stopRequests(stopping)
  const within = async (part: keyof typeof shares, run: () => Promise<unknown>): Promise<void> => {
    const limitMs = closeTimeoutMs * shares[part]
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), limitMs)
    })
    const ended = run().catch((error: unknown) => log.warn({ err: error, part }, 'shutdown of a part failed'))
    if ((await Promise.race([ended, late])) === 'late')
      log.warn({ part, limitMs }, 'shutdown does not wait any longer for a part of it')
    clearTimeout(timer)
  }
  const workersOf = ({ workers, relay }: Started) => workers.filter((worker) => worker !== relay)
  await within('parts', () => Promise.all(services.map((one) => one.parts.close?.())))
  await within('workers', () => Promise.all(services.flatMap(workersOf).map((worker) => worker.stop())))
  stopping.abort()
  await within('relays', () => Promise.all(services.map((one) => one.relay?.stop())))
  await within('bus', () => Promise.all([bus.close(), cache.close()]))
  await within('database', () =>
    Promise.all(
      services.flatMap((one) => [
        one.replica?.close(),
        one.sql?.end({ timeout: (closeTimeoutMs * shares.database) / 2_000 }),
      ]),
    ),
  )
}

async function stopRequests({ services, internal, closeTimeoutMs }: Stopping): Promise<void> {
  const until = performance.now() + closeTimeoutMs
  const closeOne = async (app: App, { log, name }: Started) => {
    const leftMs = Math.max(until - performance.now(), closeTimeoutMs * leastShare)
    if (!(await closeWithin(app.server, leftMs, () => Promise.resolve(app.close()))))
      log.warn({ service: name, closeTimeoutMs }, 'shutdown cut off requests that did not end in time')
  }
  const closeApp = (one: Started) =>
    Promise.all([closeOne(one.app, one), one.secondEdge && closeOne(one.secondEdge.app, one)])
  const isEdge = (one: Started) => one.edge
  await Promise.all([...services.filter(isEdge).map(closeApp), internal?.close(closeTimeoutMs)])
  await Promise.all(services.filter((one) => !isEdge(one)).map(closeApp))
}

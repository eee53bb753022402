// Payments during a drill: how often clients saw an error, and how long none of them was acknowledged.
import { setTimeout as delay } from 'node:timers/promises'
import { seeded } from '@bahi/testing/random.ts'
import { createClients, type Clients } from '../chaos/clients.ts'
import { createHttpClient, type HttpClient } from '../chaos/http-client.ts'
import { paymentsPerClient } from '../chaos/run.ts'

export type Load = {
  clients: Clients
  http: HttpClient
  /** The longest time without an acknowledged payment so far, since `begin`. */
  longestGapMs(): number
  /** When a payment was last acknowledged (epoch milliseconds). */
  lastAckAt(): number
  /** Resolves at the first payment acknowledged from now on. */
  nextAck(): Promise<void>
  /** Starts `rate` payments a second. */
  begin(): void
  /** Starts no more; resolves when every payment was answered or given up. */
  end(): Promise<void>
}

const lookEveryMs = 20
const maxInFlight = 200

type LoadOptions = {
  /** Payments a second. */
  rate: number
  /** How long it will last at most: as many clients register as their daily limits need. */
  seconds: number
  /** Whether payments cross banks too; default not. */
  network?: boolean
  /** How long a client retries a payment. */
  retryForMs?: number
}

export async function openLoad(
  gateways: string[],
  { rate, seconds, network = false, retryForMs = 120_000 }: LoadOptions,
): Promise<Load> {
  const http = createHttpClient(gateways)
  let over = false
  const clients = createClients({ http, network, retryForMs, ended: () => over })
  await clients.register(Math.max(4, Math.ceil((rate * seconds) / paymentsPerClient)))
  if (clients.all.length < 2) throw new Error('no client could register')
  http.outcomes.clear()
  http.latencies.length = 0
  const random = seeded(7)
  const inFlight = new Set<Promise<void>>()
  let [lastAckAt, longestGapMs, known] = [Date.now(), 0, 0]
  const look = () => {
    const [now, count] = [Date.now(), clients.results.acknowledged.length]
    if (count > known) lastAckAt = now
    else longestGapMs = Math.max(longestGapMs, now - lastAckAt)
    known = count
  }
  let looking: NodeJS.Timeout | undefined
  let paying: Promise<void> | undefined
  const loop = async () => {
    const began = Date.now()
    for (let nth = 0; !over; nth++) {
      await delay(Math.max(0, began + (nth * 1_000) / rate - Date.now()))
      if (inFlight.size >= maxInFlight) continue
      const one = clients.act(random)
      inFlight.add(one)
      void one.then(() => inFlight.delete(one))
    }
  }
  return {
    clients,
    http,
    longestGapMs: () => longestGapMs,
    lastAckAt: () => lastAckAt,
    async nextAck() {
      for (const from = clients.results.acknowledged.length; clients.results.acknowledged.length === from;)
        await delay(lookEveryMs)
    },
    begin() {
      lastAckAt = Date.now()
      looking = setInterval(look, lookEveryMs)
      paying = loop()
    },
    async end() {
      over = true
      clearInterval(looking)
      await paying
      await Promise.all(inFlight)
    },
  }
}

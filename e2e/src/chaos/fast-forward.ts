// Runs the hours after chaos in seconds: all services in one process on the same data, with a clock that jumps ahead.
import { setTimeout as delay } from 'node:timers/promises'
import { adjustableClock } from '@bahi/testing/clock.ts'
import { startEmbedded } from '@bahi/platform/embedded.ts'
import type { Cluster } from './cluster.ts'

/** Of a cluster, and what its clients send to; each request goes to any copy of the gateway. */
export const publicAddress = 'https://bahi.local'

const jumpMs = 3_600_000
const everyMs = 1_500
/** More than the longest settlement cycle and its report. */
const hours = 10

/** Payments that only a settlement report decides are decided once its cycle has ended. */
export async function startFastForward(cluster: Cluster): Promise<{ url: string; close(): Promise<void> }> {
  const clock = adjustableClock()
  const platform = await startEmbedded({
    adminUrl: cluster.adminUrl,
    secrets: cluster.secrets,
    port: 0,
    logLevel: 'error',
    clock,
    // The issuer is that of the processes before: tokens, and the proofs of clients' devices, name it.
    env: { BAHI_ARGON2_MEMORY_KIB: '1024', BAHI_ISSUER: publicAddress },
  })
  const closing = new AbortController()
  const jumping = (async () => {
    for (let hour = 0; hour < hours && !closing.signal.aborted; hour++) {
      await delay(everyMs, undefined, { signal: closing.signal }).catch(() => undefined)
      clock.advance(jumpMs)
    }
  })()
  return {
    url: platform.url,
    async close() {
      closing.abort()
      await jumping
      await platform.close()
    },
  }
}

// What services run on in a process: adapters, settings and keys, chosen by whoever starts them.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { NetworkAdapter } from '@bahi/contracts/network-adapter.ts'
import type { BlobStorage } from '../blobs/blobs.ts'
import type { Bus } from '../bus/bus.ts'
import type { Cache } from '../cache/cache.ts'
import type { Clock } from '../clock.ts'
import type { DataKeySource } from '../crypto/data-keys.ts'
import type { Outages } from '../outages.ts'
import type { connect } from '../sql/sql.ts'
import type { ServiceTls } from '../transport/service-tls.ts'
import type { ServiceKeys } from '../transport/service-token.ts'
import type { TraceExporter } from '../tracing/otlp.ts'
import type { Transport } from '../transport/transport.ts'
import type { Env } from './environment.ts'

export type RuntimeOptions = {
  /** Where services read their own settings from. */
  env: Env
  /** Settings in `env` that are for other services; any further `BAHI_…` name is a fault. */
  otherSettings?: readonly string[]
  mode: 'sandbox' | 'production'
  databaseUrl(service: ServiceName): string
  /** A replica that reads may go to; default: there is none. */
  replica?: {
    url(service: ServiceName): string | undefined
    waitMs: number
    maxLagMs: number
  }
  /** Connections of each service to PostgreSQL; default 10. */
  poolSize?: number
  /** How long statements wait for a database that is away, and how many of each service; default: they do not. */
  databaseWait?: { ms: number; max: number }
  /** How long the database may fail until a service that was ready is not; default: no time. */
  unreadyAfterMs?: number
  /** How to reach PostgreSQL; default: as the kit does. */
  connect?: typeof connect
  /** What records traces; closed with the process. Default: nothing does. */
  traces?: TraceExporter
  /** Whether there are metrics of the process too: memory, CPU, the event loop. Default: there are none. */
  processMetrics?: boolean
  bus: Bus
  cache: Cache
  /** Where blobs are kept; default: there are none. */
  blobs?: BlobStorage | undefined
  clock: Clock
  /** Default: the adapter that the settings choose. */
  network?: NetworkAdapter
  logLevel: string
  /** What gets each line of the logs; default: stdout. */
  logTo?: { write(line: string): void } | undefined
  /** What services seal personal data with. */
  dataKeys: DataKeySource
  keys: ServiceKeys
  /**
   * Whether a service whose database or schema is not there waits for it, however long; default: its start fails. On a
   * bus that keeps the events of queues without a consumer, so that services start in any order.
   */
  waitForServers?: boolean
  /** Where outages are logged; default: a log of this process. */
  outages?: Outages
  /** How to reach services that do not run in this process. Those that do are called directly. */
  transport?: Transport
  /** What the internal port presents, and demands of its callers; default: it is in the clear. */
  tls?: ServiceTls | undefined
  /** What measures the timeouts of direct calls. Default: the system's clock, as it is over HTTP. */
  timeoutClock?: Clock
}

// What a service is: its name, its settings, and its parts: routes, a consumer of events, workers.
import type { Call } from '@bahi/contracts/call.ts'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { NetworkAdapter } from '@bahi/contracts/network-adapter.ts'
import type { Static, TObject } from 'typebox'
import type { Blobs } from '../blobs/blobs.ts'
import type { Bus, CloudEvent } from '../bus/bus.ts'
import type { Cache } from '../cache/cache.ts'
import type { Clock } from '../clock.ts'
import type { NewEvent } from '../events/events.ts'
import type { App } from '../http/http.ts'
import type { AfterCommit } from '../events/consume.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Seal, SealedColumn } from '../crypto/seal.ts'
import type { Reads } from '../sql/replica.ts'
import type { Sql, Tx } from '../sql/sql.ts'
import type { Transport } from '../transport/transport.ts'
import type { InClear } from './production.ts'
import type { Worker } from './worker.ts'

/** Everything uncertain that a service touches: the seams. */
export type Deps<Config = unknown> = {
  /** The service itself. */
  service: ServiceName
  config: Config
  /** `sandbox` when the outside world is simulated, see `BAHI_MODE`. */
  mode: 'sandbox' | 'production'
  sql: Sql
  /** Reads that may go to a replica. */
  reads: Reads
  /**
   * One transaction; the relay is woken after its commit. Append events through `appendEvents(tx, …)`. `run` is called
   * again when another transaction has appended to one of its streams meanwhile, and after a deadlock: it reads in `tx`
   * what it decides on, and does outside of `tx` only what may be repeated.
   */
  transaction<T>(run: (tx: Tx) => Promise<T>): Promise<T>
  /** Appends events in that transaction, at the clock's time. */
  append(tx: Tx, ...events: NewEvent[]): Promise<void>
  /** Calls another service as this one. */
  call: Call
  /** Forwards a raw request to another service, as the gateway does. */
  forward: Transport
  /** The network of banks, as the settings of `NetworkConfig` choose it. */
  network: NetworkAdapter
  bus: Bus
  cache: Cache
  /** Undefined without `BAHI_BLOBS`, and for a service without data keys. */
  blobs: Blobs | undefined
  clock: Clock
  seal: Seal
  log: Log
  metrics: Metrics
}

export type SecondEdge = {
  port: number
  connections: { max: number; maxPerAddress: number }
  routes(app: App): void | Promise<void>
}

export type Parts = {
  /** Registers routes: `app.route({ ...contract, handler })`. */
  routes(app: App): void | Promise<void>
  /**
   * Events of other services, each once in effect: `handle` writes in the same transaction that marks them in the
   * inbox. The function that `handle` returns runs after the commit. Events that arrive again go to `redelivered`: a
   * process that died between the two runs what was left there. `idempotent`: the rows that `handle` writes show which
   * events it has processed, so no inbox is needed.
   */
  consumes?: {
    from: ServiceName[]
    handle(tx: Tx, events: CloudEvent[]): Promise<AfterCommit | void>
    redelivered?(events: CloudEvent[]): Promise<void>
    idempotent?: true
  }
  workers?: Worker[]
  /** Addresses or networks (CIDR) whose `x-forwarded-for` is trusted; default none. */
  trustedProxies?: string[]
  /** Of an edge: how many connections there may be. */
  connections?: { max: number; maxPerAddress: number }
  /** Of an edge: another port with routes of its own, opened and closed with the first. */
  secondEdge?: SecondEdge
  /** A further check of readiness, run by `/readyz`. Rejects when the service cannot work. */
  check?(): Promise<void>
  /** Resolves when what is in flight has ended; called when no more requests come in. */
  close?(): Promise<void>
}

export type Service<C extends TObject = TObject> = {
  name: ServiceName
  config: C
  /** Folder of its migrations; without one it has no schema. */
  migrations?: URL
  /** Every column that it seals: a service with one does not start without data keys. */
  sealed?: readonly SealedColumn[]
  /** Faces the public: it authenticates people itself instead of trusting the gateway's headers. */
  edge?: true
  /** What is wrong with its settings in production, each with what to do. */
  productionFaults?(config: Static<C>, isClear: InClear): string[]
  start(deps: Deps<Static<C>>): Parts | Promise<Parts>
}

/* eslint-disable @typescript-eslint/no-explicit-any -- a list of services cannot name the config of each */
export type AnyService = Omit<Service, 'start' | 'productionFaults'> & {
  productionFaults?(config: any, isClear: InClear): string[]
  start(deps: Deps<any>): Parts | Promise<Parts>
}
/* eslint-enable @typescript-eslint/no-explicit-any */

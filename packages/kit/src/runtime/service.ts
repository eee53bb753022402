// What a service is: its name, its settings, and a table of contents of what it answers, hears and does by itself.
import type { Call } from '@bahi/contracts/call.ts'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { Static, TObject } from 'typebox'
import type { Bus, CloudEvent } from '../bus/bus.ts'
import type { Cache } from '../cache/cache.ts'
import type { Clock } from '../clock.ts'
import type { NewEvent } from '../events/events.ts'
import type { App } from '../http/http.ts'
import type { AfterCommit } from '../events/consume.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Seal } from '../crypto/seal.ts'
import type { Sql, Tx } from '../sql/sql.ts'
import type { Transport } from '../transport/transport.ts'
import type { Worker } from './worker.ts'

/** Everything uncertain that a service touches: the seams. */
export type Deps<Config = unknown> = {
  config: Config
  /** `sandbox` when the outside world is played, see `BAHI_MODE`. */
  mode: 'sandbox' | 'production'
  sql: Sql
  /** One transaction; the relay is woken after its commit. Append events through `appendEvents(tx, …)`. */
  transaction<T>(run: (tx: Tx) => Promise<T>): Promise<T>
  /** Appends events in that transaction, at the clock's time. */
  append(tx: Tx, ...events: NewEvent[]): Promise<void>
  /** Calls another service, signed as this one. */
  call: Call
  /** Forwards raw requests: what the gateway lives on. */
  forward: Transport
  bus: Bus
  cache: Cache
  clock: Clock
  seal: Seal
  log: Log
  metrics: Metrics
}

export type Parts = {
  /** Registers routes: `app.route({ ...contract, handler })`. */
  routes(app: App): void | Promise<void>
  /**
   * Events of other services, each once in effect: the inbox mark and what `handle` writes are one transaction.
   * `remembers`: what it writes tells which events it has heard, so it needs no inbox. What `handle` gives back is done
   * after the commit; who dies before it gets the same events once more, through `again`.
   */
  consumes?: {
    from: ServiceName[]
    handle(tx: Tx, events: CloudEvent[]): Promise<AfterCommit | void>
    redelivered?(events: CloudEvent[]): Promise<void>
    idempotent?: true
  }
  workers?: Worker[]
  /** Addresses or networks (CIDR) whose `x-forwarded-for` is believed; default none. */
  trustedProxies?: string[]
  /** Further proof that the service can work, asked by `/readyz`. Rejects when not. */
  check?(): Promise<void>
  /** Lets what is in flight end; called when no request comes in any more. */
  close?(): Promise<void>
}

export type Service<C extends TObject = TObject> = {
  name: ServiceName
  config: C
  /** Folder of its migrations; without one it has no schema. */
  migrations?: URL
  /** The public's door: verifies people itself instead of taking the gateway's word. */
  edge?: true
  start(deps: Deps<Static<C>>): Parts | Promise<Parts>
}

// A service's start takes just its own config, so a list of services must forget it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyService = Omit<Service, 'start'> & { start(deps: Deps<any>): Parts | Promise<Parts> }

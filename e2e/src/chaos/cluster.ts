// The distributed system under chaos: every process of it can be killed, comes back by itself, and is timed doing so.
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { TlsFiles } from '@bahi/kit/transport/service-tls.ts'
import {
  hasExited,
  preparePlatform,
  stopProcess,
  waitUntilReady,
  type Platform,
  type PlatformProcess,
} from '@bahi/platform/distributed.ts'
import type { DistributedLayout } from '@bahi/platform/layouts.ts'
import { secretsIn, type Secrets } from '@bahi/platform/secrets.ts'
import { backendsIn, type Backends } from '@bahi/testing/backends.ts'

export type Part = {
  /** Such as `payment.1`, `payment-path.2`, `postgres`. */
  name: string
  /** Such as `payment`, `payment-path`, `postgres`. */
  kind: string
  /** False from its death until it is ready again, or nobody waits for that any longer. */
  up: boolean
  /** kill -9, then what a supervisor would do; resolves when what it took down is ready again, or has had its time. */
  kill(): Promise<void>
}

/** A process of the platform, which can be replaced in order too. */
export type ServicePart = Part & {
  /** Asks it to end, and waits; it is not started again until `resume`, which resolves when it is ready. */
  pause(): Promise<void>
  resume(): Promise<void>
  signal(signal: NodeJS.Signals): void
}

export type Cluster = {
  adminUrl: string
  /** Of the processes, where their metrics are. */
  adminUrls: string[]
  gateways: string[]
  /** Where each service is called by others. */
  urls: Platform['urls']
  parts: Part[]
  /** Those of `parts` that are processes of the platform. */
  services: ServicePart[]
  /** Milliseconds from each kill to being ready again, by kind. */
  recoveries: Map<string, number[]>
  /** Processes that ended without being killed, and were started again, by kind. */
  exits: Map<string, number>
  /** Resolves when every process is ready; throws when that takes too long. */
  ready(timeoutMs: number): Promise<void>
  secrets: Secrets
  /** The services only: PostgreSQL and the other servers stay. */
  stopServices(): Promise<void>
  stop(): Promise<void>
}

export type ClusterOptions = {
  folder: string
  layout: DistributedLayout
  copies: number
  /** Starts of the servers; default: one of each in the folder. */
  backends?: Backends
  logLevel: string
  /** Of all services that know them. */
  settings: Record<string, string>
  /** Of all processes. */
  base?: Record<string, string>
  /** With these, processes call each other over TLS. */
  tls?: TlsFiles
}

type Server = { pid: number; stop(): Promise<void> }

const restartPauseMs = 100
const giveUpMs = 120_000

export async function openCluster({
  folder,
  layout,
  copies,
  logLevel,
  settings,
  base = {},
  tls,
  ...given
}: ClusterOptions): Promise<Cluster> {
  const logs = join(folder, 'logs')
  await mkdir(logs, { recursive: true })
  const recoveries = new Map<string, number[]>()
  const exits = new Map<string, number>()
  const parts: Part[] = []
  const services: ServicePart[] = []
  let ending = false
  const ends: (() => Promise<unknown>)[] = []

  /** A server of its own kind: killed by its process id, started again on its folder and port. */
  async function serve<S extends Server>(kind: string, start: () => Promise<S>): Promise<S> {
    const first = await start()
    let server: S = first
    const again = async () => {
      for (const until = Date.now() + giveUpMs; ; await delay(200)) {
        try {
          return await start()
        } catch (error) {
          // What the dead one held, a port or shared memory, is let go of a little later.
          if (ending || Date.now() > until) throw error
        }
      }
    }
    const part: Part = {
      name: kind,
      kind,
      up: true,
      async kill() {
        part.up = false
        const began = performance.now()
        process.kill(server.pid, 'SIGKILL')
        await server.stop()
        await delay(restartPauseMs)
        if (ending) return
        server = await again()
        const late = await lateOnes(giveUpMs)
        part.up = true
        if (late.length === 0) record(recoveries, kind, performance.now() - began)
      },
    }
    parts.push(part)
    ends.unshift(() => server.stop())
    return first
  }

  function supervise({ title: name, group, adminUrl, start: startProcess }: PlatformProcess): void {
    const log = openSync(join(logs, `${name}.log`), 'a')
    let child: ChildProcess
    let again: NodeJS.Timeout | undefined
    const start = () => {
      if (ending) return
      const started = startProcess(log)
      child = started
      started.once('exit', () => {
        if (ending || part.killed) return
        exits.set(group, (exits.get(group) ?? 0) + 1)
        again = setTimeout(start, 500)
      })
    }
    const part = {
      name,
      kind: group,
      up: true,
      killed: false,
      async pause() {
        part.up = false
        part.killed = true
        clearTimeout(again)
        await stopProcess(child)
      },
      signal: (signal: NodeJS.Signals) => void child.kill(signal),
      async resume() {
        part.killed = false
        start()
        if (!(await waitUntilReady(adminUrl, giveUpMs, () => ending)) && !ending)
          throw new Error(`${name} did not become ready`)
        part.up = true
      },
      async kill() {
        part.up = false
        part.killed = true
        clearTimeout(again)
        const began = performance.now()
        const gone = new Promise<void>((done) =>
          hasExited(child) ? done() : child.once('exit', () => done()),
        )
        child.kill('SIGKILL')
        await gone
        part.killed = false
        await delay(restartPauseMs)
        start()
        const isBack = await waitUntilReady(adminUrl, giveUpMs, () => ending)
        part.up = true
        if (isBack) record(recoveries, group, performance.now() - began)
      },
    }
    start()
    parts.push(part)
    services.push(part)
    ends.unshift(async () => {
      await stopProcess(child)
      closeSync(log)
    })
  }

  async function stopServices(): Promise<void> {
    ending = true
    // All at once; what they stand on was started first and is last.
    await Promise.allSettled(ends.splice(0, ends.length - 3).map((end) => end()))
  }

  /** The addresses that did not answer as ready in time. While others die, that proves nothing against them. */
  async function lateOnes(timeoutMs: number): Promise<string[]> {
    const until = Date.now() + timeoutMs
    const late = await Promise.all(
      platform.processes.map(async ({ adminUrl }) =>
        (await waitUntilReady(adminUrl, until - Date.now(), () => ending)) ? [] : [adminUrl],
      ),
    )
    return ending ? [] : late.flat()
  }

  async function allReady(timeoutMs: number): Promise<void> {
    const late = await lateOnes(timeoutMs)
    if (late.length > 0) throw new Error(`not ready in time: ${late.join(', ')}`)
  }

  const secrets = await secretsIn(folder)
  const backends = given.backends ?? (await backendsIn(folder))
  const postgres = await serve('postgres', backends.postgres)
  const redis = await serve('redis', backends.redis)
  const rabbit = await serve('rabbitmq', backends.rabbitmq)
  const platform = await preparePlatform({
    layout,
    copies,
    secrets,
    adminUrl: postgres.adminUrl,
    redisUrl: redis.url,
    amqpUrl: rabbit.url,
    logLevel,
    settings,
    base,
    ...(tls ? { tls } : {}),
  })
  for (const one of platform.processes) supervise(one)
  return {
    adminUrl: postgres.adminUrl,
    adminUrls: platform.processes.map(({ adminUrl }) => adminUrl),
    gateways: platform.gateways,
    urls: platform.urls,
    parts,
    services,
    recoveries,
    exits,
    ready: allReady,
    secrets,
    stopServices,
    async stop() {
      await stopServices()
      for (const end of ends) await end()
    },
  }
}

function record(all: Map<string, number[]>, kind: string, ms: number): void {
  all.set(kind, [...(all.get(kind) ?? []), Math.round(ms)])
}

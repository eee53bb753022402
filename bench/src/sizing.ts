// What a rate of payments needs, calculated from what one payment costs. docs/operate/capacity.md has the results.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { distributedLayouts, layouts, type ProcessGroup } from '@bahi/platform/layouts.ts'

/**
 * Bytes that a payment within our bank stores in each table, indexes included, and for how many days; without days for
 * good. `npm run bench:profile -- --senders 128 --seconds 30 --streams 200`, 4,785 payments. What is stored once for
 * each person is left out.
 */
export const stored: Readonly<Record<string, { bytes: number; days?: number }>> = {
  'audit.records': { bytes: 3_354 },
  'payment.events': { bytes: 1_548 },
  'payment.payments': { bytes: 1_356 },
  'notification.messages': { bytes: 1_323, days: 400 },
  'notification.deliveries': { bytes: 1_048, days: 90 },
  'notification.events': { bytes: 416 },
  'account.entries': { bytes: 387 },
  'notification.inbox': { bytes: 183, days: 180 },
  'account.transfers': { bytes: 120 },
}

/** Measured apart from a report, each with the command that measured it. */
export const measured = {
  /** The same run: bytes of the log of PostgreSQL a payment, with the whole pages after a checkpoint. */
  walBytes: 15_600,
  /** Events of a payment as text, as they travel into each queue. */
  eventBytes: 1_900,
  /** `npm run bench:ledger`, hot, sets of 100: transfers a second that one account can take part in. */
  hotAccountPerS: 13_000,
  /** `npm run bench:profile`: milliseconds of the statements that only one writer at a time may run, a payment. */
  auditChainMs: 0.13,
  relayMs: 0.03,
  /** `npm run bench` with 2,000 and 10,000 streams: memory of a gateway, and of one stream in it. */
  gatewayMiB: 200,
  streamMiB: 0.03,
}

/** Assumed, not measured. `connections`: without PgBouncer. `consumeMs`: CPU of a gateway per message. */
export const bounds = {
  connections: 300,
  redisPerS: 80_000,
  queueMBPerS: 50,
  streams: 20_000,
  walMBPerS: 200,
  consumeMs: 0.01,
}
const poolOf = 10
/** Events per payment that audit and notification consume, and events per message at full load. */
const [eventsEach, eventsPerMessage] = [2, 88]

export const storedBytes = Object.values(stored).reduce((sum, { bytes }) => sum + bytes, 0)

/** Bytes in the database after so many days with so many payments each. */
export function storedAfter(paymentsADay: number, days: number): number {
  const each = Object.values(stored).map(({ bytes, days: kept = days }) => bytes * Math.min(days, kept))
  return paymentsADay * each.reduce((sum, one) => sum + one, 0)
}

/** The processes that were measured. Throws when they are those of no layout. */
export function processesIn(cpu: Record<string, number>): readonly ProcessGroup[] {
  const name = distributedLayouts.find((one) =>
    layouts[one].every((group) => group.name === 'sandbox' || group.name in cpu),
  )
  if (name === undefined) throw new Error(`no layout has the processes ${Object.keys(cpu).join(', ')}`)
  return layouts[name].filter((group) => group.name !== 'sandbox')
}

export type Plan = {
  streams: number
  /** By process. */
  copies: Record<string, number>
  /** In use, not what is left free. */
  cores: (name: string) => number
  connections: number
  walMBPerS: number
  messagesPerS: number
  gatewaysMiB: number
  /** How much of what there is one of is used, the most first. */
  shares: [what: string, share: number][]
}

type Options = {
  /** Of a core there, compared to one of the machine that was measured. */
  speed: number
  /** Of a core that may be in use before latency grows. */
  busy: number
  /** Live streams for each payment a second. */
  streamsEach: number
}

/** @param costs milliseconds of CPU a payment, by process and server */
export function planOf(
  rate: number,
  costs: Record<string, number>,
  { speed, busy, streamsEach }: Options,
): Plan {
  const groups = processesIn(costs)
  const streams = rate * streamsEach
  const cores = (name: string) => ((costs[name] ?? 0) * rate) / speed / 1e3
  const copies = Object.fromEntries(
    groups.map(({ name, services }) => {
      const forStreams = services.includes('gateway') ? Math.ceil(streams / bounds.streams) : 0
      return [name, Math.max(2, Math.ceil(cores(name) / busy), forStreams)]
    }),
  )
  const gateways = groups.find(({ services }) => services.includes('gateway'))!
  const hasDatabase = (name: ServiceName) => !['gateway', 'sandbox'].includes(name)
  const pools = groups.map(({ name, services }) => copies[name]! * services.filter(hasDatabase).length)
  const connections = pools.reduce((sum, one) => sum + one, 0) * poolOf
  const walMBPerS = (rate * measured.walBytes) / 1e6
  const shares: Plan['shares'] = [
    ['one hot payee (every payment to one account)', rate / (measured.hotAccountPerS * speed)],
    ['one chain of the audit', (rate * measured.auditChainMs) / speed / 1e3],
    ["one relay of payment's events", (rate * measured.relayMs) / speed / 1e3],
    ['WAL of one PostgreSQL', walMBPerS / bounds.walMBPerS],
    ['connections without PgBouncer', connections / bounds.connections],
    ['one Redis', rate / bounds.redisPerS],
    ['one quorum queue', (rate * measured.eventBytes) / 1e6 / bounds.queueMBPerS],
    ['a gateway that receives every message', (rate * 2 * bounds.consumeMs) / speed / 1e3],
  ]
  return {
    ...{ streams, copies, cores, connections, walMBPerS },
    messagesPerS: (rate * eventsEach) / eventsPerMessage,
    gatewaysMiB: copies[gateways.name]! * measured.gatewayMiB + streams * measured.streamMiB,
    shares: shares.sort((a, b) => b[1] - a[1]),
  }
}

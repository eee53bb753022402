// What the system costs while it works: CPU and memory of each process, and how far the events have come, each second.
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from '@bahi/kit/sql/sql.ts'

export type Usage = {
  atMs: number
  /** Cores in use, by name; `load` is the generator itself, `machine` everything that runs here. */
  cpu: Record<string, number>
  rssMiB: Record<string, number>
  /** Events not in the audit chain yet, and payments not completed. */
  depths: { unconsumed: number; pending: number }
  /** Rows so far. */
  rows: { payments: number; transfers: number; events: number; records: number; messages: number }
  waiting: number
}

/** Cores that the processes of these names use together. */
export const coresOf = ({ cpu }: Usage, pids: Record<string, number>): number =>
  Object.entries(cpu).reduce((sum, [name, n]) => sum + (pids[name] === undefined ? 0 : n), 0)

const ticksPerS = 100
const everyMs = 1_000

type Stat = { parent: number; ticks: number; rssMiB: number }

/** Every process of this machine. */
function processes(): Map<number, Stat> {
  const all = new Map<number, Stat>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'latin1')
      // The name may hold anything, also brackets and blanks.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0)
      all.set(Number(name), {
        parent: Number(fields[1]),
        ticks,
        rssMiB: (Number(fields[21]) * 4_096) / 1_048_576,
      })
    } catch {
      // It has ended meanwhile.
    }
  }
  return all
}

/** Of a process and all below it. */
function sumOf(
  all: Map<number, Stat>,
  children: Map<number, number[]>,
  pid: number,
): { ticks: number; rssMiB: number } {
  const own = all.get(pid)
  const sum = { ticks: own?.ticks ?? 0, rssMiB: own?.rssMiB ?? 0 }
  for (const child of children.get(pid) ?? []) {
    const below = sumOf(all, children, child)
    sum.ticks += below.ticks
    sum.rssMiB += below.rssMiB
  }
  return sum
}

export type Sampler = { samples: Usage[]; stop(): Promise<void> }

export function sampleUsage(
  pids: Record<string, number>,
  adminUrl: string,
  waiting: () => number,
  seen: (usage: Usage) => void = () => undefined,
): Sampler {
  const sql = connect(adminUrl, { max: 1, name: 'bahi-bench-usage' })
  const samples: Usage[] = []
  let before: { atMs: number; ticks: Record<string, number> } | undefined
  let ended = false

  async function look(): Promise<void> {
    const all = processes()
    const children = new Map<number, number[]>()
    for (const [pid, { parent }] of all) children.set(parent, [...(children.get(parent) ?? []), pid])
    const now = { atMs: performance.now(), ticks: {} as Record<string, number> }
    const rssMiB: Record<string, number> = {}
    for (const [name, pid] of Object.entries(pids)) {
      const sum = sumOf(all, children, pid)
      now.ticks[name] = sum.ticks
      rssMiB[name] = Math.round(sum.rssMiB)
    }
    now.ticks['load'] = all.get(process.pid)?.ticks ?? 0
    rssMiB['load'] = Math.round(all.get(process.pid)?.rssMiB ?? 0)
    now.ticks['machine'] = machineTicks()
    const counted = await sql<{ name: string; rows: number }[]>`
      select schemaname || '.' || relname as name, n_tup_ins as rows from pg_stat_user_tables
      where relname in ('events', 'records', 'messages') or relname ~ '^(payments|transfers)(_|$)'`
    const [open] = await sql<{ count: number }[]>`select count(*) as count from payment.open_payments`
    const sum = (match: (name: string) => boolean) =>
      counted.reduce((all, { name, rows }) => all + (match(name) ? rows : 0), 0)
    const events = sum((name) => name.endsWith('.events'))
    const records = sum((name) => name === 'audit.records')
    if (before) {
      const { atMs, ticks } = before
      const seconds = (now.atMs - atMs) / 1_000
      const usage: Usage = {
        atMs: now.atMs,
        cpu: Object.fromEntries(
          Object.entries(now.ticks).map(([name, sum]) => {
            const cores = (sum - (ticks[name] ?? sum)) / ticksPerS / seconds
            return [name, Math.round(cores * 1_000) / 1_000]
          }),
        ),
        rssMiB,
        depths: { unconsumed: Math.max(0, events - records), pending: open!.count },
        rows: {
          payments: sum((name) => name.startsWith('payment.payments')),
          transfers: sum((name) => name.startsWith('account.transfers')),
          events,
          records,
          messages: sum((name) => name === 'notification.messages'),
        },
        waiting: waiting(),
      }
      samples.push(usage)
      seen(usage)
    }
    before = now
  }

  const turning = (async () => {
    while (!ended) {
      const began = performance.now()
      await look().catch((error: unknown) => {
        if (!ended) console.error(`not sampled: ${(error as Error).message}`)
      })
      await new Promise((resolve) => setTimeout(resolve, Math.max(50, everyMs - (performance.now() - began))))
    }
  })()
  return {
    samples,
    async stop() {
      ended = true
      await turning
      await sql.end({ timeout: 2 })
    },
  }
}

/** All work of all cores since the start of the machine, idle time left out. */
function machineTicks(): number {
  const [line] = readFileSync('/proc/stat', 'latin1').split('\n')
  const [user, nice, system, , , irq, softirq, steal] = line!.trim().split(/\s+/).slice(1).map(Number)
  return user! + nice! + system! + irq! + softirq! + (steal ?? 0)
}

/** Memory of a process; of pages that several share, Node's own above all, its part. */
export function proportionalMiB(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
    return Math.round(Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1_024)
  } catch {
    return 0
  }
}

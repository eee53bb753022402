// Runs due work: one worker for each kind, which leases items, runs them, and stores what became of them.
import { randomUUID } from 'node:crypto'
import { batch as inBatches } from '../batch.ts'
import { readOnce } from '../metrics.ts'
import type { Deps } from '../runtime/service.ts'
import type { Worker } from '../runtime/worker.ts'
import type { Tx } from '../sql/sql.ts'
import { inSpanOfMany } from '../tracing/spans.ts'
import { backoffMs } from './lease.ts'
import {
  backlogOf,
  deleteItems,
  kindsDue,
  leaseItems,
  lockOwn,
  postpone,
  releaseItems,
  renewLease,
  type Batch,
  type LeasedItem,
} from './store.ts'

export type DueItem<P> = Omit<LeasedItem, 'payload'> & { payload: P }

export type DueResult =
  /** `commit` runs in the transaction that removes the item, and only while this worker has its lease. */
  | { outcome: 'done'; commit?(tx: Tx): Promise<void> }
  /** Default: after a growing wait. */
  | { outcome: 'retry'; at?: Date; error?: string }
  /** Stays in the table for a person to look at. */
  | { outcome: 'give-up'; error: string }

export type DueHandler<P = unknown> = {
  kind: string
  /** Milliseconds between looks at the table; default 1,000. */
  intervalMs?: number
  /** Items that are leased and run at once; default 50. */
  batchSize?: number
  /** After which another copy takes over the items of one that died; renewed while they run. Default 30,000. */
  leaseMs?: number
  /**
   * Results in the order of the items; what it throws is a retry of all of them. It may run an item more than once:
   * what it does must be harmless then, for which `createdId` is the same each time.
   */
  run(items: DueItem<P>[]): Promise<DueResult[]>
}

/** For a handler whose items have nothing to do with each other: what one of them throws is a retry of that one. */
export function runEach<P>(run: (item: DueItem<P>) => Promise<DueResult>): DueHandler<P>['run'] {
  return (items) =>
    Promise.all(
      items.map((item) =>
        run(item).catch((error: unknown): DueResult => ({
          outcome: 'retry',
          error: (error as Error).message,
        })),
      ),
    )
}

type Seams = Pick<Deps, 'sql' | 'clock' | 'log'> & Partial<Pick<Deps, 'service'>>

export function dueWorkers(deps: Seams & Pick<Deps, 'metrics'>, handlers: DueHandler<never>[]): Worker[] {
  const { metrics, sql, clock } = deps
  const backlogs = readOnce(() =>
    Promise.all(handlers.map(async ({ kind }) => ({ kind, ...(await backlogOf(sql, kind, clock.now())) }))),
  )
  const help = { waited: 'How long the longest due item has waited.', givenUp: 'Items that were given up.' }
  const set = (value: 'waitedS' | 'givenUp') => async (gauge: { set(labels: object, n: number): void }) => {
    for (const backlog of await backlogs()) gauge.set({ kind: backlog.kind }, backlog[value])
  }
  metrics.gauge('bahi_due_work_waited_seconds', help.waited, set('waitedS'), ['kind'])
  metrics.gauge('bahi_due_work_given_up', help.givenUp, set('givenUp'), ['kind'])
  // Workers that look at the same time share a statement: most of them find nothing, every second.
  const isDue = inBatches(
    async (kinds: string[]) => {
      const due = await kindsDue(sql, kinds, clock.now())
      return kinds.map((kind) => due.has(kind))
    },
    { name: 'due work', maxItems: Math.max(handlers.length, 1), maxInFlight: 1 },
  )
  return handlers.map((handler) => dueWorker(deps, handler, () => isDue(handler.kind)))
}

/** @param isDue whether there may be anything to lease; left out: it tries to */
export function dueWorker<P>(
  deps: Seams,
  handler: DueHandler<P>,
  isDue: () => Promise<boolean> = () => Promise.resolve(true),
): Worker {
  const { kind, intervalMs = 1_000, batchSize = 50, leaseMs = 30_000 } = handler
  const about = { service: deps.service ?? '', kind: 'internal', name: `due work: ${kind}` } as const
  let hadItems = false
  return {
    name: `due work: ${kind}`,
    intervalMs,
    async run() {
      if (!hadItems && !(await isDue())) return false
      const batch = { kind, holder: randomUUID() }
      const now = deps.clock.now()
      const items = await leaseItems(deps.sql, batch, { now, leaseMs, limit: batchSize })
      hadItems = items.length > 0
      if (!hadItems) return false
      const keys = items.map((item) => item.key)
      const renewing = setInterval(() => {
        renewLease(deps.sql, batch, keys, leaseMs).catch((err: unknown) =>
          deps.log.warn(
            { err, kind },
            'the lease of due work could not be renewed: another copy may run it too',
          ),
        )
      }, leaseMs / 3)
      try {
        const traceparents = items.map(({ payload }) => traceparentOf(payload))
        await inSpanOfMany(
          traceparents,
          { ...about, attributes: { 'bahi.batch.items': items.length } },
          async () => storeResults(deps, batch, items, await runAll(deps, handler, items)),
        )
      } finally {
        clearInterval(renewing)
      }
      return items.length === batchSize
    },
  }
}

/** Of the request that scheduled the item, where its payload says so. */
function traceparentOf(payload: unknown): string | undefined {
  const { traceparent } = (payload ?? {}) as { traceparent?: unknown }
  return typeof traceparent === 'string' ? traceparent : undefined
}

async function runAll<P>(deps: Seams, handler: DueHandler<P>, items: LeasedItem[]): Promise<DueResult[]> {
  try {
    const results = await handler.run(items as DueItem<P>[])
    if (results.length !== items.length)
      throw new Error(`${results.length} results for ${items.length} items`)
    return results
  } catch (err) {
    deps.log.error(
      { err, kind: handler.kind, items: items.length },
      'due work failed and will be tried again',
    )
    const error = err instanceof Error ? err.message : String(err)
    return items.map(() => ({ outcome: 'retry', error }))
  }
}

/** Items with a commit of their own each in a transaction, so that one that fails holds up no other. */
async function storeResults(
  deps: Seams,
  batch: Batch,
  items: LeasedItem[],
  results: DueResult[],
): Promise<void> {
  const pairs = items.map((item, i) => ({ item, result: results[i]! }))
  const hasCommit = ({ result }: { result: DueResult }) => 'commit' in result && result.commit !== undefined
  await storeSet(
    deps,
    batch,
    pairs.filter((pair) => !hasCommit(pair)),
  )
  for (const pair of pairs.filter(hasCommit)) {
    await storeSet(deps, batch, [pair]).catch((err: unknown) => {
      deps.log.error({ err, kind: batch.kind, key: pair.item.key }, 'due work failed and will be tried again')
      return storeSet(deps, batch, [{ ...pair, result: { outcome: 'retry', error: (err as Error).message } }])
    })
  }
}

type Pair = { item: LeasedItem; result: DueResult }

async function storeSet(deps: Seams, batch: Batch, pairs: Pair[]): Promise<void> {
  if (pairs.length === 0) return
  const now = deps.clock.now()
  await deps.sql.begin(async (tx) => {
    const own = await lockOwn(
      tx,
      batch,
      pairs.map((pair) => pair.item),
    )
    const done: string[] = []
    for (const { item, result } of pairs.filter((pair) => own.has(pair.item.key))) {
      if (result.outcome === 'done') {
        await result.commit?.(tx)
        done.push(item.key)
        continue
      }
      const next =
        result.outcome === 'give-up'
          ? { gaveUpAt: now }
          : { dueAt: result.at ?? new Date(now.getTime() + backoffMs(item.attempts)) }
      if (result.outcome === 'give-up')
        deps.log.error(
          { kind: batch.kind, key: item.key, error: result.error },
          'due work gave up: see BahiDueWorkGivenUp in docs/operate/alerts.md',
        )
      await postpone(tx, batch, item.key, next, result.error)
    }
    await deleteItems(tx, batch, done)
    await releaseItems(
      tx,
      batch,
      pairs.map((pair) => pair.item.key),
    )
  })
}

// The due work of statements: reads the payments, writes the file into the blob store, and deletes it when it expires.
import { auditHead } from '@bahi/contracts/audit.ts'
import { istTime } from '@bahi/contracts/recurrence.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { statementRules, verificationPage } from '@bahi/contracts/statements.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { runEach, type DueHandler, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { fileOf } from './make-file.ts'
import {
  countSettled,
  findStatement,
  markExpired,
  markFailed,
  markReady,
  settledAfter,
  updateProgress,
  type SettledRow,
  type StatementPosition,
  type StatementRange,
} from './store.ts'
import type { StatementFacts } from './table.ts'

export const statementKind = 'statement'
const expiryKind = 'statement-expiry'
const pageRows = 500
/** Files are made in memory. */
const atOnce = 2

export const blobName = (id: string): string => `statements/${id}`

type RenderDeps = Pick<Deps, 'sql' | 'reads' | 'clock' | 'call' | 'blobs'> & {
  config: { BAHI_PUBLIC_URL: string }
}

export function statementHandlers(deps: RenderDeps): DueHandler[] {
  return [
    {
      kind: statementKind,
      batchSize: atOnce,
      run: runEach(({ key }) => render(deps, key)),
    },
    {
      kind: expiryKind,
      run: (items) =>
        Promise.all(
          items.map(async ({ key }): Promise<DueResult> => {
            if (!deps.blobs) return { outcome: 'retry', error: 'no files are kept here' }
            await deps.blobs.delete(blobName(key))
            return { outcome: 'done', commit: (tx) => markExpired(tx, key) }
          }),
        ),
    },
  ]
}

/** Running it twice writes the same name twice: the row has the hash of the one that counts. */
async function render(deps: RenderDeps, id: string): Promise<DueResult> {
  const statement = await findStatement(deps.sql, id)
  if (statement?.status !== 'waiting') return { outcome: 'done' }
  if (!deps.blobs) return { outcome: 'retry', error: 'no files are kept here' }
  const now = deps.clock.now()
  const rules = rulesAt(statementRules, now)
  const { userId, accountId, fromOn, toOn } = statement
  const range = { userId, accountId, from: istTime(fromOn), to: istTime(toOn, 24 * 60) }
  const total = await deps.reads.latest((sql) => countSettled(sql, range))
  if (total > rules.maxRows) return { outcome: 'done', commit: (tx) => markFailed(tx, id) }
  const rows = await read(deps, id, range, total)
  const { hash: auditHash } = await deps.call(auditHead, {})
  const account = accountId === null ? undefined : (rows.find(({ masked }) => masked)?.masked ?? '—')
  const verifyAt = deps.config.BAHI_PUBLIC_URL.replace(/\/$/, '') + verificationPage(id)
  const facts: StatementFacts = { ...statement, account, madeAt: now, auditHash, verifyAt }
  const { sha256 } = await deps.blobs.put(blobName(id), await fileOf(statement, facts, rows))
  const expiresAt = new Date(now.getTime() + rules.keepHours * 3_600_000)
  return {
    outcome: 'done',
    async commit(tx) {
      const made = { madeAt: now, expiresAt, sha256, auditHash, accountMasked: account ?? null }
      if (!(await markReady(tx, id, { ...made, rows: rows.length }))) return
      await schedule(tx, [{ kind: expiryKind, key: id, dueAt: expiresAt }])
      const { format } = statement
      const data = { userId, statementId: id, fromOn, toOn, format, rows: rows.length, sha256 }
      await appendEvents(tx, now, [{ type: 'payment.statement-made', stream: id, version: 1, data }])
    },
  }
}

async function read(
  deps: RenderDeps,
  id: string,
  range: StatementRange,
  total: number,
): Promise<SettledRow[]> {
  const rows: SettledRow[] = []
  let after: StatementPosition = {
    ...{ at: new Date(0), id: '00000000-0000-0000-0000-000000000000', direction: 'credit' },
  }
  for (;;) {
    const begin = after
    const page = await deps.reads.latest((sql) => settledAfter(sql, range, begin, pageRows))
    rows.push(...page)
    await updateProgress(deps.sql, id, rows.length, Math.max(total, rows.length))
    const last = page.at(-1)
    if (page.length < pageRows || !last) return rows
    after = last
  }
}

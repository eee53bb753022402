// Has a statement made, says how far it is, hands out its file, and verifies one that somebody shows.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { addDays, isDate } from '@bahi/contracts/recurrence.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import {
  statementRules,
  type makeStatement as contract,
  type StatementView,
  type verifyStatement as verifyContract,
} from '@bahi/contracts/statements.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import { dayMs } from '../limits/limits.ts'
import { lockPayers } from '../limits/store.ts'
import { checkNewId, invalidField } from '../payments/client-input.ts'
import { blobName, statementKind } from './render-statement.ts'
import { countSince, findStatement, firstDayHere, insertStatement, type Statement } from './store.ts'

export type StatementDeps = Pick<Deps, 'sql' | 'transaction' | 'clock' | 'blobs'>

/**
 * The statement, which due work makes. Throws `request-invalid` for days that make no sense, `rate-limited`,
 * `id-reused`, `id-out-of-range`, and `unavailable` where no files are kept.
 */
export async function makeStatement(
  deps: StatementDeps,
  userId: string,
  anyCaseId: string,
  body: Input<typeof contract>['body'],
): Promise<Statement> {
  if (!deps.blobs) throw new Problem('unavailable', 'no files are kept here: BAHI_BLOBS is not set')
  const id = anyCaseId.toLowerCase()
  const { fromOn, toOn, format, language } = body
  const accountId = body.accountId?.toLowerCase() ?? null
  const now = deps.clock.now()
  const statement: Statement = {
    ...{ id, userId, accountId, fromOn, toOn, format, language, status: 'waiting', done: 0, total: 0 },
    ...{ createdAt: now, madeAt: null, expiresAt: null, sha256: null, auditHash: null, accountMasked: null },
  }
  const before = await findStatement(deps.sql, id)
  if (before) return sameOne(before, statement)
  checkNewId(id, now, 'statement')
  const rules = rulesAt(statementRules, now)
  if (!isDate(fromOn)) throw invalidField('/body/fromOn', 'is no day of the calendar')
  if (!isDate(toOn)) throw invalidField('/body/toOn', 'is no day of the calendar')
  if (toOn < fromOn) throw invalidField('/body/toOn', `is before ${fromOn}`)
  if (toOn >= addDays(fromOn, rules.maxDays))
    throw invalidField('/body/toOn', `a statement is about ${rules.maxDays} days at most`)
  const firstDay = await firstDayHere(deps.sql)
  if (firstDay !== undefined && fromOn < firstDay)
    throw invalidField('/body/fromOn', `payments before ${firstDay} are in an archive`)
  return retryRaces(() =>
    deps.transaction(async (tx) => {
      // The person's lock: no two of their statements are counted at once.
      await lockPayers(tx, [userId])
      const stored = await findStatement(tx, id)
      if (stored) return sameOne(stored, statement)
      if ((await countSince(tx, userId, new Date(now.getTime() - dayMs))) >= rules.perDay)
        throw new Problem('rate-limited', `${rules.perDay} statements can be made in a day`)
      await insertStatement(tx, statement)
      await schedule(tx, [{ kind: statementKind, key: id, dueAt: now }])
      return statement
    }),
  )
}

function sameOne(before: Statement, wanted: Statement): Statement {
  const content = ({ userId, accountId, fromOn, toOn, format, language }: Statement) =>
    JSON.stringify([userId, accountId, fromOn, toOn, format, language])
  if (content(before) !== content(wanted)) throw new Problem('id-reused')
  return before
}

/** Throws `not-found` for a statement that does not exist and for one of other people alike. */
export async function statementOf(deps: Pick<Deps, 'sql'>, userId: string, id: string): Promise<Statement> {
  const found = await findStatement(deps.sql, id)
  if (found?.userId !== userId) throw new Problem('not-found', 'there is no such statement')
  return found
}

const types = {
  csv: 'text/csv; charset=utf-8',
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

/** Throws `not-found`, and `wrong-state` for one that is not ready or has expired. */
export async function statementFile(
  deps: StatementDeps,
  userId: string,
  id: string,
): Promise<{ type: string; name: string; content: Buffer }> {
  const { status, format, fromOn, toOn, sha256, expiresAt } = await statementOf(deps, userId, id)
  const isOver = expiresAt !== null && expiresAt <= deps.clock.now()
  if (status !== 'ready' || isOver)
    throw new Problem('wrong-state', `the statement is ${isOver ? 'expired' : status}`)
  const blob = await deps.blobs?.get(blobName(id.toLowerCase()), sha256!)
  if (!blob) throw new Problem('unavailable', 'the file cannot be read now')
  return { type: types[format], name: `bahi-${fromOn}-${toOn}.${format}`, content: blob.content }
}

/** Says nothing of a statement to whom does not have its file. */
export async function verifyStatement(
  deps: Pick<Deps, 'sql'>,
  id: string,
  sha256: string,
): Promise<Output<typeof verifyContract>> {
  const found = await findStatement(deps.sql, id)
  if (!found?.madeAt || found.sha256 !== sha256) return { genuine: false }
  const { fromOn, toOn, madeAt, auditHash, accountMasked } = found
  return {
    ...{ genuine: true, fromOn, toOn, madeAt: madeAt.toISOString(), auditHash: auditHash! },
    ...(accountMasked === null ? {} : { account: accountMasked }),
  }
}

export function viewOf(s: Statement): StatementView {
  const { id, status, format, language, fromOn, toOn, accountId, done, total, expiresAt, sha256 } = s
  return {
    ...{ id, status, format, language, fromOn, toOn },
    ...(accountId === null ? {} : { accountId }),
    progress: { done, total },
    createdAt: s.createdAt.toISOString(),
    ...(expiresAt === null ? {} : { expiresAt: expiresAt.toISOString() }),
    ...(sha256 === null ? {} : { sha256 }),
  }
}

// A person asks to be erased, sees how far that is, and keeps their account after all.
import {
  closingInAccount,
  erasureRules,
  obstaclesInAccount,
  obstaclesInAuth,
  obstaclesInPayment,
  type ErasureObstacle,
  type ErasureView,
} from '@bahi/contracts/erasure.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { cancel, schedule } from '@bahi/kit/due-work/due-work.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { inDays, lockPerson } from '../kyc/save-submission.ts'
import { deleteErasure, findErasure, insertErasure, isBeingReviewed } from './store.ts'

/** Key: the person. Ends the account. */
export const closeKind = 'erasure-close'
export const remindKind = 'erasure-reminder'
/** Key: the person. Has account follow whether their accounts are to be closed. */
export const closingFollows = 'erasure-closing'
/** Key: the person. Erases what the law asked for until then. */
export const eraseKind = 'erasure-rest'

/** After a request for an erasure has ended for certain, by its timeout too. */
const settledAfterMs = 60_000

export type ErasureDeps = Pick<Deps, 'sql' | 'transaction' | 'append' | 'clock' | 'call'>

export async function showErasure(deps: ErasureDeps, userId: string): Promise<ErasureView> {
  const { waitingDays, lawDays } = rulesAt(erasureRules, deps.clock.now())
  const [row, obstacles] = await Promise.all([findErasure(deps.sql, userId), obstaclesOf(deps, userId)])
  return {
    ...(row?.state === 'waiting'
      ? {
          state: 'waiting',
          requestedAt: row.requestedAt.toISOString(),
          closesAt: row.closesAt.toISOString(),
        }
      : { state: 'none' }),
    obstacles,
    rules: { waitingDays, lawDays },
  }
}

/** What has to end before, of all services; throws what they throw: without an answer nobody is closed. */
export async function obstaclesOf(
  { call, sql }: Pick<Deps, 'call' | 'sql'>,
  userId: string,
): Promise<ErasureObstacle[]> {
  const params = { userId }
  const [isReviewed, ...answers] = await Promise.all([
    isBeingReviewed(sql, userId),
    call(obstaclesInAccount, { params }),
    call(obstaclesInPayment, { params }),
    call(obstaclesInAuth, { params }),
  ])
  const found = answers.flatMap(({ obstacles }) => obstacles)
  return [...new Set([...found, ...(isReviewed ? (['kyc'] as const) : [])])]
}

/**
 * Again it changes nothing. From its commit on strangers' money does not enter the person's accounts, which are empty
 * then. Throws `wrong-state` while something is in the way, `unavailable`.
 */
export async function requestErasure(deps: ErasureDeps, userId: string): Promise<ErasureView> {
  const obstacles = await obstaclesOf(deps, userId)
  if (obstacles.length > 0) throw new Problem('wrong-state', `to be ended before: ${obstacles.join(', ')}`)
  const now = deps.clock.now()
  const { waitingDays, reminderDays } = rulesAt(erasureRules, now)
  const closesAt = inDays(now, waitingDays)
  // Whatever becomes of what follows: account is told how it ended.
  await followClosing(deps.sql, userId, new Date(now.getTime() + settledAfterMs))
  await deps.transaction(async (tx) => {
    await lockPerson(tx, userId)
    if (!(await insertErasure(tx, userId, { now, closesAt }))) return
    await deps.call(closingInAccount, { params: { userId }, body: { closing: true, whenEmpty: true } })
    await schedule(
      tx,
      [
        { kind: closeKind, key: userId, dueAt: closesAt },
        { kind: remindKind, key: userId, dueAt: inDays(closesAt, -reminderDays) },
      ],
      { existing: 'reschedule' },
    )
    const data = { userId, until: closesAt.toISOString() }
    await deps.append(tx, { type: 'user.erasure-requested', stream: userId, data })
  })
  return showErasure(deps, userId)
}

export function followClosing(sql: Queryable, userId: string, dueAt: Date): Promise<void> {
  return schedule(sql, [{ kind: closingFollows, key: userId, dueAt }], { existing: 'reschedule' })
}

/** Money may enter their accounts again a moment later. Throws `wrong-state` when nothing is to be cancelled. */
export async function cancelErasure(deps: ErasureDeps, userId: string): Promise<ErasureView> {
  await deps.transaction(async (tx) => {
    await lockPerson(tx, userId)
    if (!(await deleteErasure(tx, userId)))
      throw new Problem('wrong-state', 'the account is not to be closed')
    await cancel(tx, closeKind, [userId])
    await cancel(tx, remindKind, [userId])
    await followClosing(tx, userId, deps.clock.now())
    await deps.append(tx, { type: 'user.erasure-cancelled', stream: userId, data: { userId } })
  })
  return showErasure(deps, userId)
}

// The due work of erasure: the reminder, the end of the account, and years later the rest. Each step may run again.
import {
  closingInAccount,
  eraseInAccount,
  eraseInAudit,
  eraseInAuth,
  eraseInNotification,
  eraseInPayment,
  erasureRules,
  type ErasureStage,
} from '@bahi/contracts/erasure.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { shredPersonKey } from '@bahi/kit/crypto/person-keys.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { runEach, type DueHandler, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import { redactEvents } from '@bahi/kit/events/redact-events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { deleteFiles, inDays } from '../kyc/save-submission.ts'
import { closeKind, closingFollows, eraseKind, followClosing, obstaclesOf, remindKind } from './erasure.ts'
import { lockProfile } from '../profiles/store.ts'
import { deleteViews } from '../saved-views/store.ts'
import { deleteExportFiles } from './run-export.ts'
import {
  deleteContacts,
  deleteExports,
  deleteKyc,
  deleteProfile,
  deleteTier,
  findErasure,
  markClosed,
  markErased,
  postponeErasure,
} from './store.ts'

type RunDeps = Pick<Deps, 'sql' | 'transaction' | 'clock' | 'call'>

export function erasureHandlers(deps: RunDeps): DueHandler[] {
  return [
    { kind: remindKind, intervalMs: 5_000, run: runEach(({ key }) => remind(deps, key)) },
    { kind: closingFollows, intervalMs: 5_000, run: runEach(({ key }) => sendClosing(deps, key)) },
    { kind: closeKind, intervalMs: 5_000, run: runEach(({ key }) => close(deps, key)) },
    { kind: eraseKind, intervalMs: 5_000, run: runEach(({ key }) => erase(deps, key)) },
  ]
}

async function remind({ sql, clock }: RunDeps, userId: string): Promise<DueResult> {
  const row = await findErasure(sql, userId)
  if (row?.state !== 'waiting') return { outcome: 'done' }
  const data = { userId, until: row.closesAt.toISOString() }
  return {
    outcome: 'done',
    commit: (tx) => appendEvents(tx, clock.now(), [{ type: 'user.erasure-reminded', stream: userId, data }]),
  }
}

/** Under the lock of the person, which a request and its end hold too: so what is told is how it is. */
async function sendClosing(deps: RunDeps, userId: string): Promise<DueResult> {
  await deps.transaction(async (tx) => {
    if (!(await lockProfile(tx, userId))) return
    // Also while it is being closed: only who keeps the account has none.
    const closing = (await findErasure(tx, userId)) !== undefined
    await deps.call(closingInAccount, { params: { userId }, body: { closing } })
  })
  return { outcome: 'done' }
}

async function close(deps: RunDeps, userId: string): Promise<DueResult> {
  const row = await findErasure(deps.sql, userId)
  if (!row || row.state === 'erased') return { outcome: 'done' }
  const now = deps.clock.now()
  const { lawDays } = rulesAt(erasureRules, now)
  if (row.state === 'waiting') {
    const reasons: string[] = await obstaclesOf(deps, userId)
    if (reasons.length > 0) return postpone(deps, userId, reasons)
    // Of what follows nothing can be taken back: whoever cancels from here on is told that it is too late.
    if (!(await markClosed(deps.sql, userId, { now, erasesAt: inDays(now, lawDays) })))
      return { outcome: 'done' }
  }
  let vpas: string[]
  try {
    vpas = await eraseElsewhere(deps, userId, 'close')
  } catch (error) {
    // Money that came a moment ago. account is asked first, so nothing has happened yet.
    if (error instanceof Problem && error.code === 'wrong-state') return postpone(deps, userId, ['money'])
    throw error
  }
  const { erasesAt } = (await findErasure(deps.sql, userId))!
  return {
    outcome: 'done',
    async commit(tx) {
      await deleteContacts(tx, userId, vpas)
      await deleteExportFiles(tx, await deleteExports(tx, userId), now)
      await deleteTier(tx, userId)
      await deleteViews(tx, userId)
      await deleteProfile(tx, userId)
      await schedule(tx, [{ kind: eraseKind, key: userId, dueAt: erasesAt! }])
      const data = { userId, until: erasesAt!.toISOString() }
      await appendEvents(tx, now, [{ type: 'user.closed', stream: userId, data }])
    },
  }
}

/** In a transaction of its own: a retry has none. */
async function postpone(deps: RunDeps, userId: string, reasons: string[]): Promise<DueResult> {
  const now = deps.clock.now()
  const until = inDays(now, rulesAt(erasureRules, now).retryDays)
  const data = { userId, until: until.toISOString(), reasons }
  const isWaiting = await deps.transaction(async (tx) => {
    if (!(await postponeErasure(tx, userId, until))) return false
    await appendEvents(tx, now, [{ type: 'user.erasure-postponed', stream: userId, data }])
    // One that was asked for by the version before, too.
    await followClosing(tx, userId, now)
    return true
  })
  return isWaiting ? { outcome: 'retry', at: until, error: reasons.join(', ') } : { outcome: 'done' }
}

async function erase(deps: RunDeps, userId: string): Promise<DueResult> {
  const row = await findErasure(deps.sql, userId)
  if (row?.state !== 'closed') return { outcome: 'done' }
  const now = deps.clock.now()
  await eraseElsewhere(deps, userId, 'erase')
  return {
    outcome: 'done',
    async commit(tx) {
      await deleteFiles(tx, userId, await deleteKyc(tx, userId), now)
      await redactEvents(tx, [userId], userId)
      await shredPersonKey(tx, userId, now)
      if (!(await markErased(tx, userId, now))) return
      await appendEvents(tx, now, [{ type: 'user.erased', stream: userId, data: { userId } }])
    },
  }
}

/**
 * account first: it refuses while there is money, and answers the UPI IDs, which only it still knows; so it erases them
 * last. audit's key goes once nothing is recorded any more.
 */
async function eraseElsewhere({ call }: RunDeps, userId: string, stage: ErasureStage): Promise<string[]> {
  const params = { userId }
  const { vpas } = await call(eraseInAccount, { params, body: { stage: 'close', vpas: [] } })
  const body = { stage, vpas }
  await call(eraseInAuth, { params, body })
  await call(eraseInPayment, { params, body })
  await call(eraseInNotification, { params, body })
  if (stage === 'erase') await call(eraseInAccount, { params, body })
  await call(eraseInAudit, { params, body })
  return vpas
}

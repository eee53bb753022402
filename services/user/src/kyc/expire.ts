// The due work of submissions: drafts that nobody goes on with, claims that nobody decides, reminders, and the end.
import { kycRulesAt } from '@bahi/contracts/kyc-rules.ts'
import { runEach, type DueHandler, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { claimKind, draftKind, expiryKind, reminderKind } from './due-kinds.ts'
import { deleteWithFiles, inDays } from './save-submission.ts'
import { endTier, findSubmission, lockSubmission, markExpired, tierOf } from './store.ts'
import { releaseSubmission } from './store-reviews.ts'

type ExpiryDeps = Pick<Deps, 'sql' | 'clock'>

export function submissionHandlers(deps: ExpiryDeps): DueHandler[] {
  return [
    { kind: draftKind, run: runEach(({ key }) => endDraft(deps, key)) },
    {
      kind: claimKind,
      run: runEach(({ key }) =>
        Promise.resolve({
          outcome: 'done',
          async commit(tx) {
            const row = await releaseSubmission(tx, key)
            if (!row) return
            const data = { userId: row.userId, submissionId: key, reviewerId: row.reviewerId! }
            await appendEvents(tx, deps.clock.now(), [
              { type: 'user.kyc-released', stream: row.userId, data },
            ])
          },
        }),
      ),
    },
    { kind: expiryKind, run: runEach(({ key }) => Promise.resolve(expire(deps, key))) },
    { kind: reminderKind, run: runEach(({ key }) => remind(deps, key.split(' ')[0]!)) },
  ]
}

async function endDraft(deps: ExpiryDeps, id: string): Promise<DueResult> {
  const found = await findSubmission(deps.sql, id)
  if (!found || ['approved', 'rejected', 'expired'].includes(found.status)) return { outcome: 'done' }
  const now = deps.clock.now()
  const { draftDays } = kycRulesAt(now)
  const endsAt = inDays(found.changedAt, draftDays)
  const isDraft = found.status === 'draft' || found.status === 'revision'
  if (!isDraft) return { outcome: 'retry', at: inDays(now, draftDays) }
  if (endsAt > now) return { outcome: 'retry', at: endsAt }
  return {
    outcome: 'done',
    async commit(tx) {
      const row = await lockSubmission(tx, id)
      // Changed meanwhile: this throws, and the item is tried again.
      if (row?.changedAt.getTime() !== found.changedAt.getTime()) throw new Error('the draft was changed')
      await deleteWithFiles(tx, row, now)
    },
  }
}

function expire(deps: ExpiryDeps, id: string): DueResult {
  return {
    outcome: 'done',
    async commit(tx) {
      const row = await lockSubmission(tx, id)
      if (row?.status !== 'approved') return
      await markExpired(tx, id)
      // A newer one has given the tier that counts.
      if (!(await endTier(tx, id))) return
      const data = { userId: row.userId, tier: 'none' as const, reason: 'expired' as const }
      const now = deps.clock.now()
      await appendEvents(tx, now, [{ type: 'user.kyc-tier-changed', stream: row.userId, data }])
    },
  }
}

async function remind(deps: ExpiryDeps, id: string): Promise<DueResult> {
  const found = await findSubmission(deps.sql, id)
  const now = deps.clock.now()
  const tier = found && (await tierOf(deps.sql, found.userId, now))
  if (!tier || tier.submissionId !== id) return { outcome: 'done' }
  const data = { userId: tier.userId, tier: tier.tier, until: tier.until.toISOString() }
  return {
    outcome: 'done',
    commit: (tx) => appendEvents(tx, now, [{ type: 'user.kyc-expiring', stream: tier.userId, data }]),
  }
}

// What a person does with their own submission: begins and changes it, submits it, withdraws it, looks at it.
import type { Input } from '@bahi/contracts/call.ts'
import type { KycView, saveKyc, SubmissionView } from '@bahi/contracts/kyc.ts'
import { uploadKycDocument } from '@bahi/contracts/kyc.ts'
import { faultsOf } from '@bahi/contracts/kyc-forms.ts'
import { kycRulesAt, tierRank, type KycRules, type PayerTier } from '@bahi/contracts/kyc-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { isDate, istDateOf } from '@bahi/contracts/recurrence.ts'
import { isNewId } from '@bahi/contracts/rules.ts'
import type { TakeOfDay } from '@bahi/kit/cache/day-quota.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'
import { lockProfile } from '../profiles/store.ts'
import { deleteFilesKind, draftKind } from './due-kinds.ts'
import {
  allDocumentIds,
  deleteUndecided,
  documentsOf,
  findSubmission,
  insertSubmission,
  lockSubmission,
  markSubmitted,
  newestSubmission,
  tierOf,
  updateForm,
} from './store.ts'
import {
  fingerprintOf,
  formOf,
  missingIn,
  openForm,
  sealForm,
  submissionView,
  type SubmissionRow,
} from './submission.ts'

export type KycDeps = Pick<
  Deps,
  'sql' | 'transaction' | 'append' | 'clock' | 'seal' | 'blobs' | 'call' | 'log'
> & {
  takeOfDay: TakeOfDay
  /** Whether payments are limited by the tier. */
  limitsByTier: boolean
}

const dayMs = 86_400_000
export const inDays = (now: Date, days: number): Date => new Date(now.getTime() + days * dayMs)

export async function showKyc(deps: KycDeps, userId: string): Promise<KycView> {
  const now = deps.clock.now()
  const [tier, newest] = await Promise.all([
    tierOf(deps.sql, userId, now),
    newestSubmission(deps.sql, userId),
  ])
  return {
    tier: tier?.tier ?? 'none',
    ...(tier ? { until: tier.until.toISOString() } : {}),
    ...(newest ? { submission: await viewOf(deps, deps.sql, newest) } : {}),
    rules: rulesView(kycRulesAt(now), deps.limitsByTier),
  }
}

function rulesView(rules: KycRules, limitsByTier: boolean): KycView['rules'] {
  const tierView = ({ documents, needsAddress, validDays }: KycRules['tiers']['full']) => ({
    ...{ documents: [...documents], needsAddress, validDays },
  })
  const limitsOf = (tier: PayerTier) => {
    const { perTransactionPaise, perMonthPaise } =
      rules.limits.find(({ tiers }) => tiers?.includes(tier))?.limits ?? {}
    return {
      ...(perTransactionPaise === undefined ? {} : { perTransactionPaise }),
      ...(perMonthPaise === undefined ? {} : { perMonthPaise }),
    }
  }
  const { maxBytes, types } = uploadKycDocument.upload
  return {
    tiers: { minimum: tierView(rules.tiers.minimum), full: tierView(rules.tiers.full) },
    ...{ maxBytes, types: [...types], minimumAge: rules.minimumAge },
    ...(limitsByTier
      ? { limits: { none: limitsOf('none'), minimum: limitsOf('minimum'), full: limitsOf('full') } }
      : {}),
  }
}

export async function viewOf(
  deps: Pick<KycDeps, 'seal'>,
  sql: Queryable,
  row: SubmissionRow,
): Promise<SubmissionView> {
  return submissionView(row, openForm(deps.seal, row), await documentsOf(sql, row.id))
}

/**
 * Begins a submission or changes its form. Throws `request-invalid` for what cannot be true, `id-reused`,
 * `id-out-of-range`, `rate-limited`; `wrong-state` when it is submitted, while another one is open, and for less than
 * the person has.
 */
export async function saveSubmission(
  deps: KycDeps,
  userId: string,
  anyCaseId: string,
  { tier, form }: Input<typeof saveKyc>['body'],
): Promise<SubmissionView> {
  const id = anyCaseId.toLowerCase()
  const now = deps.clock.now()
  const rules = kycRulesAt(now)
  refuseFaults(form, istDateOf(now), rules.minimumAge)
  const existing = await findSubmission(deps.sql, id)
  if (existing && existing.userId !== userId) throw new Problem('id-reused')
  if (!existing) {
    if (!isNewId(id, now)) throw new Problem('id-out-of-range', 'mint a new id for a new submission')
    const refusal = 'too many submissions were begun in a day'
    await deps.takeOfDay(`user:kyc-submissions:${userId}`, rules.submissionsPerDay, refusal)
  }
  return retryRaces(() =>
    deps.transaction(async (tx) => {
      await lockPerson(tx, userId)
      const current = await tierOf(tx, userId, now)
      if (current && tierRank[current.tier] > tierRank[tier])
        throw new Problem('wrong-state', 'you have more than this tier')
      const before = await lockSubmission(tx, id)
      if (before && before.userId !== userId) throw new Problem('id-reused')
      const stored = formOf(form, before && openForm(deps.seal, before))
      const filled = {
        ...{ id, tier, formSealed: sealForm(deps.seal, id, stored) },
        panFingerprint: fingerprintOf(deps.seal, stored),
      }
      if (before) {
        if (!(await updateForm(tx, { ...filled, now })))
          throw new Problem('wrong-state', 'it is submitted, and cannot be changed')
      } else {
        if (!(await insertSubmission(tx, { ...filled, userId, now })))
          throw new Problem('wrong-state', 'another submission of yours is open')
        await schedule(tx, [{ kind: draftKind, key: id, dueAt: inDays(now, rules.draftDays) }])
      }
      return viewOf(deps, tx, (await findSubmission(tx, id))!)
    }),
  )
}

function refuseFaults(form: Input<typeof saveKyc>['body']['form'], today: string, minimumAge: number): void {
  const faults = [
    ...(isDate(form.bornOn) ? [] : [{ field: 'bornOn', message: 'is no day of the calendar' }]),
    ...faultsOf(form, today, minimumAge),
  ]
  if (faults.length === 0) return
  const fields = faults.map(({ field, message }) => ({ path: `/body/form/${field}`, message }))
  const detail = fields.map(({ path, message }) => `${path} ${message}`).join('; ')
  throw new Problem('request-invalid', detail, { fields })
}

/** Serialises what one person does. */
export async function lockPerson(tx: Tx, userId: string): Promise<void> {
  if (!(await lockProfile(tx, userId))) throw new Problem('not-found', 'this person has no profile')
}

/** Throws `not-found`, for one of somebody else as well. */
export async function ownSubmission(sql: Queryable, userId: string, id: string): Promise<SubmissionRow> {
  const found = await findSubmission(sql, id.toLowerCase())
  if (found?.userId !== userId) throw new Problem('not-found', 'there is no such submission')
  return found
}

/** Submits it for review. Repeating it changes nothing. Throws `not-found`, `wrong-state`. */
export async function submit(deps: KycDeps, userId: string, anyCaseId: string): Promise<SubmissionView> {
  const id = anyCaseId.toLowerCase()
  const now = deps.clock.now()
  return deps.transaction(async (tx) => {
    await lockPerson(tx, userId)
    const row = await ownSubmission(tx, userId, id)
    if (row.status === 'submitted' || row.status === 'in-review') return viewOf(deps, tx, row)
    const form = openForm(deps.seal, row)
    const rules = kycRulesAt(now).tiers[row.tier]
    const missing = missingIn(rules, form, await documentsOf(tx, id))
    if (missing.length > 0) throw new Problem('wrong-state', `still missing: ${missing.join(', ')}`)
    if (!(await markSubmitted(tx, id, now))) throw new Problem('wrong-state', `it is ${row.status}`)
    const data = { userId, submissionId: id, tier: row.tier }
    await deps.append(tx, { type: 'user.kyc-submitted', stream: userId, data })
    return viewOf(deps, tx, (await findSubmission(tx, id))!)
  })
}

/** Deletes what is not decided. Repeating it changes nothing. Throws `wrong-state`. */
export async function withdraw(deps: KycDeps, userId: string, anyCaseId: string): Promise<void> {
  const id = anyCaseId.toLowerCase()
  await deps.transaction(async (tx) => {
    await lockPerson(tx, userId)
    const row = await lockSubmission(tx, id)
    if (row?.userId !== userId) return
    if (!(await deleteWithFiles(tx, row, deps.clock.now())))
      throw new Problem('wrong-state', 'it is being reviewed, or decided')
    await deps.append(tx, { type: 'user.kyc-withdrawn', stream: userId, data: { userId, submissionId: id } })
  })
}

/** Whether it was undecided. */
export async function deleteWithFiles(tx: Tx, { id, userId }: SubmissionRow, now: Date): Promise<boolean> {
  const documents = await allDocumentIds(tx, id)
  if (!(await deleteUndecided(tx, id))) return false
  await deleteFiles(tx, userId, documents, now)
  return true
}

export function deleteFiles(tx: Tx, userId: string, documentIds: string[], dueAt: Date): Promise<void> {
  return schedule(
    tx,
    documentIds.map((key) => ({ kind: deleteFilesKind, key, dueAt, payload: { userId } })),
  )
}

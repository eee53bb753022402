// Blocking people, who then can neither pay nor ask; and reporting them to the operators.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { accountIn, normaliseVpa } from '@bahi/contracts/formats.ts'
import type {
  blockPerson as blockContract,
  listBlocked,
  listReports,
  reportPerson,
} from '@bahi/contracts/people.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { ResolvedVpa } from '@bahi/contracts/transfers.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { dayMs } from '../limits/limits.ts'
import { lockPayers } from '../limits/store.ts'
import { checkNewId, invalidField } from '../payments/client-input.ts'
import type { TakeName } from '../payments/name-quota.ts'
import { checkStorable, unreachable, type PartyResolver } from '../payments/resolve.ts'
import { paymentOf } from '../payments/show-payment.ts'
import {
  blockedBy,
  countReports,
  deleteBlocked,
  insertBlocked,
  insertReport,
  reportsAbout,
  type Blocked,
} from './store.ts'

const maxBlocked = 1_000
const reportsPerDay = 20
const defaultReports = 50

export type PeopleDeps = Pick<Deps, 'sql' | 'transaction' | 'clock'> & {
  parties: PartyResolver
  takeName: TakeName
}

export async function showBlocked(
  deps: Pick<Deps, 'sql'>,
  userId: string,
): Promise<Output<typeof listBlocked>> {
  return { blocked: (await blockedBy(deps.sql, userId)).map(viewOf) }
}

/**
 * From now on who has this UPI ID can neither pay the person nor request from them; a payment that has begun, and a
 * request that was made, stay. A UPI ID that nobody has any more can be blocked too. Throws `request-invalid` for one's
 * own, `wrong-state` for too many, `rate-limited`: the answer names who is blocked.
 */
export async function blockPerson(
  deps: PeopleDeps,
  userId: string,
  asked: string,
): Promise<Output<typeof blockContract>> {
  const vpa = normaliseVpa(asked)
  await deps.takeName(userId)
  const known = await otherBehind(deps, userId, { path: '/params/vpa', vpa })
  const blocked = {
    ...{ vpa, blockedUserId: known?.userId ?? null, name: known?.name ?? vpa },
    blockedAt: deps.clock.now(),
  }
  return deps.transaction(async (tx) => {
    const before = await blockedBy(tx, userId)
    const same = before.find((one) => one.vpa === vpa)
    if (same) return viewOf(same)
    if (before.length >= maxBlocked)
      throw new Problem('wrong-state', `${maxBlocked} blocked people are the most`)
    await block(tx, userId, blocked)
    return viewOf(blocked)
  })
}

/** Who has this UPI ID, if that is known. Throws `request-invalid` for one's own, and for an account by its number. */
async function otherBehind(
  deps: Pick<PeopleDeps, 'parties'>,
  userId: string,
  { path, vpa }: { path: string; vpa: string },
): Promise<ResolvedVpa | undefined> {
  const party = await deps.parties.payee(vpa)
  const known = party === unreachable ? undefined : party
  if (known?.userId === userId) throw invalidField(path, 'is your own')
  if (known) checkStorable(path, vpa, known)
  else if (accountIn(vpa)) throw invalidField(path, 'is an account that nobody is known to have')
  return known
}

/** In the transaction of what led to it. Again it changes nothing, and is no event. */
export async function block(tx: Tx, userId: string, blocked: Blocked): Promise<void> {
  if (!(await insertBlocked(tx, userId, blocked))) return
  const { vpa, blockedUserId, blockedAt } = blocked
  const data = { userId, vpa, ...(blockedUserId === null ? {} : { blockedUserId }) }
  await appendEvents(tx, blockedAt, [{ type: 'payment.person-blocked', stream: userId, data }])
}

/** Throws `not-found` when nobody with this UPI ID is blocked. */
export async function unblockPerson(
  deps: Pick<Deps, 'transaction' | 'clock'>,
  userId: string,
  vpa: string,
): Promise<void> {
  await deps.transaction(async (tx) => {
    const deleted = await deleteBlocked(tx, userId, normaliseVpa(vpa))
    if (deleted.length === 0) throw new Problem('not-found', 'nobody with this UPI ID is blocked')
    const events = deleted.map((one) => {
      const who = one.blockedUserId === null ? {} : { blockedUserId: one.blockedUserId }
      return {
        type: 'payment.person-unblocked' as const,
        stream: userId,
        data: { userId, vpa: one.vpa, ...who },
      }
    })
    await appendEvents(tx, deps.clock.now(), events)
  })
}

/**
 * Throws `not-found` for a payment that the person may not see, `rate-limited`, `id-reused` for the same id with other
 * content, `id-out-of-range`.
 */
export async function report(
  deps: PeopleDeps,
  userId: string,
  anyCaseId: string,
  body: Input<typeof reportPerson>['body'],
): Promise<Output<typeof reportPerson>> {
  const id = anyCaseId.toLowerCase()
  const at = deps.clock.now()
  checkNewId(id, at, 'report')
  const vpa = normaliseVpa(body.vpa)
  const reportedUserId = (await otherBehind(deps, userId, { path: '/body/vpa', vpa }))?.userId
  const paymentId = body.paymentId && (await paymentOf(deps, userId, body.paymentId)).id
  const text = body.text?.trim()
  return deps.transaction(async (tx) => {
    // The person's lock: no two of their reports are counted at once.
    await lockPayers(tx, [userId])
    const made = await countReports(tx, userId, new Date(at.getTime() - dayMs))
    const row = {
      ...{ id, userId, vpa, reason: body.reason, at },
      reportedUserId: reportedUserId ?? null,
      text: text || null,
      paymentId: paymentId ?? null,
    }
    const before = await insertReport(tx, row)
    if (before) {
      const isSame =
        before.userId === userId &&
        before.vpa === vpa &&
        before.reason === row.reason &&
        before.text === row.text
      if (!isSame) throw new Problem('id-reused')
      return { id, at: before.at.toISOString() }
    }
    if (made >= reportsPerDay)
      throw new Problem('rate-limited', `${reportsPerDay} reports a day are the most`)
    const data = {
      ...{ userId, reportId: id, vpa, reason: body.reason },
      ...(reportedUserId === undefined ? {} : { reportedUserId }),
      ...(text ? { text } : {}),
      ...(paymentId ? { paymentId } : {}),
    }
    await appendEvents(tx, at, [{ type: 'payment.person-reported', stream: id, data }])
    return { id, at: at.toISOString() }
  })
}

/** For operators. */
export async function showReports(
  deps: Pick<Deps, 'sql'>,
  { vpa, limit = defaultReports }: Input<typeof listReports>['querystring'],
): Promise<Output<typeof listReports>> {
  const rows = await reportsAbout(deps.sql, vpa === undefined ? null : normaliseVpa(vpa), limit)
  return {
    reports: rows.map(({ reportedUserId, text, paymentId, at, ...row }) => ({
      ...row,
      ...(reportedUserId === null ? {} : { reportedUserId }),
      ...(text === null ? {} : { text }),
      ...(paymentId === null ? {} : { paymentId }),
      at: at.toISOString(),
    })),
  }
}

function viewOf({ vpa, name, blockedAt }: Blocked): Output<typeof blockContract> {
  return { vpa, name, blockedAt: blockedAt.toISOString() }
}

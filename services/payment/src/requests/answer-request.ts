// What the two people of a request do with it: show, list, decline, cancel, remind, block.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { requestRulesAt, type ClosedLoopRow } from '@bahi/contracts/request-rules.ts'
import type { listRequests as listContract, showRequestRules } from '@bahi/contracts/requests.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { block } from '../people/block.ts'
import { areBlocked } from '../people/store.ts'
import { readPage } from '../payments/page.ts'
import { declineKind } from './network-requests.ts'
import {
  change,
  changeEvent,
  remindableFrom,
  viewOf,
  type PaymentRequest,
  type RequestChange,
} from './request.ts'
import { findRequest, lockRequests, requestsOf, updateRequest } from './store.ts'

type AnswerDeps = Pick<Deps, 'sql' | 'transaction' | 'clock'> & { closedLoop: readonly ClosedLoopRow[] }

const isOf = (request: PaymentRequest, userId: string) =>
  request.payer.userId === userId || request.payee.userId === userId

/** Throws `not-found` for a request that does not exist and for one of other people alike. */
export async function requestOf(
  deps: Pick<Deps, 'sql'>,
  userId: string,
  id: string,
): Promise<PaymentRequest> {
  const found = await findRequest(deps.sql, id)
  if (!found || !isOf(found.request, userId)) throw new Problem('not-found', 'there is no such request')
  return found.request
}

export async function listRequests(
  deps: Pick<Deps, 'sql'>,
  userId: string,
  query: Input<typeof listContract>['querystring'],
): Promise<Output<typeof listContract>> {
  const { direction = null, status = null } = query
  const { found, next } = await readPage(query, (page) =>
    requestsOf(deps.sql, userId, { direction, status, ...page }),
  )
  return { requests: found.map((request) => viewOf(request, userId)), ...next }
}

/** Declines a request that the person received. Repeating it changes nothing. Throws `not-found`, `wrong-state`. */
export function declineRequest(
  deps: AnswerDeps,
  userId: string,
  id: string,
  isBlocked: boolean,
): Promise<PaymentRequest> {
  return changeOf(
    deps,
    id,
    { userId, side: 'payer' },
    { type: 'declined', blocked: isBlocked },
    async (tx, request) => {
      const { userId: blockedUserId = null, vpa, name } = request.payee
      const now = deps.clock.now()
      if (isBlocked) await block(tx, userId, { blockedUserId, vpa, name, blockedAt: now })
      if (request.network) await schedule(tx, [{ kind: declineKind, key: request.id, dueAt: now }])
    },
  )
}

/** Cancels a request that the person made. Repeating it changes nothing. Throws `not-found`, `wrong-state`. */
export function cancelRequest(deps: AnswerDeps, userId: string, id: string): Promise<PaymentRequest> {
  return changeOf(deps, id, { userId, side: 'payee' }, { type: 'cancelled' }, (_tx, request) => {
    refuseAcrossBanks(request)
    return Promise.resolve()
  })
}

/** Throws `rate-limited` when the last reminder was a moment ago, or the last one that the rules allow. */
export function remindOfRequest(deps: AnswerDeps, userId: string, id: string): Promise<PaymentRequest> {
  return changeOf(deps, id, { userId, side: 'payee' }, { type: 'reminded' }, async (tx, request) => {
    refuseAcrossBanks(request)
    const [isBlocked] = await areBlocked(tx, [{ of: request.payer, by: request.payee }])
    if (isBlocked) throw new Problem('request-not-permitted', 'this person takes no requests from you')
    const now = deps.clock.now()
    const from = remindableFrom(request)
    if (!from) throw new Problem('rate-limited', `a request has ${request.reminders} reminders at most`)
    const waitMs = from.getTime() - now.getTime()
    if (waitMs > 0)
      throw new Problem('rate-limited', 'a reminder was sent a short time ago', {
        retryAfterS: Math.ceil(waitMs / 1_000),
      })
  })
}

/** UPI has no message for it: the other app would go on to show the request, and might pay it. */
function refuseAcrossBanks(request: PaymentRequest): void {
  if (request.network) throw new Problem('wrong-state', 'another app has this request: it ends by itself')
}

/** `also` sees the request before the change, in its transaction. */
async function changeOf(
  deps: AnswerDeps,
  id: string,
  who: { userId: string; side: 'payer' | 'payee' },
  what: RequestChange,
  also: (tx: Tx, request: PaymentRequest) => Promise<void> = () => Promise.resolve(),
): Promise<PaymentRequest> {
  return deps.transaction(async (tx) => {
    const request = (await lockRequests(tx, [id])).get(id.toLowerCase())
    if (request?.[who.side].userId !== who.userId) throw new Problem('not-found', 'there is no such request')
    if (request.status === what.type) return request
    const now = deps.clock.now()
    if (request.status === 'pending' && request.expiresAt <= now)
      throw new Problem('wrong-state', 'the request has expired')
    const changed = change(request, what, now)
    await also(tx, request)
    await updateRequest(tx, changed)
    await appendEvents(tx, now, [changeEvent(changed, what)])
    return changed
  })
}

export function rulesView(deps: Omit<AnswerDeps, 'sql' | 'transaction'>): Output<typeof showRequestRules> {
  const now = deps.clock.now()
  const { persons, expiry } = requestRulesAt(now, deps.closedLoop)
  const acrossBanks = requestRulesAt(now, deps.closedLoop, 'network').persons !== undefined
  return { permitted: persons !== undefined, acrossBanks, ...persons, expiryMinutes: expiry }
}

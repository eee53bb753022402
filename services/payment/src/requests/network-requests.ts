// Requests through the network, as due work: the ones that our customers make are sent and asked about, and what they
// declined is answered.
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { runEach, type DueHandler, type DueItem, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { PspMessages } from '../network/psp-messages.ts'
import { unreachable, type PartyResolver } from '../payments/resolve.ts'
import { change, changeEvent, type PaymentRequest } from './request.ts'
import { findRequest, lockRequests, updateRequest } from './store.ts'

export const sendKind = 'request-send'
export const checkKind = 'request-check'
export const declineKind = 'request-decline'

/** UPI code of an account that is not there any more. */
const noAccount = 'XI'
const declinedByCustomer = 'ZA'

type NetworkDeps = Pick<Deps, 'sql' | 'clock' | 'network'> & { parties: PartyResolver }

export function networkHandlers(deps: NetworkDeps, network: PspMessages | undefined): DueHandler<never>[] {
  if (!network) return []
  const each = (run: (request: PaymentRequest, item: DueItem<unknown>) => Promise<DueResult>) =>
    runEach(async (item: DueItem<unknown>): Promise<DueResult> => {
      const found = await findRequest(deps.sql, item.key)
      return found ? run(found.request, item) : { outcome: 'done' }
    })
  return [
    { kind: sendKind, run: each((request, item) => send(deps, network, request, item.attempts > 1)) },
    { kind: checkKind, run: each((request, { attempts }) => check(deps, network, request, attempts)) },
    {
      kind: declineKind,
      run: each(async (request) => {
        // The time of the network's transaction is over: it has ended without our answer.
        if (request.expiresAt > deps.clock.now()) await network.refuseCollect(request, declinedByCustomer)
        return { outcome: 'done' }
      }),
    },
  ]
}

/** A refusal at a later try proves nothing: an earlier one may have been taken, and a check decides. */
async function send(
  deps: NetworkDeps,
  network: PspMessages,
  request: PaymentRequest,
  isAgain: boolean,
): Promise<DueResult> {
  if (request.status !== 'pending') return { outcome: 'done' }
  const payee = await deps.parties.payer(request.payee.vpa)
  if (payee === unreachable) return { outcome: 'retry', error: 'the account of the payee is not known now' }
  const isSame = payee !== undefined && payee.accountId === request.payee.accountId
  const err = isSame ? (await network.collect(request, payee)).err : noAccount
  if (err !== undefined && !isAgain)
    return {
      outcome: 'done',
      async commit(tx) {
        const open = (await lockRequests(tx, [request.id])).get(request.id)!
        if (open.status !== 'pending') return
        const what = { type: 'failed', code: err } as const
        const failed = change(open, what, deps.clock.now())
        await updateRequest(tx, failed)
        await appendEvents(tx, deps.clock.now(), [changeEvent(failed, what)])
      },
    }
  const dueAt = checkAt(deps, request)
  return { outcome: 'done', commit: (tx) => schedule(tx, [{ kind: checkKind, key: request.id, dueAt }]) }
}

/**
 * Only the network knows whether the payer approved in time: nothing expires here by our clock. It is asked as often as
 * about a payment; one that it says nothing of stays open, for a person and the settlement report.
 */
async function check(
  deps: NetworkDeps,
  network: PspMessages,
  request: PaymentRequest,
  attempts: number,
): Promise<DueResult> {
  if (request.status !== 'pending') return { outcome: 'done' }
  const { checkEveryS, maxChecks } = networkRulesAt(deps.clock.now(), deps.network.timeScale)
  if (attempts > maxChecks)
    return {
      outcome: 'give-up',
      error: `the network was asked ${maxChecks} times and did not say how it ended`,
    }
  await network.checkRequest(request)
  return { outcome: 'retry', at: new Date(deps.clock.now().getTime() + checkEveryS * 1_000) }
}

function checkAt({ clock, network }: Pick<Deps, 'clock' | 'network'>, { expiresAt }: PaymentRequest): Date {
  const { firstCheckAfterS } = networkRulesAt(clock.now(), network.timeScale)
  return new Date(expiresAt.getTime() + firstCheckAfterS * 1_000)
}

// What all routes through the network share: starting a payment there once, and asking what became of it.
import type { Creds } from '@bahi/contracts/network.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { MandateDebitRef, ResolvedVpa } from '@bahi/contracts/transfers.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Payment } from '../payment.ts'
import type { Route } from './route.ts'
import { rescheduleChecks } from '../store-network.ts'
import { debitIdOf } from '../../mandates/claim-debit.ts'
import { findDebits } from '../../mandates/store-debits.ts'
import { requestIdOf } from '../../requests/pay-request.ts'
import { findRequest } from '../../requests/store.ts'
import type { PspMessages } from '../../network/psp-messages.ts'

const maxTries = 3
const retryAfterMs = 700

/**
 * Sends the message that starts a payment, or that approves the request of another app, and exactly the same one again
 * while no acknowledgement comes: its id makes that one start. Answers the code of a refusal at the first try, after
 * which nothing of it happens; undefined when the network took it. Throws when no try was acknowledged.
 * @param debit of a mandate that the payer's bank holds
 */
export async function startInNetwork(
  deps: Pick<Deps, 'clock' | 'sql'> & { network: PspMessages | undefined },
  payment: Payment,
  payer: ResolvedVpa,
  creds: Creds,
  debit?: MandateDebitRef,
): Promise<string | undefined> {
  const reqMsgId = await askedBy(deps.sql, payment)
  const send =
    reqMsgId === undefined
      ? await deps.network!.payment(payment, payer, creds, debit)
      : await deps.network!.approval(payment, payer, creds, reqMsgId)
  for (let tries = 1; ; tries++) {
    try {
      const { err } = await send()
      // After a try without an acknowledgement a refusal proves nothing: that try may have been taken.
      return tries === 1 ? err : undefined
    } catch (error) {
      if (tries >= maxTries || !(error instanceof Problem)) throw error
      await deps.clock.sleep(retryAfterMs)
    }
  }
}

/** The message that asked for it; undefined: the payment begins a transaction of its own. */
async function askedBy(sql: Deps['sql'], payment: Payment): Promise<string | undefined> {
  const debitId = debitIdOf(payment)
  if (debitId !== undefined) {
    const network = (await findDebits(sql, [debitId])).get(debitId)?.network
    return network?.txnId === payment.txnId ? network.reqMsgId : undefined
  }
  const requestId = requestIdOf(payment)
  const request = requestId === undefined ? undefined : (await findRequest(sql, requestId))?.request
  return request?.network?.reqMsgId
}

export type NetworkRoute = Pick<Route, 'firstCheckAfterMs' | 'recover'>

/** Checks by the network's dated rules. The reply to a check arrives as a separate message. */
export function networkRoute(
  deps: Pick<Deps, 'sql' | 'clock' | 'log'> & { network: PspMessages | undefined },
  timeScale: number,
): NetworkRoute {
  return {
    firstCheckAfterMs: (now) => networkRulesAt(now, timeScale).firstCheckAfterS * 1_000,
    async recover(payments) {
      const { network } = deps
      const waiting = payments.map(() => 'waiting' as const)
      if (!network) return waiting
      const checks = await Promise.allSettled(payments.map((payment) => network.check(payment)))
      const failed = checks.filter((check) => check.status === 'rejected')
      if (failed.length === 0) return waiting
      const ids = payments.flatMap(({ id }, i) => (checks[i]!.status === 'rejected' ? [id] : []))
      const now = deps.clock.now()
      const dueAt = new Date(now.getTime() + networkRulesAt(now, timeScale).checkTimeoutS * 1_000)
      await rescheduleChecks(deps.sql, ids, dueAt)
      const err: unknown = failed[0]!.reason
      if (!(err instanceof Problem)) throw err
      deps.log.warn(
        { err, payments: ids.length },
        'network unavailable: open payments stay pending until the next check',
      )
      return waiting
    },
  }
}

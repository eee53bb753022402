// What the network says about a payment, carried out: the hold is moved or given back, then the payment ends.
import { failureCode, type Message } from '@bahi/contracts/network.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { closeHolds, type HoldClosing, type HoldOutcome } from '@bahi/contracts/transfers.ts'
import { upiCodes } from '@bahi/contracts/upi-codes.ts'
import { batch, type Batch } from '@bahi/kit/batch.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import type { Ending } from '../payments/complete.ts'
import { eventOf, type Payment } from '../payments/payment.ts'
import { deemPayments } from '../payments/store.ts'

/** The network's word, or none yet. */
export type Verdict =
  { is: 'settled' } | { is: 'failed'; code: string } | { is: 'deemed'; code: string } | { is: 'open' }

type Answer = Message<'RespPay' | 'RespChkTxn' | 'ReqTxnConfirmation'>

/** Of these nothing follows about the payment itself: the message was a duplicate, or met one. */
const neverFailed = new Set(['U01', 'DF', 'DT', 'U35', 'U36', 'U37', 'U38'])

/**
 * A failure whose code says that the outcome is unknown is none: nobody acts on a guess. What a check finds is the
 * switch's last word: then its timeouts and reversals are over.
 */
export function verdictOf({ api, resp, refs }: Pick<Answer, 'api' | 'resp' | 'refs'>): Verdict {
  if (resp.result === 'SUCCESS') return { is: 'settled' }
  if (resp.result === 'DEEMED') return { is: 'deemed', code: resp.errCode ?? 'RB' }
  if (resp.result === 'PENDING') return { is: 'open' }
  const code = failureCode({ resp, refs })
  if (neverFailed.has(code)) return { is: 'open' }
  const isCertain = api === 'RespChkTxn' || (upiCodes[code]?.handling ?? 'ask') !== 'ask'
  return isCertain ? { is: 'failed', code } : { is: 'open' }
}

export type Conclude = {
  /** The payment as it is then. Throws when account cannot be asked: nothing has ended, and one asks again. */
  conclude(payment: Payment, verdict: Verdict): Promise<Payment>
  idle(): Promise<void>
}

type ConcludeDeps = Pick<Deps, 'call' | 'clock' | 'log' | 'transaction'> & {
  end: Batch<Ending, Payment>
}

export function createConclude(deps: ConcludeDeps, pace: number): Conclude {
  const close = batch<HoldClosing, HoldOutcome>(
    async (closings) => {
      const { outcomes } = await deps.call(closeHolds, { body: { closings } })
      const told = new Map(outcomes.map((outcome) => [outcome.id, outcome]))
      return closings.map((c) => told.get(c.id) ?? new Problem('unavailable', `no outcome of hold ${c.id}`))
    },
    { maxItems: 200, maxInFlight: 2, maxWaiting: 20_000 },
  )

  async function deem(payment: Payment, code: string): Promise<Payment> {
    const now = deps.clock.now()
    const dueAt = new Date(now.getTime() + networkRulesAt(now, pace).firstCheckAfterS * 1_000)
    const isFirst = await retryRaces(() =>
      deps.transaction(async (tx) => {
        const deemed = await deemPayments(tx, [payment.id], { now, dueAt })
        if (!deemed.has(payment.id)) return false
        const data = { paymentId: payment.id, code }
        const change = { type: 'payment.deemed', at: now, data } as const
        await appendEvents(tx, now, [eventOf(change, { stream: payment.id, version: 2 })])
        return true
      }),
    )
    return isFirst ? { ...payment, deemedAt: now } : payment
  }

  async function closed(payment: Payment, outcome: HoldClosing['outcome']): Promise<boolean> {
    if (payment.route !== 'out') return true
    const { id, txnId, rrn } = payment
    const { status } = await close({ id, outcome, txnId, rrn })
    if (outcome === 'capture' ? status === 'captured' : status !== 'captured') return true
    // Money and word differ: a person must look. Nothing more is done here, and reconciliation shows it.
    deps.log.error({ paymentId: id, network: outcome, hold: status }, 'the hold ended the other way')
    return false
  }

  return {
    async conclude(payment, verdict) {
      if (payment.status !== 'pending') return payment
      switch (verdict.is) {
        case 'open':
          return payment
        case 'deemed':
          return payment.deemedAt ? payment : deem(payment, verdict.code)
        case 'settled':
          if (!(await closed(payment, 'capture'))) return payment
          return deps.end({ payment, outcome: { status: 'posted', code: '00' } })
        case 'failed':
          if (!(await closed(payment, 'void'))) return payment
          return deps.end({ payment, outcome: { status: 'declined', code: verdict.code } })
      }
    },
    idle: () => close.idle(),
  }
}

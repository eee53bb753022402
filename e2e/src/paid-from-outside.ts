// A payment of another bank's customer to one of ours, until it has arrived.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { listPayments, type PaymentView } from '@bahi/contracts/payment.ts'
import { payFromOutside } from '@bahi/contracts/sandbox.ts'
import type { Customer } from '@bahi/platform/api-client.ts'
import { expect, vi } from 'vitest'
import type { RunningPlatform } from '@bahi/platform/testing-platform.ts'

type Arrived = Output<typeof payFromOutside> & { payment: PaymentView }

/**
 * No answer in the network's time: to the resolution of the address, to the credit, to a message of ours, or to both
 * the credit and its reversal, after which it was returned.
 */
const outOfTime = ['U09', 'U68', 'U70', 'RB']

/**
 * The network's time passes faster than here: what a busy machine answered too late for it, failed, and is sent again.
 * What failed for another reason is a failure of the test.
 * @param payee who owns the UPI ID in `body`
 */
export async function paidFromOutside(
  platform: RunningPlatform,
  payee: Customer,
  body: Input<typeof payFromOutside>['body'],
): Promise<Arrived> {
  const sent = await payee.call(payFromOutside, { body })
  const outcome = await vi.waitUntil(async () => {
    const { payments } = await payee.call(listPayments, { querystring: { direction: 'credit' } })
    const payment = payments.find(({ txnId, status }) => txnId === sent.txnId && status === 'settled')
    if (payment) return { payment }
    const [failed] = await platform.admin<{ errCode: string; steps: string }[]>`
      select err_code, steps::text from sandbox.transactions where txn_id = ${sent.txnId} and result = 'FAILURE'`
    return failed && { payment: undefined, failed }
  })
  if (!outcome.payment) {
    expect(outOfTime, outcome.failed.steps).toContain(outcome.failed.errCode)
    return paidFromOutside(platform, payee, body)
  }
  return { ...sent, payment: outcome.payment }
}

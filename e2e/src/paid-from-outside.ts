// A payment of another bank's customer to one of ours, until it has arrived.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { listPayments, type PaymentView } from '@bahi/contracts/payment.ts'
import { payFromOutside } from '@bahi/contracts/sandbox.ts'
import type { Customer } from '@bahi/platform/api-client.ts'
import { vi } from 'vitest'
import type { RunningPlatform } from './running-platform.ts'

type Arrived = Output<typeof payFromOutside> & { payment: PaymentView }

/**
 * The network's time passes faster than here: what a busy machine answered too late for it, failed, and is sent again.
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
    const [failed] = await platform.admin`
      select from sandbox.transactions where txn_id = ${sent.txnId} and result = 'FAILURE'`
    return failed && { payment: undefined }
  }, 20_000)
  if (!outcome.payment) return paidFromOutside(platform, payee, body)
  return { ...sent, payment: outcome.payment }
}

// How each of its two people sees a payment: who may see it, and what they are shown.
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import type { Initiation } from '@bahi/contracts/initiation.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { reasonText } from '@bahi/contracts/reasons.ts'
import type { Payment, PaymentParty } from './payment.ts'

/** Payers see all of their payments, payees the settled ones, nobody else any. */
export function maySee(payment: Payment, userId: string): boolean {
  if (payment.payer.userId === userId) return true
  return payment.payee.userId === userId && payment.status === 'settled'
}

/** The end of the day in India by which a person has an answer: credited, or the money back. */
export function returnBy(createdAt: Date): Date {
  const istMs = 330 * 60_000
  const dayMs = 86_400_000
  const { returnWithinDays } = networkRulesAt(createdAt)
  const day = Math.floor((createdAt.getTime() + istMs) / dayMs) + returnWithinDays + 1
  return new Date(day * dayMs - istMs - 1)
}

function pendingView(payment: Payment, now: Date): NonNullable<PaymentView['pending']> {
  const by = returnBy(payment.createdAt)
  const inWords = new Intl.DateTimeFormat('en-IN', { dateStyle: 'medium', timeZone: 'Asia/Kolkata' }).format(
    by,
  )
  const ageS = (now.getTime() - payment.createdAt.getTime()) / 1_000
  const about = { returnBy: by.toISOString() }
  if (payment.deemedAt) {
    const message = `Your money is safe. The receiving bank credits it by ${inWords}, or it comes back to you.`
    return { reason: 'deemed', message, ...about }
  }
  if (ageS < networkRulesAt(now).firstCheckAfterS) {
    return { reason: 'in-progress', message: 'The payment is on its way. Your money is safe.', ...about }
  }
  const message = `We are asking the banks. Your money is safe: by ${inWords} it is paid, or back with you.`
  return { reason: 'checking', message, ...about }
}

/** The payment as one of its two people sees it, without ids of people and accounts. Who is both sees it as payer. */
export function viewFor(payment: Payment, userId: string, now: Date): PaymentView {
  const { id, txnId, rrn, status, amountPaise, note, code, triesLeft, createdAt, completedAt } = payment
  const direction = payment.payer.userId === userId ? 'debit' : 'credit'
  const failed = status === 'failed' && code !== undefined
  const reason = direction === 'debit' ? payment.assessment?.reasons[0] : undefined
  return {
    id,
    txnId,
    rrn,
    status,
    direction,
    amountPaise,
    currency: 'INR',
    ...(note === undefined ? {} : { note }),
    payer: partyView(payment.payer),
    payee: partyView(payment.payee),
    initiation: direction === 'debit' ? payment.initiation : forPayee(payment.initiation),
    ...(failed
      ? {
          failure: {
            code,
            message: reasonText(reason, code, 'en'),
            ...(reason === undefined ? {} : { reason }),
            ...(triesLeft === undefined ? {} : { triesLeft }),
          },
        }
      : {}),
    ...(status === 'pending' ? { pending: pendingView(payment, now) } : {}),
    createdAt: createdAt.toISOString(),
    ...(completedAt ? { completedAt: completedAt.toISOString() } : {}),
  }
}

/** The payer's request, schedule or mandate is not the payee's to know. */
function forPayee({ origin, ...initiation }: Initiation): Initiation {
  return { ...initiation, origin: { kind: origin.kind } }
}

function partyView({ vpa, name, bank, maskedNumber }: PaymentParty): PaymentView['payer'] {
  return { vpa, name, ...(bank ? { bank } : {}), ...(maskedNumber ? { maskedNumber } : {}) }
}

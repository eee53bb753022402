// Writes the receipt of a settled payment, for the one who paid and for the one who was paid.
import type { Output } from '@bahi/contracts/call.ts'
import { formatRupees, vpaText } from '@bahi/contracts/formats.ts'
import { purposes, type Initiation } from '@bahi/contracts/initiation.ts'
import type { receipt as contract } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Payment, PaymentParty } from './payment.ts'
import { viewFor } from './view.ts'

/** Throws `wrong-state` when the payment is not settled. */
export function receiptOf(payment: Payment, userId: string, now: Date): Output<typeof contract> {
  if (payment.status !== 'settled') throw new Problem('wrong-state', 'only a settled payment has a receipt')
  const { payer, payee } = payment
  const seen = viewFor(payment, userId, now)
  const [first, other, own, ownLabel] =
    seen.direction === 'debit'
      ? (['Paid to', payee, payer, 'Paid by'] as const)
      : (['Received from', payer, payee, 'Received by'] as const)
  const lines = [
    { label: first, value: other.name },
    { label: 'UPI ID', value: vpaText(other.vpa) },
    { label: ownLabel, value: own.name },
    { label: 'Account', value: accountLine(own) },
    { label: 'UPI reference number (RRN)', value: payment.rrn },
    { label: 'UPI transaction id', value: payment.txnId },
    { label: 'Date', value: istOf(payment.createdAt) },
    ...settledLine(payment),
    ...initiationLines(payment.initiation),
    ...(payment.note === undefined ? [] : [{ label: 'Note', value: payment.note }]),
  ]
  return { payment: seen, amountText: formatRupees(payment.amountPaise), lines }
}

/** The date is when it was paid, as in the history; when the money arrived is said where that was another second. */
function settledLine({ createdAt, completedAt }: Payment): { label: string; value: string }[] {
  const [paid, settled] = [istOf(createdAt), istOf(completedAt ?? createdAt)]
  return paid === settled ? [] : [{ label: 'Settled', value: settled }]
}

/** Nothing of what a payment between people always is. */
function initiationLines({
  purpose,
  reference,
  infoUrl,
  mcc,
}: Initiation): { label: string; value: string }[] {
  const name = new Map(Object.entries(purposes)).get(purpose)?.name
  return [
    ...(purpose === '00' ? [] : [{ label: 'Purpose', value: name ?? purpose }]),
    ...(reference === undefined ? [] : [{ label: 'Order reference', value: reference }]),
    ...(infoUrl === undefined ? [] : [{ label: 'Details of the order', value: infoUrl }]),
    ...(mcc === '0000' ? [] : [{ label: 'Merchant category (MCC)', value: mcc }]),
  ]
}

function accountLine({ vpa, bank, maskedNumber }: PaymentParty): string {
  const account = [bank, maskedNumber].filter((part) => part !== undefined).join(' ')
  return account === '' ? vpaText(vpa) : `${vpaText(vpa)} (${account})`
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `23 Nov 2026, 15:00:00 IST` */
export function istOf(at: Date): string {
  const ist = new Date(at.getTime() + 330 * 60_000)
  const time = ist.toISOString().slice(11, 19)
  return `${ist.getUTCDate()} ${months[ist.getUTCMonth()]} ${ist.getUTCFullYear()}, ${time} IST`
}

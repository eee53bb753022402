// Begins a payment that comes in: another app pays one of our UPI IDs, and the network asks whose account it is.
import { amountFromWire, type Message } from '@bahi/contracts/network.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { maxAmountPaise, normaliseVpa } from '@bahi/contracts/formats.ts'
import { deriveId } from '@bahi/kit/crypto/derive-id.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import { payeeIn, unreachable, type Parties } from './resolve.ts'
import { hashOf } from './pay.ts'
import { apply, eventOf, type Change, type Payment } from './payment.ts'
import type { WireAccount } from '../network/network.ts'
import { findPayments, insertPayments, toPayment } from './store.ts'

export type Address = { account: WireAccount; name: string } | { code: string }

/** Our id of a payment that another app began: the same for each message about it. */
export function incomingId(txn: Message['txn']): string {
  return deriveId(Date.parse(txn.ts), txn.id)
}

/** Codes of why the network may not go on; `moved`: the UPI ID names another account than the payment does. */
const codes = { malformed: 'ZD', nobody: 'ZH', differs: 'U01', unknown: 'U48', moved: 'XI' }

/**
 * Whose the address is, for the network. With `begin` the payment is remembered as pending before the network hears
 * that it may go on; the same message again changes nothing. One that has failed, or says something else than the
 * message, does not go on.
 * @param known the payment that the message is about, when it is known here
 */
export async function receive(
  deps: Pick<Deps, 'transaction' | 'clock' | 'sql'> & { parties: Parties },
  asked: Message<'ReqAuthDetails'>,
  { known, begin, pace }: { known: Payment | undefined; begin: boolean; pace: number },
): Promise<Address> {
  const amountPaise = amountFromWire(asked.payee.amount)
  const sums = amountPaise > 0 && amountPaise <= maxAmountPaise
  if (!sums || asked.payer.amount.value !== asked.payee.amount.value) return { code: codes.malformed }
  const vpa = normaliseVpa(asked.payee.addr)
  const party = await deps.parties.payee(vpa)
  if (party === undefined || party === unreachable || party.userId === undefined)
    return { code: codes.nobody }
  const payee = payeeIn(vpa, party)
  const payment =
    known ?? (begin ? await retryRaces(() => beginIncoming(deps, asked, payee, pace)) : undefined)
  if (!payment) return { code: codes.unknown }
  const same =
    payment.amountPaise === amountPaise &&
    payment.payee.vpa === vpa &&
    payment.payer.vpa === normaliseVpa(asked.payer.addr)
  if (!same) return { code: codes.differs }
  if (payment.status === 'failed') return { code: payment.code ?? codes.unknown }
  // The money goes where both people are told that it went, or nowhere.
  if (payment.payee.accountId !== payee.accountId) return { code: codes.moved }
  const { name, ifsc, accountRef, accountType } = party
  return { name, account: { ifsc, accountRef, accountType } }
}

async function beginIncoming(
  deps: Pick<Deps, 'transaction' | 'clock' | 'sql'>,
  { txn, payer }: Message<'ReqAuthDetails'>,
  payee: ReturnType<typeof payeeIn>,
  pace: number,
): Promise<Payment> {
  const id = incomingId(txn)
  const [row] = await findPayments(deps.sql, [id])
  if (row) return toPayment(row)
  const now = deps.clock.now()
  const amountPaise = amountFromWire(payer.amount)
  const payerVpa = normaliseVpa(payer.addr)
  const { note } = txn
  const begun: Change = {
    type: 'payment.begun',
    at: now,
    data: {
      paymentId: id,
      txnId: txn.id,
      rrn: txn.custRef,
      amountPaise,
      ...(note === undefined ? {} : { note }),
      payer: { vpa: payerVpa, name: plainText(payer.name) || payerVpa },
      payee,
      route: 'in',
    },
  }
  const dueAt = new Date(now.getTime() + networkRulesAt(now, pace).firstCheckAfterS * 1_000)
  const inputHash = hashOf({ payerVpa, payeeVpa: payee.vpa, amountPaise, note })
  const payment = apply(undefined, begun)
  await deps.transaction(async (tx) => {
    await insertPayments(tx, [{ payment, inputHash, dueAt }])
    await appendEvents(tx, now, [eventOf(begun, { stream: id, version: 1 })])
  })
  return payment
}

/** Without what no name has: control characters, halves of characters, turns of the direction. */
function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, '').trim()
}

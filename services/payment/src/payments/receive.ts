// Begins a payment that comes in: another app pays one of our UPI IDs, and the network asks whose account it is.
import { maxAmountPaise, normaliseVpa } from '@bahi/contracts/formats.ts'
import { isDefaultInitiation, isInfoUrl, isReference, type Initiation } from '@bahi/contracts/initiation.ts'
import { amountFromWire, type Message } from '@bahi/contracts/network.ts'
import { deriveId } from '@bahi/kit/crypto/derive-id.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import type { WireAccount } from '../network/message-parts.ts'
import { claimOrders, orderRefusal } from '../codes/pay-order.ts'
import { areBlocked } from '../people/store.ts'
import { blockedCode } from './begin.ts'
import { apply, toStreamEvent, type Payment, type PaymentEvent } from './payment.ts'
import { inputHash } from './prepare.ts'
import { payeeIn, unreachable, type PartyResolver } from './resolve.ts'
import type { Route } from './routes/route.ts'
import { findPayments, insertPayments, toPayment } from './store.ts'

export type AddressAnswer = { account: WireAccount; name: string; mcc?: string } | { code: string }

/** Our id of a payment that another app began: the same for each message about it. */
export function inboundPaymentId(txn: Message['txn']): string {
  return deriveId(Date.parse(txn.ts), txn.id)
}

/**
 * Codes of why the network may not go on. `moved`: the UPI ID names another account than the payment does; `paid`: the
 * order of its code is paid, or being paid.
 */
const codes = { malformed: 'ZD', nobody: 'ZH', differs: 'U01', unknown: 'U48', moved: 'XI', paid: 'YG' }

type ReceiveDeps = Pick<Deps, 'transaction' | 'clock' | 'sql'> & {
  parties: PartyResolver
  routes: { in: Pick<Route, 'firstCheckAfterMs'> }
}

/**
 * Whose address it is, for the network. With `begin` the payment is stored as pending before the network may go
 * on; the same message again changes nothing. A payment that has failed, or differs from the message, does not go on.
 * @param existing the payment that the message is about, when it is stored here
 */
export async function receive(
  deps: ReceiveDeps,
  message: Message<'ReqAuthDetails'>,
  { existing, begin }: { existing: Payment | undefined; begin: boolean },
): Promise<AddressAnswer> {
  const amountPaise = amountFromWire(message.payee.amount)
  const isAmount = amountPaise > 0 && amountPaise <= maxAmountPaise
  if (!isAmount || message.payer.amount.value !== message.payee.amount.value) return { code: codes.malformed }
  const vpa = normaliseVpa(message.payee.addr)
  const party = await deps.parties.payee(vpa)
  if (party === undefined || party === unreachable || party.userId === undefined)
    return { code: codes.nobody }
  const payer = { vpa: normaliseVpa(message.payer.addr) }
  if (!existing && (await areBlocked(deps.sql, [{ of: party, by: payer }]))[0]) return { code: blockedCode }
  const payee = payeeIn(vpa, party)
  const payment =
    existing ?? (begin ? await retryRaces(() => beginInbound(deps, message, payee, party.mcc)) : undefined)
  if (!payment) return { code: codes.unknown }
  if (payment === 'order-paid') return { code: codes.paid }
  const isSame =
    payment.amountPaise === amountPaise && payment.payee.vpa === vpa && payment.payer.vpa === payer.vpa
  if (!isSame) return { code: codes.differs }
  if (payment.status === 'failed') return { code: payment.code ?? codes.unknown }
  // The money must go to the account that both people were shown, or nowhere.
  if (payment.payee.accountId !== payee.accountId) return { code: codes.moved }
  const { name, ifsc, accountRef, accountType, mcc } = party
  return { name, account: { ifsc, accountRef, accountType }, ...(mcc === undefined ? {} : { mcc }) }
}

async function beginInbound(
  deps: ReceiveDeps,
  { txn, payer, payee: { code } }: Message<'ReqAuthDetails'>,
  payee: ReturnType<typeof payeeIn>,
  /** As our bank has it: before what the other app says of our payee. */
  mcc: string | undefined,
): Promise<Payment | 'order-paid'> {
  const id = inboundPaymentId(txn)
  const [row] = await findPayments(deps.sql, [id])
  if (row) return toPayment(row)
  const now = deps.clock.now()
  const amountPaise = amountFromWire(payer.amount)
  const payerVpa = normaliseVpa(payer.addr)
  const { note } = txn
  const initiation = initiationOf(txn, mcc ?? code)
  const begun: PaymentEvent = {
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
      ...(isDefaultInitiation(initiation) ? {} : { initiation }),
    },
  }
  const dueAt = new Date(now.getTime() + deps.routes.in.firstCheckAfterMs(now))
  const hash = inputHash({ payerVpa, payeeVpa: payee.vpa, amountPaise, note, initiation })
  const payment = apply(undefined, begun)
  return deps.transaction(async (tx) => {
    const claims = await claimOrders(tx, [payment], now)
    if (orderRefusal(claims, payment, now)) return 'order-paid'
    await insertPayments(tx, [{ payment, inputHash: hash, dueAt }])
    await appendEvents(tx, now, [toStreamEvent(begun, { stream: id, version: payment.version })])
    return payment
  })
}

/** As the message has it; a reference or an address of another form is left out. */
function initiationOf(txn: Message['txn'], mcc: string): Initiation {
  const { initiationMode, purpose, refId = '', refUrl = '' } = txn
  const hasReference = isReference(refId)
  return {
    mode: initiationMode ?? '00',
    purpose: purpose ?? '00',
    ...(hasReference ? { reference: refId } : {}),
    ...(isInfoUrl(refUrl) ? { infoUrl: refUrl } : {}),
    mcc,
    origin: { kind: 'network' },
  }
}

/** Without characters that no name has: controls, halves of surrogate pairs, overrides of the text direction. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, '').trim()
}

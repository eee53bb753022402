// The legs at the sandbox's banks: checks, posts an entry once, and returns a response code.
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import type { PinBlock } from '@bahi/contracts/pin-block.ts'
import { keepDebit, mandateDebit, mandateRefusal } from './bank-mandates.ts'
import { isFresh, verifyPin } from './pin.ts'
import { blockedPaise } from './store-mandates.ts'
import { hasEntry, lockAccount, insertEntry, type Entry } from './store.ts'
import {
  debitOf,
  hasUnlimitedFunds,
  paymentIdOf,
  type Party,
  type Transaction,
} from '../switch/transaction.ts'
import type { Transition } from '../switch/transition.ts'

/**
 * Debits the payer. A payment from the member's app needs a PIN block, or a mandate that this bank holds; one from the
 * bank's own app needs neither.
 */
export async function debitAccount(transition: Transition): Promise<string> {
  const { tx, txn, now, deps } = transition
  const { payer, payee, creds } = txn.content
  const accountRef = payer.ac!.acnum
  // With the member's app: a payment that it began, or a collect that it approved.
  const isByMember = payer.isMember
  if (!hasUnlimitedFunds(payer)) {
    let pin: string | undefined
    if (isByMember && !(creds?.type === 'UpiMandate' && debitOf(txn))) {
      if (creds?.type !== 'PIN') return 'U11'
      const block = await deps.keys.openPin(creds.data)
      if (!block) return 'U14'
      const isForThisPayment =
        block.purpose === 'pay' &&
        isForTransaction(block, txn) &&
        block.amountPaise === txn.amountPaise &&
        block.payeeVpa !== undefined &&
        normaliseVpa(block.payeeVpa) === payee.addr &&
        isFresh(block, now)
      if (!isForThisPayment) return 'U54'
      pin = block.pin
    }
    const account = await lockAccount(tx, payer.bank!, accountRef)
    if (!account) return 'XH'
    if (pin !== undefined) {
      const { code } = await verifyPin(tx, { deps, account, accountRef, pin, at: now })
      if (code !== '00') return code
    }
    const byMandate = await mandateDebit(transition)
    const refusal = byMandate && (await mandateRefusal(transition, byMandate, !isByMember))
    if (refusal !== undefined) return refusal
    const others = { today: istDateOf(now), except: byMandate?.debit.umn ?? null }
    const blocked = await blockedPaise(tx, accountRef, others)
    if (account.balancePaise - blocked < txn.amountPaise) return 'Z9'
    if (byMandate) await keepDebit(transition, byMandate)
  } else if (isByMember) return 'XH'
  await postEntry(transition, 'DEBIT', payer, -txn.amountPaise)
  return '00'
}

/**
 * A payment that the member's app began has its id in that of the transaction. The transaction of a collect is the
 * asker's: the block names it.
 */
const isForTransaction = (block: PinBlock, { txnId, content }: Transaction): boolean =>
  content.collect ? block.txnId === txnId : block.paymentId === paymentIdOf(txnId)

export async function creditAccount(transition: Transition): Promise<string> {
  const { payee } = transition.txn.content
  if (!hasUnlimitedFunds(payee) && !(await lockAccount(transition.tx, payee.bank!, payee.ac!.acnum)))
    return 'XI'
  await postEntry(transition, 'CREDIT', payee, transition.txn.amountPaise)
  return '00'
}

/** Reverses the debit, if there was one. */
export async function reverseDebit(transition: Transition): Promise<void> {
  const { txn } = transition
  if (await hasEntry(transition.tx, txn.txnId, 'DEBIT')) {
    await postEntry(transition, 'DEBIT-REVERSAL', txn.content.payer, txn.amountPaise)
  }
}

/** `00` reversed, `NC` there was no credit, `CS` the credit stands because the money is spent. */
export async function reverseCredit(transition: Transition): Promise<'00' | 'NC' | 'CS'> {
  const { tx, txn, now } = transition
  const { payee } = txn.content
  if (!(await hasEntry(tx, txn.txnId, 'CREDIT'))) return 'NC'
  if (!hasUnlimitedFunds(payee)) {
    const account = await lockAccount(tx, payee.bank!, payee.ac!.acnum)
    if (!account) return 'CS'
    const blocked = await blockedPaise(tx, payee.ac!.acnum, { today: istDateOf(now) })
    if (account.balancePaise - blocked < txn.amountPaise) return 'CS'
  }
  await postEntry(transition, 'CREDIT-REVERSAL', payee, -txn.amountPaise)
  return '00'
}

async function postEntry(
  transition: Transition,
  leg: Entry['leg'],
  party: Party,
  amountPaise: number,
): Promise<void> {
  await insertEntry(transition.tx, {
    txnId: transition.txn.txnId,
    leg,
    accountRef: party.ac!.acnum,
    amountPaise,
    at: transition.now,
  })
}

// The legs at the sandbox's banks: checks, posts an entry once, and returns a response code.
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { payRules, pinBlockTimeFault, rulesAt } from '@bahi/contracts/rules.ts'
import { sameBytes } from '@bahi/kit/crypto/seal.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { PinBlock } from '@bahi/contracts/pin-block.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { hasEntry, lockAccount, insertEntry, writeTries, type Entry, type LockedAccount } from './store.ts'
import { hasUnlimitedFunds, paymentIdOf, type Party, type Transaction } from '../switch/transaction.ts'
import type { Transition } from '../switch/transition.ts'

const hourMs = 3_600_000

export const pinVerifier = (deps: Pick<NetworkDeps, 'seal'>, accountRef: string, pin: string): Buffer =>
  deps.seal.fingerprint(`${accountRef}\0${pin}`, 'sandbox.pin')

/** Whether the PIN block is recent enough. */
export const isFresh = ({ iat }: PinBlock, at: Date): boolean => pinBlockTimeFault(iat, at) === undefined

/** Debits the payer. A payment from the member's app needs a PIN block; one from the bank's own app does not. */
export async function debitAccount(transition: Transition): Promise<string> {
  const { tx, txn, now, deps } = transition
  const { payer, payee, creds } = txn.content
  const accountRef = payer.ac!.acnum
  // With the member's app: a payment that it began, or a collect that it approved.
  const isByMember = (txn.origin === 'member') !== (txn.content.collect !== undefined)
  if (!hasUnlimitedFunds(payer)) {
    let pin: string | undefined
    if (isByMember) {
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
    if (account.balancePaise < txn.amountPaise) return 'Z9'
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

export type PinVerdict = { code: '00' | 'ZM' | 'Z6' | 'AM'; triesLeft?: number }

/** Compares the PIN of a locked account, and counts a wrong one. */
export async function verifyPin(
  tx: Tx,
  guess: {
    deps: Pick<NetworkDeps, 'seal'>
    account: LockedAccount
    accountRef: string
    pin: string
    at: Date
  },
): Promise<PinVerdict> {
  const { account, accountRef, at } = guess
  const { pinTries, pinLockHours } = rulesAt(payRules, at)
  if (account.pinVerifier === null) return { code: 'AM' }
  if (account.pinLockedUntil !== null && account.pinLockedUntil > at) return { code: 'Z6', triesLeft: 0 }
  const triesBefore = account.pinLockedUntil === null ? account.pinTries : 0
  if (sameBytes(account.pinVerifier, pinVerifier(guess.deps, accountRef, guess.pin))) {
    if (account.pinTries > 0) await writeTries(tx, accountRef, 0, null)
    return { code: '00' }
  }
  const tries = triesBefore + 1
  const locked = tries >= pinTries ? new Date(at.getTime() + pinLockHours * hourMs) : null
  await writeTries(tx, accountRef, tries, locked)
  return { code: 'ZM', triesLeft: Math.max(pinTries - tries, 0) }
}

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
  const { tx, txn } = transition
  const { payee } = txn.content
  if (!(await hasEntry(tx, txn.txnId, 'CREDIT'))) return 'NC'
  if (!hasUnlimitedFunds(payee)) {
    const account = await lockAccount(tx, payee.bank!, payee.ac!.acnum)
    if (!account || account.balancePaise < txn.amountPaise) return 'CS'
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

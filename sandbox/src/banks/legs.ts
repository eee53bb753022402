// What a bank of the sandbox does with a leg: checks, moves the money once, and says its code.
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import { sameBytes } from '@bahi/kit/crypto/seal.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { PinBlock } from '@bahi/contracts/account.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { hasEntry, lockAccount, post, writeTries, type Entry, type LockedAccount } from './store.ts'
import { isEndless, paymentIdOf, type Side } from '../switch/transaction.ts'
import type { Unit } from '../switch/step.ts'

const maxAheadMs = 60_000
const hourMs = 3_600_000

export const pinVerifier = (deps: Pick<NetworkDeps, 'seal'>, accountRef: string, pin: string): Buffer =>
  deps.seal.fingerprint(`${accountRef}\0${pin}`, 'sandbox.pin')

/** Whether the block was made of late. */
export function isFresh(block: PinBlock, at: Date): boolean {
  const ageMs = at.getTime() - block.iat * 1_000
  return ageMs <= rulesAt(payRules, at).pinBlockMaxAgeMinutes * 60_000 && ageMs >= -maxAheadMs
}

/** Takes the payer's money. Its customers' own app needs no PIN block here; ours does. */
export async function debitHere(unit: Unit): Promise<string> {
  const { tx, txn, now, deps } = unit
  const { payer, payee, creds } = txn.content
  const accountRef = payer.ac!.acnum
  if (!isEndless(payer)) {
    let pin: string | undefined
    if (txn.origin === 'member') {
      if (creds?.type !== 'PIN') return 'U11'
      const block = await deps.keys.openPin(creds.data)
      if (!block) return 'U14'
      const isForThis =
        block.purpose === 'pay' &&
        block.paymentId === paymentIdOf(txn.txnId) &&
        block.amountPaise === txn.amountPaise &&
        block.payeeVpa !== undefined &&
        normaliseVpa(block.payeeVpa) === payee.addr &&
        isFresh(block, now)
      if (!isForThis) return 'U54'
      pin = block.pin
    }
    const account = await lockAccount(tx, payer.bank!, accountRef)
    if (!account) return 'XH'
    if (pin !== undefined) {
      const { code } = await tryPin(tx, { deps, account, accountRef, pin, at: now })
      if (code !== '00') return code
    }
    if (account.balancePaise < txn.amountPaise) return 'Z9'
  } else if (txn.origin === 'member') return 'XH'
  await move(unit, 'DEBIT', payer, -txn.amountPaise)
  return '00'
}

export type PinVerdict = { code: '00' | 'ZM' | 'Z6' | 'AM'; triesLeft?: number }

/** Compares the PIN of a locked account; a wrong one costs a try. */
export async function tryPin(
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
  const before = account.pinLockedUntil === null ? account.pinTries : 0
  if (sameBytes(account.pinVerifier, pinVerifier(guess.deps, accountRef, guess.pin))) {
    if (account.pinTries > 0) await writeTries(tx, accountRef, 0, null)
    return { code: '00' }
  }
  const tries = before + 1
  const locked = tries >= pinTries ? new Date(at.getTime() + pinLockHours * hourMs) : null
  await writeTries(tx, accountRef, tries, locked)
  return { code: 'ZM', triesLeft: Math.max(pinTries - tries, 0) }
}

export async function creditHere(unit: Unit): Promise<string> {
  const { payee } = unit.txn.content
  if (!isEndless(payee) && !(await lockAccount(unit.tx, payee.bank!, payee.ac!.acnum))) return 'XI'
  await move(unit, 'CREDIT', payee, unit.txn.amountPaise)
  return '00'
}

/** Gives the payer's money back, if it was taken. */
export async function returnHere(unit: Unit): Promise<void> {
  const { txn } = unit
  if (await hasEntry(unit.tx, txn.txnId, 'DEBIT')) {
    await move(unit, 'DEBIT-REVERSAL', txn.content.payer, txn.amountPaise)
  }
}

/** `00` taken back, `NC` there was nothing, `CS` the credit stands: the money is gone. */
export async function takeBackHere(unit: Unit): Promise<'00' | 'NC' | 'CS'> {
  const { tx, txn } = unit
  const { payee } = txn.content
  if (!(await hasEntry(tx, txn.txnId, 'CREDIT'))) return 'NC'
  if (!isEndless(payee)) {
    const account = await lockAccount(tx, payee.bank!, payee.ac!.acnum)
    if (!account || account.balancePaise < txn.amountPaise) return 'CS'
  }
  await move(unit, 'CREDIT-REVERSAL', payee, -txn.amountPaise)
  return '00'
}

async function move(unit: Unit, leg: Entry['leg'], side: Side, amountPaise: number): Promise<void> {
  await post(unit.tx, {
    txnId: unit.txn.txnId,
    leg,
    accountRef: side.ac!.acnum,
    amountPaise,
    at: unit.now,
  })
}

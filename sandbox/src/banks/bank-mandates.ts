// Mandates of accounts at the sandbox's banks, made with our app: authorised with the PIN, changed once by number, and
// compared with each debit under the lock of the account.
import type { BankOperation } from '@bahi/contracts/bank-mandates.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { executionFault } from '@bahi/contracts/mandate-rules.ts'
import type { MandateOperationByPin, PinBlock } from '@bahi/contracts/pin-block.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import type { reqOperation as contract } from '@bahi/contracts/sandbox-ports.ts'
import type { MandateDebitRef } from '@bahi/contracts/transfers.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { debitOf } from '../switch/transaction.ts'
import type { Transition } from '../switch/transition.ts'
import { isFresh, verifyPin } from './pin.ts'
import { lockAccount, type LockedAccount } from './store.ts'
import {
  blockedPaise,
  findBankMandate,
  findBankOperation,
  insertBankDebit,
  insertBankMandate,
  insertBankOperation,
  isDebited,
  renameBankMandate,
  updateBankMandate,
  type BankMandate,
} from './store-mandates.ts'

type Asked = Input<typeof contract>['body']
type Answer = Output<typeof contract>
type Decided = { code: string; triesLeft?: number }
type Locked = { deps: NetworkDeps; tx: Tx; account: LockedAccount; at: Date; block: PinBlock | undefined }

/** What is asked about and was never done is declined with `XB` from then on. */
export async function reqOperation(deps: NetworkDeps, asked: Asked): Promise<Answer> {
  const { bank, accountRef, nth, operation, pin } = asked
  const umn = normaliseVpa(asked.umn)
  const block = pin === undefined ? undefined : await deps.keys.openPin(pin)
  if (pin !== undefined && !block) return { code: 'U14' }
  return retryRaces(() =>
    deps.transaction(async (tx): Promise<Answer> => {
      const account = await lockAccount(tx, bank, accountRef)
      if (!account) return { code: 'XH' }
      const before = await findBankOperation(tx, umn, nth)
      const at = deps.clock.now()
      const decided: Decided = before
        ? { code: before.code, ...(before.triesLeft === null ? {} : { triesLeft: before.triesLeft }) }
        : operation
          ? await decide({ deps, tx, account, at, block }, { umn, accountRef }, operation)
          : { code: 'XB' }
      const { code, triesLeft = null } = decided
      if (!before) await insertBankOperation(tx, { umn, nth, code, triesLeft })
      const mandate = await findBankMandate(tx, umn)
      const isLive =
        mandate?.accountRef === accountRef && mandate.revokedAt === null && !(await isOver(tx, mandate))
      return { ...decided, ...(isLive ? { liveUntil: mandate.terms.validTo } : {}) }
    }),
  )
}

/** Its one debit was made. */
const isOver = async (tx: Tx, { umn, terms }: BankMandate) =>
  terms.recurrence === 'ONETIME' && (await isDebited(tx, umn, null))

async function decide(
  locked: Locked,
  { umn, accountRef }: { umn: string; accountRef: string },
  operation: BankOperation,
): Promise<Decided> {
  const { tx, at } = locked
  const found = await findBankMandate(tx, umn)
  if (operation.type === 'create') {
    if (found) return { code: 'XB' }
    const { mandateId, payeeVpa, terms } = operation
    const mandate: BankMandate = {
      ...{ umn, accountRef, mandateId: mandateId.toLowerCase(), payeeAddr: normaliseVpa(payeeVpa), terms },
      ...{ pause: null, revokedAt: null },
    }
    const declined = await checkPin(locked, mandate, 'create')
    if (declined) return declined
    if (terms.blockFunds) {
      const blocked = await blockedPaise(tx, accountRef, { today: istDateOf(at) })
      if (locked.account.balancePaise - blocked < terms.amountPaise) return { code: 'Z9' }
    }
    await insertBankMandate(tx, mandate)
    return { code: '00' }
  }
  if (operation.type === 'take') return take(locked, { umn, accountRef }, operation)
  // Which app keeps it the switch says: see `renameBankMandate`.
  if (operation.type === 'release' || found?.accountRef !== accountRef) return { code: 'VF' }
  if (found.revokedAt) return { code: 'QC' }
  if (operation.type !== 'pause' && operation.type !== 'revoke') {
    const { amountPaise } = operation.type === 'update' ? operation : found.terms
    const declined = await checkPin(locked, found, operation.type, amountPaise)
    if (declined) return declined
  }
  await updateBankMandate(tx, changedBy(found, operation, at))
  return { code: '00' }
}

/** What another app of the customer kept is our app's from then on, with all that it has debited. */
async function take(
  locked: Locked,
  { umn, accountRef }: { umn: string; accountRef: string },
  { fromUmn, terms }: Extract<BankOperation, { type: 'take' }>,
): Promise<Decided> {
  const { tx } = locked
  const found = await findBankMandate(tx, normaliseVpa(fromUmn))
  if (found?.accountRef !== accountRef) return { code: 'VF' }
  if (found.revokedAt) return { code: 'QC' }
  if (found.terms.amountPaise !== terms.amountPaise) return { code: 'QH' }
  const declined = await checkPin(locked, found, 'take')
  if (declined) return declined
  await renameBankMandate(tx, found.umn, umn)
  return { code: '00' }
}

function changedBy(
  mandate: BankMandate,
  operation: Exclude<BankOperation, { type: 'create' | 'take' | 'release' }>,
  at: Date,
): BankMandate {
  switch (operation.type) {
    case 'update': {
      const { amountPaise, validTo } = operation
      return { ...mandate, terms: { ...mandate.terms, amountPaise, validTo } }
    }
    case 'pause':
      return { ...mandate, pause: { from: operation.from, until: operation.until } }
    case 'unpause':
      return { ...mandate, pause: null }
    case 'port':
      // To another UPI ID of this account: the bank knows no UPI IDs of a payer.
      return mandate
    case 'revoke':
      return { ...mandate, revokedAt: at }
  }
}

/** Why it is declined; undefined: the PIN was entered for just this. */
async function checkPin(
  { deps, tx, account, at, block }: Locked,
  { accountRef, mandateId, payeeAddr, terms }: BankMandate,
  operation: MandateOperationByPin,
  amountPaise = terms.amountPaise,
): Promise<Decided | undefined> {
  if (!block) return { code: 'U11' }
  const isForThis =
    block.purpose === 'mandate' &&
    block.mandateId?.toLowerCase() === mandateId &&
    [undefined, operation].includes(block.operation) &&
    block.amountPaise === amountPaise &&
    block.payeeVpa !== undefined &&
    normaliseVpa(block.payeeVpa) === payeeAddr &&
    isFresh(block, at)
  if (!isForThis) return { code: 'U54' }
  const verdict = await verifyPin(tx, { deps, account, accountRef, pin: block.pin, at })
  return verdict.code === '00' ? undefined : verdict
}

/** The debit that a transaction makes, and what this bank knows of its mandate. */
type MandateDebit = { debit: MandateDebitRef; mandate: BankMandate | undefined }

/** Of a locked account. Undefined: the transaction is of no mandate. */
export async function mandateDebit({ tx, txn }: Transition): Promise<MandateDebit | undefined> {
  const debit = debitOf(txn)
  return debit && { debit, mandate: await findBankMandate(tx, debit.umn) }
}

/**
 * Why its mandate does not allow this debit. Undefined: it does.
 * @param isByOwnApp what the bank's own app keeps the bank need not have a record of
 */
export async function mandateRefusal(
  { tx, txn, now }: Transition,
  { debit, mandate }: MandateDebit,
  isByOwnApp: boolean,
): Promise<string | undefined> {
  const { payer, payee } = txn.content
  if (!mandate && isByOwnApp) return undefined
  if (!mandate || mandate.accountRef !== payer.ac?.acnum) return 'VF'
  if (mandate.payeeAddr !== payee.addr) return 'VG'
  if (mandate.revokedAt) return 'QC'
  const { terms, pause } = mandate
  if (await isDebited(tx, mandate.umn, terms.recurrence === 'ONETIME' ? null : debit.sequence)) return 'QB'
  const bound = { ...terms, ...(pause ? { pause } : {}) }
  return executionFault(bound, { amountPaise: txn.amountPaise, date: istDateOf(now) })
}

/** What was debited just now by a mandate that this bank knows. */
export async function keepDebit({ tx, txn }: Transition, { debit, mandate }: MandateDebit): Promise<void> {
  if (mandate) await insertBankDebit(tx, { ...debit, txnId: txn.txnId, amountPaise: txn.amountPaise })
}

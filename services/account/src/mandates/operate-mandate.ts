// Authorises a mandate with the UPI PIN and changes it, as the payer's bank: each operation once, by its number.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { BankOperation, operateMandate as contract } from '@bahi/contracts/bank-mandates.ts'
import { appOf, mandateIdIn } from '@bahi/contracts/umn.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import type { MandateAsked } from '@bahi/contracts/network-adapter.ts'
import type { MandateOperationByPin } from '@bahi/contracts/pin-block.ts'
import { addDays, istTime } from '@bahi/contracts/recurrence.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import type { AccountDeps } from '../config.ts'
import { linkedAccountKeys, postTransfers } from '../ledger/store.ts'
import { pinRulesAt } from '../pin/check-pin.ts'
import { isFirstUse, pinFor } from '../pin/pin-block.ts'
import { tryPin } from '../pin/store.ts'
import { operateElsewhere } from './operate-elsewhere.ts'
import {
  accountAtBank,
  changeMandate,
  findMandate,
  findOperation,
  insertMandate,
  insertOperation,
  isMandateKnown,
  moveMandate,
  renameMandate,
  lockBankAccounts,
  lockIfLinked,
  type BankMandate,
} from './store.ts'

type Asked = Input<typeof contract>['body']
type Outcome = Output<typeof contract>
type Creation = Extract<BankOperation, { type: 'create' }>
type Keys = { accountId: string; userId: string; bankAccountId: string; ledgerAccountId: number }

/** Recorded for what is resolved and was never done: it cannot be done any more. */
const neverDone = 'XB'

export function operateMandate(deps: AccountDeps, asked: Asked): Promise<Outcome> {
  const { operation, pin } = asked
  const more = pin === undefined ? { operation } : { operation, pin }
  return once(deps, asked, more, (tx, keys, umn) => decide(deps, tx, keys, { ...asked, umn }))
}

/** What became of an operation; from now on it is final. */
export function resolveMandateOperation(
  deps: AccountDeps,
  asked: Omit<Asked, 'operation' | 'pin'>,
): Promise<Outcome> {
  return once(deps, asked, {}, () => Promise.resolve({ code: neverDone }))
}

async function once(
  deps: AccountDeps,
  { umn: anyCase, nth, accountId }: Omit<Asked, 'operation' | 'pin'>,
  more: Pick<MandateAsked, 'operation' | 'pin'>,
  decideNew: (tx: Tx, keys: Keys, umn: string) => Promise<Outcome>,
): Promise<Outcome> {
  const umn = normaliseVpa(anyCase)
  const [keys] = await linkedAccountKeys(deps.sql, [accountId.toLowerCase()])
  if (!keys) return { code: 'XH' }
  const { bankAccountId, ledgerAccountId } = keys
  if (bankAccountId === null || ledgerAccountId === null) {
    const account = await accountAtBank(deps.sql, keys.accountId)
    return operateElsewhere(deps, { ...account, userId: keys.userId }, { umn, nth, ...more })
  }
  return retryRaces(() =>
    deps.transaction(async (tx) => {
      await lockBankAccounts(tx, [bankAccountId, ...(await portedTo(tx, more.operation))])
      const before = await findOperation(tx, umn, nth)
      if (before) return outcomeOf(before)
      const outcome = await decideNew(tx, { ...keys, bankAccountId, ledgerAccountId }, umn)
      const { code, triesLeft = null } = outcome
      const type = more.operation?.type ?? 'none'
      await insertOperation(tx, { umn, nth, type, code, triesLeft, at: deps.clock.now() })
      return outcome
    }),
  )
}

const outcomeOf = ({ code, triesLeft }: { code: string; triesLeft: number | null }): Outcome => ({
  code,
  ...(triesLeft === null ? {} : { triesLeft }),
})

/** Under the lock of the payer's account. */
async function decide(deps: AccountDeps, tx: Tx, keys: Keys, asked: Asked): Promise<Outcome> {
  const { umn, operation, pin } = asked
  const found = await findMandate(tx, umn)
  if (operation.type === 'create') {
    if (found || (await isMandateKnown(tx, operation.mandateId))) return { code: neverDone }
    if (keys.userId !== operation.userId.toLowerCase()) return { code: 'XH' }
    if (!(await lockIfLinked(tx, keys.accountId))) return { code: 'XH' }
    const { mandateId, payeeVpa, terms } = operation
    const about = { mandateId: mandateId.toLowerCase(), payeeVpa, amountPaise: terms.amountPaise }
    const declined = await checkPin(deps, tx, keys, pin, { operation: 'create', ...about })
    return declined ?? create(deps, tx, keys, umn, operation)
  }
  if (operation.type === 'take') return take(deps, tx, keys, { umn, pin }, operation)
  if (found?.bankAccountId !== keys.bankAccountId) return { code: 'VF' }
  if (found.isRevoked) return { code: 'QC' }
  if (operation.type === 'release') return release(deps, tx, keys, found, { umn, pin, ...operation })
  if (operation.type === 'port')
    return port(deps, tx, keys, found, { umn, pin, accountId: operation.accountId })
  if (operation.type === 'update' || operation.type === 'unpause') {
    const { amountPaise } = operation.type === 'update' ? operation : found
    const declined = await checkPin(deps, tx, keys, pin, { ...found, amountPaise, operation: operation.type })
    if (declined) return declined
  }
  await changeMandate(tx, umn, operation, deps.clock.now())
  if (operation.type === 'revoke') await giveBack(deps, tx, found)
  return { code: '00' }
}

/** What the PIN has to have been entered for. */
type MandateUse = { operation: MandateOperationByPin } & Pick<
  BankMandate,
  'mandateId' | 'payeeVpa' | 'amountPaise'
>

/** The code that the operation is declined with; undefined: the PIN is right. */
export async function checkPin(
  deps: AccountDeps,
  tx: Tx,
  { accountId, bankAccountId, userId }: Pick<Keys, 'accountId' | 'bankAccountId' | 'userId'>,
  jwe: string | undefined,
  { operation, mandateId, payeeVpa, amountPaise }: MandateUse,
): Promise<Outcome | undefined> {
  if (jwe === undefined) return { code: 'U11' }
  const use = { purpose: 'mandate', operation, accountId, mandateId, payeeVpa, amountPaise } as const
  const opened = pinFor(deps, jwe, use)
  if ('declineCode' in opened) return { code: opened.declineCode }
  const at = deps.clock.now()
  if (!(await isFirstUse(tx, jwe, at))) return { code: 'U54' }
  const pinDigest = deps.pins.digest(bankAccountId, opened.pin)
  const { code, triesLeft, lockedNow } = await tryPin(tx, { bankAccountId, pinDigest, at, ...pinRulesAt(at) })
  if (lockedNow)
    await deps.append(tx, { type: 'account.pin-locked', stream: accountId, data: { userId, accountId } })
  return code === '00' ? undefined : outcomeOf({ code, triesLeft })
}

async function create(
  deps: AccountDeps,
  tx: Tx,
  keys: Keys,
  umn: string,
  operation: Creation,
): Promise<Outcome> {
  const { block, terms } = operation
  if (block) {
    const [payee] = await linkedAccountKeys(tx, [block.payeeAccountId.toLowerCase()])
    if (!payee?.ledgerAccountId) return { code: 'XI' }
    const between = { debitAccount: keys.ledgerAccountId, creditAccount: payee.ledgerAccountId }
    const code = await reserve(deps, tx, terms, { id: block.holdId, ...between })
    if (code !== '00') return { code }
  }
  const payeeVpa = normaliseVpa(operation.payeeVpa)
  const { accountId, bankAccountId } = keys
  const about = { umn, accountId, bankAccountId, ...(block ? { holdId: block.holdId } : {}) }
  await insertMandate(tx, { ...operation, payeeVpa, ...about })
  return { code: '00' }
}

/** Holds the amount for its one debit, until its last day is over. The code of the hold. */
export async function reserve(
  deps: Pick<AccountDeps, 'clock'>,
  tx: Tx,
  { amountPaise, validTo }: Pick<MandateTerms, 'amountPaise' | 'validTo'>,
  hold: { id: string; debitAccount: number; creditAccount: number },
): Promise<string> {
  const lastsMs = istTime(addDays(validTo, 1)).getTime() - deps.clock.now().getTime()
  const expiresInS = Math.ceil(lastsMs / 1_000)
  const [held] = await postTransfers(tx, [{ ...hold, kind: 'hold', amountPaise, expiresInS }])
  if (held!.code.startsWith('!')) throw new Error(`the id of the hold ${hold.id} is taken`)
  return held!.code
}

/** The bank account that is to be debited from now on, if it is ours. */
async function portedTo(tx: Tx, operation: BankOperation | undefined): Promise<string[]> {
  if (operation?.type !== 'port') return []
  const [to] = await linkedAccountKeys(tx, [operation.accountId.toLowerCase()])
  return to?.bankAccountId ? [to.bankAccountId] : []
}

/** Under the locks of both accounts. What it has debited stays with it: no number is debited from each of them. */
async function port(
  deps: AccountDeps,
  tx: Tx,
  { userId }: Keys,
  found: BankMandate,
  { umn, pin, accountId }: { umn: string; pin: string | undefined; accountId: string },
): Promise<Outcome> {
  // What is reserved stays where it is.
  if (found.openHold !== null) return { code: neverDone }
  const [to] = await linkedAccountKeys(tx, [accountId.toLowerCase()])
  if (!to || to.userId !== userId || !(await lockIfLinked(tx, to.accountId))) return { code: 'XH' }
  const { bankAccountId, ledgerAccountId } = to
  if (bankAccountId === null || ledgerAccountId === null) return { code: 'XH' }
  const target = { ...to, bankAccountId, ledgerAccountId }
  const declined = await checkPin(deps, tx, target, pin, { ...found, operation: 'port' })
  if (declined) return declined
  await moveMandate(tx, umn, target)
  return { code: '00' }
}

/** Another app keeps it from now on: by one number at a time it is debited, each debit once whoever makes it. */
async function release(
  deps: AccountDeps,
  tx: Tx,
  keys: Keys,
  found: BankMandate,
  { umn, pin, toUmn }: { umn: string; pin: string | undefined; toUmn: string },
): Promise<Outcome> {
  if (found.openHold !== null) return { code: neverDone }
  const to = normaliseVpa(toUmn)
  if (mandateIdIn(to) !== found.mandateId || appOf(to) === deps.config.BAHI_HANDLE) return { code: 'VF' }
  const declined = await checkPin(deps, tx, keys, pin, { ...found, operation: 'release' })
  if (declined) return declined
  await renameMandate(tx, umn, to)
  return { code: '00' }
}

/** What another app kept is kept here from now on, as it is at this bank. */
async function take(
  deps: AccountDeps,
  tx: Tx,
  keys: Keys,
  { umn, pin }: { umn: string; pin: string | undefined },
  { fromUmn, userId, terms }: Extract<BankOperation, { type: 'take' }>,
): Promise<Outcome> {
  const from = normaliseVpa(fromUmn)
  const found = await findMandate(tx, from)
  if (found?.bankAccountId !== keys.bankAccountId || mandateIdIn(umn) !== found.mandateId)
    return { code: 'VF' }
  if (found.isRevoked) return { code: 'QC' }
  // What is reserved is for debits over the network.
  if (found.openHold !== null) return { code: neverDone }
  if (found.amountPaise !== terms.amountPaise) return { code: 'QH' }
  if (keys.userId !== userId.toLowerCase() || !(await lockIfLinked(tx, keys.accountId))) return { code: 'XH' }
  const declined = await checkPin(deps, tx, keys, pin, { ...found, operation: 'take' })
  if (declined) return declined
  await renameMandate(tx, from, umn)
  await moveMandate(tx, umn, keys)
  return { code: '00' }
}

/** What it had reserved. */
export async function giveBack(
  deps: Pick<AccountDeps, 'clock'>,
  tx: Tx,
  { openHold }: BankMandate,
): Promise<void> {
  if (openHold === null) return
  const id = uuidv7(deps.clock.now().getTime())
  const [closed] = await postTransfers(tx, [{ id, kind: 'void', pendingId: openHold }])
  if (closed!.code !== '00') throw new Error(`the hold ${openHold} was not released: ${closed!.code}`)
}

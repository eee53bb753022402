// Operations on mandates of our bank that the apps which keep them ask for over the network: each once by its
// transaction, with the PIN where our own app needs one, under the lock of the account.
import { createHash } from 'node:crypto'
import { appOf, mandateIdIn } from '@bahi/contracts/umn.ts'
import type { EventData } from '@bahi/contracts/events.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { isUuid, uuidv7 } from '@bahi/contracts/id.ts'
import { mandateRulesAt, termsFault, type MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { isDate, istDateOf } from '@bahi/contracts/recurrence.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import { linksToBankAccounts } from '../bank-accounts/store.ts'
import type { AccountDeps } from '../config.ts'
import type { AppOperation, BankMessages, MandateInstruction, Reply } from '../inbound/bank-messages.ts'
import { scheduleReplies } from '../inbound/send-replies.ts'
import { internalAccount, linkedAccountKeys } from '../ledger/store.ts'
import { checkPin, giveBack, reserve } from './operate-mandate.ts'
import {
  changeMandate,
  findMandate,
  findRequest,
  insertMandate,
  insertRequest,
  isMandateKnown,
  lockBankAccounts,
  lockIfLinked,
  type BankMandate,
  type MandateFacts,
} from './store.ts'

/** UPI codes of why nothing is done. */
const codes = {
  ...{ unknown: 'VF', payee: 'VG', revoked: 'QC', day: 'QD', amount: 'QH', terms: 'QR', reserved: 'IC' },
  ...{ malformed: 'ZD', noAccount: 'XH', neverDone: 'XB' },
}

/**
 * Committed, with its reply, when this resolves; asked again it gets the same answer. `differs`: the transaction is
 * known with other content, and nothing was done.
 */
export function operateForApp(
  deps: AccountDeps,
  network: Pick<BankMessages, 'mandateReply'>,
  order: MandateInstruction,
): Promise<Reply | 'differs'> {
  const { txnId, umn, operation, accountRef } = order
  const content = contentOf(order)
  return retryRaces(() =>
    deps.transaction(async (tx) => {
      const at = deps.clock.now()
      if (accountRef !== undefined && isUuid(accountRef)) await lockBankAccounts(tx, [accountRef])
      const before = await findRequest(tx, txnId)
      if (before && !before.content.equals(content)) return 'differs'
      const code = before?.code ?? (await decide(deps, tx, order, at))
      if (!before) await insertRequest(tx, { txnId, umn, type: operation.type, content, code, at })
      const reply = network.mandateReply(order, code)
      await scheduleReplies(tx, [reply], at)
      return reply
    }),
  )
}

/** All that decides about it, but for the PIN: a block works once, and may be made anew. */
function contentOf({ umn, operation, accountRef, request: { payer, payee } }: MandateInstruction): Buffer {
  const content = [umn, operation, accountRef, normaliseVpa(payer.addr), normaliseVpa(payee.addr)]
  return createHash('sha256').update(JSON.stringify(content)).digest()
}

/**
 * Whether the app of this UPI ID of the payer, which is not ours, keeps the mandate. The switch vouches for that app:
 * what another one keeps it can neither change nor debit.
 */
export function isKeptByAppOf(
  { config }: Pick<AccountDeps, 'config'>,
  payerAddr: string,
  umn: string,
): boolean {
  const app = appOf(umn)
  return app !== config.BAHI_HANDLE && app === appOf(payerAddr)
}

/** Under the lock of the account. */
async function decide(deps: AccountDeps, tx: Tx, order: MandateInstruction, at: Date): Promise<string> {
  const { umn, operation, accountRef, isOver, request } = order
  if (accountRef === undefined || !isUuid(accountRef)) return codes.noAccount
  if (!isKeptByAppOf(deps, request.payer.addr, umn)) return codes.unknown
  if (isOver) return codes.neverDone
  if (operation.type === 'create') return create(deps, tx, { ...order, operation, accountRef }, at)
  const found = await findMandate(tx, umn)
  if (found?.bankAccountId !== accountRef) return codes.unknown
  if (found.payeeVpa !== normaliseVpa(request.payee.addr)) return codes.payee
  if (operation.type === 'revoke' && found.isRevoked) return '00'
  const fault = faultOf(found, order, at)
  if (fault !== undefined) return fault
  // It goes on as it is.
  if (isAsItIs(found, operation)) return '00'
  const changed = changeOf(operation)
  const { amountPaise } = changed.type === 'update' ? changed : found
  if (changed.type === 'update' || changed.type === 'unpause') {
    const use = { ...found, amountPaise, operation: changed.type }
    const declined = await checkPin(deps, tx, found, pinIn(order), use)
    if (declined) return declined.code
  }
  await changeMandate(tx, umn, changed, at)
  if (changed.type === 'revoke') await giveBack(deps, tx, found)
  await report(deps, tx, order, { ...found, amountPaise })
  return '00'
}

/** Nothing is to be done, or told to its account holder. */
function isAsItIs({ pausedFrom, pausedUntil }: BankMandate, operation: AppOperation): boolean {
  if (operation.type === 'unpause') return pausedFrom === null
  const { from, until } = operation.type === 'pause' ? operation.pause : {}
  return from !== undefined && from === pausedFrom && until === pausedUntil
}

/** What the bank changes of its record. */
function changeOf(operation: Exclude<AppOperation, { type: 'create' }>): Parameters<typeof changeMandate>[2] {
  switch (operation.type) {
    case 'update': {
      const { amountPaise, validTo } = operation.terms
      return { type: 'update', amountPaise, validTo }
    }
    case 'pause':
      return { type: 'pause', ...operation.pause }
    case 'unpause':
    case 'revoke':
      return operation
  }
}

/** Why it cannot be done, whatever the PIN. */
function faultOf(
  found: BankMandate,
  { operation, request }: MandateInstruction,
  at: Date,
): string | undefined {
  const today = istDateOf(at)
  if (found.isRevoked) return codes.revoked
  if (operation.type === 'revoke') return undefined
  if (found.validTo < today) return codes.day
  // As with our own app: it is revoked, and given anew.
  if (found.openHold !== null) return codes.reserved
  if (operation.type === 'pause') {
    const { from, until } = operation.pause
    return isDate(from) && isDate(until) && from >= today && until >= from ? undefined : codes.malformed
  }
  if (operation.type !== 'update') return undefined
  const { terms } = operation
  const isSame =
    terms.amountRule === found.amountRule &&
    terms.validFrom === found.validFrom &&
    (terms.recurrence === 'ONETIME') === found.oneTime
  if (!isSame || terms.blockFunds) return codes.terms
  if (terms.validTo < today) return codes.day
  // The first day may have passed, and was judged then.
  const from = terms.validFrom < today ? terms.validFrom : today
  return termsCode(terms, { today: from, mcc: request.payee.code, at })
}

function termsCode(
  terms: MandateTerms,
  { today, mcc, at }: { today: string; mcc: string; at: Date },
): string | undefined {
  const fault = termsFault(terms, mandateRulesAt(at), { today, mcc })
  if (!fault) return undefined
  if (fault.field === 'amountPaise') return codes.amount
  return fault.field === 'validFrom' || fault.field === 'validTo' ? codes.day : codes.terms
}

type Creation = MandateInstruction & {
  operation: Extract<AppOperation, { type: 'create' }>
  accountRef: string
}

/** The account holder gives one with another app: they have to have linked the account here, to be told of it. */
async function create(deps: AccountDeps, tx: Tx, order: Creation, at: Date): Promise<string> {
  const { umn, accountRef: bankAccountId, operation, request } = order
  const { terms } = operation
  const mandateId = mandateIdIn(umn)
  // A number is nobody's twice: neither another app's nor one that is given with ours.
  if (mandateId === undefined || (await isMandateKnown(tx, mandateId))) return codes.unknown
  const fault = termsCode(terms, { today: istDateOf(at), mcc: request.payee.code, at })
  if (fault !== undefined) return fault
  const [link] = await linksToBankAccounts(tx, [bankAccountId])
  if (!link || !(await lockIfLinked(tx, link.accountId))) return codes.noAccount
  const { userId, accountId } = link
  const payeeVpa = normaliseVpa(request.payee.addr)
  const { amountPaise } = terms
  const mandate = { mandateId, userId, accountId, bankAccountId, payeeVpa, amountPaise }
  const declined = await checkPin(deps, tx, link, pinIn(order), { ...mandate, operation: 'create' })
  if (declined) return declined.code
  const holdId = terms.blockFunds ? uuidv7(at.getTime()) : undefined
  if (holdId !== undefined) {
    const code = await reserveForNetwork(deps, tx, { accountId, terms, holdId })
    if (code !== '00') return code
  }
  await insertMandate(tx, {
    ...{ type: 'create', umn, ...mandate, terms },
    ...(holdId === undefined ? {} : { holdId }),
  })
  await report(deps, tx, order, mandate)
  return '00'
}

/** For its one debit, which arrives as a leg: to settlement. The code of the hold. */
async function reserveForNetwork(
  deps: AccountDeps,
  tx: Tx,
  { accountId, terms, holdId }: { accountId: string; terms: MandateTerms; holdId: string },
): Promise<string> {
  const [keys] = await linkedAccountKeys(tx, [accountId])
  if (!keys?.ledgerAccountId) return codes.noAccount
  const settlement = await internalAccount(tx, 'settlement')
  const between = { debitAccount: keys.ledgerAccountId, creditAccount: settlement }
  return reserve(deps, tx, terms, { id: holdId, ...between })
}

const pinIn = ({ request: { payer } }: MandateInstruction): string | undefined =>
  payer.creds?.type === 'PIN' ? payer.creds.data : undefined

/** Whoever got hold of the other app may have done it. */
async function report(
  deps: AccountDeps,
  tx: Tx,
  { umn, operation, request }: MandateInstruction,
  mandate: MandateFacts,
): Promise<void> {
  const data = { ...elsewhereOf(mandate, umn, request.payee.name), operation: operation.type }
  await deps.append(tx, { type: 'account.mandate-changed', stream: mandate.accountId, data })
}

type Elsewhere = Omit<EventData<'account.mandate-changed'>, 'operation'>

/** What every event of it says. */
export function elsewhereOf(
  { mandateId, userId, accountId, payeeVpa, amountPaise }: MandateFacts,
  umn: string,
  payeeName: string,
): Elsewhere {
  const payee = { vpa: payeeVpa, name: payeeName }
  return { userId, accountId, mandateId, umn, app: appOf(umn), payee, amountPaise }
}

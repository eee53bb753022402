// What other apps say of mandates through the network: they ask one of our payers for one, announce a debit of it, make
// the debit, end it.
import { createHash } from 'node:crypto'
import { mandateIdIn } from '@bahi/contracts/umn.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { approvableUntil, mandateRulesAt, nextSlot, termsFault } from '@bahi/contracts/mandate-rules.ts'
import { amountFromWire, type Message } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import { deriveId } from '@bahi/kit/crypto/derive-id.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { retryRaces, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'
import { lockPayers } from '../limits/store.ts'
import type { PaymentMetrics } from '../metrics.ts'
import { networkOutcomeOf } from '../network/apply-network-outcome.ts'
import type { MandateAnswer } from '../network/mandate-messages.ts'
import type { WireAccount } from '../network/message-parts.ts'
import { payeeIn, payerIn, unreachable, type PartyResolver } from '../payments/resolve.ts'
import { areBlocked } from '../people/store.ts'
import { failAttempt } from './claim-debit.ts'
import {
  attemptOf,
  debitFactsOf,
  factsOf,
  isOpen,
  isPayeeElsewhere,
  type Debit,
  type Mandate,
} from './mandate.ts'
import { begin, drive, type OperateDeps } from './operate.ts'
import { presentIn, type DebitWork } from './plan-debits.ts'
import { beginRelease, driveRelease, releasedTo, releaseMandate } from './release-mandate.ts'
import {
  countAskedFrom,
  findMandate,
  insertMandate,
  isOfAnother,
  lockMandates,
  mandateIdOf,
  mandateIdWith,
} from './store.ts'
import { debitOfTxn, debitWith, updateDebit } from './store-debits.ts'
import { answerEndKind, debitKind, record, scheduleEnd } from './work.ts'

type ReceiveDeps = OperateDeps & {
  parties: PartyResolver
  metrics: Pick<PaymentMetrics, 'ported'>
  /** Code of our bank. */
  bank: string
}
type Asked = Message<'ReqAuthMandate'>

/** UPI codes of why nothing is done. */
const codes = {
  malformed: 'ZD',
  nobody: 'ZH',
  blocked: 'ZG',
  tooMany: 'Z7',
  unknown: 'VF',
  revoked: 'QC',
  over: 'QD',
  amount: 'QH',
  day: 'QR',
  made: 'QB',
  duplicate: 'U01',
  skipped: 'ZA',
  otherAccount: 'XI',
  ...{ moving: 'XB', stays: 'XB' },
}

/**
 * A code answers at once, `00` that it was done; undefined: the payer answers later. The same message again changes
 * nothing. Throws what keeps it from being durable: the network sends it again.
 */
export async function receiveMandate(deps: ReceiveDeps, message: Asked): Promise<MandateAnswer | undefined> {
  if (message.txn.type === 'PORT') return receiveRelease(deps, message)
  const code = await receiveOther(deps, message)
  return code === undefined ? undefined : { code }
}

function receiveOther(deps: ReceiveDeps, message: Asked): Promise<string | undefined> {
  switch (message.txn.type) {
    case 'CREATE':
      return receiveCreation(deps, message)
    case 'NOTIFY':
      return receiveNotice(deps, message)
    case 'REVOKE':
      return receiveRevocation(deps, message)
    default:
      return Promise.resolve(codes.malformed)
  }
}

async function receiveCreation(deps: ReceiveDeps, message: Asked): Promise<string | undefined> {
  const { txn, head, mandate: wanted } = message
  if ((await mandateIdOf(deps.sql, txn.id)) !== undefined) return undefined
  const { terms, name } = wanted
  if (!terms || !name || terms.blockFunds) return codes.malformed
  const now = deps.clock.now()
  const rules = mandateRulesAt(now)
  const payeeVpa = normaliseVpa(message.payee.addr)
  const [payer, payee] = await Promise.all([
    deps.parties.payer(normaliseVpa(message.payer.addr)),
    // The name that people are shown is the one that the payee's bank knows.
    deps.parties.payee(payeeVpa),
  ])
  if (payer === unreachable || payee === unreachable) throw new Problem('unavailable')
  if (payer?.userId === undefined || payee === undefined) return codes.nobody
  if (payee.userId !== undefined) return codes.malformed
  const { userId } = payer
  const mcc = payee.mcc ?? '0000'
  if (termsFault(terms, rules, { today: istDateOf(now), mcc })) return codes.malformed
  const minutes = Math.min(txn.expireAfter ?? rules.answerMinutes, rules.answerMinutes)
  const expiresAt = new Date(now.getTime() + minutes * 60_000)
  const mandate: Mandate = {
    ...{ id: deriveId(Date.parse(txn.ts), txn.id, 'mandate'), version: 0, mcc, terms, name },
    ...{ payer: payerIn(payer, userId), payee: payeeIn(payeeVpa, payee), presentedBy: 'payee' },
    network: { txnId: txn.id, rrn: txn.custRef, reqMsgId: head.msgId },
    ...{ status: 'requested', createdAt: now, expiresAt, operations: 0, lastSequence: 0, lastPeriod: -1 },
  }
  return retryRaces(() =>
    deps.transaction(async (tx) => {
      // The payer's lock: no two of one asker are counted at once.
      await lockPayers(tx, [userId])
      if ((await mandateIdOf(tx, txn.id)) !== undefined) return undefined
      const [isBlocked] = await areBlocked(tx, [{ of: mandate.payer, by: mandate.payee }])
      if (isBlocked) return codes.blocked
      const open = await countAskedFrom(tx, payeeVpa, userId)
      if (open >= rules.requests.maxOpenPerPayer) return codes.tooMany
      // The other app chose what its id follows from.
      if (await isOfAnother(tx, mandate.id)) return codes.duplicate
      await insertMandate(tx, mandate, createHash('sha256').update(txn.id).digest('hex'))
      await scheduleEnd(tx, mandate)
      const data = { ...factsOf(mandate), terms, expiresAt: expiresAt.toISOString() }
      await record(tx, mandate, { type: 'payment.mandate-requested', data }, now)
      return undefined
    }),
  )
}

/** The debit is announced to the payer, who can opt out; its payee's PSP makes it on its day. */
function receiveNotice(deps: ReceiveDeps, { txn, payee, mandate: { dueOn } }: Asked): Promise<string> {
  const { umn, seqNum: sequence, note } = txn
  const amountPaise = amountFromWire(payee.amount)
  return deps.transaction(async (tx) => {
    const mandate = await lockTheirs(tx, umn, payee.addr)
    if (!mandate) return codes.unknown
    if (sequence === undefined || dueOn === undefined || amountPaise < 1) return codes.malformed
    const now = deps.clock.now()
    try {
      await presentIn(tx, mandate, { sequence, amountPaise, dueOn, ...(note ? { note } : {}) }, now)
      return '00'
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return refusalOf(mandate, error)
    }
  })
}

/** What a payee of ours would be told in a sentence. */
function refusalOf(mandate: Mandate, { code, extras: { fields } }: Problem): string {
  if (mandate.status !== 'active') return stateCode(mandate)
  if (code === 'rate-limited') return codes.tooMany
  if (code === 'id-reused') return codes.duplicate
  return fields?.some(({ path }) => path.endsWith('amountPaise')) ? codes.amount : codes.day
}

const stateCode = ({ status }: Mandate) => (status === 'revoked' ? codes.revoked : codes.over)

/**
 * The payee's PSP makes a debit that it has announced: an attempt is stored with its transaction, and made as those of
 * our own payees are. Undefined: the answer comes when it is decided.
 */
export function receiveDebit(
  deps: Pick<ReceiveDeps, 'transaction' | 'clock'>,
  message: Message<'ReqAuthDetails'>,
): Promise<string | undefined> {
  const { txn, payee, payer, head } = message
  return deps.transaction(async (tx) => {
    const mandate = await lockTheirs(tx, txn.umn, payee.addr)
    if (!mandate || !isDebitedAt(mandate, normaliseVpa(payer.addr))) return codes.unknown
    const debit = txn.seqNum === undefined ? undefined : await debitWith(tx, mandate.id, txn.seqNum)
    if (!debit) return codes.day
    if (debit.network?.txnId === txn.id) return undefined
    if (debit.status === 'paid') return codes.made
    if (debit.status === 'skipped') return codes.skipped
    if (mandate.status !== 'active') return stateCode(mandate)
    if ((await releasedTo(tx, mandate)) !== undefined) return codes.moving
    if (!isOpen(debit)) return codes.over
    if (debit.paymentId !== undefined || attemptOf(debit)) return codes.duplicate
    if (amountFromWire(payee.amount) !== debit.amountPaise || payer.amount.value !== payee.amount.value)
      return codes.amount
    const now = deps.clock.now()
    const needsPin = debit.status === 'awaiting-approval'
    const isPeak = !needsPin && nextSlot(mandateRulesAt(now), now) > now
    if (debit.executeAt > now || isPeak) return codes.day
    const attempt = debit.attempts + 1
    const network = { txnId: txn.id, rrn: txn.custRef, reqMsgId: head.msgId, attempt }
    if (needsPin) return askApproval(tx, mandate, { ...debit, network }, txn, now)
    await updateDebit(tx, { ...debit, network })
    const payload: DebitWork = { mandateId: mandate.id, debitId: debit.id, attempt }
    await schedule(tx, [{ kind: debitKind, key: `${debit.id} ${attempt}`, dueAt: now, payload }])
    return undefined
  })
}

/** The payee's app may not know yet that the payer moved it: no debit is lost by that. */
const isDebitedAt = ({ payer, ported }: Mandate, vpa: string) => vpa === payer.vpa || vpa === ported?.fromVpa

/** Our payer is asked to approve it with the PIN: as long as the network waits, and the rules let them. */
async function askApproval(
  tx: Tx,
  mandate: Mandate,
  debit: Debit & Required<Pick<Debit, 'network'>>,
  { ts, expireAfter }: Asked['txn'],
  now: Date,
): Promise<string | undefined> {
  const rules = mandateRulesAt(now)
  const waits = Date.parse(ts) + (expireAfter ?? rules.debitMinutes) * 60_000
  const last = approvableUntil(rules, istDateOf(debit.executeAt)).getTime()
  const answerUntil = new Date(Math.min(waits, last))
  if (answerUntil <= now) return codes.day
  await updateDebit(tx, { ...debit, network: { ...debit.network, answerUntil } })
  const { attempt, txnId } = debit.network
  const payload: DebitWork = { mandateId: mandate.id, debitId: debit.id, attempt }
  await schedule(tx, [{ kind: answerEndKind, key: txnId, dueAt: answerUntil, payload }])
  const data = { ...debitFactsOf(mandate, debit), answerUntil: answerUntil.toISOString() }
  await record(tx, mandate, { type: 'payment.mandate-debit-asked', data }, now)
  return undefined
}

/**
 * The network's transaction is over, and with it the attempt that our payer had not approved, or whose approval failed.
 * False: it is of no debit of a payee elsewhere.
 */
export async function debitTransactionOver(
  deps: Pick<ReceiveDeps, 'sql' | 'transaction' | 'clock'>,
  message: Message<'ReqTxnConfirmation' | 'RespChkTxn' | 'RespPay'>,
): Promise<boolean> {
  const { txn } = message
  const found = await debitOfTxn(deps.sql, txn.id)
  if (!found?.network?.reqMsgId || found.network.rrn !== txn.custRef) return false
  const outcome = networkOutcomeOf(message)
  if (outcome.is !== 'failed') return true
  await retryRaces(() =>
    deps.transaction(async (tx) => {
      const mandate = (await lockMandates(tx, [found.mandateId])).get(found.mandateId)!
      const debit = await debitOfTxn(tx, txn.id)
      if (debit && attemptOf(debit) && debit.paymentId === undefined)
        await failAttempt(tx, mandate, debit, { code: outcome.code }, deps.clock.now())
    }),
  )
  return true
}

/**
 * Asked for by another app of its payer. Of an account at our own bank the message has the PIN, and its bank, not the
 * network, knows what becomes of it.
 */
async function receiveRelease(deps: ReceiveDeps, message: Asked): Promise<MandateAnswer> {
  const { txn, payee } = message
  const id = txn.umn === undefined ? undefined : mandateIdIn(txn.umn)
  const known = id === undefined ? undefined : (await findMandate(deps.sql, id))?.mandate
  const numbered = txn.umn === undefined ? undefined : await numberedAs(deps.sql, txn.umn)
  // Its payee’s record is here too, and is debited without any message.
  if ([known, numbered].some((one) => one && isOfPayeeHere(one, payee.addr))) {
    deps.metrics.ported('out', codes.stays)
    return { code: codes.stays }
  }
  const isOnUs = known?.payer.bank === deps.bank
  const account = isOnUs ? await accountOf(deps, known) : undefined
  // Whose UPI ID leads to another account by now: no PIN of that one is tried.
  if (isOnUs && !account) return { code: codes.otherAccount }
  const begun = await deps.transaction(async (tx) => {
    const mandate = await lockTheirs(tx, txn.umn, payee.addr)
    if (!mandate) return codes.unknown
    const release = isOnUs ? beginRelease : releaseMandate
    return release(tx, mandate, message, deps.clock.now())
  })
  const code = typeof begun === 'string' ? begun : await driveRelease(deps, begun, message)
  deps.metrics.ported('out', code)
  if (code !== '00') return { code }
  // Its pause goes with it: the bank compares it with each debit.
  const released = (await findMandate(deps.sql, id!))!.mandate
  return { code, released, ...(account ? { account } : {}) }
}

/** The account at our bank that it debits; undefined: its UPI ID leads to another one. Throws `unavailable`. */
async function accountOf(
  { parties }: ReceiveDeps,
  { payer: { vpa, accountId } }: Mandate,
): Promise<WireAccount | undefined> {
  const found = await parties.payer(vpa)
  if (found === unreachable) throw new Problem('unavailable')
  return found?.onUs && found.accountId === accountId ? found : undefined
}

async function receiveRevocation(deps: ReceiveDeps, { txn, payee }: Asked): Promise<string> {
  const operation = { type: 'revoke', by: 'payee' } as const
  const begun = await deps.transaction(async (tx) => {
    const mandate = await lockTheirs(tx, txn.umn, payee.addr)
    if (!mandate) return codes.unknown
    if (mandate.status === 'revoked') return '00'
    if (mandate.status !== 'active') return codes.over
    return begin(tx, mandate, operation, deps.clock.now())
  })
  if (typeof begun === 'string') return begun
  const after = await drive(deps, begun, operation)
  if (after.status !== 'revoked') throw new Problem('unavailable', 'the bank has not ended it yet')
  return '00'
}

/** The mandate that has this number, and not that of its record. */
async function numberedAs(sql: Queryable, umn: string): Promise<Mandate | undefined> {
  const id = await mandateIdWith(sql, normaliseVpa(umn))
  return id === undefined ? undefined : (await findMandate(sql, id))?.mandate
}

const isOfPayeeHere = ({ payee }: Mandate, payeeAddr: string) =>
  payee.userId !== undefined && payee.vpa === normaliseVpa(payeeAddr)

/** Locked: a mandate that this payee's PSP knows; undefined: it has none with this number. */
async function lockTheirs(tx: Tx, umn: string | undefined, payeeAddr: string): Promise<Mandate | undefined> {
  const id = umn === undefined ? undefined : mandateIdIn(umn)
  const mandate = id === undefined ? undefined : (await lockMandates(tx, [id])).get(id)
  if (!mandate || !isPayeeElsewhere(mandate)) return undefined
  return mandate.payee.vpa === normaliseVpa(payeeAddr) ? mandate : undefined
}

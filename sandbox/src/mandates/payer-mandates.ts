// Payers at other banks and their PSP: our payees ask them for mandates, announce debits and make them.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { umnOf } from '@bahi/contracts/umn.ts'
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import {
  debitFault,
  executionFault,
  mandateRulesAt,
  nextSlot,
  withoutPinPaise,
} from '@bahi/contracts/mandate-rules.ts'
import { amountFromWire, type Message, type Txn } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import type {
  changePayerMandate as changeContract,
  listPayerMandates as listContract,
} from '@bahi/contracts/sandbox-mandates.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { ownBank } from '../banks/bank.ts'
import { resolveAddress } from '../banks/resolve-addresses.ts'
import { findBankMandate, updateBankMandate } from '../banks/store-mandates.ts'
import { answersByItself } from '../scenarios/addresses.ts'
import { chooseEffects, declineAt, drops, isDuplicated, isOffline } from '../scenarios/effects.ts'
import { activeRules } from '../scenarios/rules.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { toParty, usualMinutes, type Party } from '../switch/transaction.ts'
import { inTransaction, newHead, type Transition, type TxContext } from '../switch/transition.ts'
import { answer, send, statusAfter } from './answers.ts'
import { updateMandate, type OutsideMandate } from './store.ts'
import {
  beginPayerDebit,
  insertPayerDebit,
  insertPayerMandate,
  isUnanswered,
  lockByUmn,
  lockPayerMandate,
  lockUnanswered,
  newestAsked,
  payerDebits,
  updatePayerMandate,
  type MandateChange,
  type PayerMandate,
} from './store-payers.ts'

const shown = 50
const maxPerRound = 50

/** UPI codes of why the payer's PSP does nothing. */
const codes = {
  ...{ declined: 'ZA', nobody: 'ZH', late: 'U69', unknown: 'VF', revoked: 'QC', over: 'QD', amount: 'QH' },
  ...{ day: 'QR', made: 'QB', duplicate: 'U01', malformed: 'ZD', offline: 'U28' },
  moving: 'XB',
}

type Asked = Message<'ReqMandate'>

/** What our PSP asks for a payee of ours. The code with which the switch refuses it, if it does. */
export async function onMandateRequest(
  deps: NetworkDeps,
  context: TxContext,
  message: Asked,
): Promise<string | undefined> {
  if (message.txn.type === 'CREATE') return ask(deps, context, message)
  if (message.txn.type !== 'NOTIFY' && message.txn.type !== 'REVOKE') return 'U10'
  const mandate = await lockPayerMandate(context.tx, message.txn.id)
  if (!mandate || mandate.umn !== normaliseVpa(message.txn.umn ?? '')) return 'U48'
  const code =
    message.txn.type === 'NOTIFY'
      ? await notice(context, mandate, noticeIn(message))
      : await end(context, mandate)
  await answer(context, mandate, { ...message.txn, reqMsgId: message.head.msgId, code })
  return undefined
}

async function ask(
  deps: NetworkDeps,
  context: TxContext,
  { head, txn, payer, payee, mandate: { name, terms } }: Asked,
): Promise<string | undefined> {
  if (!name || !terms) return codes.malformed
  const { tx, now } = context
  const known = await lockPayerMandate(tx, txn.id)
  if (known) return known.name === name ? undefined : codes.duplicate
  const found = await resolveAddress(tx, payer.addr)
  const mandate: PayerMandate = {
    ...{ txnId: txn.id, rrn: txn.custRef, reqMsgId: head.msgId, name, terms, askedAt: now },
    ...{ payer: found ?? toParty(payer), payee: toParty(payee), pause: null, umn: null, code: null },
    ...{ status: 'asked', expiresAt: new Date(now.getTime() + (txn.expireAfter ?? usualMinutes) * 60_000) },
  }
  await insertPayerMandate(tx, mandate)
  const code = await answerAtOnce(deps, context, mandate, found)
  if (code !== undefined) await decide(deps, context, mandate, code)
  return undefined
}

/** Undefined: somebody at another bank is asked. */
async function answerAtOnce(
  deps: NetworkDeps,
  context: TxContext,
  mandate: PayerMandate,
  found: Party | undefined,
): Promise<string | undefined> {
  if (!found || found.isMember) return codes.nobody
  const effects = await effectsOf(deps, context, mandate)
  if (isOffline(effects, 'payer')) return codes.offline
  // Codes of the bank are those of its debits; the payer alone declines.
  const declined = declineAt(effects, 'address') ?? declineAt(effects, 'debit')
  if (declined !== undefined && /^(ZA|ZH|ZE|U\d)/.test(declined)) return declined
  return answersByItself(found.addr) ? '00' : undefined
}

async function effectsOf(deps: NetworkDeps, { tx }: TxContext, { txnId, terms, payer, payee }: PayerMandate) {
  const { rules, seed } = await activeRules(deps, tx)
  return chooseEffects({ txnId, amountPaise: terms.amountPaise, payer, payee }, rules, seed).effects
}

/** `00`: the payer agrees, and their PSP gives it a number. */
async function decide(
  deps: NetworkDeps,
  context: TxContext,
  mandate: PayerMandate,
  code: string,
): Promise<void> {
  const decided: PayerMandate =
    code === '00'
      ? { ...mandate, status: 'active', umn: newUmn(mandate, context.now) }
      : { ...mandate, status: code === codes.late ? 'expired' : 'declined', code }
  await updatePayerMandate(context.tx, decided)
  const effects = await effectsOf(deps, context, mandate)
  if (drops(effects, 'confirmation')) return
  const { umn, reqMsgId } = decided
  const copies = isDuplicated(effects, 'confirmation') ? 2 : 1
  const about = { type: 'CREATE', reqMsgId, code, ...(umn === null ? {} : { umn }) } as const
  await answer(context, decided, about, copies)
}

export const newUmn = ({ payer }: Pick<PayerMandate, 'payer'>, now: Date): string =>
  umnOf(uuidv7(now.getTime()), splitVpa(payer.addr)!.handle)

type Notice = { sequence: number | undefined; amountPaise: number; dueOn: string | undefined }

const noticeIn = ({ txn, payee, mandate: { dueOn } }: Asked): Notice => {
  return { sequence: txn.seqNum, amountPaise: amountFromWire(payee.amount), dueOn }
}

/** The payer is notified, and knows the debit from then on. */
export async function notice(
  { tx, now }: TxContext,
  mandate: PayerMandate,
  { sequence, amountPaise, dueOn }: Notice,
): Promise<string> {
  if (mandate.status !== 'active') return mandate.status === 'revoked' ? codes.revoked : codes.over
  if (sequence === undefined || dueOn === undefined) return codes.malformed
  const debits = await payerDebits(tx, mandate.txnId)
  const before = debits.find((one) => one.sequence === sequence)
  if (before) return before.amountPaise === amountPaise && before.dueOn === dueOn ? '00' : codes.duplicate
  if (sequence !== debits.length + 1) return codes.day
  const fault = debitFault(boundOf(mandate), { amountPaise, date: dueOn })
  if (fault) return fault
  const debit = { mandateTxnId: mandate.txnId, sequence, amountPaise, dueOn, txnId: null }
  await insertPayerDebit(tx, { ...debit, noticedAt: now, status: 'noticed' })
  return '00'
}

const boundOf = ({ terms, pause }: PayerMandate) => ({ ...terms, ...(pause ? { pause } : {}) })

async function end(context: TxContext, mandate: PayerMandate): Promise<string> {
  if (mandate.status !== 'active' && mandate.status !== 'revoked') return codes.over
  const revoked: PayerMandate = { ...mandate, status: 'revoked' }
  await updatePayerMandate(context.tx, revoked)
  await changeAtBank(context, revoked)
  return '00'
}

/** Of an app that ports it out, or has done so: the payee's PSP tries again, and finds the app that has it then. */
export const isMoving = ({ status }: PayerMandate): boolean => status === 'leaving' || status === 'ported'

/** Of a debit: the customer of our bank whose mandate another app keeps. */
export async function payerAtOurBank({ tx, txn }: Transition): Promise<Party | undefined> {
  const { payer, collect } = txn.content
  const mandate = collect?.umn === undefined ? undefined : await lockByUmn(tx, normaliseVpa(collect.umn))
  return mandate?.payer.bank === ownBank && mandate.payer.addr === payer.addr ? mandate.payer : undefined
}

/** Whether the payer's bank lets a debit be made now, which it counts as begun then; `asked`: with the PIN alone. */
export async function beginDebit({ tx, txn, now }: Transition): Promise<string> {
  const { payer, payee, collect } = txn.content
  const mandate = await lockByUmn(tx, normaliseVpa(collect!.umn!))
  if (mandate?.payer.addr !== payer.addr || mandate.payee.addr !== payee.addr) return codes.unknown
  if (isMoving(mandate)) return codes.moving
  if (mandate.status !== 'active') return mandate.status === 'revoked' ? codes.revoked : codes.over
  const debit = (await payerDebits(tx, mandate.txnId)).find(({ sequence }) => sequence === collect!.seqNum)
  if (!debit) return codes.day
  if (debit.status !== 'noticed') return debit.status === 'made' ? codes.made : codes.duplicate
  if (debit.amountPaise !== txn.amountPaise) return codes.amount
  const rules = mandateRulesAt(now)
  const { notice: rule } = rules
  const hours = rule.exemptMccs.includes(payee.code) ? 0 : rule.minHours
  const isEarly =
    istDateOf(now) < debit.dueOn || now.getTime() < debit.noticedAt.getTime() + hours * 3_600_000
  if (isEarly || nextSlot(rules, now) > now) return codes.day
  const fault = executionFault(boundOf(mandate), { amountPaise: txn.amountPaise, date: istDateOf(now) })
  if (fault) return fault
  await beginPayerDebit(tx, debit, txn.txnId)
  const needsPin = txn.amountPaise > withoutPinPaise(rules, payee.code) && !answersByItself(payer.addr)
  return needsPin ? 'asked' : '00'
}

/** The reply to a check of what became of a mandate that was asked for. One that never was gets a tombstone. */
export async function onMandateCheck(
  { tx, now }: TxContext,
  { head, txn }: Message<'ReqChkTxn'>,
): Promise<undefined> {
  const nobody: Party = { addr: 'unknown@sandbox', name: '', type: 'PERSON', code: '0000', isMember: false }
  const unknown: PayerMandate = {
    ...{ txnId: txn.id, rrn: txn.custRef, reqMsgId: head.msgId, name: '', terms: {} as never, askedAt: now },
    ...{ payer: nobody, payee: nobody, pause: null, umn: null },
    ...{ status: 'declined', code: 'U48', expiresAt: null },
  }
  await insertPayerMandate(tx, unknown)
  const { status, umn, code, rrn } = (await lockPayerMandate(tx, txn.id))!
  const result = umn === null ? (status === 'asked' ? 'PENDING' : 'FAILURE') : 'SUCCESS'
  const resp = { reqMsgId: head.msgId, result, ...(result === 'FAILURE' ? { errCode: code! } : {}) } as const
  const about = {
    id: txn.id,
    custRef: rrn,
    ts: now.toISOString(),
    type: 'CHKTXN',
    subType: 'CREATE',
  } as const
  await send({ tx, now }, txn.id, {
    ...{ api: 'RespChkTxn', head: newHead(now), resp, refs: [] },
    txn: { ...about, ...(umn === null ? {} : { umn }) },
  })
  return undefined
}

/** True when there may be more. */
export async function expireAsked(deps: NetworkDeps): Promise<boolean> {
  if (!(await isUnanswered(deps.sql, 'asked', deps.clock.now()))) return false
  for (let n = 0; n < maxPerRound; n++) {
    const isMore = await inTransaction(deps, async (context) => {
      const mandate = await lockUnanswered(context.tx, 'asked', context.now)
      if (mandate) await decide(deps, context, mandate, codes.late)
      return mandate !== undefined
    })
    if (!isMore) return false
  }
  return true
}

export async function listPayerMandates({ sql }: NetworkDeps): Promise<Output<typeof listContract>> {
  const asked = await newestAsked(sql, shown)
  return {
    mandates: asked.map(({ txnId, status, payer, payee, name, terms, pause, umn, code }) => ({
      ...{ txnId, status, payerVpa: payer.addr, payeeVpa: payee.addr, name, terms },
      ...(pause === null ? {} : { pause }),
      ...(umn === null ? {} : { umn }),
      ...(code === null ? {} : { code }),
    })),
  }
}

type Change = Input<typeof changeContract>['body']

/** Throws `not-found`, `wrong-state`. */
export async function changePayerMandate(deps: NetworkDeps, txnId: string, change: Change): Promise<void> {
  await inTransaction(deps, async (context) => {
    const mandate = await lockPayerMandate(context.tx, txnId)
    if (!mandate?.payee.isMember)
      throw new Problem('not-found', 'none of our payees asked for such a mandate')
    const isAnswer = change.do === 'agree' || change.do === 'decline'
    if (mandate.status !== (isAnswer ? 'asked' : 'active'))
      throw new Problem('wrong-state', `the mandate is ${mandate.status}`)
    if (isAnswer) return decide(deps, context, mandate, change.do === 'agree' ? '00' : codes.declined)
    const changed = changedBy(mandate, change)
    await updatePayerMandate(context.tx, changed)
    await changeAtBank(context, changed)
    await report(context, changed, wireTypes[change.do])
  })
}

/** Where the bank knows it, since our app was to take it over and did not. */
async function changeAtBank(
  { tx, now }: TxContext,
  { umn, terms, pause, status }: PayerMandate,
): Promise<void> {
  const bank = await findBankMandate(tx, umn!)
  if (bank)
    await updateBankMandate(tx, { ...bank, terms, pause, revokedAt: status === 'revoked' ? now : null })
}

export function changedBy(mandate: PayerMandate, change: MandateChange): PayerMandate {
  switch (change.do) {
    case 'update': {
      const { amountPaise, validTo } = change
      return { ...mandate, terms: { ...mandate.terms, amountPaise, validTo } }
    }
    case 'pause':
      return { ...mandate, pause: { from: change.from, until: change.until } }
    case 'unpause':
      return { ...mandate, pause: null }
    case 'revoke':
      return { ...mandate, status: 'revoked' }
  }
}

/** The payee's app, which is not ours either, has it so from then on: `known`, locked. */
export async function showChange(
  tx: Tx,
  known: OutsideMandate | undefined,
  { terms }: PayerMandate,
  change: MandateChange,
): Promise<void> {
  if (!known || known.status === 'revoked') return
  const status = statusAfter[wireTypes[change.do]] ?? known.status
  await updateMandate(tx, { ...known, status, terms })
}

export const wireTypes = { update: 'UPDATE', pause: 'PAUSE', unpause: 'UNPAUSE', revoke: 'REVOKE' } as const

/** Our PSP is told what the payer did. */
async function report({ tx, now }: TxContext, mandate: PayerMandate, type: Txn['type']): Promise<void> {
  const { txnId, rrn, umn, terms, pause, name } = mandate
  await send({ tx, now }, txnId, {
    ...{ api: 'ReqMandateConfirmation', head: newHead(now) },
    txn: { id: txnId, custRef: rrn, ts: now.toISOString(), type, umn: umn! },
    mandate: { name, terms, ...(pause ? { pause } : {}) },
  })
}

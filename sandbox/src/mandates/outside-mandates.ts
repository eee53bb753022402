// Payees at other banks and their PSP: they ask our customers for mandates, announce debits, make them, end mandates.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { mandateCodes } from '@bahi/contracts/initiation.ts'
import {
  approvableUntil,
  executeAt,
  mandateRulesAt,
  nextSlot,
  withoutPinPaise,
} from '@bahi/contracts/mandate-rules.ts'
import { amountToWire, type Creds, type Message, type Txn } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { isDate, istDateOf } from '@bahi/contracts/recurrence.ts'
import type {
  mandateFromOutside as askContract,
  noticeFromOutside as noticeContract,
  showOutsideMandate as showContract,
} from '@bahi/contracts/sandbox-mandates.ts'
import { ownBank, pspOf } from '../banks/bank.ts'
import { resolveAddress } from '../banks/resolve-addresses.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { effectsOfAddress } from '../scenarios/addresses.ts'
import { declineAt, draw, isOffline } from '../scenarios/effects.ts'
import { activeRules } from '../scenarios/rules.ts'
import { beginTransaction } from '../switch/begin-transaction.ts'
import { knownParty, newTransactionIds, outsideParty, unknownParty } from '../switch/outside-party.ts'
import { insertOutgoing } from '../switch/store.ts'
import type { Party } from '../switch/transaction.ts'
import { inTransaction, newHead, newMsgId, type TxContext } from '../switch/transition.ts'
import { answer, statusAfter } from './answers.ts'
import { arrived, endThere } from './kept-elsewhere.ts'
import { isMoving, notice } from './payer-mandates.ts'
import { lockByUmn } from './store-payers.ts'
import {
  findMandate,
  insertDebit,
  insertMandate,
  isDebitDue,
  lockDebit,
  lockDueDebit,
  lockMandate,
  newestDebits,
  updateDebit,
  updateMandate,
  type OutsideDebit,
  type OutsideMandate,
} from './store.ts'

/** An announcement without an answer is sent again, and a debit is made a moment later than it may be. */
const againMs = 60_000
const maxPerRound = 50
const debitsShown = 50

/** Throws `not-found` when no customer of another bank has the payee's UPI ID. */
export function askForMandate(
  deps: NetworkDeps,
  { payeeVpa, payerVpa, name, terms }: Input<typeof askContract>['body'],
): Promise<Output<typeof askContract>> {
  return inTransaction(deps, async (context) => {
    const payee = await outsideParty(context, 'payee', payeeVpa)
    const { txnId, rrn } = await newTransactionIds(context, payee)
    const mandate: OutsideMandate = {
      ...{ txnId, rrn, payerAddr: normaliseVpa(payerVpa), payee, name, terms, status: 'asked' },
      ...{ umn: null, code: null },
    }
    await insertMandate(context.tx, mandate)
    await send(context, mandate, 'CREATE', { amountPaise: terms.amountPaise, mandate: { name, terms } })
    return { txnId }
  })
}

/** A payer of ours has made one: the payee's PSP takes it, and presents its debits from then on, or refuses it. */
export async function onMandateOffer(
  deps: NetworkDeps,
  context: TxContext,
  { head, txn, payer, payee, mandate: { name, terms } }: Message<'ReqMandate'>,
): Promise<string | undefined> {
  if (!name || !terms || txn.umn === undefined) return 'ZD'
  const { tx } = context
  const found = await resolveAddress(tx, payee.addr)
  const known = await lockMandate(tx, txn.id)
  const code = known ? (known.code ?? '00') : found ? await refusalOf(deps, context, txn.id, found) : 'ZH'
  if (!known && found) {
    const about = { txnId: txn.id, rrn: txn.custRef, payerAddr: normaliseVpa(payer.addr), payee: found }
    const decided: Pick<OutsideMandate, 'status' | 'umn' | 'code'> =
      code === '00'
        ? { status: 'active', umn: normaliseVpa(txn.umn), code: null }
        : { status: 'declined', umn: null, code }
    await insertMandate(tx, { ...about, name, terms, ...decided })
  }
  await answer(context, { txnId: txn.id, rrn: txn.custRef }, { type: 'CREATE', reqMsgId: head.msgId, code })
  return undefined
}

/** `00`: the payee takes it. Codes of its bank are those of its debits. */
async function refusalOf(deps: NetworkDeps, { tx }: TxContext, txnId: string, payee: Party): Promise<string> {
  const { seed } = await activeRules(deps, tx)
  const effects = effectsOfAddress(payee.addr, 'payee', (word) => draw(seed, word, txnId)) ?? []
  if (isOffline(effects, 'payee')) return 'U78'
  const declined = declineAt(effects, 'address') ?? declineAt(effects, 'debit')
  return declined !== undefined && /^(ZA|ZH|ZE|U\d)/.test(declined) ? declined : '00'
}

/** Throws `not-found`. */
export async function showOutsideMandate(
  { sql }: NetworkDeps,
  txnId: string,
): Promise<Output<typeof showContract>> {
  const { status, umn, code } = existing(await findMandate(sql, txnId))
  const debits = await newestDebits(sql, txnId, debitsShown)
  return {
    ...{ txnId, status },
    ...(umn === null ? {} : { umn }),
    ...(code === null ? {} : { code }),
    debits: debits.map((debit) => ({
      ...{ sequence: debit.sequence, amountPaise: debit.amountPaise, dueOn: debit.dueOn },
      ...{ status: debit.status, attempts: debit.attempts },
      ...(debit.code === null ? {} : { code: debit.code }),
    })),
  }
}

/** Announces a debit, which is made on its day. Throws `not-found`, `wrong-state`, `request-invalid`. */
export async function noticeFromOutside(
  deps: NetworkDeps,
  txnId: string,
  { sequence, amountPaise, dueOn, note }: Input<typeof noticeContract>['body'],
): Promise<void> {
  if (!isDate(dueOn)) {
    const fields = [{ path: '/body/dueOn', message: 'the calendar has no such day' }]
    throw new Problem('request-invalid', 'the calendar has no such day', { fields })
  }
  await inTransaction(deps, async (context) => {
    const mandate = existing(await lockMandate(context.tx, txnId))
    if (mandate.status !== 'active') throw new Problem('wrong-state', `the mandate is ${mandate.status}`)
    const debit: OutsideDebit = {
      ...{ mandateTxnId: txnId, sequence, amountPaise, dueOn, note: note ?? null, status: 'announced' },
      ...{ attempts: 0, dueAt: announcedAgainAt(context.now), txnId: null, code: null },
    }
    if (!(await insertDebit(context.tx, debit)))
      throw new Problem('wrong-state', `debit ${sequence} was announced before`)
    await announce(context, mandate, debit)
  })
}

/** Throws `not-found`, `wrong-state`. */
export async function revokeFromOutside(deps: NetworkDeps, txnId: string): Promise<void> {
  await inTransaction(deps, async (context) => {
    const mandate = existing(await lockMandate(context.tx, txnId))
    if (mandate.umn === null) throw new Problem('wrong-state', `the mandate is ${mandate.status}`)
    if (isKeptElsewhere(mandate)) await endThere(context, mandate)
    else await send(context, mandate, 'REVOKE', { amountPaise: mandate.terms.amountPaise })
  })
}

function existing(mandate: OutsideMandate | undefined): OutsideMandate {
  if (!mandate) throw new Problem('not-found', 'no payee at another bank asked for such a mandate')
  return mandate
}

async function announce(context: TxContext, mandate: OutsideMandate, debit: OutsideDebit): Promise<void> {
  const { sequence, amountPaise, dueOn, note } = debit
  if (isKeptElsewhere(mandate)) return announceThere(context, mandate, debit)
  const txn = { seqNum: sequence, ...(note === null ? {} : { note }) }
  await send(context, mandate, 'NOTIFY', { amountPaise, txn, mandate: { dueOn } })
}

/** Whether the payer uses an app that is not ours either. */
export const isKeptElsewhere = ({ payerAddr }: OutsideMandate): boolean => pspOf(payerAddr) !== ownBank

/** To the payer's app at the same switch, which answers at once; not while it ports the mandate out. */
async function announceThere(
  context: TxContext,
  { umn }: OutsideMandate,
  debit: OutsideDebit,
): Promise<void> {
  const { tx } = context
  const there = await lockByUmn(tx, umn!)
  if (!there || isMoving(there)) return
  const { sequence, amountPaise, dueOn } = debit
  const code = await notice(context, there, { sequence, amountPaise, dueOn })
  await noticeAnswered(context, there.payee.code, debit, code)
}

const announcedAgainAt = (now: Date): Date => new Date(now.getTime() + againMs)

export async function send(
  { tx, now }: TxContext,
  mandate: OutsideMandate,
  type: Txn['type'],
  about: {
    amountPaise: number
    txn?: Pick<Txn, 'seqNum' | 'note'>
    creds?: Creds | undefined
    mandate?: Message<'ReqAuthMandate'>['mandate']
  },
): Promise<void> {
  const { txnId, rrn, umn, payee } = mandate
  const amount = amountToWire(about.amountPaise)
  const message: Message<'ReqAuthMandate'> = {
    ...{ api: 'ReqAuthMandate', head: newHead(now) },
    txn: {
      ...{ id: txnId, custRef: rrn, ts: now.toISOString(), type },
      ...(umn === null ? {} : { umn }),
      ...about.txn,
    },
    payer: { ...unknownParty(mandate.payerAddr), ...(about.creds ? { creds: about.creds } : {}), amount },
    payee: { addr: payee.addr, name: payee.name, type: payee.type, code: payee.code, amount },
    mandate: about.mandate ?? {},
  }
  await insertOutgoing(tx, [
    {
      ...{ msgId: message.head.msgId, txnId, endpoint: 'psp', api: message.api, purpose: 'mandate' },
      ...{ body: message, copies: 1, held: false, dueAt: now },
    },
  ])
}

/** The answer of the payer's PSP. `U48`: to nothing that was asked. */
export async function onMandateResponse(
  { tx, now }: TxContext,
  { txn, resp, payer, mandate: stands }: Message<'RespAuthMandate'>,
): Promise<string | undefined> {
  const mandate = await lockMandate(tx, txn.id)
  if (!mandate) return 'U48'
  if (txn.type === 'PORT') {
    await arrived({ tx, now }, mandate, { isDone: resp.result === 'SUCCESS', ac: payer?.ac, stands })
    return undefined
  }
  const isDone = resp.result === 'SUCCESS'
  const code = isDone ? null : (resp.errCode ?? 'U08')
  if (txn.type === 'REVOKE' && isDone) await updateMandate(tx, { ...mandate, status: 'revoked' })
  if (txn.type === 'CREATE' && mandate.status === 'asked')
    await updateMandate(
      tx,
      isDone ? { ...mandate, status: 'active', umn: txn.umn! } : { ...mandate, status: 'declined', code },
    )
  if (txn.type !== 'NOTIFY') return undefined
  const debit = txn.seqNum === undefined ? undefined : await lockDebit(tx, txn.id, txn.seqNum)
  if (debit?.status === 'announced')
    await noticeAnswered({ tx, now }, mandate.payee.code, debit, code ?? '00')
  return undefined
}

/** The payer was notified of it, or its app refuses it. */
async function noticeAnswered(
  { tx, now }: Pick<TxContext, 'tx' | 'now'>,
  mcc: string,
  debit: OutsideDebit,
  code: string,
): Promise<void> {
  const at = executeAt(mandateRulesAt(now), { day: debit.dueOn, noticedAt: now, mcc })
  const answer =
    code === '00'
      ? { status: 'taken' as const, dueAt: new Date(at.getTime() + againMs) }
      : { status: 'refused' as const, dueAt: null, code }
  await updateDebit(tx, { ...debit, ...answer })
}

/** What the payer did with it. */
export async function onMandateChange(
  { tx }: TxContext,
  { txn, mandate: { terms, payerAddr } }: Message<'ReqMandateConfirmation'>,
): Promise<string | undefined> {
  const mandate = await lockMandate(tx, txn.id)
  if (!mandate) return 'U48'
  if (mandate.status === 'revoked') return undefined
  const status = statusAfter[txn.type] ?? mandate.status
  await updateMandate(tx, {
    ...mandate,
    status,
    // One that came from another app, or goes there, has another number then.
    umn: (txn.type === 'PORT' ? txn.umn : undefined) ?? mandate.umn ?? txn.umn ?? null,
    terms: terms ?? mandate.terms,
    payerAddr: payerAddr === undefined ? mandate.payerAddr : normaliseVpa(payerAddr),
  })
  return undefined
}

/** Announces again what was not answered, and makes the debits that are due. True when there may be more. */
export async function advanceMandates(deps: NetworkDeps): Promise<boolean> {
  if (!(await isDebitDue(deps.sql, deps.clock.now()))) return false
  for (let n = 0; n < maxPerRound; n++)
    if (!(await inTransaction(deps, (one) => advanceNext(deps, one)))) return false
  return true
}

async function advanceNext(deps: NetworkDeps, context: TxContext): Promise<boolean> {
  const { tx, now } = context
  const debit = await lockDueDebit(tx, now)
  if (!debit) return false
  const mandate = (await lockMandate(tx, debit.mandateTxnId))!
  if (debit.status === 'announced') {
    const isOver = debit.dueOn < istDateOf(now)
    const next = isOver ? { status: 'refused' as const, dueAt: null } : { dueAt: announcedAgainAt(now) }
    await updateDebit(tx, { ...debit, ...next })
    if (!isOver) await announce(context, mandate, debit)
    return true
  }
  const slot = nextSlot(mandateRulesAt(now), now)
  if (slot > now) await updateDebit(tx, { ...debit, dueAt: slot })
  else await makeDebit(deps, context, mandate, debit)
  return true
}

/** A transaction of its own for each attempt. */
async function makeDebit(
  deps: NetworkDeps,
  context: TxContext,
  { payee, payerAddr, umn, name }: OutsideMandate,
  debit: OutsideDebit,
): Promise<void> {
  const { tx, now } = context
  const { txnId, rrn } = await newTransactionIds(context, payee)
  const amount = amountToWire(debit.amountPaise)
  await updateDebit(tx, { ...debit, attempts: debit.attempts + 1, dueAt: null, txnId })
  await beginTransaction(deps, context, {
    ...{ origin: 'outside', txnId, rrn, txnTs: now },
    ...{ amountPaise: debit.amountPaise, note: debit.note ?? name, reqMsgId: newMsgId(now) },
    payer: { ...unknownParty(payerAddr), amount },
    payee: { ...knownParty(payee), amount },
    initiation: { initiationMode: mandateCodes.mode, purpose: mandateCodes.purpose },
    collect: { expireAfter: answerMinutes(payee.code, debit, now), umn: umn!, seqNum: debit.sequence },
  })
}

/** For the payer's bank; above what is debited without PIN, for the payer, as long as the rules let them. */
function answerMinutes(mcc: string, { amountPaise, dueOn }: OutsideDebit, now: Date): number {
  const rules = mandateRulesAt(now)
  if (amountPaise <= withoutPinPaise(rules, mcc)) return rules.debitMinutes
  const leftMs = approvableUntil(rules, dueOn).getTime() - now.getTime()
  return Math.max(rules.debitMinutes, Math.floor(leftMs / 60_000))
}

// Another app keeps a mandate of an account at our bank: it asks that bank to make or change it, until it is answered.
import { amountToWire, type Creds, type Message, type Txn } from '@bahi/contracts/network.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { newTransactionIds, knownParty } from '../switch/outside-party.ts'
import { inTransaction, newHead, type TxContext } from '../switch/transition.ts'
import { send } from './answers.ts'
import { changedBy, showChange, wireTypes } from './payer-mandates.ts'
import { lockMandate, updateMandate } from './store.ts'
import {
  findAsking,
  isAsking,
  lockAsking,
  lockPayerMandate,
  updatePayerMandate,
  type MandateAsked,
  type PayerMandate,
} from './store-payers.ts'

const againMs = 60_000
/** UPI code of a bank for what it has not done and will not do. */
const neverDone = 'XB'
const askAgainAt = (now: Date): Date => new Date(now.getTime() + againMs)

/** The mandate is kept with what is asked; the transaction of it. */
export async function askOurBank(
  context: TxContext,
  mandate: PayerMandate,
  change: MandateAsked,
  pin?: string,
): Promise<string> {
  const { tx, now } = context
  const { txnId, rrn } = await newTransactionIds(context, mandate.payee)
  const creds: Creds | undefined = pin === undefined ? undefined : { type: 'PIN', subType: 'MPIN', data: pin }
  const message = messageOf(
    mandate,
    change,
    { id: txnId, custRef: rrn, ts: now.toISOString() },
    { now, creds },
  )
  await updatePayerMandate(tx, {
    ...{ ...mandate, asking: { txnId, change, message }, askAgainAt: askAgainAt(now) },
  })
  await send(context, txnId, message, { endpoint: 'bank' })
  return txnId
}

function messageOf(
  { umn, payer, payee, name, terms }: PayerMandate,
  change: MandateAsked,
  txn: Pick<Txn, 'id' | 'custRef' | 'ts'>,
  { now, creds }: { now: Date; creds: Creds | undefined },
): Message<'ReqMandate'> {
  const wanted =
    change.do === 'update' ? { ...terms, amountPaise: change.amountPaise, validTo: change.validTo } : terms
  const amount = amountToWire(wanted.amountPaise)
  const pause = change.do === 'pause' ? { pause: { from: change.from, until: change.until } } : {}
  return {
    ...{ api: 'ReqMandate', head: newHead(now) },
    txn: { ...txn, type: change.do === 'create' ? 'CREATE' : wireTypes[change.do], umn: umn! },
    payer: { ...knownParty(payer), amount, ...(creds ? { creds } : {}) },
    payee: { ...knownParty(payee), amount },
    mandate: { name, terms: wanted, ...pause },
  }
}

/** How our bank has decided; a second answer changes nothing. */
export async function onBankDecision(
  context: TxContext,
  { txn, resp }: Message<'RespMandate'>,
): Promise<undefined> {
  const { tx } = context
  const found = await findAsking(tx, txn.id)
  if (!found) return undefined
  const shown = await lockMandate(tx, found.mandateTxnId)
  const kept = await lockPayerMandate(tx, found.mandateTxnId)
  if (kept?.asking?.txnId !== txn.id) return undefined
  const { change } = kept.asking
  const answered: PayerMandate = { ...kept, asking: null, askAgainAt: null }
  const isDone = resp.result === 'SUCCESS'
  if (change.do === 'create') {
    const status = isDone ? 'active' : 'declined'
    await updatePayerMandate(tx, { ...answered, status })
    if (shown) await updateMandate(tx, { ...shown, status, code: isDone ? null : (resp.errCode ?? 'U08') })
    return undefined
  }
  // It never arrived in time, and is asked for anew: what is ended is not left at the bank.
  if (change.do === 'revoke' && resp.errCode === neverDone) {
    await askOurBank(context, answered, change)
    return undefined
  }
  const changed = isDone ? changedBy(answered, change) : answered
  await updatePayerMandate(tx, changed)
  if (isDone) await showChange(tx, shown, changed, change)
  return undefined
}

/** Asks again where our bank did not answer. True when there may be more. */
export async function askOurBankAgain(deps: NetworkDeps): Promise<boolean> {
  if (!(await isAsking(deps.sql, deps.clock.now()))) return false
  return inTransaction(deps, async (context) => {
    const { tx, now } = context
    const kept = await lockAsking(tx, now)
    if (!kept) return false
    const { txnId, message } = kept.asking!
    await updatePayerMandate(tx, { ...kept, askAgainAt: askAgainAt(now) })
    await send(context, txnId, { ...message, head: newHead(now) }, { endpoint: 'bank' })
    return true
  })
}

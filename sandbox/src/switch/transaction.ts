// What the switch keeps of a transaction, and how it stands in messages.
import {
  amountToWire,
  type Ac,
  type Creds,
  type Ref,
  type Txn,
  type WireParty,
} from '@bahi/contracts/network.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import type { Effect } from '@bahi/contracts/scenario.ts'
import { ownBank, pspOf, sandboxBank } from '../banks/bank.ts'

/**
 * Where it stands. `…-wait`: a bank takes its time; `address`, `debit`, `credit`, `…-reversal`: an answer is waited
 * for; `deemed`: told so, not settled yet; `owed`: told as failed, and the payer’s bank has not said yet that the
 * money is back; `lost`: its request never arrived.
 */
export type Phase =
  | 'begun'
  | 'address'
  | 'debit-wait'
  | 'debit'
  | 'credit-wait'
  | 'credit'
  | 'debit-reversal'
  | 'credit-reversal'
  | 'deemed'
  | 'owed'
  | 'lost'
  | 'ended'

export type Side = Pick<WireParty, 'addr' | 'name' | 'type' | 'code'> & {
  /** Known from its account; unknown until the address is resolved. */
  bank?: string
  ac?: Ac
  /** Whether its UPI ID is the member's, who is then asked and told. */
  ours: boolean
}

export type Content = {
  payer: Side
  payee: Side
  note?: string
  creds?: Creds
  /** The message that it began with. */
  reqMsgId: string
  effects: Effect[]
  scenario?: string
  /** How the payer's money was taken: held by our own bank beforehand, by our bank's leg, at a bank here. */
  debited?: 'held' | 'bank' | 'here'
  /** The payee's side was asked, so it is told how it ended. */
  resolved?: true
  refs: Ref[]
  /** What is told when the reversal that is under way has ended. */
  failing?: { errCode: string; refs: Ref[] }
  /** How often our bank was asked about what is open. */
  asked?: number
}

export type Step = { at: string; what: string }

export type Transaction = {
  txnId: string
  rrn: string
  txnTs: Date
  origin: 'member' | 'outside' | 'unknown'
  phase: Phase
  dueAt: Date | null
  waitingFor: string | null
  takenAt: Date
  decidedAt: Date | null
  result: 'SUCCESS' | 'FAILURE' | 'DEEMED' | null
  errCode: string | null
  amountPaise: number
  content: Content
  steps: Step[]
}

/** The bank that holds an account: the first four letters of its IFSC. */
export const bankOf = (ac: Ac): string => ac.ifsc.slice(0, 4)

export const isHere = (side: Side): boolean => side.bank !== undefined && side.bank !== ownBank

/** The account of the sandbox's own addresses never runs dry, and nobody waits for it. */
export const isEndless = (side: Side): boolean => side.bank === sandboxBank.code

export function sideOf(party: WireParty): Side {
  const { name, type, code, ac } = party
  const addr = normaliseVpa(party.addr)
  return { addr, name, type, code, ours: pspOf(addr) === ownBank, ...(ac ? { ac, bank: bankOf(ac) } : {}) }
}

/** As it stands in messages; who needs the account and the credentials gets them. */
export function partyOf(
  txn: Transaction,
  side: Side,
  more: { ac?: Ac | undefined; creds?: Creds | undefined } = {},
): WireParty {
  const { addr, name, type, code } = side
  return {
    addr,
    name,
    type,
    code,
    ...(more.ac ? { ac: more.ac } : {}),
    ...(more.creds ? { creds: more.creds } : {}),
    amount: amountToWire(txn.amountPaise),
  }
}

/** The same through all messages of a transaction, but for what each is about. */
export function txnOf(txn: Transaction, type: Txn['type'], subType?: Txn['subType']): Txn {
  return {
    id: txn.txnId,
    ...(txn.content.note === undefined ? {} : { note: txn.content.note }),
    custRef: txn.rrn,
    ts: txn.txnTs.toISOString(),
    type,
    ...(subType ? { subType } : {}),
  }
}

export function refOf(txn: Transaction, type: Ref['type'], respCode: string, reversalRespCode?: string): Ref {
  const { addr } = type === 'PAYER' ? txn.content.payer : txn.content.payee
  const stands = respCode === '00' && (reversalRespCode === undefined || reversalRespCode !== '00')
  return {
    type,
    addr,
    respCode,
    ...(reversalRespCode === undefined ? {} : { reversalRespCode }),
    settAmount: stands ? amountToWire(txn.amountPaise).value : '0.00',
  }
}

/** The payment's id that a transaction's id was made of: its 32 digits, hyphens set again. */
export function paymentIdOf(txnId: string): string {
  const hex = txnId.slice(3).toLowerCase()
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

// A transaction as the switch stores it, and its parts in messages.
import {
  amountToWire,
  type Ac,
  type Creds,
  type Ref,
  type Txn,
  type WireParty,
} from '@bahi/contracts/network.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import type { MandateDebitRef } from '@bahi/contracts/transfers.ts'
import type { Effect } from '@bahi/contracts/scenario.ts'
import { ownBank, pspOf, sandboxBank } from '../banks/bank.ts'

/**
 * `collect`: the payer has not answered; `…-wait`: a scenario delays the leg; `address`, `debit`, `credit`,
 * `…-reversal`: a response is awaited; `deemed`: completed as deemed, not settled yet; `owed`: completed as failed, but
 * the reversal of the debit is not confirmed yet; `lost`: a scenario dropped the request.
 */
export type Phase =
  | 'begun'
  | 'collect'
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

export type Party = Pick<WireParty, 'addr' | 'name' | 'type' | 'code'> & {
  /** The bank of its account; unknown until the address is resolved. */
  bank?: string
  ac?: Ac
  /** Whether its UPI ID belongs to the member, which then gets messages about it. */
  isMember: boolean
}

type Initiation = Pick<Txn, 'initiationMode' | 'purpose' | 'refId' | 'refUrl'>

/** What of a transaction's beginning goes on to the other side. */
export function initiationOf({
  initiationMode,
  purpose,
  refId,
  refUrl,
}: { [K in keyof Initiation]?: string | undefined }): Initiation {
  return {
    ...(initiationMode === undefined ? {} : { initiationMode }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(refId === undefined ? {} : { refId }),
    ...(refUrl === undefined ? {} : { refUrl }),
  }
}

/** Minutes for the answer to a collect that does not say how long it may be answered. */
export const usualMinutes = 30

export type Content = {
  payer: Party
  payee: Party
  note?: string
  /** How it began: the codes and the order, which all of its messages name. */
  initiation?: Initiation
  creds?: Creds
  /** The payee asked: minutes for the payer's answer; the debit of a mandate, which needs none. */
  collect?: { expireAfter: number } & Pick<Txn, 'umn' | 'seqNum'>
  /** A payment that the payer's app begins by a mandate: its debit. */
  debit?: MandateDebitRef
  /** Of a collect: the payer's PSP was asked, so it gets a confirmation. */
  payerPspAsked?: true
  /** The message that began the transaction. */
  reqMsgId: string
  effects: Effect[]
  scenario?: string
  /** Who debited the payer: held by our bank beforehand, by a leg at our bank, or at a bank of the sandbox. */
  debited?: 'held' | 'member-bank' | 'sandbox-bank'
  /** The payee's PSP resolved the address, so it gets a confirmation. */
  payeePspAsked?: true
  refs: Ref[]
  /** The result to set when the pending reversal ends. */
  pendingFailure?: { errCode: string; refs: Ref[] }
  /** How often our bank was asked for the open reversal or credit. */
  requests?: number
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

export const isAtSandboxBank = (side: Party): boolean => side.bank !== undefined && side.bank !== ownBank

/** The account of the addresses at `@sandbox`: no balance check, and no row lock to wait for. */
export const hasUnlimitedFunds = (side: Party): boolean => side.bank === sandboxBank.code

export function toParty(party: WireParty): Party {
  const { name, type, code, ac } = party
  const addr = normaliseVpa(party.addr)
  return {
    addr,
    name,
    type,
    code,
    isMember: pspOf(addr) === ownBank,
    ...(ac ? { ac, bank: bankOf(ac) } : {}),
  }
}

/** A party in messages, with account and credentials only for those that need them. */
export function toWireParty(
  txn: Transaction,
  side: Party,
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

/** The `Txn` of all messages of a transaction, which differ in their type. */
export function toWireTxn(txn: Transaction, type: Txn['type'], subType?: Txn['subType']): Txn {
  return {
    id: txn.txnId,
    ...(txn.content.note === undefined ? {} : { note: txn.content.note }),
    ...txn.content.initiation,
    ...mandateOf(txn.content),
    custRef: txn.rrn,
    ts: txn.txnTs.toISOString(),
    type,
    ...(subType ? { subType } : {}),
  }
}

/** The debit of a mandate that a transaction makes, by whichever side it was begun. */
export function debitOf({ content: { collect, debit } }: Transaction): MandateDebitRef | undefined {
  if (collect?.umn === undefined) return debit
  return { umn: normaliseVpa(collect.umn), sequence: collect.seqNum! }
}

function mandateOf({ collect }: Content): Pick<Txn, 'umn' | 'seqNum'> {
  return collect?.umn === undefined ? {} : { umn: collect.umn, seqNum: collect.seqNum! }
}

export function toWireRef(
  txn: Transaction,
  type: Ref['type'],
  respCode: string,
  reversalRespCode?: string,
): Ref {
  const { addr } = type === 'PAYER' ? txn.content.payer : txn.content.payee
  const isMoved = respCode === '00' && (reversalRespCode === undefined || reversalRespCode !== '00')
  return {
    type,
    addr,
    respCode,
    ...(reversalRespCode === undefined ? {} : { reversalRespCode }),
    settAmount: isMoved ? amountToWire(txn.amountPaise).value : '0.00',
  }
}

/** The payment id from which the transaction id was made: its 32 digits with hyphens. */
export function paymentIdOf(txnId: string): string {
  const hex = txnId.slice(3).toLowerCase()
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

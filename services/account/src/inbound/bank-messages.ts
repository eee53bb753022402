// The messages of the network to our bank, verified and read as orders, and our bank's replies to them.
import { maxAmountPaise, normaliseVpa } from '@bahi/contracts/formats.ts'
import type { MandatePause, MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import {
  type Ack,
  type Api,
  type Creds,
  type Message,
  type Ref,
  type SignedMessage,
  type Txn,
  type WireParty,
  amountFromWire,
  amountToWire,
} from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Authorisation, Leg } from '@bahi/contracts/transfers.ts'
import { deriveId } from '@bahi/kit/crypto/derive-id.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { ownBank } from '../bank-accounts/own-bank.ts'

type RequestMessage = Message<'ReqPay' | 'ReqChkTxn' | 'ReqMandate'>

/** A leg that the network asks of our bank. */
export type LegInstruction = {
  kind: 'leg'
  leg: Leg['leg']
  txnId: string
  rrn: string
  amountPaise: number
  /** When the transaction began. */
  at: Date
  /** The side whose account is at our bank. */
  addr: string
  /** Our bank's id of the account; none when the message names none, or one of another bank. */
  accountRef: string | undefined
  payeeVpa: string
  /** What allows it; undefined when the message says nothing that our bank accepts for this leg. */
  authorisation: Authorisation | undefined
  request: Message<'ReqPay'>
}

/** A request for the outcome of a leg. */
export type StatusCheck = {
  kind: 'check'
  leg: 'DEBIT' | 'CREDIT'
  txnId: string
  rrn: string
  /** So young that the leg may still be on its way. */
  isEarly: boolean
  request: RequestMessage
}

/** An operation on a mandate of our bank that the app which keeps it asks for. */
export type MandateInstruction = {
  kind: 'operate'
  txnId: string
  umn: string
  operation: AppOperation
  /** Our bank's id of the account; none when the message names none, or one of another bank. */
  accountRef: string | undefined
  /** So old that it is not done any more, if it was not done before. */
  isOver: boolean
  request: Message<'ReqMandate'>
}
/** `terms`: as they are to be. */
export type AppOperation =
  | { type: 'create'; terms: MandateTerms }
  | { type: 'update'; terms: MandateTerms }
  | { type: 'pause'; pause: MandatePause }
  | { type: 'unpause' }
  | { type: 'revoke' }

/** A refused message: it has no effect. */
export type Rejection = { kind: 'refuse'; code: string; request: { api: string; head: { msgId: string } } }

export type Instruction = LegInstruction | StatusCheck | MandateInstruction | Rejection

/** `addr` and `amountPaise` are null where only a check named the leg. */
export type LegState = { code: string; addr: string | null; amountPaise: number | null }

export type Reply = { msgId: string; message: Message<'RespPay' | 'RespChkTxn' | 'RespMandate'> }

/** Codes of messages that are refused without any effect. */
const codes = { malformed: 'ZD', illegal: 'U10', late: 'U70', differs: 'U57' }

/** The sum of a message must fit what the ledger can count. */
const maxTxnAgeMs = 90 * 24 * 3_600_000

/** Messages of the network to our bank, and our bank's replies. */
export type BankMessages = {
  /** Throws `unauthenticated`, or `request-invalid` for what is no message. */
  read(path: { api: Api; txnId: string }, signed: SignedMessage): Promise<Instruction>
  ack(order: Instruction, refused?: 'differs'): Ack
  legReply(order: LegInstruction, code: string): Reply
  mandateReply(order: MandateInstruction, code: string): Reply
  /** @param leg undefined when it was not seen yet */
  checkReply(order: StatusCheck, leg: LegState | undefined, reversal: LegState | undefined): Reply
  /** Resolves when the network has answered, with its refusal if it refused. Throws when the outcome is unknown. */
  send(reply: Reply): Promise<{ refused: string | undefined }>
}

/** Undefined without a network. */
export function createBankMessages(deps: Pick<Deps, 'network' | 'clock'>): BankMessages | undefined {
  const { connected, orgId, timeScale } = deps.network
  if (!connected) return undefined
  const prefix = orgId.padEnd(3, 'X').slice(0, 3)

  function replyTo(
    api: Reply['message']['api'],
    { head, txn }: RequestMessage,
    resp: { code: string; done: boolean; pending?: boolean },
    more: { refs?: Ref[] },
  ): Reply {
    // A repeated message gets the same reply under the same id.
    const msgId = prefix + deriveId(Date.parse(head.ts), head.msgId, api).replaceAll('-', '')
    const ts = deps.clock.now().toISOString()
    const result = resp.pending ? 'PENDING' : resp.done ? 'SUCCESS' : 'FAILURE'
    const said = { reqMsgId: head.msgId, result, ...(resp.done ? {} : { errCode: resp.code }) } as const
    const about = { head: { ver: '2.0', ts, orgId, msgId, prodType: 'UPI' }, txn } as const
    return { msgId, message: { api, ...about, resp: said, ...more } as Reply['message'] }
  }

  return {
    async read(path, signed) {
      const { api } = path
      if (api !== 'ReqPay' && api !== 'ReqChkTxn' && api !== 'ReqMandate') {
        throw new Problem('request-invalid', `our bank takes no ${api}`)
      }
      const request: RequestMessage = await deps.network.read(api, signed)
      if (request.txn.id !== path.txnId) return { kind: 'refuse', code: codes.malformed, request }
      const now = deps.clock.now()
      const rules = networkRulesAt(now, timeScale)
      const ageS = (ts: string) => (now.getTime() - Date.parse(ts)) / 1_000
      // A transaction this old is not credited or debited any more: a leg that does not exist by now never will.
      const legMaxAgeS = 2 * rules.messageMaxAgeS + 2 * rules.payTimeoutS + rules.addressTimeoutS
      const isLate = Math.abs(ageS(request.head.ts)) > rules.messageMaxAgeS
      const txnAgeS = ageS(request.txn.ts)
      if (isLate || txnAgeS < -rules.messageMaxAgeS || txnAgeS * 1_000 > maxTxnAgeMs) {
        return { kind: 'refuse', code: codes.late, request }
      }
      if (request.api === 'ReqMandate') return operationIn(request, txnAgeS > legMaxAgeS)
      const order = request.api === 'ReqPay' ? legIn(request) : checkIn(request, txnAgeS <= legMaxAgeS)
      const isFirst = order.kind === 'leg' && (order.leg === 'DEBIT' || order.leg === 'CREDIT')
      return isFirst && txnAgeS > legMaxAgeS ? { kind: 'refuse', code: codes.late, request } : order
    },
    ack(order, refused) {
      const { api, head } = order.request
      const err = order.kind === 'refuse' ? order.code : refused && codes[refused]
      return { api, reqMsgId: head.msgId, ts: deps.clock.now().toISOString(), ...(err ? { err } : {}) }
    },
    legReply(order, code) {
      const done = code === '00'
      const isReversal = order.leg.endsWith('-REVERSAL')
      const settAmount = amountToWire(done ? order.amountPaise : 0).value
      const ref = { type: sideOf(order.leg), addr: order.addr, respCode: code, settAmount }
      const more = isReversal ? { reversalRespCode: code } : {}
      return replyTo('RespPay', order.request, { code, done }, { refs: [{ ...ref, ...more }] })
    },
    mandateReply(order, code) {
      return replyTo('RespMandate', order.request, { code, done: code === '00' }, {})
    },
    checkReply(order, leg, reversal) {
      const pending = { code: 'NO', done: false, pending: true }
      if (!leg) return replyTo('RespChkTxn', order.request, pending, { refs: [] })
      const isBack = reversal?.code === '00'
      const done = leg.code === '00' && !isBack
      const settAmount = amountToWire(done ? leg.amountPaise! : 0).value
      const ref = leg.addr && { type: sideOf(order.leg), addr: leg.addr, respCode: leg.code, settAmount }
      const refs = ref ? [{ ...ref, ...(reversal ? { reversalRespCode: reversal.code } : {}) }] : []
      return replyTo('RespChkTxn', order.request, { code: isBack ? '21' : leg.code, done }, { refs })
    },
    async send({ message }) {
      const head = { ...message.head, ts: deps.clock.now().toISOString() }
      const ack = await deps.network.send({ ...message, head })
      return { refused: ack.err === undefined || ack.err === '' ? undefined : ack.err }
    },
  }
}

const sideOf = (leg: Leg['leg']): Ref['type'] => (leg.startsWith('DEBIT') ? 'PAYER' : 'PAYEE')

function legIn(request: Message<'ReqPay'>): Instruction {
  const { txn, payer, payee } = request
  const leg = kindOf(request)
  if (!leg) return { kind: 'refuse', code: codes.illegal, request }
  const amountPaise = amountFromWire(payer.amount)
  const sums = amountPaise > 0 && amountPaise <= maxAmountPaise
  if (!sums || payer.amount.value !== payee.amount.value) {
    return { kind: 'refuse', code: codes.malformed, request }
  }
  const side = sideOf(leg) === 'PAYER' ? payer : payee
  return {
    ...{
      kind: 'leg',
      leg,
      txnId: txn.id,
      rrn: txn.custRef,
      amountPaise,
      at: new Date(txn.ts),
      request,
    },
    ...{ addr: normaliseVpa(side.addr), payeeVpa: payee.addr, accountRef: refIn(side) },
    authorisation: authorisationOf(leg, payer.creds, txn),
  }
}

/**
 * A debit needs the PIN, or a mandate: this bank is the one that checks them. Credits and reversals come from the
 * network, which has the remitter's debit behind it.
 */
function authorisationOf(
  leg: Leg['leg'],
  creds: Creds | undefined,
  { umn, seqNum: sequence }: Txn,
): Authorisation | undefined {
  if (leg !== 'DEBIT') return { kind: 'preapproved' }
  const mandate = umn === undefined || sequence === undefined ? undefined : { umn, sequence }
  if (creds?.type === 'PIN') return { kind: 'pin', pin: creds.data, ...(mandate ? { mandate } : {}) }
  return creds?.type === 'UpiMandate' && mandate ? { kind: 'mandate', ...mandate } : undefined
}

const operations: Partial<Record<Txn['type'], AppOperation['type']>> = {
  ...{ CREATE: 'create', UPDATE: 'update', PAUSE: 'pause', UNPAUSE: 'unpause', REVOKE: 'revoke' },
}

function operationIn(request: Message<'ReqMandate'>, isOver: boolean): MandateInstruction | Rejection {
  const { txn, payer, mandate } = request
  const type = operations[txn.type]
  if (type === undefined) return { kind: 'refuse', code: codes.illegal, request }
  const operation = operationOf(type, mandate)
  if (txn.umn === undefined || !operation) return { kind: 'refuse', code: codes.malformed, request }
  const about = { txnId: txn.id, umn: normaliseVpa(txn.umn), accountRef: refIn(payer), isOver }
  return { kind: 'operate', ...about, operation, request }
}

/** Undefined without what it needs. */
function operationOf(
  type: AppOperation['type'],
  { terms, pause }: Message<'ReqMandate'>['mandate'],
): AppOperation | undefined {
  switch (type) {
    case 'create':
    case 'update':
      return terms && { type, terms }
    case 'pause':
      return pause && { type, pause }
    case 'unpause':
    case 'revoke':
      return { type }
  }
}

function checkIn(request: Message<'ReqChkTxn'>, early: boolean): Instruction {
  const { type, subType, id, custRef } = request.txn
  if (type !== 'CHKTXN' || (subType !== 'DEBIT' && subType !== 'CREDIT')) {
    return { kind: 'refuse', code: codes.illegal, request }
  }
  return { kind: 'check', leg: subType, txnId: id, rrn: custRef, isEarly: early, request }
}

function kindOf({ txn: { type, subType } }: Message<'ReqPay'>): Leg['leg'] | undefined {
  if (type === 'DEBIT' || type === 'CREDIT') return type
  if (type === 'REVERSAL' && (subType === 'DEBIT' || subType === 'CREDIT')) return `${subType}-REVERSAL`
  return undefined
}

/** The reference of an account at another bank means nothing here. */
function refIn({ ac }: WireParty): string | undefined {
  if (!ac) return undefined
  return ac.ifsc === ownBank.ifsc ? ac.acnum.toLowerCase() : `${ac.ifsc} ${ac.acnum}`
}

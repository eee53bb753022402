// Receives a message for the switch: verifies it, stores it, and commits its transition before acknowledging it.
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import {
  amountFromWire,
  failureCode,
  messages,
  type Ack,
  type Api,
  type Message,
  type SignedMessage,
  type Txn,
} from '@bahi/contracts/network.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { ownBank, pspOf } from '../banks/bank.ts'
import { onBankDecision } from '../mandates/ask-our-bank.ts'
import { onMandateChange, onMandateOffer, onMandateResponse } from '../mandates/outside-mandates.ts'
import { onMandateCheck, onMandateRequest } from '../mandates/payer-mandates.ts'
import { onStatusCheck, onBankResponse, onAddressResponse } from './process-responses.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { beginTransaction } from './begin-transaction.ts'
import { initiationOf, usualMinutes, type Content } from './transaction.ts'
import { updateAck, lockTransaction, insertReceived } from './store.ts'
import { inTransaction, type TxContext } from './transition.ts'

/** The clocks of two organisations may differ. */
const maxAheadMs = 60_000

const compiled = new Map(
  Object.entries(messages).map(([api, schema]) => [api, Compile(schema as TSchema)] as const),
)

type MessagePath = { api: Api; txnId: string }

/** Throws `unauthenticated`, `request-invalid`. */
export async function receiveMessage(
  deps: NetworkDeps,
  path: MessagePath,
  signed: SignedMessage,
): Promise<Ack> {
  const message = parseMessage(path, await deps.keys.verify(signed))
  const now = deps.clock.now()
  const ack: Ack = { api: path.api, reqMsgId: message.head.msgId, ts: now.toISOString() }
  if (message.head.orgId !== ownBank) return { ...ack, err: 'U17' }
  const refusal = ageRefusal(deps, message, now)
  if (refusal) return { ...ack, err: refusal }
  return inTransaction(deps, async (context) => {
    const { msgId } = message.head
    const earlierAck = await insertReceived(context.tx, {
      msgId,
      txnId: path.txnId,
      api: path.api,
      ack,
      at: context.now,
    })
    if (earlierAck) return earlierAck
    const err = await processMessage(deps, context, message)
    if (!err) return ack
    const refused = { ...ack, err }
    await updateAck(context.tx, msgId, refused)
    return refused
  })
}

function parseMessage({ api, txnId }: MessagePath, payload: unknown): Message {
  const message = payload as Message
  if (!compiled.get(api)?.Check(payload))
    throw new Problem('request-invalid', `the message is not a valid ${api}`)
  if (message.api !== api || message.txn.id !== txnId) {
    throw new Problem('request-invalid', 'api and transaction id of the message differ from its path')
  }
  return message
}

/**
 * The code for a message that is too old or from the future. The time of a payment (`txn.ts`) is not scaled, because
 * settlement reports depend on it.
 */
function ageRefusal(deps: NetworkDeps, message: Message, now: Date): string | undefined {
  const { head, txn, api } = message
  const begins = api === 'ReqPay' || (api === 'RespAuthDetails' && message.payer !== undefined)
  const ageMs = (ts: string) => now.getTime() - Date.parse(ts)
  const maxAgeMs = networkRulesAt(now, deps.config.BAHI_NETWORK_TIME_SCALE).messageMaxAgeS * 1_000
  if (ageMs(head.ts) > maxAgeMs) return 'U70'
  if (begins && ageMs(txn.ts) > networkRulesAt(now).messageMaxAgeS * 1_000) return 'U70'
  return ageMs(head.ts) < -maxAheadMs ? 'U10' : undefined
}

/** The code with which the message is refused, if it is. */
async function processMessage(
  deps: NetworkDeps,
  context: TxContext,
  message: Message,
): Promise<string | undefined> {
  switch (message.api) {
    case 'ReqPay':
      return ['PAY', 'COLLECT'].includes(message.txn.type) ? receivePay(deps, context, message) : 'U10'
    case 'RespAuthDetails':
      return onAddressResponse(deps, context, message)
    case 'RespPay':
      return onBankResponse(deps, context, {
        txnId: message.txn.id,
        reqMsgId: message.resp.reqMsgId,
        code: message.resp.result === 'SUCCESS' ? '00' : failureCode(message),
        reversalCode: reversalCode(message),
      })
    case 'RespChkTxn': {
      const { result, reqMsgId } = message.resp
      if (result !== 'SUCCESS' && result !== 'FAILURE') return undefined
      return onBankResponse(deps, context, {
        txnId: message.txn.id,
        reqMsgId,
        code: result === 'SUCCESS' ? '00' : 'NO',
      })
    }
    case 'ReqChkTxn':
      return message.txn.subType === 'CREATE'
        ? onMandateCheck(context, message)
        : onStatusCheck(deps, context, message)
    case 'ReqMandate':
      return message.txn.type === 'CREATE' && pspOf(message.payer.addr) === ownBank
        ? onMandateOffer(deps, context, message)
        : onMandateRequest(deps, context, message)
    case 'RespTxnConfirmation':
      return undefined
    case 'ReqAuthDetails':
    case 'ReqTxnConfirmation':
    case 'ReqAuthMandate':
      return 'U10'
    case 'RespMandate':
      return onBankDecision(context, message)
    case 'RespAuthMandate':
      return onMandateResponse(context, message)
    case 'ReqMandateConfirmation':
      return onMandateChange(context, message)
  }
}

/** `00`, `CS`, `NC` …, from the first field in which the bank gave it. */
function reversalCode({ resp, refs }: Message<'RespPay'>): string {
  const code = refs[0]?.reversalRespCode ?? refs[0]?.respCode ?? resp.errCode
  if (resp.result === 'SUCCESS') return code ?? '00'
  return code === undefined || code === '00' ? (resp.errCode ?? '96') : code
}

function collectOf({ expireAfter = usualMinutes, umn, seqNum }: Txn): NonNullable<Content['collect']> {
  return umn === undefined ? { expireAfter } : { expireAfter, umn, seqNum: seqNum ?? 0 }
}

function debitIn({ umn, seqNum }: Txn): { debit?: Content['debit'] } {
  return umn === undefined || seqNum === undefined
    ? {}
    : { debit: { umn: normaliseVpa(umn), sequence: seqNum } }
}

async function receivePay(
  deps: NetworkDeps,
  context: TxContext,
  message: Message<'ReqPay'>,
): Promise<string | undefined> {
  const { head, txn, payer, payee } = message
  const amountPaise = amountFromWire(payee.amount)
  if (amountPaise < 1 || amountFromWire(payer.amount) !== amountPaise) return 'M03'
  if (txn.type === 'COLLECT' && !payee.ac) return 'XI'
  const isNew = await beginTransaction(deps, context, {
    origin: 'member',
    txnId: txn.id,
    rrn: txn.custRef,
    txnTs: new Date(txn.ts),
    amountPaise,
    payer,
    payee,
    reqMsgId: head.msgId,
    ...(txn.note === undefined ? {} : { note: txn.note }),
    initiation: initiationOf(txn),
    ...(txn.type === 'COLLECT' ? { collect: collectOf(txn) } : debitIn(txn)),
  })
  if (isNew) return undefined
  const existing = (await lockTransaction(context.tx, txn.id))!
  if (existing.origin === 'unknown') return 'U48'
  const isSame =
    existing.amountPaise === amountPaise &&
    existing.content.payer.addr === normaliseVpa(payer.addr) &&
    existing.content.payee.addr === normaliseVpa(payee.addr)
  return isSame ? undefined : 'U01'
}

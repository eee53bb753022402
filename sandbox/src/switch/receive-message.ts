// The switch's door: a message is verified, kept, and what follows from it is committed before it is acknowledged.
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import {
  amountFromWire,
  failureCode,
  messages,
  type Ack,
  type Api,
  type Message,
  type SignedMessage,
} from '@bahi/contracts/network.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { ownBank } from '../banks/bank.ts'
import { answerCheck, answerOf, answerParty } from './process-responses.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { beginTransaction } from './begin-transaction.ts'
import { correctAck, lockTransaction, takeOnce } from './store.ts'
import { inUnit, type Moment } from './step.ts'

/** The clocks of two houses differ. */
const maxAheadMs = 60_000

const compiled = new Map(
  Object.entries(messages).map(([api, schema]) => [api, Compile(schema as TSchema)] as const),
)

type Door = { api: Api; txnId: string }

/** Throws `unauthenticated`, `request-invalid`. */
export async function takeMessage(deps: NetworkDeps, door: Door, signed: SignedMessage): Promise<Ack> {
  const message = read(door, await deps.keys.verify(signed))
  const now = deps.clock.now()
  const ack: Ack = { api: door.api, reqMsgId: message.head.msgId, ts: now.toISOString() }
  if (message.head.orgId !== ownBank) return { ...ack, err: 'U17' }
  const late = lateness(deps, message, now)
  if (late) return { ...ack, err: late }
  return inUnit(deps, async (moment) => {
    const { msgId } = message.head
    const before = await takeOnce(moment.tx, { msgId, txnId: door.txnId, api: door.api, ack, at: moment.now })
    if (before) return before
    const err = await follow(deps, moment, message)
    if (!err) return ack
    const refused = { ...ack, err }
    await correctAck(moment.tx, msgId, refused)
    return refused
  })
}

function read({ api, txnId }: Door, said: unknown): Message {
  const message = said as Message
  if (!compiled.get(api)?.Check(said)) throw new Problem('request-invalid', `this is no ${api}`)
  if (message.api !== api || message.txn.id !== txnId) {
    throw new Problem('request-invalid', 'the message is not what its address says')
  }
  return message
}

/**
 * What was not taken in time never happens. A payment's beginning has the world's time, at any pace: settlement reports
 * lean on it.
 */
function lateness(deps: NetworkDeps, { head, txn, api }: Message, now: Date): string | undefined {
  const ageMs = (ts: string) => now.getTime() - Date.parse(ts)
  const maxAgeMs = networkRulesAt(now, deps.config.BAHI_NETWORK_TIME_SCALE).messageMaxAgeS * 1_000
  if (ageMs(head.ts) > maxAgeMs) return 'U70'
  if (api === 'ReqPay' && ageMs(txn.ts) > networkRulesAt(now).messageMaxAgeS * 1_000) return 'U70'
  return ageMs(head.ts) < -maxAheadMs ? 'U10' : undefined
}

/** The code that the message is refused with, if it is. */
async function follow(deps: NetworkDeps, moment: Moment, message: Message): Promise<string | undefined> {
  switch (message.api) {
    case 'ReqPay':
      return message.txn.type === 'PAY' ? takePay(deps, moment, message) : 'U10'
    case 'RespAuthDetails':
      return answerParty(deps, moment, message)
    case 'RespPay':
      return answerOf(deps, moment, {
        txnId: message.txn.id,
        reqMsgId: message.resp.reqMsgId,
        code: message.resp.result === 'SUCCESS' ? '00' : failureCode(message),
        reversalCode: reversalCode(message),
      })
    case 'RespChkTxn': {
      const { result, reqMsgId } = message.resp
      const known = result === 'SUCCESS' || result === 'FAILURE'
      if (!known) return undefined
      return answerOf(deps, moment, {
        txnId: message.txn.id,
        reqMsgId,
        code: result === 'SUCCESS' ? '00' : 'NO',
      })
    }
    case 'ReqChkTxn':
      return answerCheck(deps, moment, message)
    case 'RespTxnConfirmation':
      return undefined
    case 'ReqAuthDetails':
    case 'ReqTxnConfirmation':
      return 'U10'
  }
}

/** `00`, `CS`, `NC` … wherever the bank put it. */
function reversalCode({ resp, refs }: Message<'RespPay'>): string {
  const said = refs[0]?.reversalRespCode ?? refs[0]?.respCode ?? resp.errCode
  if (resp.result === 'SUCCESS') return said ?? '00'
  return said === undefined || said === '00' ? (resp.errCode ?? '96') : said
}

async function takePay(
  deps: NetworkDeps,
  moment: Moment,
  message: Message<'ReqPay'>,
): Promise<string | undefined> {
  const { head, txn, payer, payee } = message
  const amountPaise = amountFromWire(payee.amount)
  if (amountPaise < 1 || amountFromWire(payer.amount) !== amountPaise) return 'M03'
  const begun = await beginTransaction(deps, moment, {
    origin: 'member',
    txnId: txn.id,
    rrn: txn.custRef,
    txnTs: new Date(txn.ts),
    amountPaise,
    payer,
    payee,
    reqMsgId: head.msgId,
    ...(txn.note === undefined ? {} : { note: txn.note }),
  })
  if (begun) return undefined
  const there = (await lockTransaction(moment.tx, txn.id))!
  if (there.origin === 'unknown') return 'U48'
  const same =
    there.amountPaise === amountPaise &&
    there.content.payer.addr === normaliseVpa(payer.addr) &&
    there.content.payee.addr === normaliseVpa(payee.addr)
  return same ? undefined : 'U01'
}

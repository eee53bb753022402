// The messages of other PSPs about mandates, as the switch sends them to ours, and to our bank.
import type { Message, Txn } from '@bahi/contracts/network.ts'
import { insertOutgoing } from '../switch/store.ts'
import { newHead, type TxContext } from '../switch/transition.ts'
import type { OutsideMandate } from './store.ts'

type Answer = Pick<Txn, 'type' | 'umn' | 'seqNum'> & { reqMsgId: string; code: string }

export async function answer(
  { tx, now }: TxContext,
  { txnId, rrn }: { txnId: string; rrn: string },
  { type, umn, seqNum, reqMsgId, code }: Answer,
  copies = 1,
): Promise<void> {
  const message: Message<'RespMandate'> = {
    ...{ api: 'RespMandate', head: newHead(now), resp: respOf(reqMsgId, code) },
    txn: {
      ...{ id: txnId, custRef: rrn, ts: now.toISOString(), type },
      ...(umn === undefined ? {} : { umn }),
      ...(seqNum === undefined ? {} : { seqNum }),
    },
  }
  await send({ tx, now }, txnId, message, { copies })
}

const respOf = (reqMsgId: string, code: string): Message<'RespMandate'>['resp'] =>
  code === '00' ? { reqMsgId, result: 'SUCCESS' } : { reqMsgId, result: 'FAILURE', errCode: code }

export async function send(
  { tx, now }: Pick<TxContext, 'tx' | 'now'>,
  txnId: string,
  message: Message<'RespMandate' | 'RespChkTxn' | 'ReqMandate' | 'ReqMandateConfirmation'>,
  { copies = 1, endpoint = 'psp' }: { copies?: number; endpoint?: 'psp' | 'bank' } = {},
): Promise<void> {
  const { head, api } = message
  await insertOutgoing(tx, [
    {
      msgId: head.msgId,
      txnId,
      endpoint,
      api,
      purpose: 'mandate',
      body: message,
      copies,
      held: false,
      dueAt: now,
    },
  ])
}

/** How the payee's app shows a mandate after its payer did this. */
export const statusAfter: Partial<Record<Txn['type'], OutsideMandate['status']>> = {
  ...{ PAUSE: 'paused', UNPAUSE: 'active', REVOKE: 'revoked' },
}

// For tests: a stub network with its own keys: what it sends to our bank, and what it receives.
import { txnIdOf } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import {
  amountToWire,
  toBank,
  type Ack,
  type Message,
  type SignedMessage,
  type Txn,
} from '@bahi/contracts/network.ts'
import type { Call } from '@bahi/contracts/call.ts'
import type { Leg } from '@bahi/contracts/transfers.ts'
import type { Env } from '@bahi/kit/runtime/environment.ts'
import type { Clock } from '@bahi/kit/clock.ts'
import { createSigner, createVerifier } from '@bahi/kit/crypto/signed-message.ts'
import { exportJWK, generateKeyPair } from 'jose'

async function newKey() {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const [own, open] = await Promise.all([exportJWK(pair.privateKey), exportJWK(pair.publicKey)])
  return { own: JSON.stringify(own), open: JSON.stringify(open) }
}

export type ReceivedReply = Message<'RespPay' | 'RespChkTxn'>
/** A leg that a test requests: `ref` names the account, the outcome arrives as a message. */
export type LegRequest = {
  leg: Leg['leg']
  ref?: string | undefined
  amountPaise?: number
  txnId?: string
  rrn?: string
  pin?: string
  ifsc?: string
  payeeVpa?: string
  /** Of the message; new for each when left out. */
  msgId?: string
  change?: (message: Message<'ReqPay'>) => object
}

export async function simulatedNetwork(clock: Clock) {
  const [ours, theirs, unknownSigner] = await Promise.all([newKey(), newKey(), newKey()])
  const sign = await createSigner(theirs.own)
  const verify = await createVerifier(ours.open)
  const received: ReceivedReply[] = []
  /** How the switch handles a message; it may throw. */
  const switch_ = { receive: (_message: ReceivedReply): Ack['err'] | Promise<Ack['err']> => undefined }
  const newId = () => txnIdOf('SWT', uuidv7(clock.now().getTime()))
  const env: Env = { BAHI_NETWORK_KEY: ours.own, BAHI_NETWORK_PEER_KEY: theirs.open }

  function headOf(msgId = newId()): Message['head'] {
    return { ver: '2.0', ts: clock.now().toISOString(), orgId: 'SWITCH', msgId, prodType: 'UPI' }
  }
  function txnOf(id: string, rrn: string, type: Txn['type'], subType?: Txn['subType']): Txn {
    const ts = new Date(startedAt(id)).toISOString()
    return { id, custRef: rrn, ts, type, ...(subType ? { subType } : {}) }
  }
  const started = new Map<string, number>()
  function startedAt(id: string): number {
    const at = started.get(id) ?? clock.now().getTime()
    started.set(id, at)
    return at
  }

  /** The message that asks for a leg. */
  function legMessage(request: LegRequest): Message<'ReqPay'> {
    const { leg, ref, amountPaise = 100_00, txnId = newId(), rrn = '632709000042', pin } = request
    const { ifsc = 'BAHI0000001', payeeVpa = 'payee@ganga' } = request
    const [type, side] = leg.endsWith('-REVERSAL') ? ['REVERSAL', leg.split('-')[0]] : [leg, leg]
    const ac = ref && { ac: { addrType: 'ACCOUNT', ifsc, actype: 'SAVINGS', acnum: ref } as const }
    const party = { type: 'PERSON', code: '0000', amount: amountToWire(amountPaise) } as const
    const creds = pin === undefined ? {} : { creds: { type: 'PIN', subType: 'MPIN', data: pin } as const }
    const subType = type === 'REVERSAL' ? { subType: side as 'DEBIT' } : {}
    const message: Message<'ReqPay'> = {
      api: 'ReqPay',
      head: headOf(request.msgId),
      txn: { ...txnOf(txnId, rrn, type as Txn['type']), ...subType },
      payer: {
        addr: 'payer@ganga',
        name: 'Payer',
        ...party,
        ...(side === 'DEBIT' && ac ? ac : {}),
        ...creds,
      },
      payee: { addr: payeeVpa, name: 'Payee', ...party, ...(side === 'CREDIT' && ac ? ac : {}) },
    }
    return { ...message, ...request.change?.(message) }
  }
  const checkMessage = (txnId: string, leg: 'DEBIT' | 'CREDIT'): Message<'ReqChkTxn'> => ({
    api: 'ReqChkTxn',
    head: headOf(),
    txn: txnOf(txnId, '632709000042', 'CHKTXN', leg),
  })

  return {
    ...{ env, received, switch: switch_, newId, legMessage, checkMessage, sign, unknownSigner },
    /** As the switch does on receiving a message. */
    async take(body: SignedMessage): Promise<Ack> {
      const message = (await verify(body)) as ReceivedReply
      const err = await switch_.receive(message)
      received.push(message)
      const ts = clock.now().toISOString()
      return { api: message.api, reqMsgId: message.head.msgId, ts, ...(err ? { err } : {}) }
    },
    /** Through the gateway, as the network sends. */
    talkTo(anybody: Call) {
      return async (message: Message, signer = sign): Promise<Ack> => {
        const params = { api: message.api, txnId: message.txn.id }
        return anybody(toBank, { params, body: await signer(message) })
      }
    },
  }
}

// The messages that our PSP sends to the switch and reads from it. No other file here knows their format.
import type { Call, Output } from '@bahi/contracts/call.ts'
import {
  amountToWire,
  messages,
  toSwitch,
  type Ac,
  type Ack,
  type Api,
  type Creds,
  type Head,
  type Message,
  type SignedMessage,
  type Txn,
  type WireParty,
} from '@bahi/contracts/network.ts'
import { uuidv7, uuidv7TimeMs } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { settlementReport } from '@bahi/contracts/sandbox.ts'
import type { ResolvedVpa } from '@bahi/contracts/transfers.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { createSigner, createVerifier, type Signed } from '@bahi/kit/crypto/signed-message.ts'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { Payment } from '../payments/payment.ts'

export const NetworkConfig = Type.Object({
  BAHI_NETWORK_KEY: Type.String({
    default: '',
    description:
      'Private JWK (OKP Ed25519) that our messages are signed with; without it there is no network.',
  }),
  BAHI_NETWORK_PEER_KEY: Type.String({
    default: '',
    description: 'Public JWK (OKP Ed25519) of the payment network.',
  }),
  BAHI_NETWORK_ORG: Type.String({
    pattern: '^[A-Z0-9]{1,20}$',
    default: 'BAHI',
    description: 'Our name in the network.',
  }),
  BAHI_NETWORK_TIME_SCALE: Type.Number({
    minimum: 1,
    maximum: 10_000,
    default: 1,
    description: 'How many times faster than the rules the waiting times of a sandbox run; 1 in production.',
  }),
})
export type NetworkConfig = Type.Static<typeof NetworkConfig>

const readers = Object.fromEntries(
  Object.entries(messages).map(([api, schema]) => [api, Compile(schema)]),
) as unknown as Record<Api, { Check(value: unknown): boolean }>

/** How its bank knows an account: what messages say of it. */
export type WireAccount = Pick<ResolvedVpa, 'ifsc' | 'accountRef' | 'accountType'>

export type Network = {
  /** Builds the message that starts a payment, once, and returns its sending: repeated, it is taken once. */
  payment(payment: Payment, payer: WireAccount, creds: Creds): Promise<() => Promise<Ack>>
  /** Asks what became of a payment; the answer comes as a message. */
  check(payment: Payment): Promise<Ack>
  /** Answers whose an address is: the account, or the code of a refusal. */
  answerAddress(
    request: Message<'ReqAuthDetails'>,
    found: { account: WireAccount; name: string } | { code: string },
  ): Promise<Ack>
  /** Answers that a confirmation was received. */
  answerConfirmation(request: Message<'ReqTxnConfirmation'>): Promise<Ack>
  /** A page of the report of a settlement cycle. Throws `bank-unreachable`, `wrong-state` when it is not there yet. */
  report(cycle: string, after: string | undefined): Promise<Output<typeof settlementReport>>
  /** The verified message. Throws `unauthenticated`, or `request-invalid` when it is no message of this API. */
  read<A extends Api>(api: A, signed: SignedMessage): Promise<Message<A>>
  ack(message: Message, err?: string): Ack
}

/** Undefined without keys: then there are only our own accounts. */
export async function createNetwork(
  deps: Pick<Deps<NetworkConfig>, 'call' | 'clock' | 'config'>,
): Promise<Network | undefined> {
  const { BAHI_NETWORK_KEY, BAHI_NETWORK_PEER_KEY, BAHI_NETWORK_ORG: orgId } = deps.config
  if (BAHI_NETWORK_KEY === '' || BAHI_NETWORK_PEER_KEY === '') return undefined
  const sign = await createSigner(BAHI_NETWORK_KEY)
  const verify = await createVerifier(BAHI_NETWORK_PEER_KEY)
  const now = () => deps.clock.now()

  function head(txnId: string): Head {
    const at = now()
    const msgId = txnId.slice(0, 3) + uuidv7(at.getTime()).replaceAll('-', '')
    return { ver: '2.0', ts: at.toISOString(), orgId, msgId, prodType: 'UPI' }
  }

  return {
    async payment(payment, payer, creds) {
      const message: Message<'ReqPay'> = {
        api: 'ReqPay',
        head: head(payment.txnId),
        txn: txnOf(payment, 'PAY'),
        payer: { ...partyOf(payment.payer, payment, '0000'), ac: acOf(payer), creds },
        payee: partyOf(payment.payee, payment, payment.initiation.mcc),
      }
      const signed = await sign(message)
      return () => sendSigned(deps.call, message, signed)
    },
    check: (payment) =>
      send(deps.call, sign, {
        api: 'ReqChkTxn',
        head: head(payment.txnId),
        txn: { ...txnOf(payment, 'CHKTXN'), subType: 'PAY' },
      }),
    answerAddress(request, found) {
      const resp = { reqMsgId: request.head.msgId }
      const about = { api: 'RespAuthDetails' as const, head: head(request.txn.id), txn: request.txn }
      if ('code' in found) {
        const failed = { ...resp, result: 'FAILURE' as const, errCode: found.code }
        return send(deps.call, sign, { ...about, resp: failed })
      }
      const payee: WireParty = { ...request.payee, name: found.name, ac: acOf(found.account) }
      return send(deps.call, sign, { ...about, resp: { ...resp, result: 'SUCCESS' }, payee })
    },
    answerConfirmation: (request) =>
      send(deps.call, sign, {
        api: 'RespTxnConfirmation',
        head: head(request.txn.id),
        txn: request.txn,
        resp: { reqMsgId: request.head.msgId, result: 'SUCCESS' },
      }),
    async report(cycle, after) {
      try {
        const querystring = after === undefined ? {} : { after }
        return await deps.call(settlementReport, { params: { cycle }, querystring })
      } catch (error) {
        if (!(error instanceof Problem) || error.code === 'wrong-state') throw error
        throw new Problem('bank-unreachable', 'the network gives no settlement report now', {
          retryAfterS: 60,
        })
      }
    },
    async read(api, signed) {
      const message = await verify(signed)
      if (!readers[api].Check(message)) {
        throw new Problem('request-invalid', `the signed content is no ${api}`)
      }
      return message as never
    },
    ack: (message, err) => ({
      api: message.api,
      reqMsgId: message.head.msgId,
      ts: now().toISOString(),
      ...(err === undefined ? {} : { err }),
    }),
  }
}

/** An Ack says only that the message was taken. Throws when it is not known whether it was. */
function sendSigned(call: Call, { api, txn }: Message, signed: Signed): Promise<Ack> {
  return call(toSwitch, { params: { api, txnId: txn.id }, body: signed })
}

async function send(call: Call, sign: (message: unknown) => Promise<Signed>, message: Message): Promise<Ack> {
  return sendSigned(call, message, await sign(message))
}

function txnOf(payment: Payment, type: Txn['type']): Txn {
  const { id, txnId, rrn, note, route, createdAt, initiation } = payment
  const { mode, purpose, reference } = initiation
  // The time of an inbound payment's message is in its id: all messages about it name the same one.
  const begunAt = route === 'in' ? new Date(uuidv7TimeMs(id)) : createdAt
  return {
    id: txnId,
    custRef: rrn,
    ts: begunAt.toISOString(),
    type,
    initiationMode: mode,
    purpose,
    ...(reference === undefined ? {} : { refId: reference }),
    ...(note === undefined ? {} : { note }),
  }
}

/** @param mcc `0000` is a person */
function partyOf({ vpa, name }: Payment['payer'], { amountPaise }: Payment, mcc: string): WireParty {
  return {
    addr: vpa,
    name,
    type: mcc === '0000' ? 'PERSON' : 'ENTITY',
    code: mcc,
    amount: amountToWire(amountPaise),
  }
}

function acOf({ ifsc, accountRef, accountType }: WireAccount): Ac {
  const actype = accountType === 'current' ? 'CURRENT' : 'SAVINGS'
  return { addrType: 'ACCOUNT', ifsc, actype, acnum: accountRef }
}

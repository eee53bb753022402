// The messages that our PSP sends about mandates: for a payer of ours to the payee's app, for a payee of ours to the
// payer's.
import { debitCodesOf } from '@bahi/contracts/initiation.ts'
import type { Ack, Head, Message, Txn } from '@bahi/contracts/network.ts'
import type { HeldElsewhere, PortOut, NetworkAdapter, PortRequest } from '@bahi/contracts/network-adapter.ts'
import { umnOfMandate, type Debit, type Mandate, type NetworkOrigin } from '../mandates/mandate.ts'
import { acOf, partyOf, respOf, type WireAccount } from './message-parts.ts'

type Changed = 'UPDATE' | 'PAUSE' | 'UNPAUSE' | 'PORT' | 'REVOKE'

/** `released`: it is another app's now. `account`: of our bank, which that app debits from then on. */
export type MandateAnswer = { code: string; account?: WireAccount; released?: Mandate }

export type MandateMessages = {
  /** Replies to a message about a mandate: `00`, or why not; to another app that has it now with what it has. */
  replyAboutMandate(request: Message<'ReqAuthMandate'>, answer: MandateAnswer): Promise<Ack>
  /** Replies whether our payer agrees to a mandate that another app asked for, which has its number from then on. */
  answerMandate(mandate: Mandate, code: string): Promise<Ack>
  /** Says what our payer did with such a mandate, and how it stands. */
  mandateChanged(mandate: Mandate, type: Changed): Promise<Ack>
  /** Replies that a debit of such a mandate is not made. */
  refuseDebit(mandate: Mandate, attempt: NetworkOrigin, code: string): Promise<Ack>
  /** Offers the app of a payee elsewhere a mandate that our payer made; the answer arrives as a message. */
  offerMandate(mandate: Mandate): Promise<Ack>
  /** Asks the customer of another app for a mandate; the answer arrives as a message. */
  askMandate(mandate: Mandate): Promise<Ack>
  /** Checks what became of that; the reply arrives as a message. */
  checkMandate(mandate: Mandate): Promise<Ack>
  /** Announces a debit of a mandate that was given so; the answer arrives as a message. */
  announceDebit(mandate: Mandate, debit: Debit): Promise<Ack>
  /** Ends such a mandate, as its payee; the answer arrives as a message. */
  revokeMandate(mandate: Mandate): Promise<Ack>
  /** Makes the attempt at a debit that has begun: the money goes to this account. */
  collectDebit(mandate: Mandate, debit: Debit, payee: WireAccount, answerMinutes: number): Promise<Ack>
  /** Checks what became of that attempt. */
  checkDebit(mandate: Mandate, debit: Debit): Promise<Ack>
  /** The mandates of an account that other apps keep. */
  heldElsewhere(account: { bank: string; accountRef: string }): Promise<HeldElsewhere[]>
  /** Has the app that keeps one port it out; the same try again gets the same answer. */
  portOut(request: PortRequest): Promise<PortOut>
  closePort(request: PortRequest, code: string): Promise<void>
}

export function mandateMessages(
  adapter: Pick<NetworkAdapter, 'send' | 'listHeld' | 'requestPort' | 'closePort'>,
  head: (txnId: string) => Head,
): MandateMessages {
  return {
    replyAboutMandate: ({ head: { msgId }, txn, payer }, { code, account, released }) => {
      const { creds: _, ...known } = payer
      return adapter.send({
        ...{ api: 'RespAuthMandate', head: head(txn.id), txn, resp: respOf(msgId, code) },
        ...(account ? { payer: { ...known, ac: acOf(account) } } : {}),
        ...(released ? { mandate: contentOf(released) } : {}),
      })
    },
    answerMandate: (mandate, code) =>
      adapter.send({
        ...{ api: 'RespAuthMandate', head: head(mandate.network!.txnId) },
        txn: numbered(mandate, mandate.network!, 'CREATE'),
        resp: respOf(mandate.network!.reqMsgId!, code),
      }),
    mandateChanged: (mandate, type) =>
      adapter.send({
        ...{ api: 'ReqMandateConfirmation', head: head(mandate.network!.txnId) },
        txn: numbered(mandate, mandate.network!, type),
        mandate: { ...contentOf(mandate), ...(type === 'PORT' ? { payerAddr: mandate.payer.vpa } : {}) },
      }),
    offerMandate: (mandate) =>
      adapter.send({
        ...{ api: 'ReqMandate', head: head(mandate.network!.txnId) },
        txn: numbered(mandate, mandate.network!, 'CREATE'),
        ...partiesOf(mandate, mandate.terms.amountPaise),
        mandate: contentOf(mandate),
      }),
    refuseDebit: (mandate, attempt, code) =>
      adapter.send({
        ...{ api: 'RespAuthDetails', head: head(attempt.txnId) },
        txn: numbered(mandate, attempt, 'COLLECT'),
        resp: respOf(attempt.reqMsgId!, code),
      }),
    askMandate: (mandate) =>
      adapter.send({
        ...{ api: 'ReqMandate', head: head(mandate.network!.txnId) },
        txn: { ...txnOf(mandate, mandate.network!, 'CREATE'), expireAfter: minutesOf(mandate) },
        ...partiesOf(mandate, mandate.terms.amountPaise),
        mandate: contentOf(mandate),
      }),
    checkMandate: (mandate) =>
      adapter.send({
        ...{ api: 'ReqChkTxn', head: head(mandate.network!.txnId) },
        txn: { ...txnOf(mandate, mandate.network!, 'CHKTXN'), subType: 'CREATE' },
      }),
    announceDebit: (mandate, debit) =>
      adapter.send({
        ...{ api: 'ReqMandate', head: head(mandate.network!.txnId) },
        txn: { ...numbered(mandate, mandate.network!, 'NOTIFY'), ...ofDebit(debit) },
        ...partiesOf(mandate, debit.amountPaise),
        mandate: { dueOn: debit.dueOn },
      }),
    revokeMandate: (mandate) =>
      adapter.send({
        ...{ api: 'ReqMandate', head: head(mandate.network!.txnId) },
        txn: numbered(mandate, mandate.network!, 'REVOKE'),
        ...partiesOf(mandate, mandate.terms.amountPaise),
        mandate: {},
      }),
    collectDebit: (mandate, debit, account, expireAfter) => {
      const { payer, payee } = partiesOf(mandate, debit.amountPaise)
      return adapter.send({
        ...{ api: 'ReqPay', head: head(debit.network!.txnId) },
        txn: { ...attemptTxn(mandate, debit, 'COLLECT'), ...ofDebit(debit), expireAfter },
        ...{ payer, payee: { ...payee, ac: acOf(account) } },
      })
    },
    heldElsewhere: ({ bank, accountRef }) => adapter.listHeld([{ bank, accountRef }]),
    portOut: (request) => adapter.requestPort(request),
    closePort: (request, code) => adapter.closePort(request, code),
    checkDebit: (mandate, debit) =>
      adapter.send({
        ...{ api: 'ReqChkTxn', head: head(debit.network!.txnId) },
        txn: { ...attemptTxn(mandate, debit, 'CHKTXN'), subType: 'COLLECT' },
      }),
  }
}

function txnOf(
  { createdAt }: Pick<Mandate, 'createdAt'>,
  { txnId, rrn }: NetworkOrigin,
  type: Txn['type'],
): Txn {
  return { id: txnId, custRef: rrn, ts: createdAt.toISOString(), type }
}

function numbered(mandate: Mandate, origin: NetworkOrigin, type: Txn['type']): Txn {
  return { ...txnOf(mandate, origin, type), umn: umnOfMandate(mandate) }
}

const ofDebit = ({ sequence, note }: Debit): Pick<Txn, 'seqNum' | 'note'> => ({
  seqNum: sequence,
  ...(note === undefined ? {} : { note }),
})

function attemptTxn(mandate: Mandate, { network }: Debit, type: Txn['type']): Txn {
  const { mode, purpose, reference } = debitCodesOf(mandate.initiation)
  return {
    ...numbered(mandate, network!, type),
    ...{ ts: network!.begunAt!.toISOString(), initiationMode: mode, purpose },
    ...(reference === undefined ? {} : { refId: reference }),
  }
}

function partiesOf({ payer, payee, mcc }: Mandate, amountPaise: number) {
  return {
    payer: partyOf(payer, { amountPaise }, '0000'),
    payee: partyOf(payee, { amountPaise }, mcc),
  }
}

const contentOf = ({ name, terms, pause }: Mandate): Message<'ReqMandate'>['mandate'] => ({
  ...{ name, terms },
  ...(pause ? { pause } : {}),
})

const minutesOf = ({ createdAt, expiresAt }: Mandate): number =>
  Math.round((expiresAt!.getTime() - createdAt.getTime()) / 60_000)

// What account and payment need of the payment network, whatever its wire format: the interface of its adapters.
import type { Account, Bank } from './account.ts'
import type { BankOperation } from './bank-mandates.ts'
import type { HeldMandate } from './mandates.ts'
import type { Ack, Api, Message, SignedMessage } from './network.ts'
import type { CodeSigner } from './codes/code-signer.ts'
import type { IstDate } from './recurrence.ts'
import type { Leg } from './transfers.ts'

/** Who is behind an address of another PSP. */
export type NetworkAddress = {
  addr: string
  name: string
  kind: 'person' | 'merchant'
  /** Of a merchant, as its PSP says. */
  mcc?: string
  bank: string
  ifsc: string
  accountRef: string
  accountType: Account['type']
}

/** An account that another bank holds for a phone number. */
export type OtherBankAccount = {
  accountRef: string
  bank: string
  ifsc: string
  accountNumber: string
  holderName: string
  type: Account['type']
  /** Of a business: its category, as its bank says. */
  mcc?: string
  pinSet: boolean
}

/** An account at another bank; `accountId`: our id of it, which a PIN block is bound to. */
export type AccountAtBank = { bank: string; accountRef: string; accountId: string }

/** UPI code, `00` when done. */
export type BankAnswer = { code: string; triesLeft?: number; balancePaise?: number }

/** The `nth` operation on a mandate; without one: what became of it. `pin`: the encrypted block, where it needs one. */
export type MandateAsked = { umn: string; nth: number; operation?: BankOperation; pin?: string }

/** `liveUntil`: the last day on which the mandate may debit the account; left out: it may not. */
export type MandateAnswer = BankAnswer & { liveUntil?: IstDate }

/** What the switch says of a mandate that another app keeps. */
export type HeldElsewhere = HeldMandate & {
  accountRef: string
  mcc: string
  /** The network's transaction by which it was asked for. */
  txnId: string
  rrn: string
}

/** That an app takes a mandate over: from the number that it has to the one that it gets; its `nth` try. */
export type PortRequest = { fromUmn: string; toUmn: string; nth: number; bank: string; accountRef: string }

/** `00`: the other app ports it out, and debits nothing until it is told the outcome; with what it had announced. */
export type PortOut = {
  code: string
  /** The last number that it was told of, paid or not. */
  lastSequence: number
  debits: { sequence: number; amountPaise: number; dueOn: IstDate; noticedAt: string }[]
}

/** A leg as the network settles it. DEBIT is owed by us, CREDIT to us; reversals and returns the other way round. */
export type SettledLeg = {
  txnId: string
  rrn: string
  leg: Leg['leg']
  amountPaise: number
  /** `DEEMED` until the beneficiary bank confirms or returns it. */
  result: 'SUCCESS' | 'DEEMED'
  at: string
}

export type SettlementPage = {
  cycle: string
  /** All transactions that the switch took before this moment are decided, or named here. */
  completeUntil: string
  /** Positive: owed to us. */
  netPaise: number
  rows: SettledLeg[]
  /** Names the next page. */
  next?: string
}

/**
 * Queries throw `bank-unreachable` when the network or the bank does not answer. Messages are another matter: a sending
 * that throws may have arrived.
 */
export type NetworkAdapter = {
  /** Whether messages can be sent and read. Where not, these throw `bank-unreachable`. */
  connected: boolean
  /** Our name in the network. */
  orgId: string
  /** How many times faster than the rules the waiting times run; 1 in production. */
  timeScale: number
  /** Signs a message once. Each call of the result sends exactly that, and the network takes it once. */
  prepare(message: Message): Promise<() => Promise<Ack>>
  /** An `Ack` says only that the message was taken, or why not. Throws when it is not known whether it was. */
  send(message: Message): Promise<Ack>
  /** A message of the network. Throws `unauthenticated`, or `request-invalid` when it is no message of this API. */
  read<A extends Api>(api: A, signed: SignedMessage): Promise<Message<A>>
  /** Unknown addresses are left out. */
  resolveAddresses(addrs: string[]): Promise<NetworkAddress[]>
  listBanks(): Promise<Bank[]>
  /** Throws `not-found` for an unknown bank. */
  listAccounts(bank: string, phone: string): Promise<OtherBankAccount[]>
  /** Public keys that PINs for other banks are encrypted for. */
  listKeys(): Promise<Record<string, unknown>[]>
  /** Whose signed codes can be verified (UPI's ReqListVae). */
  listSigners(): Promise<CodeSigner[]>
  /** The first PIN by card, or a change with the old PIN in the encrypted block. */
  setPin(
    account: AccountAtBank,
    request: { card?: { last6: string; expiry: string }; pin: string },
  ): Promise<BankAnswer>
  /** @param pin the encrypted block */
  showBalance(account: AccountAtBank, pin: string): Promise<BankAnswer>
  /**
   * Has a mandate of this account authorised or changed at its bank, once by its number (UPI's ReqMandate to the bank).
   * One that is asked about and was never done is declined from then on. What throws may have been done.
   */
  operate(account: AccountAtBank, asked: MandateAsked): Promise<MandateAnswer>
  /** The mandates of these accounts that other apps keep, which a person sees across apps. */
  listHeld(accounts: Pick<AccountAtBank, 'bank' | 'accountRef'>[]): Promise<HeldElsewhere[]>
  /** Has the other app port a mandate out (UPI's PORT). Repeated it says the same. What throws may have been done. */
  requestPort(request: PortRequest): Promise<PortOut>
  /** Tells the other app how its bank decided: `00`, the mandate is ours; else the other app keeps it. Repeatable. */
  closePort(request: PortRequest, code: string): Promise<void>
  /** A page of the report of a settlement cycle. Throws `wrong-state` while there is none yet. */
  settlementReport(cycle: string, after: string | undefined): Promise<SettlementPage>
}

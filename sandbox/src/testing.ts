// For tests: the sandbox on its own database, stubs of our PSP and bank behind a gateway, and an adjustable clock.
import { Readable } from 'node:stream'
import type { PinBlock } from '@bahi/contracts/pin-block.ts'
import { txnIdOf } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import {
  amountToWire,
  toSwitch,
  type Ack,
  type Api,
  type Message,
  type Ref,
} from '@bahi/contracts/network.ts'
import { listKeys, openAccount, setCre } from '@bahi/contracts/sandbox.ts'
import { networkTransactions } from '@bahi/contracts/scenario.ts'
import type { Env } from '@bahi/kit/runtime/environment.ts'
import { createSigner, createVerifier, type Signed } from '@bahi/kit/crypto/signed-message.ts'
import { adjustableClock } from '@bahi/testing/clock.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import type { Transport } from '@bahi/kit/transport/transport.ts'
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { vi } from 'vitest'
import { service } from './app.ts'

async function keyPair() {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  return {
    own: JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'test' }),
    open: JSON.stringify(await exportJWK(publicKey)),
  }
}

export type Keys = { env: Env; memberPrivate: string; switchPublic: string }

/** Settings of the switch, and the matching keys of the member. */
export async function testKeys(): Promise<Keys> {
  const [network, member] = [await keyPair(), await keyPair()]
  return {
    env: { BAHI_SANDBOX_NETWORK_KEY: network.own, BAHI_SANDBOX_MEMBER_KEY: member.open },
    memberPrivate: member.own,
    switchPublic: network.open,
  }
}

export const ourPayee = { addr: 'ravi@bahi', accountRef: 'our-ravi' }
export const ourPayer = { addr: 'asha@bahi', accountRef: 'our-asha' }
export const amountPaise = 250_00

type Leg = 'DEBIT' | 'CREDIT' | 'DEBIT-REVERSAL' | 'CREDIT-REVERSAL'
/** Our bank's response code to a leg; undefined: no response. */
export type BankBehaviour = (leg: Leg, message: Message<'ReqPay'>) => string | undefined
export type ReceivedMessage = { endpoint: string; message: Message }

/** Our PSP and our bank, shared by sandboxes that share a database. */
export function stubMember(clock: { now(): Date }, keys: Keys) {
  const received: ReceivedMessage[] = []
  /** Legs that our bank executed, each once. */
  const legs = new Map<string, Leg>()
  const refused = new Set<string>()
  const behaviour = {
    bank: ((): string => '00') as BankBehaviour,
    /** Undefined: the address request gets no response. */
    party: ((): string | undefined => '00') as () => string | undefined,
    /** Status with which the gateway responds. */
    gateway: () => 200,
  }
  let toNetwork: ((api: Api, message: object) => Promise<Ack>) | undefined

  const head = () => ({
    ver: '2.0' as const,
    ts: clock.now().toISOString(),
    orgId: 'BAHI',
    msgId: txnIdOf('BHI', uuidv7()),
    prodType: 'UPI' as const,
  })
  let answering = 0
  const send = async (api: Api, message: object): Promise<Ack> => {
    answering += 1
    try {
      return await toNetwork!(api, { api, head: head(), ...message })
    } finally {
      answering -= 1
    }
  }

  function answerAsPsp(message: Message): void {
    if (message.api !== 'ReqAuthDetails') return
    const code = behaviour.party()
    if (code === undefined) return
    const resp = { reqMsgId: message.head.msgId, result: code === '00' ? 'SUCCESS' : 'FAILURE' }
    const payee = {
      ...message.payee,
      name: 'Ravi Kumar',
      ac: { addrType: 'ACCOUNT', ifsc: 'BAHI0000001', actype: 'SAVINGS', acnum: ourPayee.accountRef },
    }
    const response = code === '00' ? { resp, payee } : { resp: { ...resp, errCode: code } }
    void send('RespAuthDetails', { txn: message.txn, ...response }).catch(() => undefined)
  }

  function answerAsBank(message: Message): void {
    if (message.api === 'ReqChkTxn') {
      const done = legs.has(`${message.txn.id} CREDIT`) && !legs.has(`${message.txn.id} CREDIT-REVERSAL`)
      const resp = {
        reqMsgId: message.head.msgId,
        result: done ? 'SUCCESS' : 'FAILURE',
        errCode: done ? undefined : 'NO',
      }
      void send('RespChkTxn', { txn: message.txn, resp, refs: [] }).catch(() => undefined)
      return
    }
    if (message.api !== 'ReqPay') return
    const { txn, head: request } = message
    const leg = (txn.type === 'REVERSAL' ? `${txn.subType}-REVERSAL` : txn.type) as Leg
    let code = refused.has(`${txn.id} ${leg}`) ? 'XB' : behaviour.bank(leg, message)
    if (leg.endsWith('-REVERSAL')) {
      const original = `${txn.id} ${txn.subType}`
      if (code === '00' && !legs.has(original)) {
        refused.add(original)
        code = 'NC'
      }
    }
    if (code === '00' || code === 'silent') legs.set(`${txn.id} ${leg}`, leg)
    if (code === undefined || code === 'silent') return
    const refs: Ref[] = [
      {
        type: leg.startsWith('DEBIT') ? 'PAYER' : 'PAYEE',
        addr: 'x@bahi',
        respCode: code,
        settAmount: '0.00',
      },
    ]
    const failed = code === '00' ? {} : { errCode: code }
    const resp = { reqMsgId: request.msgId, result: code === '00' ? 'SUCCESS' : 'FAILURE', ...failed }
    void send('RespPay', { txn, resp, refs }).catch(() => undefined)
  }

  const verifying = createVerifier(keys.switchPublic)
  const stubs: Transport = async (name, request) => {
    const answer = (status: number, document: object) => ({
      status,
      headers: {},
      body: Readable.from([JSON.stringify(document)]),
    })
    if (name !== 'gateway') return answer(404, { code: 'not-found' })
    const status = behaviour.gateway()
    if (status !== 200) return answer(status, { code: 'unavailable' })
    const [, , endpoint = '', api = '', , txnId] = request.path.split('/')
    const message = (await (await verifying)(JSON.parse(request.body as string) as Signed)) as Message
    if (message.api !== api || message.txn.id !== txnId) return answer(400, {})
    const isRepeated = received.some((h) => h.message.head.msgId === message.head.msgId)
    received.push({ endpoint, message })
    // A repeated message is acknowledged again and has no other effect.
    if (!isRepeated) {
      answering += 1
      setImmediate(() => {
        if (endpoint === 'psp') answerAsPsp(message)
        else answerAsBank(message)
        answering -= 1
      })
    }
    return answer(200, { api, reqMsgId: message.head.msgId, ts: clock.now().toISOString() })
  }
  return {
    received,
    legs,
    behaviour,
    stubs,
    answering: () => answering,
    head,
    send,
    connect: (to: typeof toNetwork) => void (toNetwork = to),
    /** Messages received about a transaction, in order: `psp RespPay SUCCESS`. */
    receivedAbout: (txnId: string) => received.filter((h) => h.message.txn.id === txnId).map(describeMessage),
  }
}

function describeMessage({ endpoint, message }: ReceivedMessage): string {
  const { type, subType } = message.txn
  if (message.api === 'ReqPay') return `${endpoint} ${subType ? `${type} ${subType}` : type}`
  if (!('resp' in message)) return `${endpoint} ${message.api}`
  const { result, errCode } = message.resp
  return [endpoint, message.api, result, ...(errCode ? [errCode] : [])].join(' ')
}

export type TestNetwork = Awaited<ReturnType<typeof startTestNetwork>>

export async function startTestNetwork(postgresUrl: string, env: Env = {}) {
  const clock = adjustableClock()
  const keys = await testKeys()
  const member = stubMember(clock, keys)
  const platform = await testPlatform(postgresUrl, {
    services: [service],
    env: { ...keys.env, ...env },
    stubs: member.stubs,
    clock,
  })
  const sign = await createSigner(keys.memberPrivate)
  const callAs = (p: TestPlatform) => async (api: Api, message: object) => {
    const { txn } = message as Message
    return p.as('payment')(toSwitch, { params: { api, txnId: txn.id }, body: await sign(message) })
  }
  member.connect(callAs(platform))
  return { clock, keys, member, platform, sign, callAs, ...actionsOf(platform, member, clock) }
}

function actionsOf(
  platform: TestPlatform,
  member: ReturnType<typeof stubMember>,
  clock: ReturnType<typeof adjustableClock>,
) {
  const txnOf = (id: string) => ({ id, custRef: '632812000001', ts: clock.now().toISOString() })
  const transaction = async (txnId: string) =>
    (await platform.anybody(networkTransactions, { querystring: { txnId } })).transactions[0]

  async function encrypt(block: Omit<PinBlock, 'iat'>): Promise<string> {
    const { keys } = await platform.as('account')(listKeys, {})
    const key = keys[0] as JWK
    const text = JSON.stringify({ iat: Math.floor(clock.now().getTime() / 1_000), ...block })
    return new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: key.kid! })
      .encrypt(await importJWK(key, 'ECDH-ES'))
  }

  const admin = platform.database.admin
  async function payFrom(
    from: { accountRef: string; ifsc: string },
    pin: string,
    payeeVpa: string,
    block: Partial<PinBlock> = {},
  ) {
    const paymentId = uuidv7(clock.now().getTime())
    const txnId = txnIdOf('BHI', paymentId)
    const data = await encrypt({ purpose: 'pay', paymentId, amountPaise, payeeVpa, pin, ...block })
    const ac = { addrType: 'ACCOUNT', ifsc: from.ifsc, actype: 'SAVINGS', acnum: from.accountRef }
    return actions.pay(payeeVpa, { txnId, payer: { ac, creds: { type: 'PIN', subType: 'MPIN', data } } })
  }

  /** Waits until nothing is due and no response is in progress. */
  async function quiet(): Promise<void> {
    let quietRounds = 0
    const isQuiet = async () => {
      const [busy] = await admin<{ n: number }[]>`
        select (select count(*) from sandbox.transactions where due_at <= ${clock.now()})
          + (select count(*) from sandbox.outbox where ended_at is null and due_at <= ${clock.now()}) as n`
      quietRounds = busy!.n === 0 && member.answering() === 0 ? quietRounds + 1 : 0
      return quietRounds === 2
    }
    await vi.waitUntil(isQuiet, { interval: 5 })
  }

  const actions = {
    transaction,
    encrypt,
    /** A customer of another bank pays with our app. */
    payFrom,
    async balanceOf(accountRef: string): Promise<number> {
      const [row] = await admin<{ balancePaise: number }[]>`
        select balance_paise from sandbox.other_accounts where account_ref = ${accountRef}`
      return row!.balancePaise
    },
    quiet,
    /** Advances the clock in steps, and waits after each until nothing is due. */
    async pass(seconds: number): Promise<void> {
      await quiet()
      for (let left = seconds; left > 0; left -= 5) {
        clock.advance(Math.min(left, 5) * 1_000)
        await quiet()
      }
    },
    /** Balances are the sum of their entries, and the legs of every transaction match its result. */
    async expectBooksInOrder(): Promise<void> {
      const wrong = await admin`
        select account_ref from sandbox.other_accounts a where balance_paise <>
          (select sum(amount_paise) from sandbox.bank_entries e where e.account_ref = a.account_ref)`
      const ended = await admin<TransactionLegs[]>`
        select txn_id, amount_paise, result, content -> 'debited' #>> '{}' as debited,
          content -> 'payee' ->> 'bank' as payee_bank,
          (select array_agg(leg) from sandbox.bank_entries e where e.txn_id = t.txn_id) as legs
        from sandbox.transactions t where phase = 'ended' and origin <> 'unknown'`
      const bad = ended.filter((t) => !isConsistent(t, member.legs))
      if (wrong.length + bad.length > 0) throw new Error(JSON.stringify({ wrong, bad }))
    },
    /** A payment's id and the transaction id made from it. */
    newIds: () => {
      const paymentId = uuidv7(clock.now().getTime())
      return { paymentId, txnId: txnIdOf('BHI', paymentId) }
    },
    /** An account at another bank, with a PIN if given. */
    async customer(bank: string, balancePaise: number, pin?: string, phone = '+919876500001', mcc?: string) {
      const opened = await platform.anybody(openAccount, {
        body: { phone, bank, balancePaise, name: 'Gita Rao', ...(mcc === undefined ? {} : { mcc }) },
      })
      const accountId = uuidv7()
      if (pin) {
        const block = await encrypt({ pin, purpose: 'set-pin', accountId })
        const { accountRef, card } = opened
        const { last6, expiry } = card
        const body = { bank, accountRef, accountId, card: { last6, expiry }, pin: block }
        const { code } = await platform.as('account')(setCre, { body })
        if (code !== '00') throw new Error(`the PIN was not set: ${code}`)
      }
      return { ...opened, vpa: opened.vpa!, accountId }
    },
    /** Our PSP pays: from our bank with the money held, or with the given payer. */
    async pay(
      payeeVpa: string,
      more: { txnId?: string; payer?: object; amount?: number; head?: object } = {},
    ): Promise<{ txnId: string; ack: Ack }> {
      const txnId = more.txnId ?? txnIdOf('BHI', uuidv7(clock.now().getTime()))
      const amount = amountToWire(more.amount ?? amountPaise)
      const party = (addr: string) => ({ addr, name: 'Asha Rao', type: 'PERSON', code: '0000', amount })
      const ack = await member.send('ReqPay', {
        ...(more.head ? { head: more.head } : {}),
        txn: { ...txnOf(txnId), type: 'PAY' },
        payer: {
          ...party(ourPayer.addr),
          ac: { addrType: 'ACCOUNT', ifsc: 'BAHI0000001', actype: 'SAVINGS', acnum: ourPayer.accountRef },
          creds: { type: 'PreApproved' },
          ...more.payer,
        },
        payee: party(payeeVpa),
      })
      return { txnId, ack }
    },
    check: (txnId: string) =>
      member.send('ReqChkTxn', { txn: { ...txnOf(txnId), type: 'CHKTXN', subType: 'PAY' } }),
  }
  return actions
}

type TransactionLegs = {
  txnId: string
  result: string
  debited: string | null
  payeeBank: string | null
  legs: Leg[] | null
}

/** Success: debited and credited once; failure: neither, or reversed. Holds at our bank are not checked. */
function isConsistent(
  { txnId, result, debited, legs, payeeBank }: TransactionLegs,
  memberLegs: Map<string, Leg>,
): boolean {
  const has = (leg: Leg) => legs?.includes(leg) === true || memberLegs.has(`${txnId} ${leg}`)
  const debit = has('DEBIT') && !has('DEBIT-REVERSAL')
  const credit = has('CREDIT') && !has('CREDIT-REVERSAL')
  if (result === 'SUCCESS') return credit && (debited === 'held' || debit) && payeeBank !== null
  return !credit && !debit
}

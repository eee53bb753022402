// For tests: the sandbox on its own database, our PSP and our bank played behind a gateway, and a clock that jumps.
import { Readable } from 'node:stream'
import type { PinBlock } from '@bahi/contracts/account.ts'
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
import type { Env } from '@bahi/kit/runtime/config.ts'
import { createSigner, createVerifier, type Signed } from '@bahi/kit/crypto/signed-message.ts'
import { adjustableClock } from '@bahi/testing/clock.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import type { Transport } from '@bahi/kit/transport/transport.ts'
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { service } from './app.ts'

async function keyPair() {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  return {
    own: JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'test' }),
    open: JSON.stringify(await exportJWK(publicKey)),
  }
}

export type Keys = { env: Env; memberOwn: string; switchOpen: string }

/** Settings of the switch, and the other halves of its keys. */
export async function testKeys(): Promise<Keys> {
  const [network, member] = [await keyPair(), await keyPair()]
  return {
    env: { BAHI_SANDBOX_NETWORK_KEY: network.own, BAHI_SANDBOX_MEMBER_KEY: member.open },
    memberOwn: member.own,
    switchOpen: network.open,
  }
}

export const ourPayee = { addr: 'ravi@bahi', accountRef: 'our-ravi' }
export const ourPayer = { addr: 'asha@bahi', accountRef: 'our-asha' }
export const amountPaise = 250_00

type Leg = 'DEBIT' | 'CREDIT' | 'DEBIT-REVERSAL' | 'CREDIT-REVERSAL'
/** What our bank answers to a leg; undefined: nothing. */
export type BankPlays = (leg: Leg, message: Message<'ReqPay'>) => string | undefined
export type Heard = { door: string; message: Message }

/** What both of our doors do: remembered across sandboxes that share a database. */
export function ourHouse(clock: { now(): Date }, keys: Keys) {
  const heard: Heard[] = []
  /** Legs that our bank did, each once. */
  const legs = new Map<string, Leg>()
  const refused = new Set<string>()
  const plays = {
    bank: ((): string => '00') as BankPlays,
    /** Undefined: the address is not answered. */
    party: ((): string | undefined => '00') as () => string | undefined,
    /** Status that the gateway answers with. */
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
    const code = plays.party()
    if (code === undefined) return
    const resp = { reqMsgId: message.head.msgId, result: code === '00' ? 'SUCCESS' : 'FAILURE' }
    const payee = {
      ...message.payee,
      name: 'Ravi Kumar',
      ac: { addrType: 'ACCOUNT', ifsc: 'BAHI0000001', actype: 'SAVINGS', acnum: ourPayee.accountRef },
    }
    const said = code === '00' ? { resp, payee } : { resp: { ...resp, errCode: code } }
    void send('RespAuthDetails', { txn: message.txn, ...said }).catch(() => undefined)
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
    const { txn, head: asked } = message
    const leg = (txn.type === 'REVERSAL' ? `${txn.subType}-REVERSAL` : txn.type) as Leg
    let code = refused.has(`${txn.id} ${leg}`) ? 'XB' : plays.bank(leg, message)
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
    const resp = { reqMsgId: asked.msgId, result: code === '00' ? 'SUCCESS' : 'FAILURE', ...failed }
    void send('RespPay', { txn, resp, refs }).catch(() => undefined)
  }

  const verifying = createVerifier(keys.switchOpen)
  const neighbours: Transport = async (name, request) => {
    const answer = (status: number, document: object) => ({
      status,
      headers: {},
      body: Readable.from([JSON.stringify(document)]),
    })
    if (name !== 'gateway') return answer(404, { code: 'not-found' })
    const status = plays.gateway()
    if (status !== 200) return answer(status, { code: 'unavailable' })
    const [, , door = '', api = '', , txnId] = request.path.split('/')
    const message = (await (await verifying)(JSON.parse(request.body as string) as Signed)) as Message
    if (message.api !== api || message.txn.id !== txnId) return answer(400, {})
    const before = heard.some((h) => h.message.head.msgId === message.head.msgId)
    heard.push({ door, message })
    // The same message again is acknowledged again, and that is all.
    if (!before) {
      answering += 1
      setImmediate(() => {
        if (door === 'psp') answerAsPsp(message)
        else answerAsBank(message)
        answering -= 1
      })
    }
    return answer(200, { api, reqMsgId: message.head.msgId, ts: clock.now().toISOString() })
  }
  return {
    heard,
    legs,
    plays,
    neighbours,
    answering: () => answering,
    head,
    send,
    connect: (to: typeof toNetwork) => void (toNetwork = to),
    /** What was heard about a transaction, in order: `psp RespPay SUCCESS`. */
    told: (txnId: string) => heard.filter((h) => h.message.txn.id === txnId).map(spoken),
  }
}

function spoken({ door, message }: Heard): string {
  const { type, subType } = message.txn
  if (message.api === 'ReqPay') return `${door} ${subType ? `${type} ${subType}` : type}`
  if (!('resp' in message)) return `${door} ${message.api}`
  const { result, errCode } = message.resp
  return [door, message.api, result, ...(errCode ? [errCode] : [])].join(' ')
}

export type Stage = Awaited<ReturnType<typeof networkStage>>

/** @param shared a stage whose database, keys, clock and house this one has too */
export async function networkStage(postgresUrl: string, env: Env = {}) {
  const clock = adjustableClock()
  const keys = await testKeys()
  const house = ourHouse(clock, keys)
  const platform = await testPlatform(postgresUrl, {
    services: [service],
    env: { ...keys.env, ...env },
    neighbours: house.neighbours,
    clock,
  })
  const sign = await createSigner(keys.memberOwn)
  const callAs = (p: TestPlatform) => async (api: Api, message: object) => {
    const { txn } = message as Message
    return p.as('payment')(toSwitch, { params: { api, txnId: txn.id }, body: await sign(message) })
  }
  house.connect(callAs(platform))
  return { clock, keys, house, platform, sign, callAs, ...acting(platform, house, clock) }
}

function acting(
  platform: TestPlatform,
  house: ReturnType<typeof ourHouse>,
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
    return acted.pay(payeeVpa, { txnId, payer: { ac, creds: { type: 'PIN', subType: 'MPIN', data } } })
  }

  /** Until nothing is due and nobody is about to answer. */
  async function quiet(): Promise<void> {
    for (let calm = 0, rounds = 0; calm < 2 && rounds < 1_000; rounds++) {
      const [busy] = await admin<{ n: number }[]>`
        select (select count(*) from sandbox.transactions where due_at <= ${clock.now()})
          + (select count(*) from sandbox.outbox where ended_at is null and due_at <= ${clock.now()}) as n`
      calm = busy!.n === 0 && house.answering() === 0 ? calm + 1 : 0
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  const acted = {
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
    /** Lets so many seconds pass, in steps, and what follows from each happen. */
    async pass(seconds: number): Promise<void> {
      await quiet()
      for (let left = seconds; left > 0; left -= 5) {
        clock.advance(Math.min(left, 5) * 1_000)
        await quiet()
      }
    },
    /** Balances are the sum of their entries, and both sides of every transaction say what was told. */
    async expectBooksInOrder(): Promise<void> {
      const wrong = await admin`
        select account_ref from sandbox.other_accounts a where balance_paise <>
          (select sum(amount_paise) from sandbox.bank_entries e where e.account_ref = a.account_ref)`
      const torn = await admin<Torn[]>`
        select txn_id, amount_paise, result, content -> 'debited' #>> '{}' as debited,
          content -> 'payee' ->> 'bank' as payee_bank,
          (select array_agg(leg) from sandbox.bank_entries e where e.txn_id = t.txn_id) as legs
        from sandbox.transactions t where phase = 'ended' and origin <> 'unknown'`
      const bad = torn.filter((t) => !inOrder(t, house.legs))
      if (wrong.length + bad.length > 0) throw new Error(JSON.stringify({ wrong, bad }))
    },
    /** A payment's id and the transaction's that follows from it. */
    newIds: () => {
      const paymentId = uuidv7(clock.now().getTime())
      return { paymentId, txnId: txnIdOf('BHI', paymentId) }
    },
    /** An account at another bank, with a PIN when one is given. */
    async customer(bank: string, balancePaise: number, pin?: string, phone = '+919876500001') {
      const opened = await platform.anybody(openAccount, {
        body: { phone, bank, balancePaise, name: 'Gita Rao' },
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
    /** Our PSP pays: from our bank with the money held, or as `payer` says. */
    async pay(
      payeeVpa: string,
      more: { txnId?: string; payer?: object; amount?: number; head?: object } = {},
    ): Promise<{ txnId: string; ack: Ack }> {
      const txnId = more.txnId ?? txnIdOf('BHI', uuidv7(clock.now().getTime()))
      const amount = amountToWire(more.amount ?? amountPaise)
      const party = (addr: string) => ({ addr, name: 'Asha Rao', type: 'PERSON', code: '0000', amount })
      const ack = await house.send('ReqPay', {
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
      house.send('ReqChkTxn', { txn: { ...txnOf(txnId), type: 'CHKTXN', subType: 'PAY' } }),
  }
  return acted
}

type Torn = {
  txnId: string
  result: string
  debited: string | null
  payeeBank: string | null
  legs: Leg[] | null
}

/** Success: debited and credited once; failure: neither, or undone. What our bank held is its own affair. */
function inOrder({ txnId, result, debited, legs, payeeBank }: Torn, ours: Map<string, Leg>): boolean {
  const has = (leg: Leg) => legs?.includes(leg) === true || ours.has(`${txnId} ${leg}`)
  const debit = has('DEBIT') && !has('DEBIT-REVERSAL')
  const credit = has('CREDIT') && !has('CREDIT-REVERSAL')
  if (result === 'SUCCESS') return credit && (debited === 'held' || debit) && payeeBank !== null
  return !credit && !debit
}

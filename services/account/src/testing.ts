// For tests: account on its own database, with stubs of auth, user and other banks, and an adjustable clock.
import type { HeldElsewhere } from '@bahi/contracts/network-adapter.ts'
import { listHeld, reqOperation } from '@bahi/contracts/sandbox-ports.ts'
import { generateKeyPairSync } from 'node:crypto'
import { Readable } from 'node:stream'
import * as contracts from '@bahi/contracts/account.ts'
import type { PinBlock } from '@bahi/contracts/pin-block.ts'
import {
  postTransfers,
  resolveTransfers,
  type MandateDebitRef,
  type Transfer,
} from '@bahi/contracts/transfers.ts'
import { findPerson, personOf, verifyOtp } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { SignedMessage } from '@bahi/contracts/network.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import { verifyStepUp } from '@bahi/contracts/step-up.ts'
import { balEnq, listKeys, listVae, otherBanks, setCre, valAdd } from '@bahi/contracts/sandbox.ts'
import { profilesOf } from '@bahi/contracts/user.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import type { Env } from '@bahi/kit/runtime/environment.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { adjustableClock } from '@bahi/testing/clock.ts'
import { testDataKeys, testPlatform, type TestOptions } from '@bahi/testing/platform.ts'
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { vi } from 'vitest'
import { service } from './app.ts'
import { vpaStream } from './upi-ids/vpa-stream.ts'
import { simulatedNetwork, type ReceivedReply, type LegRequest } from './testing-network.ts'

const codeKey = {
  ...generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ format: 'jwk' }),
  ...{ alg: 'RS256', kid: 'codes-1', from: '2026-01-01T00:00:00+05:30' },
}

/** Settings with a key of their own. */
export async function testEnv(): Promise<Env> {
  const { privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
  return {
    BAHI_PIN_KEY: JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'test' }),
    BAHI_PIN_VERIFIER_KEY: Buffer.alloc(32, 9).toString('base64'),
    BAHI_CODE_KEYS: JSON.stringify([codeKey]),
  }
}
export const goodPin = '4826'
export const goodOtp = '482913'
export const goodPassword = 'boats on the river'

type Block = Omit<PinBlock, 'iat'> & { iat?: number }
export type Person = { userId: string; phone: string }
export type Customer = Person & {
  accountId: string
  accountRef: string
  accountNumber: string
  vpa: string
  card: { last6: string; expiry: string }
}

export type OtherBankRequest = {
  what: 'set-pin' | 'balance' | 'mandate'
  bank: string
  accountRef: string
  accountId: string
  pin: string
  card?: object
}

type SetupOptions = Pick<TestOptions, 'mode' | 'env'> & { down?: Problem }

export async function createAccountTestSetup(postgresUrl: string, { down, ...options }: SetupOptions = {}) {
  const clock = adjustableClock()
  const network = await simulatedNetwork(clock)
  const phones = new Map<string, string>()
  const revokedPhones = new Set<string>()
  const names = new Map<string, string>()
  const events: CloudEvent[] = []
  const otpsSpent: string[] = []
  /** The stub of other banks, and whether it answers. */
  const outside = {
    down,
    banks: [{ code: 'GANG', name: 'Ganga Bank', ifsc: 'GANG0000001', onUs: false, pinLength: 6 }],
    accounts: new Map<string, object[]>(),
    /** By UPI ID of other apps, and how often the network was asked. */
    addresses: new Map<string, object>(),
    addressesAsked: [] as string[][],
    keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'network' }],
    /** What other apps keep. */
    held: [] as HeldElsewhere[],
    signers: [{ orgId: '200001', name: 'Other PSP', keys: [] }],
    /** What the other bank answers to a PIN block. */
    bank: (
      _asked: OtherBankRequest,
    ): { code: string; triesLeft?: number; balancePaise?: number; liveUntil?: string } => ({
      code: '00',
    }),
    bankAsked: [] as OtherBankRequest[],
  }
  function answerOfOtherBank(what: OtherBankRequest['what'], body: string) {
    const asked = { what, ...(JSON.parse(body) as Omit<OtherBankRequest, 'what'>) }
    outside.bankAsked.push(asked)
    return outside.bank(asked)
  }
  const bus = memoryBus({ clock })
  await bus.listen(['account'], (batch) => void events.push(...batch))

  async function answerOf(name: string, path: string, body: string | undefined): Promise<unknown> {
    if (name === 'sandbox') {
      if (outside.down) throw outside.down
      if (/\/upi\/Resp/.test(path)) return network.take(JSON.parse(body!) as SignedMessage)
      if (path === otherBanks.url) return { banks: outside.banks }
      if (path === listKeys.url) return { keys: outside.keys }
      if (path === listHeld.url) return { held: outside.held }
      if (path === listVae.url) return { signers: outside.signers }
      if (path === setCre.url) return answerOfOtherBank('set-pin', body!)
      if (path === reqOperation.url) return answerOfOtherBank('mandate', body!)
      if (path === balEnq.url) return answerOfOtherBank('balance', body!)
      if (path === valAdd.url) {
        const { addrs } = JSON.parse(body!) as { addrs: string[] }
        outside.addressesAsked.push(addrs)
        return { found: addrs.flatMap((addr) => outside.addresses.get(addr) ?? []) }
      }
      const phone = new URL(path, 'http://sandbox').searchParams.get('phone')!
      return { accounts: outside.accounts.get(phone) ?? [] }
    }
    if (path === findPerson.url) {
      const { phone } = JSON.parse(body!) as { phone: string }
      const found = [...phones].find(([, one]) => one === phone)
      if (!found || revokedPhones.has(phone)) throw new Problem('not-found')
      return { userId: found[0] }
    }
    if (path.startsWith(personOf.url.replace(':userId', ''))) {
      const userId = path.split('/').at(-1)!.split('?')[0]!
      const phone = phones.get(userId)
      if (!phone) throw new Problem('not-found')
      const phoneRevoked = revokedPhones.has(phone)
      return { userId, phone, phoneRevoked, roles: ['customer'], createdAt: clock.now().toISOString() }
    }
    const asked = JSON.parse(body ?? '{}') as { userId: string; otp: string; userIds: string[] }
    if (path === verifyStepUp.url) {
      const { userId, stepUp } = JSON.parse(body!) as Input<typeof verifyStepUp>['body']
      if (!('password' in stepUp) || stepUp.password !== goodPassword) throw new Problem('password-wrong')
      return { userId }
    }
    if (path === verifyOtp.url) {
      if (asked.otp !== goodOtp) throw new Problem('otp-wrong', undefined, { triesLeft: 4 })
      otpsSpent.push(asked.userId)
      return { phone: phones.get(asked.userId)! }
    }
    if (path !== profilesOf.url) throw new Problem('not-found', path)
    return {
      profiles: asked.userIds.flatMap((userId) => {
        const [name, phone] = [names.get(userId), phones.get(userId)]
        return name ? [{ userId, name, phone, language: 'en', createdAt: clock.now().toISOString() }] : []
      }),
    }
  }

  const env = { ...(await testEnv()), ...network.env, ...options.env }
  const platform = await testPlatform(postgresUrl, {
    ...options,
    services: [service],
    env,
    clock,
    bus,
    stubs: async (name, request) => {
      try {
        return answer(200, await answerOf(name, request.path, request.body as string | undefined))
      } catch (error) {
        const problem = error as Problem
        return answer(problem.status, toDocument(problem))
      }
    },
  })
  const { keys } = await platform.anybody(contracts.pinKeys, {})
  const as = (person: { userId: string }) => platform.person({ userId: person.userId })

  /** Encrypts as an app does. */
  async function seal(block: Block | object, jwk = keys[0] as JWK, header: object = {}): Promise<string> {
    const iat = Math.floor(clock.now().getTime() / 1_000)
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ iat, ...block })))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: jwk.kid!, ...header })
      .encrypt(await importJWK(jwk, 'ECDH-ES'))
  }

  let count = 0
  function newPerson(name = 'Asha Rao'): Person {
    const person = { userId: uuidv7(), phone: `+919${String(100_000_000 + ++count)}` }
    phones.set(person.userId, person.phone)
    names.set(person.userId, name)
    return person
  }
  const open = (phone: string, balancePaise = 1_000_00, holderName = 'Asha Rao', mcc?: string) =>
    platform.as('sandbox')(contracts.openBankAccount, {
      body: { phone, holderName, balancePaise, ...(mcc === undefined ? {} : { mcc }) },
    })

  /** Somebody with an account at our bank, linked, without a PIN. */
  async function linked(balancePaise?: number, person = newPerson()) {
    const { accountRef, accountNumber, card } = await open(person.phone, balancePaise)
    const account = await as(person)(contracts.linkAccount, { body: { bank: 'BAHI', accountRef } })
    const { last6, expiry } = card
    return { ...person, accountId: account.id, accountRef, accountNumber, card: { last6, expiry } }
  }

  type Asked = { card?: object; otp?: string; pin?: string; oldPin?: string; accountId?: string }
  /** Sets the PIN with valid details, except for the given changes. */
  async function setPin(who: Omit<Customer, 'vpa'>, asked: Asked = {}) {
    const { pin = goodPin, oldPin, accountId = who.accountId, ...body } = asked
    const details = oldPin === undefined ? { card: who.card, otp: goodOtp } : {}
    const block = { pin, purpose: 'set-pin', accountId, ...(oldPin === undefined ? {} : { oldPin }) }
    return as(who)(contracts.setPin, {
      params: { id: who.accountId },
      body: { ...details, ...body, pin: await seal(block) } as never,
    })
  }

  /** Somebody who can pay and be paid. */
  async function customer(balancePaise?: number): Promise<Customer> {
    const who = await linked(balancePaise)
    await setPin(who)
    const vpa = `person.${who.phone.slice(-6)}@bahi`
    await as(who)(contracts.createVpa, { body: { vpa, accountId: who.accountId } })
    return { ...who, vpa }
  }

  type TransferChange = Partial<Transfer> & {
    guess?: string
    block?: object
    pin?: string
    approves?: MandateDebitRef
  }
  /**
   * A transfer as payment sends it. @param change `guess`: the PIN presented; `block`: other content of its block;
   * `pin`: another block; `approves`: the debit of a mandate that it is
   */
  async function transfer(
    from: Customer,
    to: { accountId: string; vpa: string },
    change: TransferChange = {},
  ): Promise<Transfer> {
    const { guess = goodPin, block, pin: otherPin, approves: mandate, authorisation, ...rest } = change
    const details = {
      id: uuidv7(clock.now().getTime()),
      payerUserId: from.userId,
      payerAccountId: from.accountId,
      payeeAccountId: to.accountId,
      payeeVpa: to.vpa,
      amountPaise: 100,
      ...rest,
    }
    if (authorisation) return { ...details, authorisation }
    const { id: paymentId, amountPaise, payeeVpa } = details
    const sealed = { pin: guess, purpose: 'pay', paymentId, amountPaise, payeeVpa, ...block }
    const pin = otherPin ?? (await seal(sealed))
    return { ...details, authorisation: { kind: 'pin', pin, ...(mandate ? { mandate } : {}) } }
  }
  const post = async (...transfers: Transfer[]) =>
    (await platform.as('payment')(postTransfers, { body: { transfers } })).outcomes
  /** As recovery does: the same transfers without their authorisation. */
  const resolve = async (...transfers: Transfer[]) => {
    const details = transfers.map(({ authorisation: _, ...rest }) => rest)
    return (await platform.as('payment')(resolveTransfers, { body: { transfers: details } })).outcomes
  }
  async function pay(from: Customer, to: { accountId: string; vpa: string }, change?: TransferChange) {
    return (await post(await transfer(from, to, change)))[0]!
  }

  async function showBalance(who: Omit<Customer, 'vpa'>, pin = goodPin, block: object = {}): Promise<number> {
    const jwe = await seal({ pin, purpose: 'balance', accountId: who.accountId, ...block })
    const asked = { params: { id: who.accountId }, body: { pin: jwe } }
    return (await as(who)(contracts.balance, asked)).balancePaise
  }

  /** Somebody with an account at the other bank, linked, and a UPI ID that points there. */
  async function otherBankCustomer({ mcc }: { mcc?: string } = {}): Promise<Customer> {
    const person = newPerson()
    const account = { accountRef: `G-${person.phone.slice(-6)}`, bank: 'GANG', ifsc: 'GANG0000007' }
    const more = {
      ...{ accountNumber: '998877665544', holderName: 'Ganga Devi', type: 'current', pinSet: true },
      ...(mcc === undefined ? {} : { mcc }),
    }
    outside.accounts.set(person.phone, [{ ...account, ...more }])
    const body = { bank: 'GANG', accountRef: account.accountRef }
    const { id } = await as(person)(contracts.linkAccount, { body })
    const vpa = `ganga.${person.phone.slice(-6)}@bahi`
    await as(person)(contracts.createVpa, { body: { vpa, accountId: id } })
    const card = { last6: '123456', expiry: '0130' }
    const { accountRef } = account
    return { ...person, accountId: id, accountRef, accountNumber: more.accountNumber, vpa, card }
  }

  const send = network.talkTo(platform.anybody)
  /** All replies to a message so far; waits for at least one. */
  async function answersTo(msgId: string): Promise<ReceivedReply[]> {
    const found = () => network.received.filter((m) => m.resp.reqMsgId === msgId)
    await vi.waitUntil(() => found().length > 0, { interval: 10 })
    return found()
  }
  /** Requests a leg and returns the code of its reply, or the code with which the message was refused. */
  async function leg(request: LegRequest): Promise<string> {
    const message = network.legMessage(request)
    const { err } = await send(message)
    if (err) return `refused ${err}`
    return (await answersTo(message.head.msgId))[0]!.refs[0]!.respCode
  }
  async function checkLeg(txnId: string, kind: 'DEBIT' | 'CREDIT') {
    const message = network.checkMessage(txnId, kind)
    const { err } = await send(message)
    if (err) return `refused ${err}`
    const { resp, refs } = (await answersTo(message.head.msgId))[0]!
    const [ref] = refs
    return [resp.result, resp.errCode, ref?.respCode, ref?.reversalRespCode, ref?.settAmount]
  }
  /** Balance and held amount of a customer, read from the database. */
  async function inLedger(who: { accountRef: string }) {
    const [row] = await platform.database.admin<{ balance: number; held: number }[]>`
      select a.balance_paise as balance, a.held_paise as held
      from account.ledger_accounts a join account.bank_accounts b on b.ledger_account_id = a.id
      where b.id = ${who.accountRef}`
    return [row!.balance, row!.held]
  }
  async function setClosing(who: { accountRef: string }): Promise<void> {
    await platform.database.admin`
      update account.ledger_accounts a set is_closing = true from account.bank_accounts b
      where b.ledger_account_id = a.id and b.id = ${who.accountRef}`
  }
  async function setStatus(who: { accountRef: string }, status: string): Promise<void> {
    await platform.database.admin`
      update account.ledger_accounts a set status = ${status} from account.bank_accounts b
      where b.ledger_account_id = a.id and b.id = ${who.accountRef}`
  }

  return {
    ...{ env, network, send, answersTo, leg, checkLeg, inLedger, setStatus, setClosing },
    ...{ platform, clock, outside, otpsSpent, keys, as, seal, newPerson, open, linked, setPin, customer },
    ...{ transfer, post, resolve, pay, showBalance, otherBankCustomer },
    /** Auth says from now on that this is the person's phone. */
    movePhone: (userId: string, phone: string) => void phones.set(userId, phone),
    /** A list of disconnected numbers has these from now on. */
    revokedPhones,
    /** Violated invariants; expected to be none after every test. */
    bookFaults: () => platform.database.admin`select fault, detail from account.book_faults()`,
    /** The events of a stream or of a UPI ID, oldest first. */
    async eventsOf(of: string): Promise<Pick<CloudEvent, 'type' | 'data'>[]> {
      await platform.settle()
      const stream = of.includes('@') ? vpaStream(createSeal('account', testDataKeys), of) : of
      return events.filter((e) => e.subject === stream).map(({ type, data }) => ({ type, data }))
    },
  }
}

function answer(status: number, body: unknown) {
  return { status, headers: {}, body: Readable.from([Buffer.from(JSON.stringify(body))]) }
}

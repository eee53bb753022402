// For tests: account on its own database, with auth, user and other banks played, and a clock that jumps.
import { Readable } from 'node:stream'
import * as contracts from '@bahi/contracts/account.ts'
import { personOf, spendOtp } from '@bahi/contracts/auth.ts'
import type { CloudEvent } from '@bahi/kit/bus.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import { otherBanks } from '@bahi/contracts/sandbox.ts'
import { profilesOf } from '@bahi/contracts/user.ts'
import { memoryBus } from '@bahi/kit/bus-memory.ts'
import type { Env } from '@bahi/kit/config.ts'
import { jumpingClock, testPlatform, type TestOptions } from '@bahi/kit/testing.ts'
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { service } from './app.ts'

/** Settings with a key of their own. */
export async function testEnv(): Promise<Env> {
  const { privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
  return {
    BAHI_PIN_KEY: JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'test' }),
    BAHI_PIN_VERIFIER_KEY: Buffer.alloc(32, 9).toString('base64'),
  }
}
export const goodPin = '4826'
export const goodOtp = '482913'

type Block = Omit<contracts.PinBlock, 'iat'> & { iat?: number }
export type Person = { userId: string; phone: string }
export type Customer = Person & {
  accountId: string
  accountRef: string
  vpa: string
  card: { last6: string; expiry: string }
}

export async function accountStage(postgresUrl: string, options: Pick<TestOptions, 'mode'> = {}) {
  const clock = jumpingClock()
  const phones = new Map<string, string>()
  const names = new Map<string, string>()
  const events: CloudEvent[] = []
  const otpsSpent: string[] = []
  /** The other banks, and whether they answer. */
  const outside = {
    down: undefined as Problem | undefined,
    banks: [{ code: 'GANG', name: 'Ganga Bank', ifsc: 'GANG0000001', onUs: false, pinLength: 6 }],
    accounts: new Map<string, object[]>(),
  }
  const bus = memoryBus({ clock })
  await bus.listen(['account'], (heard) => void events.push(...heard))

  function played(name: string, path: string, body: string | undefined): unknown {
    if (name === 'sandbox') {
      if (outside.down) throw outside.down
      if (path === otherBanks.url) return { banks: outside.banks }
      const phone = new URL(path, 'http://sandbox').searchParams.get('phone')!
      return { accounts: outside.accounts.get(phone) ?? [] }
    }
    if (path.startsWith(personOf.url.replace(':userId', ''))) {
      const userId = path.split('/').at(-1)!.split('?')[0]!
      const phone = phones.get(userId)
      if (!phone) throw new Problem('not-found')
      return { userId, phone, role: 'person', createdAt: clock.now().toISOString() }
    }
    const asked = JSON.parse(body ?? '{}') as { userId: string; otp: string; userIds: string[] }
    if (path === spendOtp.url) {
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

  const platform = await testPlatform(postgresUrl, {
    ...options,
    services: [service],
    env: await testEnv(),
    clock,
    bus,
    neighbours: (name, request) => {
      try {
        return Promise.resolve(answer(200, played(name, request.path, request.body as string | undefined)))
      } catch (error) {
        const problem = error as Problem
        return Promise.resolve(answer(problem.status, toDocument(problem)))
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
  const open = (phone: string, balancePaise = 1_000_00, holderName = 'Asha Rao') =>
    platform.as('sandbox')(contracts.openBankAccount, { body: { phone, holderName, balancePaise } })

  /** Somebody with an account at our bank, linked, without a PIN. */
  async function linked(balancePaise?: number, person = newPerson()) {
    const { accountRef, card } = await open(person.phone, balancePaise)
    const account = await as(person)(contracts.linkAccount, { body: { bank: 'BAHI', accountRef } })
    return { ...person, accountId: account.id, accountRef, card: { last6: card.last6, expiry: card.expiry } }
  }

  type Asked = { card?: object; otp?: string; pin?: string; oldPin?: string; accountId?: string }
  /** Sets the PIN as it should be done, but for what is asked otherwise. */
  async function setPin(who: Omit<Customer, 'vpa'>, asked: Asked = {}) {
    const { pin = goodPin, oldPin, accountId = who.accountId, ...body } = asked
    const proof = oldPin === undefined ? { card: who.card, otp: goodOtp } : {}
    const block = { pin, purpose: 'set-pin', accountId, ...(oldPin === undefined ? {} : { oldPin }) }
    return as(who)(contracts.setPin, {
      params: { id: who.accountId },
      body: { ...proof, ...body, pin: await seal(block) } as never,
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

  type Order = Partial<contracts.Transfer> & { guess?: string; block?: object }
  /** A transfer as payment sends it. @param order `guess`: the PIN presented; `block`: what else the block says */
  async function transfer(
    from: Customer,
    to: { accountId: string; vpa: string },
    order: Order = {},
  ): Promise<contracts.Transfer> {
    const { guess = goodPin, block, ...rest } = order
    const bare = {
      id: uuidv7(clock.now().getTime()),
      payerUserId: from.userId,
      payerAccountId: from.accountId,
      payeeAccountId: to.accountId,
      payeeVpa: to.vpa,
      amountPaise: 100,
      ...rest,
    }
    const { id: paymentId, amountPaise, payeeVpa } = bare
    if ('pin' in order) return bare
    const pin = await seal({ pin: guess, purpose: 'pay', paymentId, amountPaise, payeeVpa, ...block })
    return { ...bare, pin }
  }
  const post = async (...transfers: contracts.Transfer[]) =>
    (await platform.as('payment')(contracts.postTransfers, { body: { transfers } })).outcomes
  async function pay(from: Customer, to: { accountId: string; vpa: string }, order?: Order) {
    return (await post(await transfer(from, to, order)))[0]!
  }

  async function showBalance(who: Omit<Customer, 'vpa'>, pin = goodPin, block: object = {}): Promise<number> {
    const jwe = await seal({ pin, purpose: 'balance', accountId: who.accountId, ...block })
    const asked = { params: { id: who.accountId }, body: { pin: jwe } }
    return (await as(who)(contracts.balance, asked)).balancePaise
  }

  /** Somebody with an account at the other bank, linked, and a UPI ID that points there. */
  async function elsewhere(): Promise<Customer> {
    const person = newPerson()
    const account = { accountRef: `G-${person.phone.slice(-6)}`, bank: 'GANG', ifsc: 'GANG0000007' }
    const more = { accountNumber: '998877665544', holderName: 'Ganga Devi', type: 'current', pinSet: true }
    outside.accounts.set(person.phone, [{ ...account, ...more }])
    const body = { bank: 'GANG', accountRef: account.accountRef }
    const { id } = await as(person)(contracts.linkAccount, { body })
    const vpa = `ganga.${person.phone.slice(-6)}@bahi`
    await as(person)(contracts.createVpa, { body: { vpa, accountId: id } })
    const card = { last6: '123456', expiry: '0130' }
    return { ...person, accountId: id, accountRef: account.accountRef, vpa, card }
  }

  return {
    ...{ platform, clock, outside, otpsSpent, keys, as, seal, newPerson, open, linked, setPin, customer },
    ...{ transfer, post, pay, showBalance, elsewhere },
    /** What is wrong with the books; expected to be nothing, after every test. */
    bookFaults: () => platform.database.admin`select fault, detail from account.book_faults()`,
    /** What account told about a stream, oldest first. */
    async told(stream: string): Promise<Pick<CloudEvent, 'type' | 'data'>[]> {
      await platform.settle()
      return events.filter((e) => e.subject === stream).map(({ type, data }) => ({ type, data }))
    },
  }
}

function answer(status: number, body: unknown) {
  return { status, headers: {}, body: Readable.from([Buffer.from(JSON.stringify(body))]) }
}

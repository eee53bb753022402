// Invalid input and failures over HTTP: every refusal is clear, nothing is lost, doubled or half done.
import * as account from '@bahi/contracts/account.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as payment from '@bahi/contracts/payment.ts'
import type { JWK } from 'jose'
import { SignJWT, generateKeyPair } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import {
  authorisation,
  pay,
  pinKeys,
  sealPin,
  showBalance,
  type Customer,
} from '@bahi/platform/api-client.ts'
import { startPlatform, type RunningPlatform } from '@bahi/platform/testing-platform.ts'

let platform: RunningPlatform
let asha: Customer
let ravi: Customer
let keys: JWK[]

beforeAll(async () => {
  platform = await startPlatform(inject('postgresUrl'))
  asha = await platform.customer()
  ravi = await platform.customer()
  keys = await pinKeys(asha.call)
})
afterAll(() => platform.stop())
afterEach(async () => {
  expect(await platform.bookFaults()).toEqual([])
})

const toRavi = (amountPaise: number) => ({ payeeVpa: ravi.vpa, amountPaise })

describe('a payment fails', () => {
  it('with ZM and the tries left for a wrong PIN, and is locked out after three', async () => {
    const meera = await platform.customer()
    const tries = []
    for (const pin of ['9301', '9302', '9303', meera.pin]) {
      const { status, failure } = await pay(meera, { ...toRavi(100), pin }, keys)
      tries.push([status, failure?.code, failure?.triesLeft])
    }
    expect(tries).toMatchObject([
      ['failed', 'ZM', 2],
      ['failed', 'ZM', 1],
      ['failed', expect.stringMatching(/ZM|Z6/), 0],
      ['failed', 'Z6', 0],
    ])
    await expect(showBalance(meera)).rejects.toMatchObject({ code: 'pin-locked' })
  })

  it.each([
    ['Z9', 'too little money', async () => pay(await platform.customer(100), toRavi(101), keys)],
    ['ZH', 'an unknown UPI ID', () => pay(asha, { payeeVpa: 'nobody.here@bahi', amountPaise: 100 }, keys)],
    ['Z8', 'more than one payment may be', () => pay(asha, toRavi(1_00_000_01), keys)],
    ['FL', 'too much just after a new PIN', () => pay(asha, toRavi(5_000_01), keys)],
    ['U96', 'paying oneself', () => pay(asha, { payeeVpa: asha.vpa, amountPaise: 100 }, keys)],
  ])('with %s for %s', async (code, _why, run) => {
    const failed = await run()
    expect(failed).toMatchObject({ status: 'failed', failure: { code } })
    expect(failed.failure?.message.length).toBeGreaterThan(10)
  })

  it('with Z7 after the most payments that a day allows', async () => {
    const often = await platform.customer()
    const outcomes = []
    for (let i = 0; i < 21; i++) outcomes.push((await pay(often, toRavi(100), keys)).failure?.code ?? '00')
    expect(outcomes).toEqual([...Array.from({ length: 20 }, () => '00'), 'Z7'])
  })

  it.each([
    ['made for another payment', { paymentId: uuidv7() }],
    ['made for another amount', { amountPaise: 1 }],
    ['made for another payee', { payeeVpa: 'thief@bahi' }],
    ['made for another purpose', { purpose: 'balance' as const }],
    ['made an hour ago', { iat: Math.floor(Date.now() / 1000) - 3_600 }],
  ])('with U54 for a PIN block %s', async (_what, change) => {
    const id = uuidv7()
    const block = {
      pin: asha.pin,
      purpose: 'pay',
      paymentId: id,
      amountPaise: 500,
      payeeVpa: ravi.vpa,
      ...change,
    } as const
    const body = { payerVpa: asha.vpa, payeeVpa: ravi.vpa, amountPaise: 500, pin: await sealPin(keys, block) }
    expect(await asha.call(payment.pay, { params: { id }, body })).toMatchObject({ failure: { code: 'U54' } })
  })

  it('when the bank of the other side cannot be reached', async () => {
    const failed = await pay(asha, { payeeVpa: 'offline@sandbox', amountPaise: 100 }, keys)
    expect(failed).toMatchObject({ status: 'failed', failure: { code: 'U78' } })
  })
})

async function openElsewhere(phone: string): Promise<{ accountRef: string }> {
  const answer = await fetch(`${platform.url}/sandbox/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ phone, bank: 'GANG', balancePaise: 1_000 }),
  })
  return (await answer.json()) as { accountRef: string }
}

async function raw(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const url = `${platform.url}${path}`
  const who = authorisation(method, url, asha.token(), asha.key)
  const response = await fetch(url, {
    method,
    headers: { ...who, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    document: (await response.json()) as { code: string },
  }
}

describe('a request is refused', () => {
  const good = () => ({ payerVpa: asha.vpa, payeeVpa: ravi.vpa, amountPaise: 100, pin: 'a.b.c.d.e' })
  it.each([
    ['zero', { amountPaise: 0 }],
    ['negative', { amountPaise: -100 }],
    ['fractional', { amountPaise: 10.5 }],
    ['astronomic', { amountPaise: 1e21 }],
    ['textual', { amountPaise: '100' }],
  ])('for an amount that is %s', async (_what, change) => {
    const answer = await raw('PUT', `/v1/payments/${uuidv7()}`, JSON.stringify({ ...good(), ...change }))
    expect(answer).toMatchObject({
      status: 400,
      type: expect.stringContaining('application/problem+json') as string,
    })
    expect(answer.document).toMatchObject({
      code: 'request-invalid',
      fields: [{ path: '/body/amountPaise' }],
    })
  })

  it.each([
    ['of broken JSON', '{"payerVpa": ', 400, 'request-invalid'],
    ['of deep nesting', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, 400, 'request-invalid'],
    ['of 10 MB', JSON.stringify({ note: 'x'.repeat(10_000_000) }), 413, 'body-too-large'],
    ['with an unknown field', JSON.stringify({ amount: 1 }), 400, 'request-invalid'],
    ['with half a character', '{"note": "\\ud800"}', 400, 'request-invalid'],
    ['that would change a prototype', '{"__proto__": {"admin": true}}', 400, 'request-invalid'],
  ])('for a body %s', async (_what, body, status, code) => {
    const answer = await raw('PUT', `/v1/payments/${uuidv7()}`, body)
    expect([answer.status, answer.document.code]).toEqual([status, code])
  })

  it('for a payment, an account or a UPI ID of another person, as if it did not exist', async () => {
    const paid = await pay(asha, toRavi(100), keys)
    const stranger = await platform.customer()
    const notFound = { status: 404, code: 'not-found' }
    await expect(stranger.call(payment.showPayment, { params: { id: paid.id } })).rejects.toMatchObject(
      notFound,
    )
    await expect(
      stranger.call(account.showAccount, { params: { id: asha.accountId } }),
    ).rejects.toMatchObject(notFound)
    await expect(pay({ ...stranger, vpa: asha.vpa }, toRavi(100), keys)).rejects.toMatchObject(notFound)
    const vpa = { body: { vpa: 'mine.now@bahi', accountId: asha.accountId } }
    await expect(stranger.call(account.createVpa, vpa)).rejects.toMatchObject(notFound)
  })

  it.each(['expired', 'forged', 'none', 'audience'])('for an access token: %s', async (kind) => {
    const [header, payload, signature] = asha.token().split('.') as [string, string, string]
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
    const known = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string; typ: string }
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
    const forge = (change: object) =>
      new SignJWT({ ...claims, ...change }).setProtectedHeader({ ...known, alg: 'EdDSA' }).sign(privateKey)
    const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
    const none = encoded({ alg: 'none', typ: 'at+jwt' })
    const token = {
      expired: await forge({ exp: Math.floor(Date.now() / 1000) - 60 }),
      forged: `${header}.${encoded({ ...claims, sub: ravi.userId })}.${signature}`,
      none: `${none}.${payload}.`,
      audience: await forge({ aud: 'another' }),
    }[kind]
    const answer = await raw('GET', '/v1/me', undefined, { authorization: `Bearer ${token}` })
    expect([answer.status, answer.document.code]).toEqual([401, 'unauthenticated'])
  })
})

describe('a UPI ID that moved', () => {
  it('takes its money along at once', async () => {
    const meera = await platform.customer(0)
    await pay(asha, { payeeVpa: meera.vpa, amountPaise: 100 }, keys)
    const { accountRef } = await openElsewhere(meera.phone)
    const second = await meera.call(account.linkAccount, { body: { bank: 'GANG', accountRef } })
    await meera.call(account.changeVpa, { params: { vpa: meera.vpa }, body: { accountId: second.id } })
    const paid = await pay(asha, { payeeVpa: meera.vpa, amountPaise: 100 }, keys)
    expect(paid).toMatchObject({ status: 'settled', payee: { bank: 'GANG' } })
    expect(await showBalance(meera)).toBe(100)
  })
})

describe('many at once', () => {
  it('let exactly one of a hundred spend 60 % of one balance', async () => {
    const spender = await platform.customer(1_000_00)
    const others = await Promise.all(Array.from({ length: 5 }, () => platform.customer(0)))
    const paid = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        pay(spender, { payeeVpa: others[i % 5]!.vpa, amountPaise: 600_00 }, keys),
      ),
    )
    expect(paid.filter((p) => p.status === 'settled')).toHaveLength(1)
    expect(await showBalance(spender)).toBe(400_00)
  })

  it('make one payment of fifty repeats, with fifty equal answers', async () => {
    const spender = await platform.customer(1_000_00)
    const order = { ...toRavi(77), id: uuidv7() }
    const answers = await Promise.all(Array.from({ length: 50 }, () => pay(spender, order, keys)))
    expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 'settled' })
    expect(await showBalance(spender)).toBe(1_000_00 - 77)
  })

  it('let two sides pay each other hundreds of times without a deadlock', async () => {
    const pairs = await Promise.all(
      Array.from({ length: 10 }, async () => [await platform.customer(), await platform.customer()] as const),
    )
    const rounds = 10
    const outcomes: payment.PaymentView[] = []
    await Promise.all(
      pairs.map(async ([a, b]) => {
        for (let round = 0; round < rounds; round++) {
          const there = pay(a, { payeeVpa: b.vpa, amountPaise: 100 }, keys)
          const back = pay(b, { payeeVpa: a.vpa, amountPaise: 100 }, keys)
          outcomes.push(await there, await back)
        }
      }),
    )
    expect(new Set(outcomes.map((p) => p.failure?.code ?? p.status))).toEqual(new Set(['settled']))
    expect(outcomes).toHaveLength(pairs.length * rounds * 2)
  }, 120_000)
})

describe('afterwards', () => {
  it('the audit chain is whole and holds every event of every service', async () => {
    const services = ['auth', 'user', 'account', 'payment', 'notification', 'audit']
    const countsOf = async () => {
      await platform.settle()
      const counts = services.map(
        async (service) =>
          (
            await platform.admin<{ count: number }[]>`
              select count(*) as count from ${platform.admin(service)}.events`
          )[0]!.count,
      )
      const [records] = await platform.admin<{ count: number }[]>`select count(*) as count from audit.records`
      return { records: records!.count, events: (await Promise.all(counts)).reduce((sum, n) => sum + n, 0) }
    }
    // Deliveries of messages go on after the last request, and each is an event.
    await vi.waitFor(async () => {
      const { records, events } = await countsOf()
      expect(records).toBe(events)
    })
  })
})

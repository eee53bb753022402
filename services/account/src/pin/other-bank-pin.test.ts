// Accounts, addresses and keys behind the network: their answers as our problems, and failures to answer.
import * as contracts from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { resolveVpas } from '@bahi/contracts/transfers.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createAccountTestSetup, goodOtp, type Customer } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
let ganga: Customer
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())
beforeEach(async () => {
  setup.outside.down = undefined
  setup.outside.bank = () => ({ code: '00', balancePaise: 777_00 })
  setup.outside.bankAsked = []
  setup.outside.addressesAsked = []
  ganga = await setup.otherBankCustomer()
})
afterEach(async () => {
  expect(await setup.bookFaults()).toEqual([])
})

/** Only its bank can read the block; this stub returns what the test sets. */
let count = 0
const sealed = () => `a.b.${Buffer.from(`block ${++count}`).toString('base64url')}.d.e`
const card = { last6: '123456', expiry: '0130' }
const setPin = (body: object) =>
  setup.as(ganga)(contracts.setPin, {
    params: { id: ganga.accountId },
    body: { pin: sealed(), ...body } as never,
  })
const showBalance = (pin = sealed()) =>
  setup.as(ganga)(contracts.balance, { params: { id: ganga.accountId }, body: { pin } })
const events = async () => (await setup.eventsOf(ganga.accountId)).slice(1)
const about = () => ({ userId: ganga.userId, accountId: ganga.accountId })
const shown = () => setup.as(ganga)(contracts.showAccount, { params: { id: ganga.accountId } })

describe('the PIN of an account at another bank', () => {
  it('is set with card and code: the phone is verified here, the rest at the bank', async () => {
    const pin = sealed()
    expect(await setPin({ card, otp: goodOtp, pin })).toMatchObject({ id: ganga.accountId, pinSet: true })
    expect(setup.otpsSpent).toContain(ganga.userId)
    expect(setup.outside.bankAsked).toEqual([
      { what: 'set-pin', bank: 'GANG', accountRef: ganga.accountRef, accountId: ganga.accountId, pin, card },
    ])
    expect(await events()).toEqual([{ type: 'account.pin-set', data: { ...about(), changed: true } }])
  })

  it('is changed with the old one, without card and code', async () => {
    await setPin({})
    expect(setup.outside.bankAsked[0]).not.toHaveProperty('card')
    expect(setup.otpsSpent).not.toContain(ganga.userId)
  })

  it.each([
    ['without a code', { card }],
    ['without a card', { otp: goodOtp }],
  ])('is not requested %s', async (_what, body) => {
    expect(await refusal(setPin(body))).toMatchObject({ code: 'request-invalid' })
    expect(setup.outside.bankAsked).toEqual([])
  })

  it('is not requested when the phone is not verified', async () => {
    expect(await refusal(setPin({ card, otp: '000000' }))).toMatchObject({ code: 'otp-wrong' })
    expect(setup.outside.bankAsked).toEqual([])
  })

  it('takes a block once', async () => {
    const pin = sealed()
    await setPin({ pin })
    expect(await refusal(setPin({ pin }))).toMatchObject({ code: 'pin-block-invalid' })
    expect(await refusal(showBalance(pin))).toMatchObject({ code: 'pin-block-invalid' })
    expect(setup.outside.bankAsked).toHaveLength(1)
  })

  const refusals: [code: string, triesLeft: number | undefined, problem: object][] = [
    ['ZM', 2, { code: 'pin-wrong', triesLeft: 2 }],
    ['Z6', undefined, { code: 'pin-locked', triesLeft: 0 }],
    ['AM', undefined, { code: 'pin-not-set' }],
    ['SP', 4, { code: 'card-wrong', triesLeft: 4 }],
    ['XL', undefined, { code: 'card-wrong' }],
    ['RM', undefined, { code: 'pin-weak' }],
    ['U14', undefined, { code: 'pin-block-invalid' }],
    ['U54', undefined, { code: 'pin-block-invalid' }],
    ['YE', undefined, { code: 'wrong-state' }],
    ['XH', undefined, { code: 'wrong-state' }],
    ['XY', undefined, { code: 'bank-unreachable', retryAfterS: 30 }],
  ]
  it.each(refusals)('is refused by the bank with %s', async (code, triesLeft, problem) => {
    setup.outside.bank = () => ({ code, ...(triesLeft === undefined ? {} : { triesLeft }) })
    expect(await refusal(setPin({ card, otp: goodOtp }))).toEqual(problem)
    expect(await refusal(showBalance())).toEqual(problem)
    expect((await events()).map((e) => e.type)).toEqual([])
  })

  it('that the bank locked is published', async () => {
    setup.outside.bank = () => ({ code: 'ZM', triesLeft: 0 })
    expect(await refusal(setPin({}))).toEqual({ code: 'pin-wrong', triesLeft: 0 })
    expect(await events()).toEqual([{ type: 'account.pin-locked', data: about() }])
  })

  it('is not set when its bank says so, until it is', async () => {
    setup.outside.bank = () => ({ code: 'AM' })
    await refusal(showBalance())
    expect(await shown()).toMatchObject({ pinSet: false })
    setup.outside.bank = () => ({ code: '00' })
    await setPin({ card, otp: goodOtp })
    expect(await shown()).toMatchObject({ pinSet: true })
    expect((await events()).at(-1)).toMatchObject({ data: { changed: false } })
  })
})

describe('the balance at another bank', () => {
  it('is shown, and that it was shown is published without it', async () => {
    expect(await showBalance()).toMatchObject({ balancePaise: 777_00, currency: 'INR' })
    expect(await events()).toEqual([{ type: 'account.balance-shown', data: about() }])
  })

  it('is refused when the bank returns none', async () => {
    setup.outside.bank = () => ({ code: '00' })
    expect(await refusal(showBalance())).toMatchObject({ code: 'bank-unreachable' })
  })

  it('is shown 50 times a day at most', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 55 }, () => showBalance()))
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(50)
    expect(setup.outside.bankAsked).toHaveLength(50)
  })

  it.each(['unavailable', 'timeout', 'internal'] as const)(
    'is not shown when the network is %s',
    async (code) => {
      setup.outside.down = new Problem(code)
      expect(await refusal(showBalance())).toEqual({ code: 'bank-unreachable', retryAfterS: 30 })
      expect(await refusal(setPin({}))).toEqual({ code: 'bank-unreachable', retryAfterS: 30 })
      expect(await events()).toEqual([])
    },
  )
})

describe('an address of another app', () => {
  const resolve = (vpa: string) => setup.as(ganga)(contracts.resolveVpa, { params: { vpa } })
  const parties = (...vpas: string[]) => setup.platform.as('payment')(resolveVpas, { body: { vpas } })
  function known(vpa: string, more: object = {}) {
    const account = { bank: 'GANG', ifsc: 'GANG0000007', accountRef: 'G-1', accountType: 'savings' }
    const address = { addr: vpa, name: 'Kavya Iyer', kind: 'person', ...account, ...more }
    setup.outside.addresses.set(vpa, address)
  }

  it('is resolved to its registered name', async () => {
    known('kavya@ganga')
    expect(await resolve('Kavya@Ganga')).toEqual({
      ...{ vpa: 'kavya@ganga', name: 'Kavya Iyer', kind: 'person', verified: true },
    })
    known('chai@ganga', { kind: 'merchant', mcc: '5814' })
    const merchant = { kind: 'merchant', mcc: '5814' }
    expect(await resolve('chai@ganga')).toMatchObject(merchant)
    expect((await parties('chai@ganga')).parties).toMatchObject([merchant])
  })

  it('that does not exist is not found', async () => {
    expect(await refusal(resolve('no.body@ganga'))).toEqual({ code: 'not-found' })
    expect(await parties('no.body@ganga')).toEqual({ parties: [], unreachable: [] })
  })

  it('is resolved for payment with its account, with ours, which the network is not asked for', async () => {
    known('ravi@ganga')
    const asha = await setup.customer()
    const answer = await parties('RAVI@ganga', asha.vpa, ganga.vpa, 'no.body@bahi', 'no.one@ganga')
    expect(answer.unreachable).toEqual([])
    expect(answer.parties.map((p) => [p.vpa, p.onUs]).sort()).toEqual(
      [
        [asha.vpa, true],
        [ganga.vpa, false],
        ['ravi@ganga', false],
      ].sort(),
    )
    expect(answer.parties.find((p) => p.vpa === 'ravi@ganga')).toEqual({
      ...{ vpa: 'ravi@ganga', name: 'Kavya Iyer', bank: 'GANG', ifsc: 'GANG0000007' },
      ...{ accountRef: 'G-1', accountType: 'savings', onUs: false },
    })
    expect(setup.outside.addressesAsked.flat().sort()).toEqual(['no.one@ganga', 'ravi@ganga'])
  })

  it('is fetched once for many, and cached for a minute', async () => {
    known('meera@ganga')
    await Promise.all(Array.from({ length: 20 }, (_, i) => parties('meera@ganga', `many${i}@ganga`)))
    await resolve('meera@ganga')
    expect(setup.outside.addressesAsked.flat().filter((addr) => addr === 'meera@ganga').length).toBeLessThan(
      6,
    )
    const before = setup.outside.addressesAsked.length
    await parties('meera@ganga')
    expect(setup.outside.addressesAsked).toHaveLength(before)
    setup.clock.advance(61_000)
    await parties('meera@ganga')
    expect(setup.outside.addressesAsked).toHaveLength(before + 1)
  })

  it.each(['unavailable', 'timeout'] as const)('cannot be reached when the network is %s', async (code) => {
    const asha = await setup.customer()
    setup.outside.down = new Problem(code)
    const vpa = `${code}@ganga`
    expect(await refusal(resolve(vpa))).toEqual({ code: 'bank-unreachable', retryAfterS: 30 })
    const answer = await parties(vpa, asha.vpa)
    expect(answer).toMatchObject({ parties: [{ vpa: asha.vpa }], unreachable: [vpa] })
    setup.outside.down = undefined
    known(vpa)
    expect(await parties(vpa)).toMatchObject({ parties: [{ vpa }], unreachable: [] })
  })
})

describe('the keys', () => {
  it('are ours, and those of the network for all other banks', async () => {
    const banks = async () =>
      (await setup.platform.anybody(contracts.pinKeys, {})).keys.map((key) => key['bank'])
    expect(await banks()).toEqual(['BAHI', '*'])
    setup.outside.down = new Problem('timeout')
    setup.clock.advance(6 * 60_000)
    expect(await banks()).toEqual(['BAHI', '*'])
  })

  it('are only ours until the network answered', async () => {
    const other = await createAccountTestSetup(inject('postgresUrl'), { down: new Problem('unavailable') })
    expect(other.keys.map((key) => key['bank'])).toEqual(['BAHI'])
    await other.platform.stop()
  })
})

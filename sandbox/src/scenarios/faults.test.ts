// Every address that misbehaves, paid and paying: what is told, what a check finds, and where the money is at last.
import { failureCode, type Message } from '@bahi/contracts/network.ts'
import { payFromOutside } from '@bahi/contracts/sandbox.ts'
import { addScenario, replaceScenarios, switchScenario, type NewRule } from '@bahi/contracts/scenario.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { amountPaise, networkStage, type BankPlays, type Stage } from '../testing.ts'

let stage: Stage
beforeAll(async () => {
  stage = await networkStage(inject('postgresUrl'))
})
afterEach(async () => {
  stage.house.plays.bank = () => '00'
  stage.house.plays.party = () => '00'
  await stage.platform.anybody(replaceScenarios, { body: { rules: [] } })
  await stage.expectBooksInOrder()
})
afterAll(() => stage.platform.stop())

const told = (txnId: string) => stage.house.told(txnId)
const until = async (txnId: string, ...wanted: string[]) =>
  vi.waitFor(() => expect(told(txnId).sort()).toEqual([...wanted].sort()), { timeout: 5_000, interval: 20 })
const fromOutside = async (payerVpa: string) => {
  const body = { payerVpa, payeeVpa: 'ravi@bahi', amountPaise }
  return (await stage.platform.anybody(payFromOutside, { body })).txnId
}
/** What a check says now: `SUCCESS`, `FAILURE U48` … */
async function checked(txnId: string): Promise<string> {
  const before = told(txnId).length
  await stage.check(txnId)
  await vi.waitFor(() => expect(told(txnId).length).toBeGreaterThan(before), { timeout: 5_000, interval: 20 })
  return told(txnId).at(-1)!.replace('psp RespChkTxn ', '')
}
function codeTold(txnId: string): string {
  const found = stage.house.heard.find(({ message }) => message.txn.id === txnId && message.api === 'RespPay')
  return failureCode(found!.message as Message<'RespPay'>)
}

describe('paid by us, the address', () => {
  const cases: [name: string, answers: string[], soon: string, atLast: string][] = [
    ['ok', ['SUCCESS'], 'SUCCESS', 'SUCCESS'],
    ['shop', ['SUCCESS'], 'SUCCESS', 'SUCCESS'],
    ['timeout', [], 'SUCCESS', 'SUCCESS'],
    ['silent', [], 'FAILURE U48', 'FAILURE U48'],
    ['declined.z9', ['FAILURE U30'], 'FAILURE U30', 'FAILURE U30'],
    ['declined.yf', ['FAILURE U31'], 'FAILURE U31', 'FAILURE U31'],
    ['declined.u03', ['FAILURE U03'], 'FAILURE U03', 'FAILURE U03'],
    ['deemed', ['DEEMED RB'], 'DEEMED RB', 'SUCCESS'],
    ['returned', ['DEEMED RB'], 'DEEMED RB', 'FAILURE RB'],
    ['late', ['SUCCESS'], 'SUCCESS', 'SUCCESS'],
    ['twice', ['SUCCESS', 'SUCCESS'], 'SUCCESS', 'SUCCESS'],
    ['slow', ['SUCCESS'], 'SUCCESS', 'SUCCESS'],
    ['offline', ['FAILURE U78'], 'FAILURE U78', 'FAILURE U78'],
    ['reversal-fails', ['DEEMED RB'], 'DEEMED RB', 'SUCCESS'],
    ['nobody', ['FAILURE ZH'], 'FAILURE ZH', 'FAILURE ZH'],
  ]
  const seen = new Map<string, { answers: string[]; soon: string; atLast: string }>()
  beforeAll(async () => {
    const paid = await Promise.all(cases.map(([name]) => stage.pay(`${name}@sandbox`)))
    await stage.pass(30)
    const answers = paid.map(({ txnId }) => told(txnId))
    const soon = await Promise.all(paid.map(({ txnId }) => checked(txnId)))
    await stage.pass(65)
    const atLast = await Promise.all(paid.map(({ txnId }) => checked(txnId)))
    cases.forEach(([name], i) => seen.set(name, { answers: answers[i]!, soon: soon[i]!, atLast: atLast[i]! }))
  })
  it.each(cases)(
    '%s@sandbox answers %j, then a check finds %s and at last %s',
    (name, answers, soon, atLast) => {
      const lines = answers.map((answer) => `psp RespPay ${answer}`)
      expect(seen.get(name)).toEqual({ answers: lines, soon, atLast })
    },
  )

  it.each([
    ['declined.z9', 'Z9'],
    ['declined.yf', 'YF'],
    ['declined.u03', 'U03'],
  ])('%s@sandbox gives the code %s', async (name, code) => {
    const { txnId } = await stage.pay(`${name}@sandbox`)
    await vi.waitFor(() => expect(codeTold(txnId)).toBe(code))
  })

  it('late@sandbox answers after nobody waits for it', async () => {
    const { txnId } = await stage.pay('late@sandbox')
    await stage.pass(15)
    expect(told(txnId)).toEqual([])
    await stage.pass(10)
    await until(txnId, 'psp RespPay SUCCESS')
  })

  it('slow@sandbox is pending for 8 seconds', async () => {
    const { txnId } = await stage.pay('slow@sandbox')
    expect(await checked(txnId)).toBe('PENDING')
    await stage.pass(10)
    await until(txnId, 'psp RespChkTxn PENDING', 'psp RespPay SUCCESS')
  })
})

const asked = ['psp ReqAuthDetails', 'bank CREDIT']
const confirmed = 'psp ReqTxnConfirmation'

describe('paying us, the address', () => {
  const cases: [name: string, lines: string[], result: string][] = [
    ['ok', [...asked, `${confirmed} SUCCESS`], 'SUCCESS'],
    ['timeout', asked, 'SUCCESS'],
    ['silent', ['psp ReqAuthDetails', 'bank REVERSAL CREDIT', `${confirmed} FAILURE U68`], 'FAILURE'],
    ['declined.z9', ['psp ReqAuthDetails', `${confirmed} FAILURE U30`], 'FAILURE'],
    ['deemed', [...asked, `${confirmed} DEEMED RB`, 'bank ReqChkTxn'], 'SUCCESS'],
    ['returned', ['psp ReqAuthDetails', `${confirmed} DEEMED RB`, 'bank ReqChkTxn'], 'FAILURE'],
    ['late', [...asked, `${confirmed} SUCCESS`], 'SUCCESS'],
    ['twice', [...asked, ...asked, `${confirmed} SUCCESS`, `${confirmed} SUCCESS`], 'SUCCESS'],
    ['slow', [...asked, `${confirmed} SUCCESS`], 'SUCCESS'],
    ['offline', [], 'FAILURE'],
    ['reversal-fails', [...asked, `${confirmed} DEEMED RB`, 'bank ReqChkTxn'], 'SUCCESS'],
  ]
  const ids = new Map<string, string>()
  beforeAll(async () => {
    for (const [name] of cases) ids.set(name, await fromOutside(`${name}@sandbox`))
    await stage.pass(100)
  })
  it.each(cases)('%s@sandbox sends us %j and ends in %s', async (name, lines, result) => {
    const txnId = ids.get(name)!
    expect(told(txnId).sort()).toEqual([...lines].sort())
    expect(await stage.transaction(txnId)).toMatchObject({
      phase: 'ended',
      result,
      scenario: `${name}@sandbox`,
    })
  })
})

describe('a credit at our bank', () => {
  const cases: [string, BankPlays, string, string][] = [
    ['that is declined fails', (leg) => (leg === 'CREDIT' ? 'YF' : '00'), 'FAILURE U31', 'FAILURE'],
    [
      'that is not answered and never happened fails',
      (leg) => (leg === 'CREDIT' ? undefined : '00'),
      'FAILURE U68',
      'FAILURE',
    ],
    [
      'that is not answered is reversed, and fails',
      (leg) => (leg === 'CREDIT' ? 'silent' : '00'),
      'FAILURE U68',
      'FAILURE',
    ],
    ['that stands succeeds', (leg) => (leg === 'CREDIT' ? 'silent' : 'CS'), 'SUCCESS', 'SUCCESS'],
    [
      'that cannot be reversed is deemed, and stands',
      (leg) => (leg === 'CREDIT' ? 'silent' : '96'),
      'DEEMED RB',
      'SUCCESS',
    ],
    ['of which nothing is heard is deemed, and returned', () => undefined, 'DEEMED RB', 'FAILURE'],
    [
      'whose answers are all lost is deemed, and stands',
      (leg) => (leg === 'CREDIT' ? 'silent' : undefined),
      'DEEMED RB',
      'SUCCESS',
    ],
  ]
  it.each(cases)('%s', async (_what, bank, result, atLast) => {
    stage.house.plays.bank = bank
    const gita = await stage.customer('GANG', 1_000_00)
    const txnId = await fromOutside(gita.vpa)
    await vi.waitFor(() => expect(told(txnId)).toContain('bank CREDIT'))
    await stage.pass(30)
    await vi.waitFor(() => expect(told(txnId)).toContain(`${confirmed} ${result}`))
    if (result.startsWith('DEEMED')) await stage.pass(65)
    expect(await stage.transaction(txnId)).toMatchObject({ result: atLast, phase: 'ended' })
    expect(await stage.balanceOf(gita.accountRef)).toBe(1_000_00 - (atLast === 'SUCCESS' ? amountPaise : 0))
  })
})

describe('a debit at our bank', () => {
  const payer = { ac: { addrType: 'ACCOUNT', ifsc: 'BAHI0000001', actype: 'SAVINGS', acnum: 'our-asha' } }
  const pin = { creds: { type: 'PIN', subType: 'MPIN', data: 'a.b.c.d.e' } }
  const cases: [string, string, BankPlays, string[]][] = [
    ['is done', 'ok', () => '00', ['bank DEBIT', 'psp RespPay SUCCESS']],
    ['is declined', 'ok', () => 'ZM', ['bank DEBIT', 'psp RespPay FAILURE U30']],
    [
      'is not answered',
      'ok',
      (leg) => (leg === 'DEBIT' ? 'silent' : '00'),
      ['bank DEBIT', 'bank REVERSAL DEBIT', 'psp RespPay FAILURE U67'],
    ],
    [
      'goes back when the credit fails',
      'declined.yf',
      () => '00',
      ['bank DEBIT', 'bank REVERSAL DEBIT', 'psp RespPay FAILURE U31'],
    ],
  ]
  it.each(cases)('%s', async (_what, payee, bank, wanted) => {
    stage.house.plays.bank = bank
    const { txnId } = await stage.pay(`${payee}@sandbox`, { payer: { ...payer, ...pin } })
    await stage.pass(20)
    await until(txnId, ...wanted)
  })

  it('whose reversal is not answered is asked for again until it is back', async () => {
    let silent = true
    stage.house.plays.bank = (leg) => (leg === 'DEBIT' ? 'silent' : silent ? undefined : '00')
    const { txnId } = await stage.pay('ok@sandbox', { payer: { ...payer, ...pin } })
    await stage.pass(30)
    const lines = ['bank DEBIT', 'bank REVERSAL DEBIT', 'psp RespPay FAILURE U67']
    await until(txnId, ...lines)
    expect(await stage.transaction(txnId)).toMatchObject({ phase: 'owed' })
    silent = false
    await stage.pass(65)
    await until(txnId, ...lines, 'bank REVERSAL DEBIT')
    expect(await stage.transaction(txnId)).toMatchObject({ phase: 'ended', result: 'FAILURE' })
  })
})

describe('rules of faults', () => {
  const rule = (effects: NewRule['effects'], when: NewRule['when'] = {}): NewRule => ({
    name: 'test',
    when,
    effects,
  })
  const order = (...rules: NewRule[]) =>
    stage.platform.anybody(replaceScenarios, { body: { rules, seed: 'seven' } })

  it('befall who they name, the first that matches, while they are on', async () => {
    const gita = await stage.customer('GANG', 0)
    const { rules } = await order(
      rule([{ do: 'decline', at: 'credit', code: 'XI' }], { payeeVpa: '@ganga', minPaise: 1_000_00 }),
      rule([{ do: 'decline', at: 'credit', code: 'YF' }], { bank: 'GANG', maxPaise: 999_99 }),
    )
    const paid = async (amount: number) => {
      const { txnId } = await stage.pay(gita.vpa, { amount })
      await vi.waitFor(() => expect(told(txnId)).toHaveLength(1))
      return codeTold(txnId)
    }
    expect(await paid(1_000_00)).toBe('XI')
    expect(await paid(500_00)).toBe('YF')
    const { id } = rules[1]!
    await stage.platform.anybody(switchScenario, { params: { id }, body: { enabled: false } })
    expect(stage.house.told((await stage.pay(gita.vpa, { amount: 500_00 })).txnId)).toEqual([])
  })

  it('decline with any code but the one that says it is done', async () => {
    await expect(order(rule([{ do: 'decline', at: 'credit', code: '00' }]))).rejects.toMatchObject({
      code: 'request-invalid',
    })
    const { txnId } = await stage.pay('declined.00@sandbox')
    await until(txnId, 'psp RespPay FAILURE ZH')
  })

  it('befall a share of them, always the same ones', async () => {
    const gita = await stage.customer('GANG', 0)
    await order(rule([{ do: 'decline', at: 'credit', code: 'YF' }], { share: 0.5 }))
    const sent = await Promise.all(Array.from({ length: 40 }, () => stage.pay(gita.vpa, { amount: 1 })))
    await vi.waitFor(() => sent.forEach(({ txnId }) => expect(told(txnId)).toHaveLength(1)), {
      timeout: 8_000,
    })
    const failed = sent.filter(({ txnId }) => told(txnId)[0]!.includes('FAILURE'))
    expect(failed.length).toBeGreaterThan(5)
    expect(failed.length).toBeLessThan(35)
  })

  it.each([
    ['a debit whose answer is lost', 'debit-answer', ['psp RespPay FAILURE U67']],
    ['a debit that is lost', 'debit', ['psp RespPay FAILURE U67']],
    ['a credit whose answer is lost', 'credit-answer', ['psp RespPay FAILURE U68']],
  ] as const)('%s at another bank fails, and all money is back', async (_what, what, wanted) => {
    const gita = await stage.customer('GANG', 1_000_00, '4071')
    const { vpa, accountRef } = await stage.customer('KAVE', 0)
    await order(rule([{ do: 'drop', what }]))
    const { txnId } = await stage.payFrom(gita, '4071', vpa)
    await stage.pass(30)
    await until(txnId, ...wanted)
    expect(await stage.balanceOf(gita.accountRef)).toBe(1_000_00)
    expect(await stage.balanceOf(accountRef)).toBe(0)
  })

  it('a debit that cannot be reversed at once comes back later', async () => {
    const gita = await stage.customer('GANG', 1_000_00, '4071')
    await order(rule([{ do: 'decline', at: 'credit', code: 'YF' }, { do: 'reversal-fails' }]))
    const { txnId } = await stage.payFrom(gita, '4071', (await stage.customer('KAVE', 0)).vpa)
    await until(txnId, 'psp RespPay FAILURE U31')
    expect(await stage.balanceOf(gita.accountRef)).toBe(1_000_00 - amountPaise)
    await stage.pass(65)
    expect(await stage.balanceOf(gita.accountRef)).toBe(1_000_00)
  })

  it('let the confirmation come before the answer, and the second answer before the first', async () => {
    const gita = await stage.customer('GANG', 1_000_00, '4071')
    await order(rule([{ do: 'disorder', how: 'confirmation-first' }]))
    const first = await stage.payFrom(gita, '4071', 'ravi@bahi')
    await vi.waitFor(() => expect(told(first.txnId).at(-1)).toBe(`${confirmed} SUCCESS`))
    await stage.pass(5)
    expect(told(first.txnId).at(-1)).toBe('psp RespPay SUCCESS')

    const { accountRef: _, vpa } = await stage.customer('KAVE', 0)
    await order(rule([{ do: 'disorder', how: 'after-next' }], { payeeVpa: vpa }))
    const held = await stage.pay(vpa)
    const next = await stage.pay('ok@sandbox')
    await until(held.txnId, 'psp RespPay SUCCESS')
    const order2 = stage.house.heard.map(({ message }) => message.txn.id)
    expect(order2.indexOf(next.txnId)).toBeLessThan(order2.indexOf(held.txnId))
  })

  it('are refused when they make no sense', async () => {
    const body = { name: 'x', when: {}, effects: [{ do: 'decline', at: 'nowhere', code: 'YF' }] }
    await expect(stage.platform.anybody(addScenario, { body: body as never })).rejects.toMatchObject({
      code: 'request-invalid',
    })
  })
})

describe('chaos@sandbox', () => {
  it('does what seed and id draw, and no money is lost', async () => {
    const sent = await Promise.all(Array.from({ length: 30 }, () => stage.pay('chaos@sandbox')))
    const incoming = await Promise.all(Array.from({ length: 15 }, () => fromOutside('chaos@sandbox')))
    await stage.pass(120)
    for (const { txnId } of sent) await checked(txnId)
    const all = await Promise.all([...sent.map((s) => s.txnId), ...incoming].map(stage.transaction))
    expect(new Set(all.map((t) => JSON.stringify(t!.effects))).size).toBeGreaterThan(4)
    expect(all.filter((t) => t!.phase !== 'ended')).toEqual([])
  })
})

// Every address at `@sandbox`, as payee and payer: messages, status checks, and where the money is in the end.
import { failureCode, type Message } from '@bahi/contracts/network.ts'
import { payFromOutside } from '@bahi/contracts/sandbox.ts'
import { addScenario, replaceScenarios, switchScenario, type NewRule } from '@bahi/contracts/scenario.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { amountPaise, startTestNetwork, type BankBehaviour, type TestNetwork } from '../testing.ts'

let network: TestNetwork
beforeAll(async () => {
  network = await startTestNetwork(inject('postgresUrl'))
})
afterEach(async () => {
  network.member.behaviour.bank = () => '00'
  network.member.behaviour.party = () => '00'
  await network.platform.anybody(replaceScenarios, { body: { rules: [] } })
  await network.expectBooksInOrder()
})
afterAll(() => network.platform.stop())

const receivedAbout = (txnId: string) => network.member.receivedAbout(txnId)
const until = async (txnId: string, ...wanted: string[]) =>
  vi.waitFor(() => expect(receivedAbout(txnId).sort()).toEqual([...wanted].sort()), { interval: 20 })
const fromOutside = async (payerVpa: string) => {
  const body = { payerVpa, payeeVpa: 'ravi@bahi', amountPaise }
  return (await network.platform.anybody(payFromOutside, { body })).txnId
}
/** The result of a status check now: `SUCCESS`, `FAILURE U48` … */
async function checked(txnId: string): Promise<string> {
  const before = receivedAbout(txnId).length
  await network.check(txnId)
  await vi.waitFor(() => expect(receivedAbout(txnId).length).toBeGreaterThan(before), { interval: 20 })
  return receivedAbout(txnId).at(-1)!.replace('psp RespChkTxn ', '')
}
function codeReported(txnId: string): string {
  const found = network.member.received.find(
    ({ message }) => message.txn.id === txnId && message.api === 'RespPay',
  )
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
    const paid = await Promise.all(cases.map(([name]) => network.pay(`${name}@sandbox`)))
    await network.pass(30)
    const answers = paid.map(({ txnId }) => receivedAbout(txnId))
    const soon = await Promise.all(paid.map(({ txnId }) => checked(txnId)))
    await network.pass(65)
    const atLast = await Promise.all(paid.map(({ txnId }) => checked(txnId)))
    cases.forEach(([name], i) => seen.set(name, { answers: answers[i]!, soon: soon[i]!, atLast: atLast[i]! }))
  })
  it.each(cases)(
    '%s@sandbox responds %j, then a status check finds %s and in the end %s',
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
    const { txnId } = await network.pay(`${name}@sandbox`)
    await vi.waitFor(() => expect(codeReported(txnId)).toBe(code))
  })

  it('late@sandbox responds after the timeout', async () => {
    const { txnId } = await network.pay('late@sandbox')
    await network.pass(15)
    expect(receivedAbout(txnId)).toEqual([])
    await network.pass(10)
    await until(txnId, 'psp RespPay SUCCESS')
  })

  it('slow@sandbox is pending for 8 seconds', async () => {
    const { txnId } = await network.pay('slow@sandbox')
    expect(await checked(txnId)).toBe('PENDING')
    await network.pass(10)
    await until(txnId, 'psp RespChkTxn PENDING', 'psp RespPay SUCCESS')
  })
})

const requests = ['psp ReqAuthDetails', 'bank CREDIT']
const confirmed = 'psp ReqTxnConfirmation'

describe('paying us, the address', () => {
  const cases: [name: string, lines: string[], result: string][] = [
    ['ok', [...requests, `${confirmed} SUCCESS`], 'SUCCESS'],
    ['timeout', requests, 'SUCCESS'],
    ['silent', ['psp ReqAuthDetails', 'bank REVERSAL CREDIT', `${confirmed} FAILURE U68`], 'FAILURE'],
    ['declined.z9', ['psp ReqAuthDetails', `${confirmed} FAILURE U30`], 'FAILURE'],
    ['deemed', [...requests, `${confirmed} DEEMED RB`, 'bank ReqChkTxn'], 'SUCCESS'],
    ['returned', ['psp ReqAuthDetails', `${confirmed} DEEMED RB`, 'bank ReqChkTxn'], 'FAILURE'],
    ['late', [...requests, `${confirmed} SUCCESS`], 'SUCCESS'],
    ['twice', [...requests, ...requests, `${confirmed} SUCCESS`, `${confirmed} SUCCESS`], 'SUCCESS'],
    ['slow', [...requests, `${confirmed} SUCCESS`], 'SUCCESS'],
    ['offline', [], 'FAILURE'],
    ['reversal-fails', [...requests, `${confirmed} DEEMED RB`, 'bank ReqChkTxn'], 'SUCCESS'],
  ]
  const ids = new Map<string, string>()
  beforeAll(async () => {
    for (const [name] of cases) ids.set(name, await fromOutside(`${name}@sandbox`))
    await network.pass(100)
  })
  it.each(cases)('%s@sandbox sends us %j and ends in %s', async (name, lines, result) => {
    const txnId = ids.get(name)!
    expect(receivedAbout(txnId).sort()).toEqual([...lines].sort())
    expect(await network.transaction(txnId)).toMatchObject({
      phase: 'ended',
      result,
      scenario: `${name}@sandbox`,
    })
  })
})

describe('a credit at our bank', () => {
  const cases: [string, BankBehaviour, string, string][] = [
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
    ['without any response is deemed, and returned', () => undefined, 'DEEMED RB', 'FAILURE'],
    [
      'whose answers are all lost is deemed, and stands',
      (leg) => (leg === 'CREDIT' ? 'silent' : undefined),
      'DEEMED RB',
      'SUCCESS',
    ],
  ]
  it.each(cases)('%s', async (_what, bank, result, atLast) => {
    network.member.behaviour.bank = bank
    const gita = await network.customer('GANG', 1_000_00)
    const txnId = await fromOutside(gita.vpa)
    await vi.waitFor(() => expect(receivedAbout(txnId)).toContain('bank CREDIT'))
    await network.pass(30)
    await vi.waitFor(() => expect(receivedAbout(txnId)).toContain(`${confirmed} ${result}`))
    if (result.startsWith('DEEMED')) await network.pass(65)
    expect(await network.transaction(txnId)).toMatchObject({ result: atLast, phase: 'ended' })
    expect(await network.balanceOf(gita.accountRef)).toBe(1_000_00 - (atLast === 'SUCCESS' ? amountPaise : 0))
  })
})

describe('a debit at our bank', () => {
  const payer = { ac: { addrType: 'ACCOUNT', ifsc: 'BAHI0000001', actype: 'SAVINGS', acnum: 'our-asha' } }
  const pin = { creds: { type: 'PIN', subType: 'MPIN', data: 'a.b.c.d.e' } }
  const cases: [string, string, BankBehaviour, string[]][] = [
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
    network.member.behaviour.bank = bank
    const { txnId } = await network.pay(`${payee}@sandbox`, { payer: { ...payer, ...pin } })
    await network.pass(20)
    await until(txnId, ...wanted)
  })

  it('whose reversal gets no response is retried until it is confirmed', async () => {
    let silent = true
    network.member.behaviour.bank = (leg) => (leg === 'DEBIT' ? 'silent' : silent ? undefined : '00')
    const { txnId } = await network.pay('ok@sandbox', { payer: { ...payer, ...pin } })
    await network.pass(30)
    const lines = ['bank DEBIT', 'bank REVERSAL DEBIT', 'psp RespPay FAILURE U67']
    await until(txnId, ...lines)
    expect(await network.transaction(txnId)).toMatchObject({ phase: 'owed' })
    silent = false
    await network.pass(65)
    await until(txnId, ...lines, 'bank REVERSAL DEBIT')
    expect(await network.transaction(txnId)).toMatchObject({ phase: 'ended', result: 'FAILURE' })
  })
})

describe('rules of faults', () => {
  const rule = (effects: NewRule['effects'], when: NewRule['when'] = {}): NewRule => ({
    name: 'test',
    when,
    effects,
  })
  const order = (...rules: NewRule[]) =>
    network.platform.anybody(replaceScenarios, { body: { rules, seed: 'seven' } })

  it('apply to matching transactions, the first that matches, while they are enabled', async () => {
    const gita = await network.customer('GANG', 0)
    const { rules } = await order(
      rule([{ do: 'decline', at: 'credit', code: 'XI' }], { payeeVpa: '@ganga', minPaise: 1_000_00 }),
      rule([{ do: 'decline', at: 'credit', code: 'YF' }], { bank: 'GANG', maxPaise: 999_99 }),
    )
    const paid = async (amount: number) => {
      const { txnId } = await network.pay(gita.vpa, { amount })
      await vi.waitFor(() => expect(receivedAbout(txnId)).toHaveLength(1))
      return codeReported(txnId)
    }
    expect(await paid(1_000_00)).toBe('XI')
    expect(await paid(500_00)).toBe('YF')
    const { id } = rules[1]!
    await network.platform.anybody(switchScenario, { params: { id }, body: { enabled: false } })
    expect(network.member.receivedAbout((await network.pay(gita.vpa, { amount: 500_00 })).txnId)).toEqual([])
  })

  it('decline with any code but 00', async () => {
    await expect(order(rule([{ do: 'decline', at: 'credit', code: '00' }]))).rejects.toMatchObject({
      code: 'request-invalid',
    })
    const { txnId } = await network.pay('declined.00@sandbox')
    await until(txnId, 'psp RespPay FAILURE ZH')
  })

  it('apply to a share of transactions, always the same ones', async () => {
    const gita = await network.customer('GANG', 0)
    await order(rule([{ do: 'decline', at: 'credit', code: 'YF' }], { share: 0.5 }))
    const sent = await Promise.all(Array.from({ length: 40 }, () => network.pay(gita.vpa, { amount: 1 })))
    await vi.waitFor(() => sent.forEach(({ txnId }) => expect(receivedAbout(txnId)).toHaveLength(1)))
    const failed = sent.filter(({ txnId }) => receivedAbout(txnId)[0]!.includes('FAILURE'))
    expect(failed.length).toBeGreaterThan(5)
    expect(failed.length).toBeLessThan(35)
  })

  it.each([
    ['a debit whose answer is lost', 'debit-answer', ['psp RespPay FAILURE U67']],
    ['a debit that is lost', 'debit', ['psp RespPay FAILURE U67']],
    ['a credit whose answer is lost', 'credit-answer', ['psp RespPay FAILURE U68']],
  ] as const)('%s at another bank fails, and all money is returned', async (_what, what, wanted) => {
    const gita = await network.customer('GANG', 1_000_00, '4071')
    const { vpa, accountRef } = await network.customer('KAVE', 0)
    await order(rule([{ do: 'drop', what }]))
    const { txnId } = await network.payFrom(gita, '4071', vpa)
    await network.pass(30)
    await until(txnId, ...wanted)
    expect(await network.balanceOf(gita.accountRef)).toBe(1_000_00)
    expect(await network.balanceOf(accountRef)).toBe(0)
  })

  it('a debit that cannot be reversed at once is reversed later', async () => {
    const gita = await network.customer('GANG', 1_000_00, '4071')
    await order(rule([{ do: 'decline', at: 'credit', code: 'YF' }, { do: 'reversal-fails' }]))
    const { txnId } = await network.payFrom(gita, '4071', (await network.customer('KAVE', 0)).vpa)
    await until(txnId, 'psp RespPay FAILURE U31')
    expect(await network.balanceOf(gita.accountRef)).toBe(1_000_00 - amountPaise)
    await network.pass(65)
    expect(await network.balanceOf(gita.accountRef)).toBe(1_000_00)
  })

  it('can send the confirmation before the response, and the second response before the first', async () => {
    const gita = await network.customer('GANG', 1_000_00, '4071')
    await order(rule([{ do: 'disorder', how: 'confirmation-first' }]))
    const first = await network.payFrom(gita, '4071', 'ravi@bahi')
    await vi.waitFor(() => expect(receivedAbout(first.txnId).at(-1)).toBe(`${confirmed} SUCCESS`))
    await network.pass(5)
    expect(receivedAbout(first.txnId).at(-1)).toBe('psp RespPay SUCCESS')

    const { accountRef: _, vpa } = await network.customer('KAVE', 0)
    await order(rule([{ do: 'disorder', how: 'after-next' }], { payeeVpa: vpa }))
    const held = await network.pay(vpa)
    const next = await network.pay('ok@sandbox')
    await until(held.txnId, 'psp RespPay SUCCESS')
    const order2 = network.member.received.map(({ message }) => message.txn.id)
    expect(order2.indexOf(next.txnId)).toBeLessThan(order2.indexOf(held.txnId))
  })

  it('are refused when they are invalid', async () => {
    const body = { name: 'x', when: {}, effects: [{ do: 'decline', at: 'nowhere', code: 'YF' }] }
    await expect(network.platform.anybody(addScenario, { body: body as never })).rejects.toMatchObject({
      code: 'request-invalid',
    })
  })
})

describe('chaos@sandbox', () => {
  it('has a fault by seed and transaction id, and no money is lost', async () => {
    const sent = await Promise.all(Array.from({ length: 30 }, () => network.pay('chaos@sandbox')))
    const incoming = await Promise.all(Array.from({ length: 15 }, () => fromOutside('chaos@sandbox')))
    await network.pass(120)
    for (const { txnId } of sent) await checked(txnId)
    const all = await Promise.all([...sent.map((s) => s.txnId), ...incoming].map(network.transaction))
    expect(new Set(all.map((t) => JSON.stringify(t!.effects))).size).toBeGreaterThan(4)
    expect(all.filter((t) => t!.phase !== 'ended')).toEqual([])
  })
})

// The settlement report: which rows, in which cycle, and when it is complete.
import { cycleAt } from '@bahi/contracts/network-rules.ts'
import { payFromOutside, settlementReport } from '@bahi/contracts/sandbox.ts'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { amountPaise, startTestNetwork, type TestNetwork } from '../testing.ts'

let network: TestNetwork
beforeEach(async () => {
  network = await startTestNetwork(inject('postgresUrl'))
  // Into the middle of a cycle, so that none ends during a test.
  const { to } = cycleAt(network.clock.now())
  network.clock.advance(to.getTime() - network.clock.now().getTime() + 1_800_000)
})
afterEach(() => network.platform.stop())

const now = () => cycleAt(network.clock.now())
const toEndOf = (cycle: { to: Date }) =>
  network.clock.advance(cycle.to.getTime() - network.clock.now().getTime() + 1)
const report = (cycle: string, querystring: { after?: string; limit?: number } = {}) =>
  network.platform.as('payment')(settlementReport, { params: { cycle }, querystring })
const legs = async (cycle: string) =>
  (await report(cycle)).rows.map(({ txnId, leg, result }) => `${txnId} ${leg} ${result}`).sort()
const receivedAbout = (txnId: string, line: string) =>
  vi.waitFor(() => expect(network.member.receivedAbout(txnId)).toContain(line))

describe('the settlement report', () => {
  it('has what our bank owes and is owed, and nothing that failed', async () => {
    const cycle = now()
    const out = await network.pay('ok@sandbox')
    const failed = await network.pay('declined.yf@sandbox')
    const body = { payerVpa: 'ok@sandbox', payeeVpa: 'ravi@bahi', amountPaise: 100_00 }
    const incoming = await network.platform.anybody(payFromOutside, { body })
    await receivedAbout(out.txnId, 'psp RespPay SUCCESS')
    await receivedAbout(failed.txnId, 'psp RespPay FAILURE U31')
    await receivedAbout(incoming.txnId, 'psp ReqTxnConfirmation SUCCESS')
    await expect(report(cycle.id)).rejects.toMatchObject({ code: 'wrong-state' })
    toEndOf(cycle)
    const { rows, netPaise, completeUntil } = await report(cycle.id)
    expect(rows.map(({ txnId, leg, amountPaise: paise, result }) => [txnId, leg, paise, result])).toEqual([
      [out.txnId, 'DEBIT', amountPaise, 'SUCCESS'],
      [incoming.txnId, 'CREDIT', 100_00, 'SUCCESS'],
    ])
    expect(netPaise).toBe(100_00 - amountPaise)
    // A message of the last minute may still arrive.
    expect(completeUntil).toBe(new Date(cycle.to.getTime() - 60_000).toISOString())
  })

  it('marks deemed rows, and has a return in the cycle of the return', async () => {
    const cycle = now()
    const stands = await network.pay('deemed@sandbox')
    const goes = await network.pay('returned@sandbox')
    await network.pass(30)
    await receivedAbout(goes.txnId, 'psp RespPay DEEMED RB')
    // Its timer does not expire before the cycle has ended.
    await network.platform.database
      .admin`update sandbox.transactions set due_at = ${cycle.to} where phase = 'deemed'`
    toEndOf(cycle)
    const deemed = [`${stands.txnId} DEBIT DEEMED`, `${goes.txnId} DEBIT DEEMED`]
    const { id: next } = now()
    await network.pass(5)
    expect(await legs(cycle.id)).toEqual(
      [deemed[0]!.replace('DEEMED', 'SUCCESS'), `${goes.txnId} DEBIT DEEMED`].sort(),
    )
    toEndOf(now())
    expect(await legs(next)).toEqual([`${goes.txnId} DEBIT-REVERSAL SUCCESS`])
    expect((await report(next)).netPaise).toBe(amountPaise)
  })

  it('is complete only up to the first undecided transaction, which is in a later cycle', async () => {
    const cycle = now()
    network.clock.advance(cycle.to.getTime() - network.clock.now().getTime() - 5_000)
    const { txnId } = await network.pay('slow@sandbox')
    const { txnTs } = (
      await network.platform.database.admin<{ txnTs: Date }[]>`
      select txn_ts from sandbox.transactions where txn_id = ${txnId}`
    )[0]!
    network.clock.advance(5_100)
    const before = await report(cycle.id)
    expect(before.rows).toEqual([])
    expect(Date.parse(before.completeUntil)).toBeLessThanOrEqual(txnTs.getTime())
    await network.pass(10)
    await receivedAbout(txnId, 'psp RespPay SUCCESS')
    expect(await report(cycle.id)).toEqual(before)
    const next = now()
    toEndOf(next)
    expect(await legs(next.id)).toEqual([`${txnId} DEBIT SUCCESS`])
  })

  it('comes in pages, and is refused for an invalid cycle', async () => {
    const cycle = now()
    const sent = []
    for (let i = 0; i < 5; i++) sent.push((await network.pay('ok@sandbox')).txnId)
    await receivedAbout(sent[4]!, 'psp RespPay SUCCESS')
    toEndOf(cycle)
    const found: string[] = []
    let after: string | undefined
    do {
      const page = await report(cycle.id, { limit: 2, ...(after ? { after } : {}) })
      found.push(...page.rows.map(({ txnId }) => txnId))
      after = page.next
    } while (after)
    expect(found).toEqual([...sent].sort())
    await expect(report('2026-11-23.C11')).rejects.toMatchObject({ code: 'not-found' })
    await expect(report('2026-02-31.C01')).rejects.toMatchObject({ code: 'not-found' })
  })
})

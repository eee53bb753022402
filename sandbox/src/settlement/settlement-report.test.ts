// The settlement report: what counts, in which cycle, and from when on nothing is added to it.
import { cycleAt } from '@bahi/contracts/network-rules.ts'
import { payFromOutside, settlementReport } from '@bahi/contracts/sandbox.ts'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { amountPaise, networkStage, type Stage } from '../testing.ts'

let stage: Stage
beforeEach(async () => {
  stage = await networkStage(inject('postgresUrl'))
  // Into the middle of a cycle, so that none ends by itself.
  const { to } = cycleAt(stage.clock.now())
  stage.clock.advance(to.getTime() - stage.clock.now().getTime() + 1_800_000)
})
afterEach(() => stage.platform.stop())

const now = () => cycleAt(stage.clock.now())
const toEndOf = (cycle: { to: Date }) =>
  stage.clock.advance(cycle.to.getTime() - stage.clock.now().getTime() + 1)
const report = (cycle: string, querystring: { after?: string; limit?: number } = {}) =>
  stage.platform.as('payment')(settlementReport, { params: { cycle }, querystring })
const legs = async (cycle: string) =>
  (await report(cycle)).rows.map(({ txnId, leg, result }) => `${txnId} ${leg} ${result}`).sort()
const told = (txnId: string, line: string) =>
  vi.waitFor(() => expect(stage.house.told(txnId)).toContain(line), { timeout: 5_000 })

describe('the settlement report', () => {
  it('names what our bank owes and is owed, and nothing that failed', async () => {
    const cycle = now()
    const out = await stage.pay('ok@sandbox')
    const failed = await stage.pay('declined.yf@sandbox')
    const body = { payerVpa: 'ok@sandbox', payeeVpa: 'ravi@bahi', amountPaise: 100_00 }
    const incoming = await stage.platform.anybody(payFromOutside, { body })
    await told(out.txnId, 'psp RespPay SUCCESS')
    await told(failed.txnId, 'psp RespPay FAILURE U31')
    await told(incoming.txnId, 'psp ReqTxnConfirmation SUCCESS')
    await expect(report(cycle.id)).rejects.toMatchObject({ code: 'wrong-state' })
    toEndOf(cycle)
    const { rows, netPaise, completeUntil } = await report(cycle.id)
    expect(rows.map(({ txnId, leg, amountPaise: paise, result }) => [txnId, leg, paise, result])).toEqual([
      [out.txnId, 'DEBIT', amountPaise, 'SUCCESS'],
      [incoming.txnId, 'CREDIT', 100_00, 'SUCCESS'],
    ])
    expect(netPaise).toBe(100_00 - amountPaise)
    // A message of the last minute may still come.
    expect(completeUntil).toBe(new Date(cycle.to.getTime() - 60_000).toISOString())
  })

  it('marks what is deemed, and has the return of it in the cycle of the return', async () => {
    const cycle = now()
    const stands = await stage.pay('deemed@sandbox')
    const goes = await stage.pay('returned@sandbox')
    await stage.pass(30)
    await told(goes.txnId, 'psp RespPay DEEMED RB')
    // Nobody looks after it until the cycle is over.
    await stage.platform.database
      .admin`update sandbox.transactions set due_at = ${cycle.to} where phase = 'deemed'`
    toEndOf(cycle)
    const deemed = [`${stands.txnId} DEBIT DEEMED`, `${goes.txnId} DEBIT DEEMED`]
    const { id: next } = now()
    await stage.pass(5)
    expect(await legs(cycle.id)).toEqual(
      [deemed[0]!.replace('DEEMED', 'SUCCESS'), `${goes.txnId} DEBIT DEEMED`].sort(),
    )
    toEndOf(now())
    expect(await legs(next)).toEqual([`${goes.txnId} DEBIT-REVERSAL SUCCESS`])
    expect((await report(next)).netPaise).toBe(amountPaise)
  })

  it('is complete only up to what is not decided yet, which is in a later one', async () => {
    const cycle = now()
    stage.clock.advance(cycle.to.getTime() - stage.clock.now().getTime() - 5_000)
    const { txnId } = await stage.pay('slow@sandbox')
    const { txnTs } = (
      await stage.platform.database.admin<{ txnTs: Date }[]>`
      select txn_ts from sandbox.transactions where txn_id = ${txnId}`
    )[0]!
    stage.clock.advance(5_100)
    const before = await report(cycle.id)
    expect(before.rows).toEqual([])
    expect(Date.parse(before.completeUntil)).toBeLessThanOrEqual(txnTs.getTime())
    await stage.pass(10)
    await told(txnId, 'psp RespPay SUCCESS')
    expect(await report(cycle.id)).toEqual(before)
    const next = now()
    toEndOf(next)
    expect(await legs(next.id)).toEqual([`${txnId} DEBIT SUCCESS`])
  })

  it('comes in pages, and not for a cycle that no day has', async () => {
    const cycle = now()
    const sent = []
    for (let i = 0; i < 5; i++) sent.push((await stage.pay('ok@sandbox')).txnId)
    await told(sent[4]!, 'psp RespPay SUCCESS')
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

// The network page, its files, and the API that it uses.
import { addScenario, listScenarios, networkTransactions, removeScenario } from '@bahi/contracts/scenario.ts'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { networkPage, readPageFile } from './network-page.ts'
import { startTestNetwork, type TestNetwork } from '../testing.ts'

let network: TestNetwork
beforeAll(async () => {
  network = await startTestNetwork(inject('postgresUrl'))
})
afterAll(() => network.platform.stop())

describe('the page', () => {
  it('shows banks and addresses, and has nothing inline', () => {
    const page = networkPage()
    for (const word of ['Ganga Bank', 'KAVE0000001', 'chaos@sandbox', 'declined.&#60;code&#62;@sandbox']) {
      expect(page).toContain(word)
    }
    expect(page).not.toMatch(/<script(?![^>]*src=)|<style|\son[a-z]+=|style=/)
  })

  it('loads its own files', async () => {
    expect(await readPageFile('page.js')).toMatchObject({ type: 'text/javascript; charset=utf-8' })
    expect((await readPageFile('page.css')).text).toContain('color-scheme: light dark')
    const script = (await readPageFile('page.js')).text
    expect(script).not.toMatch(/innerHTML|insertAdjacentHTML|eval\(/)
  })
})

describe('the API behind it', () => {
  it('adds and removes rules, and describes every address', async () => {
    const body = {
      name: 'half',
      when: { share: 0.5 },
      effects: [{ do: 'drop' as const, what: 'answer' as const }],
    }
    const rule = await network.platform.anybody(addScenario, { body })
    expect(rule).toMatchObject({ ...body, enabled: true })
    const listed = await network.platform.anybody(listScenarios, {})
    expect(listed).toMatchObject({ seed: 'bahi', rules: [rule] })
    expect(listed.addresses.map(({ vpa }) => vpa)).toContain('deemed@sandbox')
    await network.platform.anybody(removeScenario, { params: { id: rule.id } })
    expect((await network.platform.anybody(listScenarios, {})).rules).toEqual([])
  })

  it('lists transactions with their steps, without PIN blocks', async () => {
    const gita = await network.customer('GANG', 1_000_00, '4071')
    const { txnId } = await network.payFrom(gita, '4071', 'ravi@bahi')
    await vi.waitFor(() => expect(network.member.receivedAbout(txnId)).toContain('psp RespPay SUCCESS'))
    const { transactions } = await network.platform.anybody(networkTransactions, { querystring: {} })
    expect(transactions[0]!.steps.map(({ what }) => what)).toEqual([
      'ReqPay from our PSP',
      'ReqAuthDetails address → our PSP',
      'ravi@bahi has an account at BAHI',
      'debit: 00',
      'ReqPay credit → our bank',
      'credit: 00',
      'SUCCESS (PAYER 00, PAYEE 00)',
      'RespPay answer → our PSP',
      'ReqTxnConfirmation confirmation → our PSP',
    ])
    const [row] = await network.platform.database.admin<{ text: string }[]>`
      select content::text as text from sandbox.transactions where txn_id = ${txnId}`
    expect(row!.text).not.toContain('MPIN')
  })
})

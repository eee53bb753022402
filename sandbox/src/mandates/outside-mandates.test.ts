// Mandates of payees at other banks: what their PSP keeps of debits, however many there are.
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import {
  mandateFromOutside,
  noticeFromOutside,
  revokeFromOutside,
  showOutsideMandate,
} from '@bahi/contracts/sandbox-mandates.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { ourPayer, startTestNetwork, type TestNetwork } from '../testing.ts'

let network: TestNetwork
beforeAll(async () => {
  network = await startTestNetwork(inject('postgresUrl'))
})
afterAll(() => network.platform.stop())

const today = () => istDateOf(network.clock.now())
const show = (txnId: string) => network.platform.anybody(showOutsideMandate, { params: { txnId } })
const announce = (txnId: string, sequence: number, dueOn: string) =>
  network.platform.anybody(noticeFromOutside, {
    params: { txnId },
    body: { sequence, amountPaise: 100_00, dueOn },
  })

/** What our PSP answers. */
async function answer(txnId: string, txn: { type: 'CREATE' | 'NOTIFY'; seqNum?: number }): Promise<void> {
  const ack = await network.member.send('RespAuthMandate', {
    txn: { id: txnId, custRef: '632812000001', ts: network.clock.now().toISOString(), ...txn },
    resp: { reqMsgId: 'SWT00000000000000000000000000000001', result: 'SUCCESS' },
  })
  expect(ack.err).toBeUndefined()
}

let given = 0
/** One that our payer has agreed to. */
async function activeMandate(): Promise<string> {
  given += 1
  const { txnId } = await network.platform.anybody(mandateFromOutside, {
    body: {
      ...{ payeeVpa: 'shop@sandbox', payerVpa: ourPayer.addr, name: 'Music' },
      terms: {
        ...{ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'ASPRESENTED', validFrom: today() },
        ...{ validTo: addDays(today(), 90), revocable: true, blockFunds: false },
      },
    },
  })
  const umn = `${String(given).padStart(32, '0')}@bahi`
  await answer(txnId, { type: 'CREATE', ...{ umn } })
  expect(await show(txnId)).toEqual({ txnId, status: 'active', umn, debits: [] })
  return txnId
}

it('an answer takes the debit that it names, and the newest 50 of many are shown', async () => {
  const txnId = await activeMandate()
  await network.platform.database.admin`
    insert into sandbox.mandate_debits (mandate_txn_id, sequence, amount_paise, due_on, status)
    select ${txnId}, n, 100, ${today()}, 'made' from generate_series(1, 59) n`
  await announce(txnId, 60, addDays(today(), 3))
  await answer(txnId, { type: 'NOTIFY', seqNum: 60 })
  const { debits } = await show(txnId)
  expect(debits.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 50 }, (_, i) => 11 + i))
  expect(debits.at(-1)).toMatchObject({ status: 'taken', dueOn: addDays(today(), 3) })
  expect(debits.slice(0, -1).every(({ status }) => status === 'made')).toBe(true)
})

it('what is not answered is announced again after a minute', async () => {
  const txnId = await activeMandate()
  const notices = () =>
    network.member.receivedAbout(txnId).filter((what) => what === 'psp ReqAuthMandate').length - 1
  const dueOn = addDays(today(), 3)
  await announce(txnId, 1, dueOn)
  await network.pass(10)
  expect(notices()).toBe(1)
  await network.pass(60)
  await expect.poll(notices).toBe(2)
  await expect(announce(txnId, 1, dueOn)).rejects.toMatchObject({ code: 'wrong-state' })
})

it('on a day that the calendar does not have no debit is announced', async () => {
  const txnId = await activeMandate()
  await expect(announce(txnId, 1, '2026-02-30')).rejects.toMatchObject({
    code: 'request-invalid',
    extras: { fields: [{ path: '/body/dueOn' }] },
  })
  expect((await show(txnId)).debits).toEqual([])
})

it('of a transaction that asked for none nothing is shown, announced or ended', async () => {
  const params = { txnId: network.newIds().txnId }
  const unknown = { code: 'not-found' }
  await expect(show(params.txnId)).rejects.toMatchObject(unknown)
  await expect(announce(params.txnId, 1, today())).rejects.toMatchObject(unknown)
  await expect(network.platform.anybody(revokeFromOutside, { params })).rejects.toMatchObject(unknown)
})

// Mandates across banks: what the PSP of a payee at another bank keeps of debits, and how that of a payer answers.
import type { Input } from '@bahi/contracts/call.ts'
import type { Message } from '@bahi/contracts/network.ts'
import { addDays, istDateOf, istTime } from '@bahi/contracts/recurrence.ts'
import {
  changePayerMandate,
  listPayerMandates,
  mandateFromOutside,
  noticeFromOutside,
  revokeFromOutside,
  showOutsideMandate,
} from '@bahi/contracts/sandbox-mandates.ts'
import {
  changeInOtherApp,
  listHeld,
  mandateInOtherApp,
  portFromOutside,
} from '@bahi/contracts/sandbox-ports.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
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
/** By its customer, in the other app that keeps it. */
const changing = (umn: string) => (change: Input<typeof changeInOtherApp>['body']['change'], pin?: string) =>
  network.platform.anybody(changeInOtherApp, {
    body: { umn, change, ...(pin === undefined ? {} : { pin }) },
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

it('of an account at our bank another app keeps once our side has ported it out, debits and ends', async () => {
  const { platform, member, clock } = network
  const txnId = await activeMandate()
  const { umn } = await show(txnId)
  await announce(txnId, 1, addDays(today(), 2))
  await answer(txnId, { type: 'NOTIFY', seqNum: 1 })
  const payerVpa = 'asha.rao@kaveri'
  const port = (vpa: string) =>
    platform.anybody(portFromOutside, { body: { umn: umn!, payerVpa: vpa, pin: 'a.b.c.d.e' } })
  const taken = await network.customer('KAVE', 1)
  for (const vpa of [taken.vpa, 'asha@unknown', 'asha@bahi'])
    await expect(port(vpa)).rejects.toMatchObject({ code: 'not-found' })
  const asked = async () => {
    const there = await port(payerVpa)
    await network.pass(1)
    return { there, message: member.received.at(-1)!.message as Message<'ReqAuthMandate'> }
  }
  const reply = (more: object) =>
    member.send('RespAuthMandate', {
      txn: { id: txnId, custRef: '632812000001', ts: clock.now().toISOString(), type: 'PORT' },
      ...more,
    })
  const reqMsgId = 'SWT00000000000000000000000000000001'
  const { message } = await asked()
  expect(message).toMatchObject({
    ...{ api: 'ReqAuthMandate', txn: { type: 'PORT', umn }, mandate: { payerAddr: payerVpa } },
    payer: { creds: { type: 'PIN', data: 'a.b.c.d.e' } },
  })
  await reply({ resp: { reqMsgId, result: 'FAILURE', errCode: 'ZM' } })
  expect((await show(txnId)).umn).toBe(umn)
  const { there } = await asked()
  const { creds: _, ...payer } = message.payer
  const acnum = ourPayer.accountRef
  const ac = { addrType: 'ACCOUNT', ifsc: 'BAHI0000001', actype: 'SAVINGS', acnum }
  const lunch = { pause: { from: today(), until: today() } }
  await reply({ resp: { reqMsgId, result: 'SUCCESS' }, payer: { ...payer, ac }, mandate: lunch })
  const accounts = ['BAHI', 'KAVE'].map((bank) => ({ bank, accountRef: acnum }))
  const held = async () => (await platform.as('account')(listHeld, { body: { accounts } })).held
  expect(await held()).toMatchObject([
    { umn: there.umn, app: 'Kaveri Bank', payerVpa, bank: 'BAHI', accountRef: acnum, ...lunch },
  ])
  // In hours without peak.
  clock.advance(istTime(addDays(today(), 3), 14 * 60).getTime() - clock.now().getTime())
  await expect.poll(async () => (await show(txnId)).debits[0]?.status).toBe('made')
  const leg = member.received.map((one) => one.message).findLast(({ api }) => api === 'ReqPay')
  expect(leg).toMatchObject({
    txn: { type: 'DEBIT', umn: there.umn, seqNum: 1 },
    payer: { addr: payerVpa, ac: { acnum }, creds: { type: 'UpiMandate' } },
  })
  // What the customer does there our bank decides, and is asked again until it has answered.
  const requests = () =>
    member.received.flatMap(({ endpoint, message }) =>
      endpoint === 'bank' && message.api === 'ReqMandate' ? [message] : [],
    )
  const decide = async (request: Message<'ReqMandate'>, errCode?: string) => {
    const { txn, head } = request
    const result = errCode === undefined ? ('SUCCESS' as const) : ('FAILURE' as const)
    const resp = { reqMsgId: head.msgId, result, ...(errCode === undefined ? {} : { errCode }) }
    expect((await member.send('RespMandate', { txn, resp })).err).toBeUndefined()
  }
  const { umn: number } = there
  const change = changing(number)
  const pause = { from: today(), until: addDays(today(), 3) }
  await change({ do: 'pause', ...pause })
  await network.pass(1)
  await expect(change({ do: 'unpause' })).rejects.toMatchObject({ code: 'wrong-state' })
  const revoke = () => platform.anybody(revokeFromOutside, { params: { txnId } })
  await expect(revoke()).rejects.toMatchObject({ code: 'wrong-state' })
  clock.advance(61_000)
  await expect.poll(() => requests().length).toBe(2)
  const [first, again] = requests()
  expect(again!.txn).toEqual(first!.txn)
  expect(first).toMatchObject({
    ...{ txn: { type: 'PAUSE', umn: number }, mandate: { pause } },
    payer: { addr: payerVpa, ac: { acnum } },
  })
  await decide(again!)
  await decide(first!)
  expect(await held()).toMatchObject([{ umn: number, pause }])
  expect((await show(txnId)).status).toBe('paused')
  await change({ do: 'unpause' }, 'a.b.c.d.e')
  await expect.poll(() => requests().length).toBe(3)
  expect(requests()[2]).toMatchObject({ payer: { creds: { data: 'a.b.c.d.e' } } })
  await decide(requests()[2]!, 'ZM')
  expect(await held()).toMatchObject([{ umn: number, pause }])
  await revoke()
  await expect.poll(() => requests().length).toBe(4)
  expect(requests()[3]).toMatchObject({ txn: { type: 'REVOKE', umn: number } })
  expect(await held()).toEqual([])
  // It never arrived: what is ended is not left at the bank.
  await decide(requests()[3]!, 'XB')
  await expect.poll(() => requests().length).toBe(5)
  expect(requests()[4]!.txn.id).not.toBe(requests()[3]!.txn.id)
  await decide(requests()[4]!)
})

it('that another app keeps of an account at another bank is changed there, with its PIN', async () => {
  const customer = await network.customer('GANG', 500_00)
  const terms = {
    ...({ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'ASPRESENTED', validFrom: today() } as const),
    ...{ validTo: addDays(today(), 90), revocable: true, blockFunds: false },
  }
  const { txnId, umn } = await network.platform.anybody(mandateInOtherApp, {
    body: { payerVpa: customer.vpa, payeeVpa: 'shop@sandbox', name: 'Music', terms },
  })
  const change = changing(umn)
  await change({ do: 'pause', from: today(), until: today() })
  expect((await show(txnId)).status).toBe('paused')
  for (const pin of [undefined, '9999'])
    await expect(change({ do: 'unpause' }, pin)).rejects.toMatchObject({ code: 'request-not-permitted' })
  await change({ do: 'revoke' })
  expect((await show(txnId)).status).toBe('revoked')
  await expect(change({ do: 'revoke' })).rejects.toMatchObject({ code: 'wrong-state' })
})

it('on a day that the calendar does not have no debit is announced', async () => {
  const txnId = await activeMandate()
  await expect(announce(txnId, 1, '2026-02-30')).rejects.toMatchObject({
    code: 'request-invalid',
    extras: { fields: [{ path: '/body/dueOn' }] },
  })
  expect((await show(txnId)).debits).toEqual([])
})

it('that our payer made are taken by the app of the payee, who has debits then, or refused', async () => {
  const offer = async (payeeVpa: string) => {
    const { txnId } = network.newIds()
    const amount = { curr: 'INR', value: '199.00' }
    const party = { name: '', type: 'PERSON', code: '0000', amount }
    const umn = `${txnId.slice(3).toLowerCase()}@bahi`
    const terms = {
      ...{ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'ASPRESENTED', validFrom: today() },
      ...{ validTo: addDays(today(), 90), revocable: true, blockFunds: false },
    }
    const say = () =>
      network.member.send('ReqMandate', {
        txn: {
          id: txnId,
          custRef: '632812000009',
          ts: network.clock.now().toISOString(),
          type: 'CREATE',
          umn,
        },
        ...{ payer: { ...party, addr: ourPayer.addr }, payee: { ...party, addr: payeeVpa } },
        mandate: { name: 'Music', terms },
      })
    await say()
    await say()
    await network.pass(1)
    return { txnId, umn, about: network.member.receivedAbout(txnId) }
  }
  const taken = await offer('shop@sandbox')
  expect(taken.about).toEqual(['psp RespMandate SUCCESS', 'psp RespMandate SUCCESS'])
  expect(await show(taken.txnId)).toMatchObject({ status: 'active', umn: taken.umn })
  await announce(taken.txnId, 1, addDays(today(), 3))
  const refused = await offer('declined.za@sandbox')
  expect(refused.about).toEqual(['psp RespMandate FAILURE ZA', 'psp RespMandate FAILURE ZA'])
  expect(await show(refused.txnId)).toMatchObject({ status: 'declined', code: 'ZA' })
  expect((await offer('nobody@sandbox')).about[0]).toBe('psp RespMandate FAILURE ZH')
})

it('of a transaction that asked for none nothing is shown, announced or ended', async () => {
  const params = { txnId: network.newIds().txnId }
  const unknown = { code: 'not-found' }
  await expect(show(params.txnId)).rejects.toMatchObject(unknown)
  await expect(announce(params.txnId, 1, today())).rejects.toMatchObject(unknown)
  await expect(network.platform.anybody(revokeFromOutside, { params })).rejects.toMatchObject(unknown)
})

describe('a payer at another bank', () => {
  let numbers = 0
  const ids = () => ({ txnId: network.newIds().txnId, rrn: String(++numbers).padStart(12, '7') })
  type Txn = { type: 'CREATE' | 'NOTIFY' | 'REVOKE'; umn?: string; seqNum?: number }
  const say = (
    { txnId, rrn }: ReturnType<typeof ids>,
    payerVpa: string,
    txn: Txn,
    { mandate = {}, value = '199.00' }: { mandate?: object; value?: string } = {},
  ) => {
    const amount = { curr: 'INR', value }
    const party = { name: '', type: 'PERSON', code: '0000', amount }
    return network.member.send('ReqMandate', {
      txn: { id: txnId, custRef: rrn, ts: network.clock.now().toISOString(), expireAfter: 60, ...txn },
      ...{ payer: { ...party, addr: payerVpa }, payee: { ...party, addr: ourPayer.addr }, mandate },
    })
  }
  const terms = () => ({
    ...{ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'ASPRESENTED', validFrom: today() },
    ...{ validTo: addDays(today(), 90), revocable: true, blockFunds: false },
  })
  const answersTo = (txnId: string) => {
    const about = network.member.received.filter(({ message }) => message.txn.id === txnId)
    return about.map(({ message }) => message as Message<'RespMandate'>)
  }
  async function asked(payerVpa: string) {
    const about = ids()
    await say(about, payerVpa, { type: 'CREATE' }, { mandate: { name: 'Paper', terms: terms() } })
    await network.pass(1)
    return { about, answers: answersTo(about.txnId) }
  }
  const change = (txnId: string, body: Input<typeof changePayerMandate>['body']) =>
    network.platform.anybody(changePayerMandate, { params: { txnId }, body })
  const statusOf = async (txnId: string) =>
    (await network.platform.anybody(listPayerMandates, {})).mandates.find((one) => one.txnId === txnId)
      ?.status

  it('agrees by itself at @sandbox, and is declined, lost or told twice by its name', async () => {
    const cases = [
      ['ok@sandbox', ['SUCCESS'], 'active'],
      ['declined.z9@sandbox', ['SUCCESS'], 'active'],
      ['declined.za@sandbox', ['FAILURE ZA'], 'declined'],
      ['offline@sandbox', ['FAILURE U28'], 'declined'],
      ['nobody@sandbox', ['FAILURE ZH'], 'declined'],
      ['twice@sandbox', ['SUCCESS', 'SUCCESS'], 'active'],
      ['timeout@sandbox', [], 'active'],
      ['asleep@sandbox', [], 'asked'],
    ] as const
    for (const [vpa, expected, status] of cases) {
      const { about, answers } = await asked(vpa)
      const said = answers.map(({ resp }) => [resp.result, ...(resp.errCode ? [resp.errCode] : [])].join(' '))
      expect([vpa, ...said]).toEqual([vpa, ...expected])
      expect(await statusOf(about.txnId)).toBe(status)
    }
  })

  it('answers, changes and ends it with their own app, and their PSP knows each debit once', async () => {
    const customer = await network.customer('GANG', 500_00)
    const { about, answers } = await asked(customer.vpa)
    expect(answers).toEqual([])
    await expect(change(about.txnId, { do: 'revoke' })).rejects.toMatchObject({ code: 'wrong-state' })
    await change(about.txnId, { do: 'agree' })
    await network.pass(1)
    const { umn } = answersTo(about.txnId)[0]!.txn
    expect(umn).toMatch(/^[0-9a-f]{32}@ganga$/)
    const codes = async (seqNum: number, value: string, dueOn: string) => {
      await say(about, customer.vpa, { type: 'NOTIFY', umn: umn!, seqNum }, { mandate: { dueOn }, value })
      await network.pass(1)
      return answersTo(about.txnId).at(-1)!.resp.errCode ?? '00'
    }
    const dueOn = addDays(today(), 2)
    expect(await codes(1, '199.01', dueOn)).toBe('QH')
    expect(await codes(2, '10.00', dueOn)).toBe('QR')
    expect(await codes(1, '10.00', dueOn)).toBe('00')
    expect(await codes(1, '10.00', dueOn)).toBe('00')
    expect(await codes(1, '11.00', dueOn)).toBe('U01')
    await change(about.txnId, { do: 'pause', from: dueOn, until: dueOn })
    await network.pass(1)
    expect(answersTo(about.txnId).at(-1)).toMatchObject({
      ...{ api: 'ReqMandateConfirmation', txn: { type: 'PAUSE', umn } },
      mandate: { pause: { from: dueOn, until: dueOn } },
    })
    expect(await codes(2, '10.00', dueOn)).toBe('QA')
    await say(about, customer.vpa, { type: 'REVOKE', umn: umn! })
    await network.pass(1)
    expect(answersTo(about.txnId).at(-1)).toMatchObject({
      txn: { type: 'REVOKE' },
      resp: { result: 'SUCCESS' },
    })
    expect(await codes(2, '10.00', dueOn)).toBe('QC')
    expect(await statusOf(about.txnId)).toBe('revoked')
  })

  it('is not asked any more when the time is over, and a check says so', async () => {
    const { about } = await asked('asleep@sandbox')
    await network.pass(5)
    network.clock.advance(3_600_000)
    await expect.poll(() => statusOf(about.txnId)).toBe('expired')
    await network.member.send('ReqChkTxn', {
      txn: {
        ...{ id: about.txnId, custRef: about.rrn, ts: network.clock.now().toISOString() },
        ...{ type: 'CHKTXN', subType: 'CREATE' },
      },
    })
    await network.pass(1)
    expect(answersTo(about.txnId).at(-1)).toMatchObject({
      ...{ api: 'RespChkTxn', resp: { result: 'FAILURE', errCode: 'U69' } },
    })
  })
  it('is not listed or changed with what other payees have of it, however much that is', async () => {
    const customer = await network.customer('GANG', 500_00)
    const { about } = await asked(customer.vpa)
    const given = await network.platform.anybody(mandateInOtherApp, {
      body: { payerVpa: customer.vpa, payeeVpa: 'shop@sandbox', name: 'Music', terms: terms() as never },
    })
    await network.platform.database.admin`
      insert into sandbox.payer_mandates (txn_id, rrn, req_msg_id, payer, payee, name, terms, status, asked_at)
      select txn_id || n, rrn, req_msg_id, payer, payee, name, terms, 'revoked', asked_at
      from sandbox.payer_mandates, generate_series(1, 49) n where txn_id = ${given.txnId}`
    expect(await statusOf(about.txnId)).toBe('asked')
    expect(await statusOf(given.txnId)).toBeUndefined()
    const changes = [
      { do: 'revoke' },
      { do: 'pause', from: today(), until: today() },
      { do: 'update', amountPaise: 1_00, validTo: today() },
      { do: 'unpause' },
      { do: 'agree' },
    ] as const
    for (const body of changes)
      await expect(change(given.txnId, body)).rejects.toMatchObject({ code: 'not-found' })
    await network.pass(1)
    expect(network.member.receivedAbout(given.txnId)).toEqual([])
  })
})

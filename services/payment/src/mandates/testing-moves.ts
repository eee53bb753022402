// For tests of mandates that a payee of ours asked for at another app, and that their payer moves here.
import { umnOf } from '@bahi/contracts/umn.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import type { PortOut } from '@bahi/contracts/network-adapter.ts'
import { listMandates, takeMandate } from '@bahi/contracts/mandates.ts'
import type { Message } from '@bahi/contracts/network.ts'
import { listPayments } from '@bahi/contracts/payment.ts'
import type { Problem } from '@bahi/contracts/problem.ts'
import { addDays } from '@bahi/contracts/recurrence.ts'
import { expect } from 'vitest'
import { goodPin, type TestPerson } from '../testing.ts'
import type { createSwitchTestSetup } from '../testing-switch.ts'
import { mandateTools } from './testing.ts'

type Net = Awaited<ReturnType<typeof createSwitchTestSetup>>
type Bank = 'ours' | 'another'
type Listed = PortOut['debits'][number]

/** More than is debited without the PIN. */
export const large = 20_000_00
export const noon = 14 * 60
export const resolveAfterMs = 20_001
export const ok = { result: 'SUCCESS' } as const
/** A collect that did not get through. */
export const notThrough = { result: 'FAILURE', errCode: 'U30', respCode: 'Z9' } as const

export function moveTools(netOf: () => Net) {
  const tools = mandateTools(() => netOf().setup)
  const { as, today, show, present, request } = tools
  let count = 0

  /** What `shop` asked Asha for at her other app, which the bank of her account, linked here too, knows. */
  async function given(bank: Bank = 'ours', wanted: Partial<MandateTerms> = {}) {
    const net = netOf()
    const { setup } = net
    const [shop, asha] = [setup.newPerson(), setup.newPerson()]
    const account = { bank: bank === 'ours' ? 'BAHI' : 'GANG', accountRef: asha.party.accountRef }
    if (bank === 'another') setup.parties.set(asha.vpa, { ...asha.party, ...account, onUs: false })
    const there = `asha${++count}@ganga`
    const about = { ifsc: 'GANG0000001', accountType: 'savings', onUs: false } as const
    setup.parties.set(there, { vpa: there, name: 'Asha', ...account, ...about })
    const { id } = await request(shop, { vpa: there }, { terms: { amountPaise: large, ...wanted } })
    const txnId = `BHI${id.replaceAll('-', '')}`
    await setup.until(() => net.sentOf('ReqMandate', txnId).length > 0)
    const asked = net.sentOf('ReqMandate', txnId)[0] as Message<'ReqMandate'>
    const umn = umnOf(setup.newId(), 'ganga')
    await net.deliver(answerTo(asked, '00', { umn }))
    const mandate = await show(shop, { id })
    expect(mandate).toMatchObject({ status: 'active', umn, payer: { vpa: there } })
    const names = { app: 'Ganga Bank', payerVpa: there, payee: { vpa: shop.vpa, name: 'Shop' } }
    const { terms } = mandate
    const origin = { txnId, rrn: asked.txn.custRef }
    net.otherApps.held = [{ umn, ...names, name: 'Newspaper', terms, ...account, mcc: '0000', ...origin }]
    portsOut()
    net.otherApps.closed = []
    return { shop, asha, mandate, txnId, asked, umn, here: umn.replace('ganga', 'bahi') }
  }
  type Given = Awaited<ReturnType<typeof given>>

  /** The other app ports it out, and holds these debits open. */
  function portsOut(...debits: Listed[]): void {
    const lastSequence = Math.max(0, ...debits.map(({ sequence }) => sequence))
    netOf().otherApps.portOut = { code: '00', lastSequence, debits }
  }

  function answerTo(
    { txn, head }: Message<'ReqMandate'>,
    code = '00',
    more: Partial<Message['txn']> = {},
  ): Message {
    const decided = code === '00' ? ok : { result: 'FAILURE' as const, errCode: code }
    const resp = { reqMsgId: head.msgId, ...decided }
    return { api: 'RespMandate', head: netOf().headOf(), resp, txn: { ...txn, ...more } } as Message
  }

  const notices = ({ txnId }: Given) =>
    netOf()
      .sentOf('ReqMandate', txnId)
      .filter(({ txn }) => txn.type === 'NOTIFY') as Message<'ReqMandate'>[]

  /** Presented here, and told to the other app; as it holds it open then. */
  async function presented(one: Given, sequence: number, amountPaise = 100_00): Promise<Listed> {
    const dueOn = addDays(today(), 2)
    await present(one.shop, one.mandate, sequence, { amountPaise, dueOn })
    await netOf().setup.until(() => notices(one).some(({ txn }) => txn.seqNum === sequence))
    return { sequence, amountPaise, dueOn, noticedAt: netOf().setup.clock.now().toISOString() }
  }

  /** And it answers that the payer has been notified. */
  async function noticed(one: Given, sequence: number, amountPaise = 100_00): Promise<Listed> {
    const listed = await presented(one, sequence, amountPaise)
    await netOf().deliver(answerTo(notices(one).find(({ txn }) => txn.seqNum === sequence)!))
    return listed
  }

  const take = ({ asha, umn }: Given, pin = goodPin) =>
    as(asha)(takeMandate, { params: { umn }, body: { payerVpa: asha.vpa, pin } })

  return {
    ...tools,
    given,
    portsOut,
    answerTo,
    notices,
    presented,
    noticed,
    take,
    /** What a try is refused with. */
    sentence: (one: Given) =>
      take(one).then(
        () => 'taken',
        ({ message }: Problem) => message,
      ),
    collects: ({ umn }: Given) =>
      netOf()
        .sentAs('ReqPay')
        .filter(({ txn }) => txn.umn === umn),
    listOf: async (who: TestPerson) => (await as(who)(listMandates, { querystring: {} })).mandates,
    paymentsOf: async (who: TestPerson) => (await as(who)(listPayments, { querystring: {} })).payments,
    /** What the other app was told of its tries, once it has been told of so many. */
    closed: async (length: number) => {
      const { otherApps, setup } = netOf()
      await setup.until(() => otherApps.closed.length >= length)
      return otherApps.closed.map(({ nth, code }) => [nth, code])
    },
    /** Waits for timed work to have looked at what is due now. */
    untilLookedAt: (kind: string, key: string) =>
      netOf().setup.until(async () => {
        const rows = await netOf().setup.sql`
          select from payment.due_work where kind = ${kind} and key like ${`${key}%`} and attempts > 0`
        return rows.length > 0
      }),
  }
}

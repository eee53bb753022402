// For tests: mandates of a customer of our bank that our app gives or another one keeps, and what each does with them.
import { operateMandate, type BankOperation } from '@bahi/contracts/bank-mandates.ts'
import { umnOf } from '@bahi/contracts/umn.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { MandatePause, MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { amountToWire, type Ack, type Message } from '@bahi/contracts/network.ts'
import { mandateOperations } from '@bahi/contracts/pin-block.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { expect } from 'vitest'
import { goodPin, type createAccountTestSetup, type Customer } from '../testing.ts'

export const payeeVpa = 'shop@sandbox'

export type Kept = {
  id: string
  here: string
  there: string
  terms: MandateTerms
  nth: number
  payer: Customer
}

type Asked = {
  umn?: string
  amountPaise?: number
  payee?: string
  mcc?: string
  addr?: string
  txnId?: string
  pin?: string
}

type AskedOf = {
  terms?: MandateTerms
  pause?: MandatePause
  pin?: string | null
  block?: object
  umn?: string
  payee?: string
  addr?: string
  ref?: string
  txnId?: string
  startedAt?: Date
}

export function mandatesFor(setup: Awaited<ReturnType<typeof createAccountTestSetup>>, asha: Customer) {
  const day = (after = 0) => addDays(istDateOf(setup.clock.now()), after)
  async function operate(
    mandate: Kept,
    operation: BankOperation,
    { umn = mandate.here, pin = goodPin, ...more }: { umn?: string; pin?: string; block?: object } = {},
  ) {
    const about = { mandateId: mandate.id, payeeVpa, amountPaise: mandate.terms.amountPaise }
    const isFor = mandateOperations.find((one) => one === operation.type)
    const bound = { ...about, ...(isFor ? { operation: isFor } : {}), ...more.block }
    const block = await setup.seal({ pin, purpose: 'mandate', ...bound })
    const body = { umn, nth: ++mandate.nth, accountId: mandate.payer.accountId, operation, pin: block }
    return (await setup.platform.as('payment')(operateMandate, { body })).code
  }
  /** Not given yet, with numbers that nobody has. */
  const given = (terms: MandateTerms, payer = asha): Kept => {
    const id = uuidv7(setup.clock.now().getTime())
    return { id, here: umnOf(id, 'bahi'), there: umnOf(id, 'ganga'), terms, nth: 0, payer }
  }
  async function made(more: Partial<MandateTerms> = {}, payer = asha): Promise<Kept> {
    const terms: MandateTerms = {
      ...{
        amountRule: 'MAX',
        amountPaise: 500_00,
        recurrence: 'ASPRESENTED',
        validFrom: day(),
        validTo: day(90),
      },
      ...{ revocable: true, blockFunds: false, ...more },
    }
    const mandate = given(terms, payer)
    const { id: mandateId } = mandate
    const { userId } = payer
    expect(await operate(mandate, { type: 'create', mandateId, userId, payeeVpa, terms })).toBe('00')
    return mandate
  }
  const release = (mandate: Kept, pin = goodPin, block: object = {}) =>
    operate(mandate, { type: 'release', toUmn: mandate.there }, { pin, block })
  const take = (mandate: Kept, pin = goodPin, block: object = {}) => {
    const { id: mandateId, there: fromUmn, terms } = mandate
    return operate(
      mandate,
      { type: 'take', fromUmn, mandateId, userId: asha.userId, payeeVpa, terms },
      { pin, block },
    )
  }
  async function kept(more: Partial<MandateTerms> = {}): Promise<Kept> {
    const mandate = await made(more)
    expect(await release(mandate)).toBe('00')
    return mandate
  }

  /** A debit of the other app, by the mandate alone unless there is a PIN. */
  function leg(mandate: Kept, seqNum: number, asked: Asked = {}): Promise<string> {
    const { umn = mandate.there, amountPaise = 100_00, payee = payeeVpa, mcc = '0000', txnId, pin } = asked
    const { addr = 'asha@ganga' } = asked
    const creds = pin === undefined ? { type: 'UpiMandate' } : { type: 'PIN', subType: 'MPIN', data: pin }
    return setup.leg({
      ...{ leg: 'DEBIT', ref: asha.accountRef, amountPaise, payeeVpa: payee },
      ...(txnId === undefined ? {} : { txnId }),
      change: (m: Message<'ReqPay'>) => ({
        txn: { ...m.txn, umn, seqNum },
        payer: { ...m.payer, addr, creds },
        payee: { ...m.payee, code: mcc },
      }),
    })
  }
  /** A debit of ours. */
  async function own(mandate: Kept, sequence: number): Promise<string> {
    const authorisation = { kind: 'mandate', umn: mandate.here, sequence } as const
    const transfer = await setup.transfer(asha, asha, {
      ...{ authorisation, amountPaise: 100_00, payeeVpa, hold: true, payeeAccountId: undefined },
    })
    return (await setup.post(transfer))[0]!.code
  }
  /** What the other app asks our bank to do with it: the code of the answer, or that of the refusal. */
  async function ask(mandate: Kept, type: Operation, asked: AskedOf = {}): Promise<string> {
    const sent = await send(mandate, type, asked)
    if (sent.ack.err) return `refused ${sent.ack.err}`
    const [reply] = await setup.answersTo(sent.msgId)
    expect(reply).toMatchObject({ api: 'RespMandate', txn: { id: sent.txnId, type } })
    return reply!.resp.result === 'SUCCESS' ? '00' : reply!.resp.errCode!
  }
  async function send(
    mandate: Kept,
    type: Operation,
    asked: AskedOf,
  ): Promise<{ ack: Ack; msgId: string; txnId: string }> {
    const { terms = mandate.terms, pause, umn = mandate.there, payee = payeeVpa, addr = 'asha@ganga' } = asked
    const { ref = mandate.payer.accountRef, txnId = setup.network.newId() } = asked
    const { amountPaise } = terms
    const needsPin = type === 'CREATE' || type === 'UPDATE' || type === 'UNPAUSE'
    const { pin = needsPin ? goodPin : null } = asked
    const isFor = mandateOperations.find((one) => one === type.toLowerCase())
    const about = { mandateId: mandate.id, payeeVpa, amountPaise, ...(isFor ? { operation: isFor } : {}) }
    const bound = { purpose: 'mandate', ...about, ...asked.block } as const
    const data = pin === null ? undefined : await setup.seal({ pin, ...bound })
    const { head, txn, payer, payee: to } = setup.network.legMessage({ leg: 'DEBIT', ref, txnId })
    const amount = amountToWire(amountPaise)
    const withTerms = type === 'CREATE' || type === 'UPDATE' ? { terms } : {}
    const message: Message<'ReqMandate'> = {
      ...{ api: 'ReqMandate', head },
      txn: { ...txn, type, umn, ts: (asked.startedAt ?? new Date(txn.ts)).toISOString() },
      payer: {
        ...{ ...payer, addr, amount },
        ...(data === undefined ? {} : { creds: { type: 'PIN', subType: 'MPIN', data } }),
      },
      payee: { ...to, addr: payee, amount },
      mandate: { ...withTerms, ...(pause ? { pause } : {}) },
    }
    return { ack: await setup.send(message), msgId: head.msgId, txnId }
  }
  return { day, operate, given, made, release, take, kept, leg, own, ask }
}

type Operation = 'CREATE' | 'UPDATE' | 'PAUSE' | 'UNPAUSE' | 'REVOKE'

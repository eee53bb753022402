// A person's controls over HTTP: what they see, what needs a proof, and what a stop does.
import {
  changeControls,
  controlRulesAt,
  showControls,
  stopPayments,
  stopPaymentsOf,
  type Controls,
} from '@bahi/contracts/controls.ts'
import { freezeInPayment } from '@bahi/contracts/measures.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, refusal, type TestPerson } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createPaymentTestSetup>>
beforeAll(async () => {
  setup = await createPaymentTestSetup(inject('postgresUrl'))
})
afterAll(async () => {
  expect(await setup.inconsistencies()).toEqual([])
  await setup.stop()
})

const shown = (who: TestPerson) => setup.platform.person(who)(showControls, {})
const change = (who: TestPerson, version: number, controls: Controls, password?: string) =>
  setup.platform.person(who)(changeControls, {
    body: { version, controls, ...(password === undefined ? {} : { stepUp: { password } }) },
  })
const stop = (who: TestPerson) => setup.platform.person(who)(stopPayments, {})
const codeOf = async (payer: TestPerson, payee: TestPerson, amountPaise = 100) =>
  (await setup.payAs(payer, payee, { amountPaise })).failure?.code

describe('controls', () => {
  it('are none at first', async () => {
    expect(await shown(setup.newPerson())).toEqual({
      ...{ version: 0, controls: {}, later: [], loosensAfterHours: 24 },
    })
  })

  it('tighten at once, and loosen with the password and a day later', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    expect(await change(asha, 0, { perTransactionPaise: 99 })).toMatchObject({ version: 1, later: [] })
    expect(await codeOf(asha, ravi)).toBe('Z8')
    expect(await refusal(change(asha, 1, { perTransactionPaise: 100 }))).toBe('step-up-required')
    expect(await refusal(change(asha, 1, { perTransactionPaise: 100 }, 'wrong'))).toBe('password-wrong')
    const changed = await change(asha, 1, { perTransactionPaise: 100 }, setup.password)
    const from = setup.clock.now().getTime() + 24 * 3_600_000
    expect(changed).toMatchObject({
      controls: { perTransactionPaise: 99 },
      later: [{ controls: { perTransactionPaise: 100 } }],
    })
    expect(Math.abs(Date.parse(changed.later[0]!.from) - from)).toBeLessThan(60_000)
    expect(await codeOf(asha, ravi)).toBe('Z8')
    setup.clock.advance(24 * 3_600_000)
    expect(await codeOf(asha, ravi)).toBeUndefined()
    expect(await shown(asha)).toMatchObject({ controls: { perTransactionPaise: 100 }, later: [] })
  })

  it('of an older version are not replaced, and the same again is no change', async () => {
    const asha = setup.newPerson()
    await change(asha, 0, { perDayPaise: 500 })
    expect(await refusal(change(asha, 0, { perDayPaise: 400 }))).toBe('wrong-state')
    expect(await change(asha, 1, { perDayPaise: 500 })).toMatchObject({ version: 1 })
    const raced = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => change(asha, 1, { perDayPaise: 400 - i })),
    )
    expect(raced.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await setup.eventsOf(asha.userId)).toEqual([
      'payment.controls-changed',
      'payment.controls-changed',
    ])
  })

  it('stop everything at once, without a proof, and as often as somebody asks', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    await change(asha, 0, { perDayPaise: 5_000_00 })
    const stopped = await Promise.all(Array.from({ length: 10 }, () => stop(asha)))
    expect(new Set(stopped.map(({ version }) => version))).toEqual(new Set([2]))
    expect(stopped[0]?.controls).toEqual({ perDayPaise: 5_000_00, stopped: true })
    const failed = await setup.payAs(asha, ravi)
    expect(failed.failure).toMatchObject({ code: 'ZA', reason: 'person:stopped' })
    // Others can still pay them.
    expect(await codeOf(ravi, asha)).toBeUndefined()
    expect(await refusal(change(asha, 2, { perDayPaise: 5_000_00 }))).toBe('step-up-required')
  })

  it('that are stopped while a loosening waits are stopped once', async () => {
    const asha = setup.newPerson()
    await change(asha, 0, { perDayPaise: 500 })
    await change(asha, 1, { perDayPaise: 900 }, setup.password)
    const stopped = await stop(asha)
    expect(stopped).toMatchObject({ version: 3, controls: { perDayPaise: 500, stopped: true } })
    expect(await stop(asha)).toEqual(stopped)
  })

  it('change so many times a day, and can be stopped then too', async () => {
    const asha = setup.newPerson()
    const { changesPerDay } = controlRulesAt(setup.clock.now())
    for (let n = 0; n < changesPerDay; n++) await change(asha, n, { perDayPaise: 1_000 - n })
    expect(await refusal(change(asha, changesPerDay, { perDayPaise: 1 }))).toBe('rate-limited')
    expect((await stop(asha)).controls).toMatchObject({ stopped: true })
    setup.clock.advance(24 * 3_600_000)
    expect(await change(asha, changesPerDay + 1, { perDayPaise: 1, stopped: true })).toBeDefined()
  })

  it('limit fifty payees at once, those that still count included', async () => {
    const asha = setup.newPerson()
    const limits = (from: number) => ({
      payees: Array.from({ length: 50 }, (_, i) => ({ vpa: `p${from + i}@bahi`, perDayPaise: 1 })),
    })
    await change(asha, 0, limits(0))
    expect(await refusal(change(asha, 1, limits(50), setup.password))).toBe('wrong-state')
    setup.clock.advance(60_000)
    expect(await change(asha, 1, {}, setup.password)).toMatchObject({ later: [{ controls: {} }] })
  })

  it('are stopped by auth for somebody without a session, and by no other service', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const body = { userId: asha.userId }
    expect(await refusal(setup.platform.anybody(stopPaymentsOf, { body }))).toBe('caller-not-allowed')
    await setup.platform.as('auth')(stopPaymentsOf, { body })
    expect(await codeOf(asha, ravi)).toBe('ZA')
  })

  it.each<[string, unknown]>([
    ['a negative amount', { perDayPaise: -1 }],
    ['half a paisa', { perDayPaise: 0.5 }],
    ['the 25th hour', { hours: [24] }],
    ['an hour twice', { hours: [3, 3] }],
    ['no UPI ID', { payees: [{ vpa: 'ravi', perDayPaise: 1 }] }],
    ['51 payees', { payees: Array.from({ length: 51 }, (_, i) => ({ vpa: `p${i}@bahi` })) }],
    ['a field that is none', { perWeekPaise: 1 }],
  ])('with %s are refused', async (_name, controls) => {
    expect(await refusal(change(setup.newPerson(), 0, controls as Controls))).toBe('request-invalid')
  })
})

it('a frozen person begins no payment, and those that race with it are whole or refused', async () => {
  const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
  const params = { userId: asha.userId }
  const freeze = (frozen: boolean) => setup.platform.as('auth')(freezeInPayment, { params, body: { frozen } })
  const racing = Array.from({ length: 4 }, () => codeOf(asha, ravi))
  await freeze(true)
  for (const code of await Promise.all(racing)) expect([undefined, 'YE']).toContain(code)
  expect(await codeOf(asha, ravi)).toBe('YE')
  expect(await codeOf(ravi, setup.newPerson())).toBeUndefined()
  expect(await refusal(setup.platform.anybody(freezeInPayment, { params, body: { frozen: false } }))).toBe(
    'caller-not-allowed',
  )
  await freeze(false)
  expect(await codeOf(asha, ravi)).toBeUndefined()
})

// Payments by minute: counted once a minute has ended, and again while something in it has no outcome.
import { showPaymentMinutes } from '@bahi/contracts/payment-minutes.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, goodPin, refusal, wrongPin } from '../testing.ts'
import { missedMinutes } from './count-minutes.ts'

const at = (time: string) => new Date(`2026-11-27T${time}Z`)

it.each<[string, Date, Date | undefined, string[]]>([
  ['one that has ended', at('10:05:00'), at('10:03:00'), ['10:04']],
  ['none twice', at('10:05:59'), at('10:04:00'), []],
  ['all that nobody counted', at('10:05:30'), at('10:02:00'), ['10:03', '10:04']],
  ['none for a clock that was moved back', at('10:05:30'), at('11:00:00'), []],
])('counts %s', (_, now, newest, expected) => {
  const minutes = missedMinutes(now.getTime(), newest).map((minute) => minute.toISOString().slice(11, 16))
  expect(minutes).toEqual(expected)
})

it.each([undefined, at('01:00:00')])('counts no more than an hour back (%s)', (newest) => {
  const minutes = missedMinutes(at('10:05:30').getTime(), newest)
  expect(minutes).toHaveLength(60)
  expect([minutes[0], minutes.at(-1)]).toEqual([at('09:05:00'), at('10:04:00')])
})

let setup: Awaited<ReturnType<typeof createPaymentTestSetup>>
beforeAll(async () => {
  setup = await createPaymentTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.stop())

it('has the outcomes of each minute, how long they took, and the oldest in doubt', async () => {
  const { clock, account, newPerson, payAs, until } = setup
  const [asha, ravi] = [newPerson(), newPerson()]
  // From its beginning: it does not end meanwhile.
  clock.advance(60_000 - (clock.now().getTime() % 60_000))
  const minuteMs = Math.floor(clock.now().getTime() / 60_000) * 60_000
  const payIn = (ms: number, pin = goodPin) => payAs(asha, ravi, { id: uuidv7(ms), pin })
  await payIn(minuteMs)
  await payIn(minuteMs + 59_999)
  await payIn(minuteMs + 1, wrongPin)
  await payIn(minuteMs - 60_000)
  account.transfers = 'answer-lost'
  await payIn(minuteMs + 2)
  const staff = setup.platform.person({ ...asha, roles: ['customer', 'auditor'] })
  const show = async () => {
    const { minutes } = await staff(showPaymentMinutes, { querystring: { minutes: 5 } })
    return minutes.find(({ minute }) => Date.parse(minute) === minuteMs)
  }
  // A minute is counted once it is over.
  expect(await show()).toBeUndefined()
  clock.advance(60_000)
  await until(async () => (await show()) !== undefined)
  const counted = (await show())!
  expect(counted).toMatchObject({ settled: 2, failed: 1, pending: 1 })
  expect(counted.p99Ms).toBeGreaterThanOrEqual(0)
  expect(counted.oldestPendingS).toBeGreaterThanOrEqual(0)
  account.transfers = 'up'
  await until(async () => {
    const [row] = await setup.sql<{ open: number }[]>`select count(*) as open from payment.open_payments`
    return row!.open === 0
  })
  clock.advance(60_000)
  await until(async () => (await show())?.pending === 0)
  expect(await show()).toMatchObject({ settled: 3, failed: 1, oldestPendingS: counted.oldestPendingS })
  const [before] = (await staff(showPaymentMinutes, { querystring: { minutes: 4 } })).minutes.filter(
    ({ minute }) => Date.parse(minute) === minuteMs - 60_000,
  )
  expect(before).toMatchObject({ settled: 1, failed: 0, pending: 0 })
  expect(await refusal(setup.platform.person(asha)(showPaymentMinutes, { querystring: {} }))).toBe(
    'not-allowed',
  )
})

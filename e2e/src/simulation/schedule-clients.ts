// What clients do with schedules: plan a payment, pay what is due, perhaps twice at once, skip, pause, change, end.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import * as schedules from '@bahi/contracts/schedules.ts'
import { longestPauseMs, payOrigin, read, tries, tryCall, type RunContext } from './clients.ts'
import { randomOf, type Random } from './random.ts'
import type { WorldCustomer } from './world.ts'

/** Few dates, so that a run ends: the clock jumps over days. */
const maxDates = 3
const maxVisits = 6

export async function runSchedule(context: RunContext, nth: number): Promise<void> {
  const { seed, clock, world } = context
  const random = randomOf(seed, `schedule ${nth}`)
  await clock.sleep(random.between(0, context.spanMs))
  const payer = random.pick(world.customers)
  const payee = random.pick(world.customers.filter((one) => one.userId !== payer.userId))
  const amountPaise = random.between(1, 2_000_00)
  const id = uuidv7(clock.now().getTime(), random.fill)
  const plan = {
    ...{ payerVpa: payer.vpa, amountPaise },
    recurrence: random.pick(['ONETIME', 'DAILY', 'DAILY', 'MONTHLY'] as const),
    count: random.between(1, maxDates),
  }
  const startsOn = addDays(istDateOf(clock.now()), random.chance(0.7) ? 0 : 1)
  const body = { ...plan, payeeVpa: payee.vpa, startsOn }
  for (let i = 0; i < tries; i++) {
    if (await tryCall(context, payer, 'schedule', schedules.makeSchedule, { params: { id }, body })) break
    await clock.sleep(random.between(10, longestPauseMs))
  }
  const order = ({ amountPaise }: schedules.ScheduleView) => ({
    ...{ payer, payeeVpa: payee.vpa, amountPaise, origin: { kind: 'schedule' as const, id } },
  })
  for (let visit = 0; visit < maxVisits; visit++) {
    await clock.sleep(random.between(10, 4 * longestPauseMs))
    const shown = await read(context, payer, schedules.showSchedule, { params: { id } })
    if (!shown) continue
    const { schedule } = shown
    const { due } = schedule
    if (due) {
      const firstId = random.chance(0.5) ? due.paymentId : undefined
      const attempts = Array.from({ length: random.chance(0.4) ? 2 : 1 }, (_, i) =>
        payOrigin(context, random, order(schedule), i === 0 ? firstId : undefined),
      )
      if (random.chance(0.2)) attempts.push(other(context, random, payer, schedule))
      await Promise.all(attempts)
    } else if (random.chance(0.5)) await other(context, random, payer, schedule)
  }
}

async function other(
  context: RunContext,
  random: Random,
  payer: WorldCustomer,
  { id, next, due, amountPaise, recurrence }: schedules.ScheduleView,
): Promise<void> {
  const params = { id }
  const number = due?.number ?? next?.number ?? 1
  const nextOn = next?.on ?? addDays(istDateOf(context.clock.now()), 1)
  const changed = { payerVpa: payer.vpa, amountPaise: amountPaise + 1, recurrence, nextOn, count: maxDates }
  const actions = [
    () => tryCall(context, payer, 'skip', schedules.skipOccurrence, { params, body: { number } }),
    () => tryCall(context, payer, 'pause', schedules.pauseSchedule, { params }),
    () => tryCall(context, payer, 'resume', schedules.resumeSchedule, { params }),
    () => tryCall(context, payer, 'change', schedules.changeSchedule, { params, body: changed }),
    () => tryCall(context, payer, 'end', schedules.endSchedule, { params }),
  ]
  await random.pick(actions)()
}

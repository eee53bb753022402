// What clients do with their controls: tighten and loosen limits, stop payments and resume, and ask what would happen.
import * as controls from '@bahi/contracts/controls.ts'
import { quote } from '@bahi/contracts/payment.ts'
import { longestPauseMs, read, tryCall, type RunContext } from './clients.ts'
import { randomOf, type Random } from './random.ts'
import { password } from './world.ts'

const maxVisits = 4

/** Most are wide, so that most payments of the run still settle. */
function controlsOf(random: Random, payees: string[]): controls.Controls {
  const wide = () => random.between(20_000_00, 90_000_00)
  return {
    ...(random.chance(0.4) ? { perTransactionPaise: random.between(500_00, 60_000_00) } : {}),
    ...(random.chance(0.4) ? { perDayPaise: wide() } : {}),
    ...(random.chance(0.3) ? { perDayCount: random.between(3, 15) } : {}),
    ...(random.chance(0.3) ? { perMonthPaise: 3 * wide() } : {}),
    ...(random.chance(0.3)
      ? { payees: [{ vpa: random.pick(payees), perDayPaise: random.between(1, 900_00) }] }
      : {}),
    ...(random.chance(0.2)
      ? { hours: Array.from({ length: 24 }, (_, hour) => hour).filter(() => random.chance(0.9)) }
      : {}),
    ...(random.chance(0.05) ? { personsOff: true } : {}),
  }
}

export async function runControls(context: RunContext, nth: number): Promise<void> {
  const { seed, clock, world } = context
  const random = randomOf(seed, `controls ${nth}`)
  await clock.sleep(random.between(0, context.spanMs))
  const person = random.pick(world.customers)
  const payees = world.customers.map(({ vpa }) => vpa)
  for (let visit = 0; visit < maxVisits; visit++) {
    await clock.sleep(random.between(10, 4 * longestPauseMs))
    const view = await read(context, person, controls.showControls, {})
    if (!view) continue
    // Whoever stopped payments resumes them with the next change.
    const body = {
      version: view.version,
      controls: controlsOf(random, payees),
      ...(random.chance(0.8) ? { stepUp: { password: random.chance(0.9) ? password : 'wrong' } } : {}),
    }
    const change = () => tryCall(context, person, 'controls', controls.changeControls, { body })
    const stop = () => tryCall(context, person, 'stop', controls.stopPayments, {})
    const ask = () =>
      tryCall(context, person, 'quote', quote, {
        body: {
          payerVpa: person.vpa,
          payeeVpa: random.pick(payees),
          amountPaise: random.between(1, 1_10_000_00),
        },
      })
    const actions = [
      ...(random.chance(0.15) ? [stop] : []),
      change,
      ...(random.chance(0.2) ? [change] : []),
      ask,
    ]
    await Promise.all(actions.map((act) => act()))
  }
}

// What staff do in a run: freeze a person, end the freeze or not, and try again when nobody answers.
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as measures from '@bahi/contracts/measures.ts'
import { longestPauseMs, tries, unlessRefused, type RunContext } from './clients.ts'
import { randomOf, type Random } from './random.ts'

const note = 'Three people report fraud'

export async function runFreeze(context: RunContext, nth: number): Promise<void> {
  const { seed, clock, world, answers } = context
  const random = randomOf(seed, `freeze ${nth}`)
  // Most runs freeze nobody: who is frozen pays nothing, and payments are what runs are about.
  if (!random.chance(0.3)) return
  await clock.sleep(random.between(0, context.spanMs))
  const { userId } = random.pick(world.customers)
  const isFrozen = await decide(context, random, userId, 'freeze')
  answers.outcomes.set(isFrozen ? 'frozen' : 'not frozen', 1)
  if (random.chance(0.2)) return
  await clock.sleep(random.between(10, 4 * longestPauseMs))
  await decide(context, random, userId, 'unfreeze')
}

/** By two of the staff. Whether it was approved; else it is declined, or waits. */
async function decide(
  context: RunContext,
  random: Random,
  userId: string,
  kind: 'freeze' | 'unfreeze',
): Promise<boolean> {
  const { clock, world, processes } = context
  const [maker, checker] = world.analysts.map((analyst) =>
    processes.asPerson({
      ...{ userId: analyst, deviceId: 'desk', sessionId: analyst },
      roles: ['customer', 'risk-analyst'],
    }),
  )
  const id = uuidv7(clock.now().getTime(), random.fill)
  const ask = { params: { id }, body: { userId, kind, note } }
  const isDecided = (measure?: measures.Measure) => measure !== undefined && measure.state !== 'requested'
  const request = () => unlessRefused(() => maker!(measures.requestMeasure, ask))
  const approve = () => unlessRefused(() => checker!(measures.approveMeasure, { params: { id } }))
  const decline = () =>
    unlessRefused(() =>
      checker!(measures.declineMeasure, { params: { id }, body: { note: 'No proof of it' } }),
    )
  await untilSo(request, (measure) => measure !== undefined)
  if (await untilSo(approve, isDecided)) return true
  // What was answered to nobody may have been approved.
  await untilSo(decline, isDecided)
  return (await request())?.state === 'approved'

  async function untilSo(
    act: () => Promise<measures.Measure | undefined>,
    holds: (measure?: measures.Measure) => boolean,
  ): Promise<boolean> {
    for (let i = 0; i < tries; i++) {
      if (holds(await act())) return true
      await clock.sleep(random.between(10, longestPauseMs))
    }
    return false
  }
}

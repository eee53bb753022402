// Dead letters for operators: to look at with what is personal masked, to replay, to drop. Who did it is on record.
import type { DeadLetterShown } from '@bahi/contracts/audit.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { CloudEvent, DeadLetter } from '@bahi/kit/bus/bus.ts'
import type { Person } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { queueOf } from '@bahi/kit/runtime/runtime.ts'
import { masked } from './mask.ts'

type Which = { queue: string; id: string }

export async function listDeadLetters({ bus }: Pick<Deps, 'bus'>, queue?: string) {
  const letters = await reached(bus.deadLetters(queue))
  return { deadLetters: letters.map((letter) => ({ ...letter, events: letter.events.map(headOf) })) }
}

export async function showDeadLetter(deps: Pick<Deps, 'bus'>, which: Which): Promise<DeadLetterShown> {
  return shownLetter(await find(deps, which))
}

/** Also what the command shows that looks past the platform. */
export function shownLetter(letter: DeadLetter): DeadLetterShown {
  const events = letter.events.map((event) => ({ ...headOf(event), data: masked(event.data ?? {}) }))
  return { ...letter, events }
}

export async function replayDeadLetter(deps: Deps, person: Person, which: Which): Promise<{ id: string }> {
  await record(deps, 'audit.dead-letter-replayed', person, await find(deps, which))
  if ((await reached(deps.bus.replay(which.queue, which.id))) === 0) throw gone()
  return { id: which.id }
}

export async function dropDeadLetter(deps: Deps, person: Person, which: Which): Promise<void> {
  if (which.queue === queueOf('audit'))
    throw new Problem(
      'not-allowed',
      'what audit could not keep is replayed, never dropped: the chain must be complete',
    )
  await record(deps, 'audit.dead-letter-dropped', person, await find(deps, which))
  if (!(await reached(deps.bus.drop(which.queue, which.id)))) throw gone()
}

/** Before the deed: it may then fail and be done again, but never be done without a record. */
async function record(
  { transaction, append }: Deps,
  type: 'audit.dead-letter-replayed' | 'audit.dead-letter-dropped',
  { userId }: Person,
  { id, queue, events }: DeadLetter,
): Promise<void> {
  const data = {
    operatorId: userId,
    queue,
    deadLetterId: id,
    eventIds: events.map((event) => headOf(event).id),
  }
  await transaction((tx) => append(tx, { type, stream: uuidv7(), data }))
}

async function find({ bus }: Pick<Deps, 'bus'>, { queue, id }: Which): Promise<DeadLetter> {
  const letter = await reached(bus.deadLetter(queue, id))
  if (!letter) throw gone()
  return letter
}

const gone = () => new Problem('not-found', 'there is no such dead letter: it was replayed or dropped')

async function reached<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw new Problem('unavailable', `the bus cannot do this now: ${(error as Error).message}`, {
      retryAfterS: 5,
    })
  }
}

/** What is poisoned may lack anything. */
function headOf(event: Partial<CloudEvent>) {
  const { id = '', source = '', type = '', subject = '', time = '' } = event
  return {
    id: String(id),
    source: String(source),
    type: String(type),
    subject: String(subject),
    at: String(time),
  }
}

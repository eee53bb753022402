// Dead letters for operators: list, show with personal data masked, replay, drop. Who decided is recorded as an event.
import type { DeadLetterDetail } from '@bahi/contracts/audit.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { maskPersonalData } from '@bahi/contracts/personal-data.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { CloudEvent, DeadLetter } from '@bahi/kit/bus/bus.ts'
import type { Person } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { queueOf } from '@bahi/kit/events/consume.ts'

type DeadLetterKey = { queue: string; id: string }

export async function listDeadLetters({ bus }: Pick<Deps, 'bus'>, queue?: string) {
  const letters = await callBus(bus.deadLetters(queue))
  return { deadLetters: letters.map((letter) => ({ ...letter, events: letter.events.map(eventHead) })) }
}

export async function showDeadLetter(deps: Pick<Deps, 'bus'>, key: DeadLetterKey): Promise<DeadLetterDetail> {
  return maskDeadLetter(await findDeadLetter(deps, key))
}

/** Also used by the command that reads the broker directly. */
export function maskDeadLetter(letter: DeadLetter): DeadLetterDetail {
  const events = letter.events.map((event) => ({
    ...eventHead(event),
    data: maskPersonalData(event.data ?? {}),
  }))
  return { ...letter, events }
}

export async function replayDeadLetter(
  deps: Deps,
  person: Person,
  key: DeadLetterKey,
): Promise<{ id: string }> {
  await recordDecision(deps, 'audit.dead-letter-replayed', person, await findDeadLetter(deps, key))
  if ((await callBus(deps.bus.replay(key.queue, key.id))) === 0) throw notFound()
  return { id: key.id }
}

export async function dropDeadLetter(deps: Deps, person: Person, key: DeadLetterKey): Promise<void> {
  if (key.queue === queueOf('audit'))
    throw new Problem(
      'not-allowed',
      'a dead letter of audit can only be replayed: the chain must be complete',
    )
  await recordDecision(deps, 'audit.dead-letter-dropped', person, await findDeadLetter(deps, key))
  if (!(await callBus(deps.bus.drop(key.queue, key.id)))) throw notFound()
}

/** Before acting: the action may fail and be repeated, but never happens without a record. */
async function recordDecision(
  { transaction, append }: Deps,
  type: 'audit.dead-letter-replayed' | 'audit.dead-letter-dropped',
  { userId }: Person,
  { id, queue, events }: DeadLetter,
): Promise<void> {
  const data = {
    operatorId: userId,
    queue,
    deadLetterId: id,
    eventIds: events.map((event) => eventHead(event).id),
  }
  await transaction((tx) => append(tx, { type, stream: uuidv7(), data }))
}

async function findDeadLetter({ bus }: Pick<Deps, 'bus'>, { queue, id }: DeadLetterKey): Promise<DeadLetter> {
  const letter = await callBus(bus.deadLetter(queue, id))
  if (!letter) throw notFound()
  return letter
}

const notFound = () =>
  new Problem('not-found', 'there is no such dead letter: it may have been replayed or dropped')

/** Throws `unavailable` with what the broker said. */
export async function callBus<T>(result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch (error) {
    throw new Problem('unavailable', `the broker could not do this: ${(error as Error).message}`, {
      retryAfterS: 5,
    })
  }
}

/** A malformed event may lack any field. */
function eventHead(event: Partial<CloudEvent>) {
  const { id = '', source = '', type = '', subject = '', time = '' } = event
  return {
    id: String(id),
    source: String(source),
    type: String(type),
    subject: String(subject),
    at: String(time),
  }
}

// Takes what is personal of people who were erased out of dead letters, which are older than their erasure.
import { maskPeople, splitPersonal } from '@bahi/contracts/personal-parts.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { CloudEvent, DeadLetter } from '@bahi/kit/bus/bus.ts'
import { shreddedOf } from '@bahi/kit/crypto/person-keys.ts'
import { platformQueues } from '@bahi/kit/events/consume.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import { callBus } from './dead-letters.ts'

type RedactDeps = Pick<Deps, 'bus' | 'sql' | 'transaction' | 'append'>

const everyMs = 600_000

/**
 * Of all queues. Replayed later, a batch is consumed as before, with nothing of them to store. Repeating it changes
 * nothing. Throws `unavailable` while the broker is: whoever erases tries again.
 */
export async function redactErased(deps: RedactDeps): Promise<void> {
  for (const { queue } of platformQueues)
    await callBus(deps.bus.rewriteDeadLetters(queue, (letter) => redacted(deps, letter)))
}

/** Each is on record before it changes. Undefined when it has nothing of people who were erased. */
async function redacted(deps: RedactDeps, letter: DeadLetter): Promise<CloudEvent[] | undefined> {
  const named = letter.events.flatMap((event) => [...splitPersonal(...partsOf(event)).personal.keys()])
  const erased = await shreddedOf(deps.sql, named)
  if (erased.size === 0) return undefined
  const events = letter.events.map((event) => {
    const data = maskPeople(...partsOf(event), erased)
    return { ...event, data }
  })
  if (JSON.stringify(events) === JSON.stringify(letter.events)) return undefined
  const { id: deadLetterId, queue } = letter
  const data = { queue, deadLetterId, eventIds: events.map(({ id }) => String(id)) }
  await deps.transaction((tx) =>
    deps.append(tx, { type: 'audit.dead-letter-redacted', stream: uuidv7(), data }),
  )
  return events
}

/** A malformed event may lack either. */
function partsOf({ type, data }: Partial<CloudEvent>): [string, Record<string, unknown>] {
  return [String(type), typeof data === 'object' && data !== null && !Array.isArray(data) ? data : {}]
}

/** For those that became dead letters since, such as a batch that was tried again just then. */
export function redactErasedWorker(deps: RedactDeps): Worker {
  return {
    name: 'dead letters of people who were erased',
    intervalMs: everyMs,
    async run() {
      for (const { queue } of platformQueues)
        if ((await deps.bus.countDeadLetters(queue)) > 0)
          await deps.bus.rewriteDeadLetters(queue, (letter) => redacted(deps, letter))
    },
  }
}

// Sends what is in the outbox to the member's doors, through the gateway, again until it is acknowledged.
import { wholeBody } from '@bahi/kit/transport/transport.ts'
import { pathOf } from '@bahi/contracts/call.ts'
import { toBank, toPsp, type Ack, type Head } from '@bahi/contracts/network.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { draw } from '../scenarios/effects.ts'
import { refuse } from './process-responses.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { endOut, leaseOut, releaseHeld, retryOut, type Outgoing } from './store.ts'
import { inUnit } from './step.ts'

const timeoutMs = 5_000
/** Longer than a delivery takes: only who was killed leaves a lease behind. */
const leaseMs = 15_000
const maxInFlight = 32
const maxTries = 7
const firstWaitMs = 500

export type Delivery = {
  /** Sends what is due; nobody waits for the answers. True when there may be more. */
  round(): Promise<boolean>
  kick(): void
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>
}

export function createDelivery(deps: () => NetworkDeps): Delivery {
  const inFlight = new Set<Promise<void>>()
  let ending = false
  let rounds: Promise<void> | undefined
  let again = false

  async function round(): Promise<boolean> {
    const room = maxInFlight - inFlight.size
    if (room <= 0 || ending) return false
    const now = deps().clock.now()
    const due = await leaseOut(deps().sql, now, new Date(now.getTime() + leaseMs), room)
    for (const message of due) {
      const delivery = deliver(deps(), message)
        .catch((error: unknown) => deps().log.error({ err: error }, 'a message could not be delivered'))
        .finally(() => {
          inFlight.delete(delivery)
          // There was no room for more; now there is.
          if (inFlight.size === maxInFlight - 1) kick()
        })
      inFlight.add(delivery)
    }
    return due.length > 0
  }
  function kick(): void {
    again = true
    if (ending) return
    rounds ??= (async () => {
      while (again) {
        again = false
        while (await round());
      }
    })()
      // The worker comes round anyway.
      .catch((error: unknown) => deps().log.warn({ err: error }, 'the outbox could not be read'))
      .finally(() => (rounds = undefined))
  }
  return {
    round,
    kick,
    async idle() {
      ending = true
      await rounds
      await Promise.all(inFlight)
    },
  }
}

async function deliver(deps: NetworkDeps, message: Outgoing): Promise<void> {
  const { door, api, txnId, msgId, body, copies, what, tries } = message
  const signed = JSON.stringify(await deps.keys.sign(body))
  const path = pathOf((door === 'psp' ? toPsp : toBank).url, { api, txnId })
  let ack: Ack | undefined
  for (let copy = 0; copy < copies; copy++) ack = await carry(deps, path, signed)
  if (!ack) return tryLater(deps, message)
  if (ack.err !== undefined && tries === 1) {
    await inUnit(deps, (moment) => refuse(deps, moment, { txnId, reqMsgId: msgId, what, err: ack.err! }))
  }
  await endOut(deps.sql, msgId, deps.clock.now())
  if (what === 'answer' && (await releaseHeld(deps.sql, txnId, deps.clock.now()))) deps.kick()
}

/** Undefined when it was not taken. */
async function carry(deps: NetworkDeps, path: string, body: string): Promise<Ack | undefined> {
  try {
    const headers = { 'content-type': 'application/json' }
    const answer = await deps.forward('gateway', { method: 'POST', path, headers, body, timeoutMs })
    const text = await wholeBody(answer.body)
    return answer.status === 200 ? (JSON.parse(text.toString()) as Ack) : undefined
  } catch (error) {
    deps.log.debug({ err: error, path }, 'a message was not taken')
    return undefined
  }
}

/** With back-off and jitter, as long as the message is young enough to be taken; then the member asks by itself. */
async function tryLater(deps: NetworkDeps, { msgId, tries, body }: Outgoing): Promise<void> {
  const now = deps.clock.now()
  const pace = deps.config.BAHI_NETWORK_TIME_SCALE
  const waitMs = ((firstWaitMs * 2 ** (tries - 1)) / pace) * (0.5 + draw(msgId, String(tries)))
  const dueAt = new Date(now.getTime() + waitMs)
  const sentMs = Date.parse((body as { head: Head }).head.ts)
  const tooOld = dueAt.getTime() > sentMs + networkRulesAt(now, pace).messageMaxAgeS * 1_000
  if (tries >= maxTries || tooOld) await endOut(deps.sql, msgId, now)
  else await retryOut(deps.sql, msgId, dueAt)
}

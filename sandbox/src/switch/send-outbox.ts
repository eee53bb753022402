// Sends the outbox to the member's endpoints through the gateway, and retries until each message is acknowledged.
import { backoffMs, leaseUntil } from '@bahi/kit/due-work/lease.ts'
import { wholeBody } from '@bahi/kit/transport/transport.ts'
import { pathOf } from '@bahi/contracts/call.ts'
import { toBank, toPsp, type Ack, type Head } from '@bahi/contracts/network.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { draw } from '../scenarios/effects.ts'
import { onRefusal } from './process-responses.ts'
import type { NetworkDeps } from '../sandbox.ts'
import {
  finishOutgoing,
  leaseOutgoing,
  releaseHeld,
  rescheduleOutgoing,
  type LeasedMessage,
} from './store.ts'
import { inTransaction } from './transition.ts'

const timeoutMs = 5_000
/** Longer than sending takes: only a killed process leaves a lease that expires. */
const leaseMs = 15_000
const maxInFlight = 32
const maxTries = 7
const firstWaitMs = 500

export type OutboxSender = {
  /** Begins to send due messages, without waiting for their acknowledgement. True when there may be more. */
  sendDue(): Promise<boolean>
  /** Sends due messages soon. */
  wake(): void
  /** Begins no more, and resolves when nothing is in flight. */
  drain(): Promise<void>
}

export function createOutboxSender(deps: () => NetworkDeps): OutboxSender {
  const inFlight = new Set<Promise<void>>()
  let draining = false
  let rounds: Promise<void> | undefined
  let wokenAgain = false

  async function round(): Promise<boolean> {
    const slots = maxInFlight - inFlight.size
    if (slots <= 0 || draining) return false
    const now = deps().clock.now()
    const due = await leaseOutgoing(deps().sql, now, leaseUntil(now, leaseMs), slots)
    for (const message of due) {
      const sending = sendMessage(deps(), message)
        .catch((error: unknown) =>
          deps().log.error({ err: error }, 'message to the member could not be sent'),
        )
        .finally(() => {
          inFlight.delete(sending)
          // All slots were in use; now one is free.
          if (inFlight.size === maxInFlight - 1) kick()
        })
      inFlight.add(sending)
    }
    return due.length > 0
  }
  function kick(): void {
    wokenAgain = true
    if (draining) return
    rounds ??= (async () => {
      while (wokenAgain) {
        wokenAgain = false
        while (await round());
      }
    })()
      // The worker polls the outbox anyway.
      .catch((error: unknown) =>
        deps().log.warn({ err: error }, 'outbox could not be read: it will be read again'),
      )
      .finally(() => (rounds = undefined))
  }
  return {
    sendDue: round,
    wake: kick,
    async drain() {
      draining = true
      await rounds
      await Promise.all(inFlight)
    },
  }
}

async function sendMessage(deps: NetworkDeps, message: LeasedMessage): Promise<void> {
  const { endpoint, api, txnId, msgId, body, copies, purpose, tries } = message
  const signed = JSON.stringify(await deps.keys.sign(body))
  const path = pathOf((endpoint === 'psp' ? toPsp : toBank).url, { api, txnId })
  let ack: Ack | undefined
  for (let copy = 0; copy < copies; copy++) ack = await forward(deps, path, signed)
  if (!ack) return scheduleRetry(deps, message)
  if (ack.err !== undefined && tries === 1) {
    await inTransaction(deps, (context) =>
      onRefusal(deps, context, { txnId, reqMsgId: msgId, purpose, err: ack.err! }),
    )
  }
  await finishOutgoing(deps.sql, msgId, deps.clock.now())
  if (purpose === 'answer' && (await releaseHeld(deps.sql, txnId, deps.clock.now()))) deps.wakeOutbox()
}

/** The acknowledgement; undefined when there was none. */
async function forward(deps: NetworkDeps, path: string, body: string): Promise<Ack | undefined> {
  try {
    const headers = { 'content-type': 'application/json' }
    const response = await deps.forward('gateway', { method: 'POST', path, headers, body, timeoutMs })
    const text = await wholeBody(response.body)
    return response.status === 200 ? (JSON.parse(text.toString()) as Ack) : undefined
  } catch (error) {
    deps.log.debug({ err: error, path }, 'a message to the member was not acknowledged')
    return undefined
  }
}

/** Retries with backoff and jitter while the message is young enough to be accepted; later the member has to ask. */
async function scheduleRetry(deps: NetworkDeps, { msgId, tries, body }: LeasedMessage): Promise<void> {
  const now = deps.clock.now()
  const timeScale = deps.config.BAHI_NETWORK_TIME_SCALE
  const waitMs = (backoffMs(tries, { firstMs: firstWaitMs }) / timeScale) * (0.5 + draw(msgId, String(tries)))
  const dueAt = new Date(now.getTime() + waitMs)
  const sentMs = Date.parse((body as { head: Head }).head.ts)
  const tooOld = dueAt.getTime() > sentMs + networkRulesAt(now, timeScale).messageMaxAgeS * 1_000
  if (tries >= maxTries || tooOld) await finishOutgoing(deps.sql, msgId, now)
  else await rescheduleOutgoing(deps.sql, msgId, dueAt)
}

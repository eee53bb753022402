// Sends our bank's replies to the network: at once after their commit, then as due work until the network takes them.
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { batch } from '@bahi/kit/batch.ts'
import { cancel, schedule } from '@bahi/kit/due-work/due-work.ts'
import { dueWorkers, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import { backoffMs } from '@bahi/kit/due-work/lease.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { BankMessages, Reply } from './bank-messages.ts'

const kind = 'network-reply'
const maxSending = 64
const retries = { firstMs: 2_000, maxMs: 60_000 }

type Payload = { message: Reply['message']; madeAt: string }

export type ReplySender = {
  /** In the background; the workers send again what this does not reach. */
  soon(replies: Reply[]): void
  workers: Worker[]
  idle(): Promise<void>
}

/** In the transaction that a reply reports. One that is scheduled already is sent once more. */
export function scheduleReplies(tx: Tx, replies: Reply[], at: Date): Promise<void> {
  // The first attempt is made at once, and is left alone for a while.
  const dueAt = new Date(at.getTime() + retries.firstMs)
  const items = replies.map(({ msgId, message }) => {
    const payload: Payload = { message, madeAt: at.toISOString() }
    return { kind, key: msgId, dueAt, payload }
  })
  return schedule(tx, items, { existing: 'reschedule' })
}

export function createReplySender(
  deps: Pick<Deps, 'sql' | 'clock' | 'log' | 'metrics' | 'network'>,
  network: Pick<BankMessages, 'send'>,
): ReplySender {
  const removeSent = batch<string, true>(
    async (msgIds) => {
      await cancel(deps.sql, kind, msgIds)
      return msgIds.map(() => true)
    },
    { maxItems: 200, maxInFlight: 1 },
  )
  const send = batch<Reply, true>(
    async ([reply]) => {
      const { refused } = await network.send(reply!)
      const { api, txn } = reply!.message
      // A repetition would be refused again; the network sends a check when it needs the outcome.
      if (refused)
        deps.log.error(
          { api, txnId: txn.id, refused },
          'the network refused a reply: it will not be sent again',
        )
      return [true]
    },
    { maxItems: 1, maxInFlight: maxSending },
  )
  /** False: it will be sent again. */
  const attempt = (reply: Reply): Promise<boolean> =>
    send(reply).catch((err: unknown) => {
      deps.log.warn(
        { err, txnId: reply.message.txn.id },
        'reply could not be sent to the network: it will be sent again',
      )
      return false
    })
  const inFlight = new Set<Promise<void>>()
  async function firstAttempt(reply: Reply): Promise<void> {
    if (!(await attempt(reply))) return
    await removeSent(reply.msgId).catch((err: unknown) => {
      deps.log.warn(
        { err, txnId: reply.message.txn.id },
        'sent reply could not be deleted: it will be sent again',
      )
    })
  }
  const workers = dueWorkers(deps, [
    {
      kind,
      intervalMs: 500,
      run(items) {
        const now = deps.clock.now()
        const { checkUntilMinutes } = networkRulesAt(now, deps.network.timeScale)
        const oldest = now.getTime() - checkUntilMinutes * 60_000
        return Promise.all(
          items.map(async ({ key, payload, attempts }): Promise<DueResult> => {
            const { message, madeAt } = payload as Payload
            if (Date.parse(madeAt) < oldest) {
              // The network no longer asks about the transaction either.
              deps.log.error(
                { txnId: message.txn.id, attempts },
                'reply given up: the network did not accept it in time',
              )
              return { outcome: 'done' }
            }
            if (await attempt({ msgId: key, message })) return { outcome: 'done' }
            return { outcome: 'retry', at: new Date(now.getTime() + backoffMs(attempts, retries)) }
          }),
        )
      },
    },
  ])
  return {
    soon(replies) {
      for (const reply of replies) {
        const sending = firstAttempt(reply).finally(() => inFlight.delete(sending))
        inFlight.add(sending)
      }
    },
    workers,
    idle: async () => void (await Promise.all(inFlight)),
  }
}

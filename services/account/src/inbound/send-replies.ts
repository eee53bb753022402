// Sends our bank's answers to the network: at once after their commit, and again and again until they are taken.
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { batch } from '@bahi/kit/batch.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import type { Settings } from '../config.ts'
import type { BankMessages, Reply } from './bank-messages.ts'
import { deleteReplies, takeDueReplies } from './store.ts'

const maxSending = 64
const maxTaken = 50
/** How long the first try, which is made at once, is left alone. */
export const firstTryMs = 2_000

export type ReplySender = {
  /** In the background; what it does not reach the worker tries again. */
  soon(replies: Reply[]): void
  worker: Worker
  idle(): Promise<void>
}

export function createReplySender(
  deps: Pick<Deps<Settings>, 'sql' | 'clock' | 'log' | 'config'>,
  network: Pick<BankMessages, 'send'>,
): ReplySender {
  const forget = batch<string, true>(
    async (msgIds) => {
      await deleteReplies(deps.sql, msgIds)
      return msgIds.map(() => true)
    },
    { maxItems: 200, maxInFlight: 1 },
  )
  const send = batch<Reply, true>(
    async ([reply]) => {
      const { refused } = await network.send(reply!)
      const { api, txn } = reply!.message
      // Sent again it would be refused again: the network asks when it wants to know.
      if (refused)
        deps.log.error({ api, txnId: txn.id, refused }, 'the network refused an answer of our bank')
      await forget(reply!.msgId)
      return [true]
    },
    { maxItems: 1, maxInFlight: maxSending },
  )
  const trySending = (reply: Reply) =>
    send(reply).catch((err: unknown) => {
      deps.log.warn({ err, txnId: reply.message.txn.id }, 'an answer to the network will be sent again')
    })
  return {
    soon: (replies) => void Promise.all(replies.map(trySending)),
    worker: {
      name: 'send answers to the network',
      intervalMs: 500,
      async run() {
        const now = deps.clock.now()
        const { checkUntilMinutes } = networkRulesAt(now, deps.config.BAHI_NETWORK_TIME_SCALE)
        const oldest = now.getTime() - checkUntilMinutes * 60_000
        const taken = await takeDueReplies(deps.sql, now, maxTaken)
        const [old, young] = [
          taken.filter((reply) => reply.madeAt.getTime() < oldest),
          taken.filter((reply) => reply.madeAt.getTime() >= oldest),
        ]
        for (const { message, tries } of old)
          deps.log.error({ txnId: message.txn.id, tries }, 'an answer is given up: the network never took it')
        if (old.length > 0)
          await deleteReplies(
            deps.sql,
            old.map((reply) => reply.msgId),
          )
        await Promise.all(young.map(trySending))
        return taken.length === maxTaken
      },
    },
    async idle() {
      await send.idle()
      await forget.idle()
    },
  }
}

// Receives the network's signed messages to our bank: applies each, and acknowledges it when that is durable.
import type { Ack, Api, SignedMessage } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import type { AccountDeps } from '../config.ts'
import { operateForApp } from '../mandates/operate-for-app.ts'
import { createBankMessages, type StatusCheck, type Reply } from './bank-messages.ts'
import { createLegPoster } from './post-legs.ts'
import { createReplySender, scheduleReplies } from './send-replies.ts'
import { tombstoneLeg, legStates } from './store.ts'

export type Inbound = {
  /** Throws `unauthenticated`, `request-invalid`; `unavailable` when there is no network here. */
  receive(path: { api: Api; txnId: string }, signed: SignedMessage): Promise<Ack>
  workers: Worker[]
  idle(): Promise<void>
}

export async function createInbound(deps: AccountDeps): Promise<Inbound> {
  const network = createBankMessages(deps)
  if (!network) {
    const closed = () => Promise.reject(new Problem('unavailable', 'our bank is in no network here'))
    return { receive: closed, workers: [], idle: () => Promise.resolve() }
  }
  const requests = deps.metrics.counter(
    'bahi_mandate_requests_total',
    'Operations on mandates of our bank that other apps asked for, by the code of what became of it.',
    ['operation', 'code'],
  )
  const replies = createReplySender(deps, network)
  const legs = createLegPoster(deps, network, replies)

  async function check(order: StatusCheck): Promise<void> {
    const at = deps.clock.now()
    const reply = await deps.sql.begin(async (tx): Promise<Reply> => {
      // The leg is barred first, so that the reply stays true.
      if (!order.isEarly) await tombstoneLeg(tx, order, at)
      const { leg, reversal } = await legStates(tx, order.txnId, order.leg)
      const reply = network!.checkReply(order, leg, reversal)
      await scheduleReplies(tx, [reply], at)
      return reply
    })
    replies.soon([reply])
  }

  return {
    async receive(path, signed) {
      const order = await network.read(path, signed)
      if (order.kind === 'refuse') {
        deps.log.warn({ ...path, code: order.code }, 'message of the network refused')
        return network.ack(order)
      }
      if (order.kind === 'operate') {
        const reply = await operateForApp(deps, network, order)
        if (reply === 'differs') return network.ack(order, reply)
        requests.inc({ operation: order.operation.type, code: reply.message.resp.errCode ?? '00' })
        replies.soon([reply])
      } else if (order.kind === 'check') await check(order)
      else if ((await legs.post(order)).code.startsWith('!')) {
        deps.log.error(
          { ...path, leg: order.leg },
          'leg arrived again with other content: nothing was posted',
        )
        return network.ack(order, 'differs')
      }
      return network.ack(order)
    },
    workers: replies.workers,
    async idle() {
      await legs.idle()
      await replies.idle()
    },
  }
}

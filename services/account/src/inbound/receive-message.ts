// Our bank's door to the network: takes a signed message, does what it says, and acknowledges it when that is durable.
import type { Ack, Api, SignedMessage } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import type { AccountDeps } from '../config.ts'
import { createBankMessages, type CheckOrder, type Reply } from './bank-messages.ts'
import { createPostLegs } from './post-legs.ts'
import { createSendReplies, firstTryMs } from './send-replies.ts'
import { barLeg, keepReplies, legStates } from './store.ts'

export type BankDoor = {
  /** Throws `unauthenticated`, `request-invalid`; `unavailable` when there is no network here. */
  take(door: { api: Api; txnId: string }, signed: SignedMessage): Promise<Ack>
  does: Worker[]
  idle(): Promise<void>
}

export async function createBankDoor(deps: AccountDeps): Promise<BankDoor> {
  const network = await createBankMessages(deps)
  if (!network) {
    const closed = () => Promise.reject(new Problem('unavailable', 'our bank is in no network here'))
    return { take: closed, does: [], idle: () => Promise.resolve() }
  }
  const replies = createSendReplies(deps, network)
  const legs = createPostLegs(deps, network, replies)

  async function check(order: CheckOrder): Promise<void> {
    const at = deps.clock.now()
    const reply = await deps.sql.begin(async (tx): Promise<Reply> => {
      // What the network hears now must stay true.
      if (!order.early) await barLeg(tx, order, at)
      const { leg, reversal } = await legStates(tx, order.txnId, order.leg)
      const reply = network!.checkReply(order, leg, reversal)
      await keepReplies(tx, [reply], { made: at, next: new Date(at.getTime() + firstTryMs) })
      return reply
    })
    replies.soon([reply])
  }

  return {
    async take(door, signed) {
      const order = await network.read(door, signed)
      if (order.do === 'refuse') {
        deps.log.warn({ ...door, code: order.code }, 'a message of the network is refused')
        return network.ack(order)
      }
      if (order.do === 'check') await check(order)
      else if ((await legs.post(order)).code.startsWith('!')) {
        deps.log.error({ ...door, leg: order.leg }, 'a leg came again with other content')
        return network.ack(order, 'differs')
      }
      return network.ack(order)
    },
    does: [replies.worker],
    async idle() {
      await legs.idle()
      await replies.idle()
    },
  }
}

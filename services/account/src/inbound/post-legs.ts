// Posts what the network asks of our bank: legs of many messages, one commit a set, with the answers that follow.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { batch } from '@bahi/kit/batch.ts'
import { deriveId } from '@bahi/kit/crypto/derive-id.ts'
import type { NewEvent } from '@bahi/kit/events/events.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import { currentTrace } from '@bahi/kit/trace.ts'
import type { AccountDeps } from '../config.ts'
import { pinRulesAt } from '../pin/check-pin.ts'
import type { BankMessages, LegOrder, Reply } from './bank-messages.ts'
import { pinOfPayment } from '../pin/pin-block.ts'
import { firstTryMs, type SendReplies } from './send-replies.ts'
import { keepReplies, postSet, type LegItem, type LegOutcome } from './store.ts'
import { linksTo } from '../bank-accounts/store.ts'

const maxItems = 200

export type PostLegs = {
  /** Committed, with its answer, when this resolves. `!reused`: refused, and nothing happened. */
  post(order: LegOrder): Promise<LegOutcome>
  idle(): Promise<void>
}

type Item = LegItem & { order: LegOrder; traceparent: string | undefined }

export function createPostLegs(
  deps: AccountDeps,
  network: Pick<BankMessages, 'legReply'>,
  replies: Pick<SendReplies, 'soon'>,
): PostLegs {
  // One lane: every leg moves the balance of settlement.
  const lane = batch<Item, LegOutcome>(
    async (items) => {
      const results = new Map<Item, LegOutcome | Error>()
      for (const set of setsOf(items)) {
        try {
          const done = await retryRaces(() => commitSet(deps, network, set))
          set.forEach((item, i) => results.set(item, done.outcomes[i]!))
          replies.soon(done.replies)
        } catch (error) {
          for (const item of set) results.set(item, error as Error)
        }
      }
      return items.map((item) => results.get(item)!)
    },
    { maxItems, maxInFlight: 1 },
  )
  return {
    post: async (order) => lane(await itemOf(deps, order)),
    idle: () => lane.idle(),
  }
}

/** In the order given, each set with one kind of leg of a transaction: what a reversal finds is committed. */
function setsOf(items: Item[]): Item[][] {
  const sets: Item[][] = []
  const last = new Map<string, { leg: string; set: number }>()
  for (const item of items) {
    const before = last.get(item.txnId)
    const set = before === undefined ? 0 : before.leg === item.leg ? before.set : before.set + 1
    last.set(item.txnId, { leg: item.leg, set })
    ;(sets[set] ??= []).push(item)
  }
  return sets
}

async function itemOf(deps: AccountDeps, order: LegOrder): Promise<Item> {
  const { txnId, leg, rrn, amountPaise, accountRef, addr, at } = order
  const transferId = deriveId(at.getTime(), txnId, leg)
  const traceparent = currentTrace()?.traceparent
  const item = { txnId, leg, rrn, amountPaise, accountRef, addr, transferId, order, traceparent }
  return { ...item, ...(await presentedIn(deps, order)) }
}

/** The PIN that a debit is authorised with. */
async function presentedIn(
  deps: AccountDeps,
  { leg, txnId, amountPaise, payeeVpa, accountRef, pin }: LegOrder,
): Promise<Pick<LegItem, 'presented' | 'refused'>> {
  const none = { presented: undefined, refused: undefined }
  if (leg !== 'DEBIT') return none
  if (accountRef === undefined) return { ...none, refused: 'XH' }
  if (pin === undefined) return { ...none, refused: 'U11' }
  const about = { id: paymentIdOf(txnId), amountPaise, payeeVpa, payerAccountId: accountRef, pin }
  const found = pinOfPayment(deps, about)
  if ('refused' in found) return { ...none, refused: found.refused }
  return { ...none, presented: deps.pins.digest(accountRef, found.pin) }
}

/** The payment's id that a PIN block names: the transaction's without its three letters. */
function paymentIdOf(txnId: string): string {
  return txnId
    .slice(3)
    .toLowerCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

async function commitSet(
  deps: Pick<AccountDeps, 'sql' | 'clock' | 'append' | 'log'>,
  network: Pick<BankMessages, 'legReply'>,
  items: Item[],
): Promise<{ outcomes: LegOutcome[]; replies: Reply[] }> {
  const at = deps.clock.now()
  return deps.sql.begin(async (tx) => {
    const outcomes = await postSet(tx, items, { at, ...pinRulesAt(at) })
    await tellLocked(deps, tx, items, outcomes)
    const replies = outcomes.flatMap(({ code }, i) =>
      code.startsWith('!') ? [] : [network.legReply(items[i]!.order, code)],
    )
    if (replies.length > 0) {
      await keepReplies(tx, replies, { made: at, next: new Date(at.getTime() + firstTryMs) })
    }
    return { outcomes, replies }
  })
}

/** Everybody who has linked the account hears that its PIN is locked. */
async function tellLocked(
  deps: Pick<Deps, 'append'>,
  tx: Tx,
  items: Item[],
  outcomes: LegOutcome[],
): Promise<void> {
  const locked = new Map(
    outcomes.flatMap((o, i) =>
      o.lockedNow && o.bankAccountId ? [[o.bankAccountId, items[i]!] as const] : [],
    ),
  )
  if (locked.size === 0) return
  const events = (await linksTo(tx, [...locked.keys()])).map((link): NewEvent => {
    const { bankAccountId, accountId, userId } = link
    const { traceparent } = locked.get(bankAccountId)!
    return { type: 'account.pin-locked', stream: accountId, traceparent, data: { userId, accountId } }
  })
  await deps.append(tx, ...events)
}

// Posts the legs that the network asks of our bank, many in one commit, together with the replies to them.
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { mandateRulesAt, withoutPinPaise } from '@bahi/contracts/mandate-rules.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { batch } from '@bahi/kit/batch.ts'
import { deriveSecretId } from '@bahi/kit/crypto/derive-id.ts'
import type { NewEvent } from '@bahi/kit/events/events.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import { currentTrace } from '@bahi/kit/trace.ts'
import type { AccountDeps } from '../config.ts'
import { pinRulesAt } from '../pin/check-pin.ts'
import type { BankMessages, LegInstruction, Reply } from './bank-messages.ts'
import { payUse, pinFor } from '../pin/pin-block.ts'
import { scheduleReplies, type ReplySender } from './send-replies.ts'
import { postLegs, type LegItem, type LegOutcome } from './store.ts'
import { linksToBankAccounts } from '../bank-accounts/store.ts'
import { elsewhereOf, isKeptByAppOf } from '../mandates/operate-for-app.ts'
import { takeUnreported } from '../mandates/store.ts'

const maxItems = 200

export type LegPoster = {
  /** Committed, with its reply, when this resolves. `!reused`: nothing was posted. */
  post(order: LegInstruction): Promise<LegOutcome>
  idle(): Promise<void>
}

type Item = LegItem & { order: LegInstruction; traceparent: string | undefined }

export function createLegPoster(
  deps: AccountDeps,
  network: Pick<BankMessages, 'legReply'>,
  replies: Pick<ReplySender, 'soon'>,
): LegPoster {
  // One batch at a time: every leg locks the settlement account.
  const postInBatch = batch<Item, LegOutcome>(
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
    { name: 'post legs', maxItems, maxInFlight: 1 },
  )
  return {
    post: async (order) => postInBatch(itemOf(deps, order)),
    idle: () => postInBatch.idle(),
  }
}

/** In the order given, each set with one kind of leg of a transaction: a reversal comes after the commit of its leg. */
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

function itemOf(deps: AccountDeps, order: LegInstruction): Item {
  const { txnId, leg, rrn, amountPaise, accountRef, addr, at } = order
  const transferId = deriveSecretId(deps.seal, at.getTime(), txnId, leg)
  const traceparent = currentTrace()?.traceparent
  const item = { txnId, leg, rrn, amountPaise, accountRef, addr, transferId, order, traceparent }
  return { ...item, ...authorise(deps, order) }
}

/** The PIN, and the mandate, that a debit is authorised with, or the code that it is declined with. */
function authorise(
  deps: AccountDeps,
  { authorisation, txnId, amountPaise, addr, payeeVpa, accountRef, request }: LegInstruction,
): Pick<LegItem, 'pinDigest' | 'mandate' | 'declineCode'> {
  const preapproved = { pinDigest: undefined, declineCode: undefined }
  if (authorisation?.kind === 'preapproved') return preapproved
  if (accountRef === undefined) return { ...preapproved, declineCode: 'XH' }
  if (!authorisation) return { ...preapproved, declineCode: 'U11' }
  const debit = authorisation.kind === 'mandate' ? authorisation : authorisation.mandate
  // What this app keeps it debits itself, by holds.
  if (debit && !isKeptByAppOf(deps, addr, debit.umn)) return { ...preapproved, declineCode: 'VF' }
  const mandate = debit && {
    ...{ umn: normaliseVpa(debit.umn), sequence: debit.sequence },
    payeeVpa: normaliseVpa(payeeVpa),
  }
  if (authorisation.kind === 'mandate') {
    const withoutPin = withoutPinPaise(mandateRulesAt(deps.clock.now()), request.payee.code)
    return amountPaise > withoutPin ? { ...preapproved, declineCode: 'U11' } : { ...preapproved, mandate }
  }
  const about = { id: paymentIdOf(txnId), amountPaise, payeeVpa, payerAccountId: accountRef }
  const opened = pinFor(deps, authorisation.pin, payUse(about))
  if ('declineCode' in opened) return { ...preapproved, declineCode: opened.declineCode }
  return { ...preapproved, pinDigest: deps.pins.digest(accountRef, opened.pin), mandate }
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
    const outcomes = await postLegs(tx, items, { at, ...pinRulesAt(at) })
    await appendPinLocked(deps, tx, items, outcomes)
    await appendReports(deps, tx, items)
    const replies = outcomes.flatMap(({ code }, i) =>
      code.startsWith('!') ? [] : [network.legReply(items[i]!.order, code)],
    )
    if (replies.length > 0) {
      await scheduleReplies(tx, replies, at)
    }
    return { outcomes, replies }
  })
}

/** An event for each person who has linked the account. */
async function appendPinLocked(
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
  const events = (await linksToBankAccounts(tx, [...locked.keys()])).map((link): NewEvent => {
    const { bankAccountId, accountId, userId } = link
    const { traceparent } = locked.get(bankAccountId)!
    return { type: 'account.pin-locked', stream: accountId, traceparent, data: { userId, accountId } }
  })
  await deps.append(tx, ...events)
}

/** An event for the account holder of each debit that another app's mandate made, and of each that was given back. */
async function appendReports(deps: Pick<Deps, 'append'>, tx: Tx, items: Item[]): Promise<void> {
  const about = new Map(
    items.flatMap((item) =>
      item.mandate || item.leg === 'DEBIT-REVERSAL' ? [[item.txnId, item] as const] : [],
    ),
  )
  if (about.size === 0) return
  const events = (await takeUnreported(tx, [...about.keys()])).map((debit): NewEvent => {
    const { umn, sequence, debitPaise, rrn, accountId } = debit
    const { leg, order, traceparent } = about.get(debit.txnId)!
    const data = { ...elsewhereOf(debit, umn, order.request.payee.name), sequence, debitPaise, rrn }
    const type = leg === 'DEBIT' ? 'account.mandate-debited' : 'account.mandate-debit-returned'
    return { type, stream: accountId, traceparent, data }
  })
  await deps.append(tx, ...events)
}

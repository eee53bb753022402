// A transition of a transaction: locked, changed in memory, and committed together with its outgoing messages.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { txnIdOf } from '@bahi/contracts/formats.ts'
import type { Head } from '@bahi/contracts/network.ts'
import { networkRulesAt, type NetworkRules } from '@bahi/contracts/network-rules.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import { isDuplicated } from '../scenarios/effects.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { shareCycleLock } from '../settlement/store.ts'
import { cancelOutgoing, insertOutgoing, saveTransaction, type OutgoingMessage } from './store.ts'
import type { Phase, Transaction } from './transaction.ts'

const switchOrg = 'SWITCH'
const switchPrefix = 'SWT'
const maxSteps = 60

/** A database transaction of the switch. */
export type TxContext = { tx: Tx; now: Date; rules: NetworkRules }
export type Transition = TxContext & { deps: NetworkDeps; txn: Transaction; out: OutgoingMessage[] }

/** Runs one database transaction whose `now` is later than every closed cycle, then wakes the outbox sender. */
export async function inTransaction<T>(
  deps: NetworkDeps,
  run: (context: TxContext) => Promise<T>,
): Promise<T> {
  const result = await retryRaces(() =>
    deps.transaction(async (tx) => {
      const closed = await shareCycleLock(tx)
      const clock = deps.clock.now()
      const now = closed && closed > clock ? closed : clock
      return run({ tx, now, rules: networkRulesAt(now, deps.config.BAHI_NETWORK_TIME_SCALE) })
    }),
  )
  deps.wakeOutbox()
  return result
}

/** Runs a transition of a locked transaction, and saves the transaction and the outgoing messages. */
export async function applyTransition(
  deps: NetworkDeps,
  context: TxContext,
  txn: Transaction,
  run: (transition: Transition) => Promise<void>,
): Promise<void> {
  const from = txn.phase
  const transition: Transition = { deps, ...context, txn, out: [] }
  await run(transition)
  await saveTransaction(context.tx, txn, from)
  if (transition.out.length > 0) await insertOutgoing(context.tx, transition.out)
}

export function addStep(transition: Transition, what: string): void {
  const { steps } = transition.txn
  if (steps.length < maxSteps) steps.push({ at: transition.now.toISOString(), what })
}

/** Enters a phase; its timer expires after `seconds` (already scaled), or never when they are left out. */
export function enterPhase(transition: Transition, phase: Phase, seconds?: number): void {
  transition.txn.phase = phase
  transition.txn.dueAt = seconds === undefined ? null : new Date(transition.now.getTime() + seconds * 1_000)
}

/** A duration of a scenario, divided by the time scale. */
export const scaledS = (transition: Transition, seconds: number): number =>
  seconds / transition.deps.config.BAHI_NETWORK_TIME_SCALE

export const newMsgId = (at: Date): string => txnIdOf(switchPrefix, uuidv7(at.getTime()))

/** @param madeAt when its message is made, if not when it is sent */
export function newHead(at: Date, madeAt = at): Head {
  const ts = at.toISOString()
  return { ver: '2.0', ts, orgId: switchOrg, msgId: newMsgId(madeAt), prodType: 'UPI' }
}

export type EnqueueOptions = { afterS?: number; held?: boolean; as?: string }

/** Adds a message to the outbox. Returns its id, which the response will name. */
export function enqueue(
  transition: Transition,
  endpoint: OutgoingMessage['endpoint'],
  purpose: string,
  message: { api: string; [field: string]: unknown },
  { afterS = 0, held = false, as = purpose }: EnqueueOptions = {},
): string {
  const dueAt = new Date(transition.now.getTime() + afterS * 1_000)
  const head = newHead(dueAt, transition.now)
  const { api, ...rest } = message
  transition.out.push({
    msgId: head.msgId,
    txnId: transition.txn.txnId,
    endpoint,
    api,
    purpose,
    body: { api, head, ...rest },
    copies: isDuplicated(transition.txn.content.effects, as) ? 2 : 1,
    held,
    dueAt,
  })
  addStep(
    transition,
    `${api} ${purpose} → ${endpoint === 'psp' ? 'our PSP' : 'our bank'}${afterS > 0 ? ', later' : ''}`,
  )
  return head.msgId
}

/** Ignores the response that is awaited, and cancels its request when that was not sent yet. */
export async function stopAwaiting(transition: Transition): Promise<void> {
  if (transition.txn.waitingFor)
    await cancelOutgoing(transition.tx, transition.txn.waitingFor, transition.now)
  transition.txn.waitingFor = null
}

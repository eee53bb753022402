// One step of one transaction: loaded and locked, changed in memory, and committed with the messages that follow.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { txnIdOf } from '@bahi/contracts/formats.ts'
import type { Head } from '@bahi/contracts/network.ts'
import { networkRulesAt, type NetworkRules } from '@bahi/contracts/network-rules.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import { isTwice } from '../scenarios/effects.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { keepCycleOpen } from '../settlement/store.ts'
import { cancelOut, insertOut, saveTransaction, type OutMessage } from './store.ts'
import type { Phase, Transaction } from './transaction.ts'

const switchOrg = 'SWITCH'
const switchPrefix = 'SWT'
const maxSteps = 60

export type Moment = { tx: Tx; now: Date; rules: NetworkRules }
export type Unit = Moment & { deps: NetworkDeps; txn: Transaction; out: OutMessage[] }

/** One database transaction, in which time is later than every closed cycle; the outbox is looked at after it. */
export async function inUnit<T>(deps: NetworkDeps, run: (moment: Moment) => Promise<T>): Promise<T> {
  const result = await retryRaces(() =>
    deps.transaction(async (tx) => {
      const closed = await keepCycleOpen(tx)
      const clock = deps.clock.now()
      const now = closed && closed > clock ? closed : clock
      return run({ tx, now, rules: networkRulesAt(now, deps.config.BAHI_NETWORK_TIME_SCALE) })
    }),
  )
  deps.kick()
  return result
}

/** Changes a locked transaction and writes it back. */
export async function change(
  deps: NetworkDeps,
  moment: Moment,
  txn: Transaction,
  run: (unit: Unit) => Promise<void>,
): Promise<void> {
  const from = txn.phase
  const unit: Unit = { deps, ...moment, txn, out: [] }
  await run(unit)
  await saveTransaction(moment.tx, txn, from)
  if (unit.out.length > 0) await insertOut(moment.tx, unit.out)
}

export function note(unit: Unit, what: string): void {
  const { steps } = unit.txn
  if (steps.length < maxSteps) steps.push({ at: unit.now.toISOString(), what })
}

/** From now on in this phase; after so many seconds, already paced, the switch goes on by itself. */
export function enter(unit: Unit, phase: Phase, seconds?: number): void {
  unit.txn.phase = phase
  unit.txn.dueAt = seconds === undefined ? null : new Date(unit.now.getTime() + seconds * 1_000)
}

/** What a scenario orders, as long as it lasts at this pace. */
export const paced = (unit: Unit, seconds: number): number =>
  seconds / unit.deps.config.BAHI_NETWORK_TIME_SCALE

export const newMsgId = (at: Date): string => txnIdOf(switchPrefix, uuidv7(at.getTime()))

export type SendOptions = { afterS?: number; held?: boolean; as?: string }

/** Puts a message into the outbox. Its id is told, for its answer to name. */
export function send(
  unit: Unit,
  door: OutMessage['door'],
  what: string,
  message: { api: string; [field: string]: unknown },
  { afterS = 0, held = false, as = what }: SendOptions = {},
): string {
  const dueAt = new Date(unit.now.getTime() + afterS * 1_000)
  const head: Head = {
    ver: '2.0',
    ts: dueAt.toISOString(),
    orgId: switchOrg,
    msgId: newMsgId(unit.now),
    prodType: 'UPI',
  }
  const { api, ...rest } = message
  unit.out.push({
    msgId: head.msgId,
    txnId: unit.txn.txnId,
    door,
    api,
    what,
    body: { api, head, ...rest },
    copies: isTwice(unit.txn.content.effects, as) ? 2 : 1,
    held,
    dueAt,
  })
  note(unit, `${api} ${what} → ${door === 'psp' ? 'our PSP' : 'our bank'}${afterS > 0 ? ', later' : ''}`)
  return head.msgId
}

/** The answer to what was asked last does not count any more, and the question goes out no more. */
export async function stopWaiting(unit: Unit): Promise<void> {
  if (unit.txn.waitingFor) await cancelOut(unit.tx, unit.txn.waitingFor, unit.now)
  unit.txn.waitingFor = null
}

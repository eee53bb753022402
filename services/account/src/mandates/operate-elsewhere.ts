// Mandates of linked accounts at other banks: each operation is that bank's, which keeps the mandate and checks its
// debits. Here is kept only until when one may debit its account.
import type { Output } from '@bahi/contracts/call.ts'
import type { operateMandate as contract } from '@bahi/contracts/bank-mandates.ts'
import type { AccountAtBank, MandateAsked } from '@bahi/contracts/network-adapter.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { AccountDeps } from '../config.ts'
import { insertElsewhere, liveElsewhere, lockIfLinked, updateElsewhere } from './store.ts'

/**
 * Idempotent by mandate and number, at the other bank. Throws `bank-unreachable` when nobody knows what became of it.
 * @param account with the person who links it
 */
export async function operateElsewhere(
  deps: AccountDeps,
  { userId, ...account }: AccountAtBank & { userId: string },
  asked: MandateAsked,
): Promise<Output<typeof contract>> {
  const { umn, nth, operation } = asked
  if (operation?.type === 'create' || operation?.type === 'take') {
    if (operation.userId.toLowerCase() !== userId) return { code: 'XH' }
    const { accountId } = account
    const liveUntil = operation.terms.validTo
    const isLinked = await deps.transaction(async (tx) => {
      if (!(await lockIfLinked(tx, accountId))) return false
      // Before the bank is asked: what it may have authorised keeps the account linked.
      await insertElsewhere(tx, { umn, nth, accountId, liveUntil })
      return true
    })
    if (!isLinked) return { code: 'XH' }
  }
  // Point of no return: the bank may do it, whether its answer arrives or not.
  const { code, triesLeft, liveUntil } = await deps.network.operate(account, asked)
  await deps.transaction((tx) => updateElsewhere(tx, { umn, nth, liveUntil: liveUntil ?? null }))
  return { code, ...(triesLeft === undefined ? {} : { triesLeft }) }
}

/**
 * Asks their banks which mandates of these accounts may still debit one: a bank alone knows that it has made the one
 * debit of a one-time mandate. Stops at the first that is live; one whose bank does not answer stays as it is known.
 */
export async function refreshElsewhere(
  deps: Pick<AccountDeps, 'sql' | 'transaction' | 'clock' | 'network'>,
  accountIds: string[],
): Promise<void> {
  const live = await liveElsewhere(deps.sql, accountIds, deps.clock.now())
  // Asked what became of what it has not heard of yet, the bank would say that it was never authorised.
  if (live.some(({ answered }) => !answered)) return
  for (const { umn, nth, answered: _, ...account } of live) {
    try {
      // Decided before: the answer changes nothing but what is known here.
      const { liveUntil } = await deps.network.operate(account, { umn, nth })
      if (liveUntil !== undefined) return
      await deps.transaction((tx) => updateElsewhere(tx, { umn, nth, liveUntil: null }))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return
    }
  }
}

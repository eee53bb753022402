// Drives on payments whose outcome was never heard: asks account or the network what became of each.
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Batch } from '@bahi/kit/batch.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import type { Ending } from './complete.ts'
import type { Network } from '../network/network.ts'
import type { Payment } from './payment.ts'
import { maxTransfers, postAll, transferOf } from './post.ts'
import { giveBackChecks, takeDue } from './store.ts'

const maxLeaseMs = 5 * 60_000

type RecoverDeps = Pick<Deps, 'sql' | 'clock' | 'log' | 'call'> & {
  end: Batch<Ending, Payment>
  network: Network | undefined
}

/**
 * What moves in our ledger is asked for without the PIN: account tells the outcome that exists, or promises that there
 * will be none. What went through the network is checked there by the network's rules, and the answer comes as a
 * message. Without an answer a payment stays pending. Many processes may do this at once.
 */
export function recoverWorker(
  deps: RecoverDeps,
  settings: { leaseMs: number; everyMs: number; pace: number },
): Worker {
  return {
    name: 'recover payments',
    intervalMs: settings.everyMs,
    async run() {
      const now = deps.clock.now()
      const rules = networkRulesAt(now, settings.pace)
      const due = await takeDue(deps.sql, now, {
        limit: maxTransfers,
        leaseMs: settings.leaseMs,
        maxLeaseMs,
        checkEveryMs: rules.checkEveryS * 1_000,
        maxChecks: rules.maxChecks,
        untilMs: rules.checkUntilMinutes * 60_000,
      })
      const [inLedger, inNetwork] = [due.filter(isInLedger), due.filter((one) => !isInLedger(one))]
      await Promise.all([
        askAccount(deps, inLedger),
        askNetwork(deps, inNetwork, new Date(now.getTime() + rules.checkTimeoutS * 1_000)),
      ])
      return due.length === maxTransfers
    },
  }
}

const isInLedger = ({ route }: Payment): boolean => route === 'ledger'

async function askAccount(deps: RecoverDeps, due: Payment[]): Promise<void> {
  if (due.length === 0) return
  let outcomes: Awaited<ReturnType<typeof postAll>>
  try {
    outcomes = await postAll(
      deps,
      due.map((payment) => transferOf(payment)),
    )
  } catch (error) {
    // A neighbour that is down is no fault of this worker: the payments come up again when their lease ends.
    if (!(error instanceof Problem)) throw error
    deps.log.warn({ err: error, payments: due.length }, 'account cannot be asked about open payments')
    return
  }
  await Promise.all(
    due.map((payment, i) => {
      const outcome = outcomes[i]!
      return outcome instanceof Error ? undefined : deps.end({ payment, outcome })
    }),
  )
}

async function askNetwork(deps: RecoverDeps, due: Payment[], again: Date): Promise<void> {
  const { network } = deps
  if (!network || due.length === 0) return
  const asked = await Promise.allSettled(due.map((payment) => network.check(payment)))
  const unasked = due.filter((_, i) => asked[i]!.status === 'rejected')
  if (unasked.length === 0) return
  const failed = asked.find((one) => one.status === 'rejected')!
  const ids = unasked.map(({ id }) => id)
  await giveBackChecks(deps.sql, ids, again)
  if (!(failed.reason instanceof Problem)) throw failed.reason
  deps.log.warn(
    { err: failed.reason, payments: ids.length },
    'the network cannot be asked about open payments',
  )
}

// Advances transactions whose timer has expired: a leg that was not answered in time, a delay that is over.
import { collectEnded } from './collect-transitions.ts'
import { timerExpired } from './payment-transitions.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { lockDue } from './store.ts'
import { applyTransition, inTransaction, addStep } from './transition.ts'

const maxPerRound = 50

/** True when there may be more. */
export async function advanceDue(deps: NetworkDeps): Promise<boolean> {
  for (let advanced = 0; advanced < maxPerRound; advanced++) if (!(await advanceNext(deps))) return false
  return true
}

async function advanceNext(deps: NetworkDeps): Promise<boolean> {
  return inTransaction(deps, async (context) => {
    const txn = await lockDue(context.tx, context.now)
    if (!txn) return false
    await applyTransition(deps, context, txn, async (transition) => {
      const { phase, dueAt } = txn
      if (phase === 'collect') await collectEnded(transition, 'U69')
      else await timerExpired(transition)
      // Every transition must set the next timer or none; a transition that did neither would be repeated for ever.
      if (txn.dueAt === dueAt) {
        addStep(transition, `no transition from phase ${phase}`)
        txn.dueAt = null
      }
    })
    return true
  })
}

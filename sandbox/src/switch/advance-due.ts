// Goes on with transactions whose time has come: a leg that was not answered, a bank that took its time.
import { wakeUp } from './payment-steps.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { isAnyDue, lockDue } from './store.ts'
import { change, inUnit, note } from './step.ts'

const maxARound = 50

/** True when there may be more. */
export async function driveDue(deps: NetworkDeps): Promise<boolean> {
  if (!(await isAnyDue(deps.sql, deps.clock.now()))) return false
  for (let driven = 0; driven < maxARound; driven++) if (!(await driveOne(deps))) return false
  return true
}

async function driveOne(deps: NetworkDeps): Promise<boolean> {
  return inUnit(deps, async (moment) => {
    const txn = await lockDue(moment.tx, moment.now)
    if (!txn) return false
    await change(deps, moment, txn, async (unit) => {
      const { phase, dueAt } = txn
      await wakeUp(unit)
      // Every step must say when it goes on, or that it doesn't.
      if (txn.dueAt === dueAt) {
        note(unit, `nothing follows after ${phase}`)
        txn.dueAt = null
      }
    })
    return true
  })
}

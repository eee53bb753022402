// Makes a UPI ID the primary one, or points it at another account of its person.
import type { changeVpa as contract } from '@bahi/contracts/account.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { AccountDeps } from '../config.ts'
import { entryOf } from './create-vpa.ts'
import { lockAccounts, updateVpas, vpasOf, type VpaRow } from './store.ts'
import { vpaStream } from './vpa-stream.ts'

/** Throws `not-found` for a UPI ID or an account that is not theirs. What changes nothing is no event. */
export async function changeVpa(
  deps: AccountDeps,
  userId: string,
  vpa: string,
  change: Input<typeof contract>['body'],
): Promise<Output<typeof contract>> {
  const changed = await deps.transaction(async (tx) => {
    const accounts = await lockAccounts(tx, userId)
    const rows = await vpasOf(tx, userId)
    const before = rows.find((row) => row.vpa === normaliseVpa(vpa))
    if (!before) throw new Problem('not-found', 'you have no such UPI ID')
    const accountId = change.accountId?.toLowerCase() ?? before.accountId
    if (!accounts.has(accountId)) throw new Problem('not-found', 'you have no such account')

    const after: VpaRow = { ...before, accountId, primary: before.primary || change.primary === true }
    const demoted = rows.filter((row) => row.primary && after.primary && row !== before)
    const same = after.accountId === before.accountId && after.primary === before.primary
    const writes = same ? [] : [...demoted.map((row) => ({ ...row, primary: false })), after]
    await updateVpas(tx, writes)
    await deps.append(
      tx,
      ...writes.map((row) => {
        const data = { userId, accountId: row.accountId, vpa: row.vpa, primary: row.primary }
        return { type: 'account.vpa-changed' as const, stream: vpaStream(deps.seal, row.vpa), data }
      }),
    )
    return after
  })
  return entryOf(changed)
}

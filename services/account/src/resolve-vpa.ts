// Who stands behind UPI IDs: the registered name for people, everything that paying needs for payment.
import type { Party, resolveVpa as contract } from '@bahi/contracts/account.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/service.ts'
import { partiesOf } from './store.ts'

/** Throws `not-found`. */
export async function resolveVpa(deps: Pick<Deps, 'sql'>, asked: string): Promise<Output<typeof contract>> {
  const [found] = await partiesOf(deps.sql, [normaliseVpa(asked)])
  if (!found) throw new Problem('not-found', 'nobody has this UPI ID')
  return { vpa: found.vpa, name: found.name, kind: 'person', verified: true }
}

/** Unknown ones are left out. */
export async function resolveParties(deps: Pick<Deps, 'sql'>, vpas: string[]): Promise<Party[]> {
  const rows = await partiesOf(deps.sql, [...new Set(vpas.map(normaliseVpa))])
  return rows.map(({ pinSetAt, ...party }) => ({
    ...party,
    ...(pinSetAt ? { pinSetAt: pinSetAt.toISOString() } : {}),
  }))
}

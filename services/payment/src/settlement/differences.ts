// What operators do with differences: list them, and close one by hand.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Difference, listDifferences as contract } from '@bahi/contracts/reconciliation.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { closeManually, differenceExists, findDifferences, type DifferenceRow } from './store.ts'

const defaultLimit = 50

function differenceView(row: DifferenceRow, now: Date): Difference {
  const { id, kind, cycle, txnId, side, openedAt, closedAt } = row
  return {
    ...{ id, kind, cycle, txnId, side },
    ...(row.rrn === null ? {} : { rrn: row.rrn }),
    ...(row.networkPaise === null ? {} : { networkPaise: row.networkPaise }),
    ...(row.ledgerPaise === null ? {} : { ledgerPaise: row.ledgerPaise }),
    ...(row.paymentStatus === null ? {} : { paymentStatus: row.paymentStatus }),
    openedAt: openedAt.toISOString(),
    ageHours: Math.floor(((closedAt ?? now).getTime() - openedAt.getTime()) / 3_600_000),
    ...(closedAt === null ? {} : { closedAt: closedAt.toISOString() }),
    ...(row.closedBy === null ? {} : { closedBy: row.closedBy }),
    ...(row.note === null ? {} : { note: row.note }),
  }
}

export async function listDifferences(
  deps: Pick<Deps, 'sql' | 'clock'>,
  query: Input<typeof contract>['querystring'],
): Promise<Output<typeof contract>> {
  const limit = query.limit ?? defaultLimit
  const { state = null, kind = null, after = null } = query
  const rows = await findDifferences(deps.sql, { state, kind, after, limit: limit + 1 })
  const now = deps.clock.now()
  const page = rows.slice(0, limit)
  return {
    differences: page.map((row) => differenceView(row, now)),
    ...(rows.length > limit ? { next: page.at(-1)!.id } : {}),
  }
}

/** Records who closed it and why. Throws `not-found`, `wrong-state` when it is closed already. */
export async function closeDifference(
  deps: Pick<Deps, 'clock' | 'transaction'>,
  userId: string,
  id: string,
  note: string,
): Promise<Difference> {
  const at = deps.clock.now()
  return deps.transaction(async (tx) => {
    const row = await closeManually(tx, id, { userId, note, at })
    if (!row) {
      if (await differenceExists(tx, id)) throw new Problem('wrong-state', 'it is closed already')
      throw new Problem('not-found', 'there is no such difference')
    }
    const { kind, txnId, cycle } = row
    const data = { differenceId: id, kind, txnId, cycle, closedBy: userId, note }
    await appendEvents(tx, at, [{ type: 'payment.difference-closed', stream: id, data }])
    return differenceView(row, at)
  })
}

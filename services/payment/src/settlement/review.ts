// What operators do about settlement: see cycles and differences, reconcile anew, close by hand, have payments checked.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type {
  checkOpenPayments,
  Difference,
  listCycles as listCyclesContract,
  listDifferences as listDifferencesContract,
  SettlementCycle,
} from '@bahi/contracts/reconciliation.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import * as store from './store.ts'

const defaultLimit = 50

export function cycleSeen(row: store.CycleRow): SettlementCycle {
  return {
    id: row.id,
    from: row.fromAt.toISOString(),
    to: row.toAt.toISOString(),
    networkNetPaise: row.networkNetPaise ?? 0,
    ledgerNetPaise: row.ledgerNetPaise ?? 0,
    matched: row.matched ?? 0,
    open: row.open,
    reconciledAt: (row.reconciledAt ?? row.toAt).toISOString(),
  }
}

export async function listCycles(
  deps: Pick<Deps, 'sql'>,
  query: Input<typeof listCyclesContract>['querystring'],
): Promise<Output<typeof listCyclesContract>> {
  const rows = await store.reconciledCycles(deps.sql, query.limit ?? defaultLimit)
  return { cycles: rows.map(cycleSeen) }
}

function differenceSeen(row: store.DifferenceRow, now: Date): Difference {
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
  query: Input<typeof listDifferencesContract>['querystring'],
): Promise<Output<typeof listDifferencesContract>> {
  const limit = query.limit ?? defaultLimit
  const { state = null, kind = null, after = null } = query
  const rows = await store.findDifferences(deps.sql, { state, kind, after, limit: limit + 1 })
  const now = deps.clock.now()
  const page = rows.slice(0, limit)
  return {
    differences: page.map((row) => differenceSeen(row, now)),
    ...(rows.length > limit ? { next: page.at(-1)!.id } : {}),
  }
}

/** On record with who did it and why. Throws `not-found`, `wrong-state` when it is closed. */
export async function closeDifference(
  deps: Pick<Deps, 'clock' | 'transaction'>,
  userId: string,
  id: string,
  note: string,
): Promise<Difference> {
  const at = deps.clock.now()
  return deps.transaction(async (tx) => {
    const row = await store.closeByHand(tx, id, { userId, note, at })
    if (!row) {
      if (await store.differenceExists(tx, id)) throw new Problem('wrong-state', 'it is closed already')
      throw new Problem('not-found', 'there is no such difference')
    }
    const { kind, txnId, cycle } = row
    const data = { differenceId: id, kind, txnId, cycle, closedBy: userId, note }
    await appendEvents(tx, at, [{ type: 'payment.difference-closed', stream: id, data }])
    return differenceSeen(row, at)
  })
}

export async function checkPayments(
  deps: Pick<Deps, 'sql' | 'clock'>,
  { paymentIds }: Input<typeof checkOpenPayments>['body'],
): Promise<Output<typeof checkOpenPayments>> {
  return { asked: await store.wakeChecks(deps.sql, { now: deps.clock.now(), paymentIds }) }
}

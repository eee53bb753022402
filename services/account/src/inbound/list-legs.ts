// Lists what our bank moved for the network: what reconciliation compares with the network's report.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { legsPosted as contract } from '@bahi/contracts/transfers.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { legRows, type LegPage, type LegRow } from './store.ts'

const defaultLimit = 500
const kinds = { D: 'DEBIT', C: 'CREDIT', DR: 'DEBIT-REVERSAL', CR: 'CREDIT-REVERSAL' } as const

/** Throws `request-invalid` for an `after` that no page gave. */
export async function listLegs(
  deps: Pick<Deps, 'sql'>,
  asked: Input<typeof contract>['body'],
): Promise<Output<typeof contract>> {
  const limit = asked.limit ?? defaultLimit
  const rows = await legRows(deps.sql, {
    txnIds: asked.txnIds,
    from: asked.from === undefined ? undefined : new Date(asked.from),
    to: asked.to === undefined ? undefined : new Date(asked.to),
    after: asked.after === undefined ? undefined : placeIn(asked.after),
    limit: limit + 1,
  })
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  const legs = page.map(({ postedAt, ...leg }) => ({ ...leg, postedAt: postedAt.toISOString() }))
  return { legs, ...(last ? { next: placeOf(last) } : {}) }
}

function placeOf({ postedAt, txnId, leg }: LegRow): string {
  const kind = Object.entries(kinds).find(([, name]) => name === leg)![0]
  return [postedAt.getTime().toString(36), txnId, kind].join('.')
}

function placeIn(place: string): LegPage['after'] {
  const [ms = '', txnId = '', kind = ''] = place.split('.')
  const postedAt = new Date(Number.parseInt(ms, 36))
  if (!Object.hasOwn(kinds, kind) || Number.isNaN(postedAt.getTime())) {
    throw new Problem('request-invalid', 'no page before this one gave that `after`')
  }
  return { postedAt, txnId, leg: kinds[kind as keyof typeof kinds] }
}

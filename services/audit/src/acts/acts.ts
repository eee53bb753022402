// Takes down what the gateway reports of staff and denials, and shows auditors what was done, by whom and to what.
import type { Act, exportActs, listActs, RecordedAct } from '@bahi/contracts/acts.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { NewEvent } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { openPersonal } from '../records/seal-personal.ts'
import { normaliseObject } from './act-of.ts'
import { findActs, type ActFilter, type FoundAct } from './store.ts'

const defaultLimit = 100
const maxExported = 10_000
const exportedPage = 500

/** As events of audit's own, which the chain records like all others. They are stored when this resolves. */
export async function recordActs(deps: Deps, acts: Act[]): Promise<{ recorded: number }> {
  await deps.transaction((tx) => deps.append(tx, ...acts.map(eventOf)))
  return { recorded: acts.length }
}

function eventOf({ kind, filters, status = 0, count = 1, ...act }: Act): NewEvent {
  const stream = uuidv7()
  switch (kind) {
    case 'acted':
      return { type: 'audit.staff-acted', stream, data: { ...act, ...(filters ? { filters } : {}) } }
    case 'failed':
      return { type: 'audit.staff-failed', stream, data: { ...act, status } }
    case 'denied':
      return { type: 'audit.access-denied', stream, data: { ...act, count } }
  }
}

type Query = Input<typeof exportActs>['querystring']

export async function listedActs(
  deps: Pick<Deps, 'sql' | 'seal'>,
  { limit = defaultLimit, ...query }: Input<typeof listActs>['querystring'],
): Promise<Output<typeof listActs>> {
  const rows = await findActs(deps.sql, { ...filterOf(query), limit: limit + 1 })
  const acts = (await openPersonal(deps, deps.sql, rows.slice(0, limit))).map(viewOf)
  return { acts, ...(rows.length > limit ? { next: acts.at(-1)!.seq } : {}) }
}

/** Lines of JSON, at most ten thousand acts. */
export async function exportedActs(deps: Pick<Deps, 'sql' | 'seal'>, query: Query): Promise<Buffer> {
  const pages: string[] = []
  const filter = filterOf(query)
  let { before } = filter
  for (let sent = 0; sent < maxExported; sent += exportedPage) {
    const found = await findActs(deps.sql, { ...filter, before, limit: exportedPage })
    const rows = await openPersonal(deps, deps.sql, found)
    pages.push(rows.map((row) => `${JSON.stringify(viewOf(row))}\n`).join(''))
    if (rows.length < exportedPage) return Buffer.from(pages.join(''))
    before = rows.at(-1)!.seq
  }
  return Buffer.from(`${pages.join('')}${JSON.stringify({ next: before })}\n`)
}

function filterOf({ actor, object, kind, from, to, before }: Query): Omit<ActFilter, 'limit'> {
  return {
    actor: actor ?? null,
    object: object === undefined ? null : normaliseObject(object),
    kind: kind ?? null,
    before: before ?? null,
    from: from === undefined ? null : new Date(from),
    to: to === undefined ? null : new Date(to),
  }
}

function viewOf({ seq, kind, actor, object, at, data, hash }: FoundAct): RecordedAct {
  return {
    ...{ seq, kind },
    ...(actor === null ? {} : { actor }),
    ...(object === null ? {} : { object }),
    ...{ at: at.toISOString(), data, hash },
  }
}

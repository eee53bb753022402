// Stops of payments by staff. What begins reads those in force in its own transaction, so that every copy obeys a stop
// from its commit on. What has begun goes on to its end, and what other apps pay to people here is not begun here.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { originKinds } from '@bahi/contracts/initiation.ts'
import * as contracts from '@bahi/contracts/payment-stops.ts'
import type { PaymentStop } from '@bahi/contracts/payment-stops.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { App } from '@bahi/kit/http/app.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { checkNewId, invalidField } from '../payments/client-input.ts'
import {
  findStop,
  findStops,
  insertStop,
  markEnded,
  stopsInForce,
  type StopInForce,
  type StopRow,
} from './store.ts'

const defaultLimit = 50

/** What is to begin, as stops see it. */
export type StopSubject = {
  kind: 'payments' | 'requests' | 'mandates'
  acrossBanks: boolean
  /** UPI IDs of both sides. */
  vpas: readonly string[]
}

/** A debit of a mandate is one also where the payer approves it with the PIN. */
export function stopKindOf(origin: (typeof originKinds)[number]): StopSubject['kind'] {
  if (origin === 'mandate') return 'mandates'
  return origin === 'request' ? 'requests' : 'payments'
}

/** The first that covers it. */
export function stopOf(stops: readonly StopInForce[], subject: StopSubject): StopInForce | undefined {
  return stops.find((stop) => covers(stop, subject))
}

function covers({ scope, handle }: StopInForce, { kind, acrossBanks, vpas }: StopSubject): boolean {
  switch (scope) {
    case 'everything':
      return true
    case 'across-banks':
      return acrossBanks
    case 'handle':
      return vpas.some((vpa) => vpa.toLowerCase().endsWith(`@${handle}`))
    default:
      return scope === kind
  }
}

export const refusalByStop = ({ message }: StopInForce): Problem =>
  new Problem('payments-stopped', message ?? undefined)

/** Throws `payments-stopped`. @param tx of what begins */
export async function refuseStopped(tx: Queryable, subject: StopSubject): Promise<void> {
  const stop = stopOf(await stopsInForce(tx), subject)
  if (stop) throw refusalByStop(stop)
}

type StopDeps = Pick<Deps, 'sql' | 'transaction' | 'clock'>

export function stopRoutes(app: App, deps: StopDeps): void {
  app.route({ ...contracts.listStops, handler: ({ query }) => listStops(deps, query) })
  app.route({
    ...contracts.setStop,
    handler: ({ person, params, body }) => setStop(deps, person.userId, params.id, body),
  })
  app.route({
    ...contracts.endStop,
    handler: ({ person, params, body }) => endStop(deps, person.userId, params.id, body.reason),
  })
}

async function listStops(
  { sql }: StopDeps,
  { limit = defaultLimit, before }: Input<typeof contracts.listStops>['querystring'],
): Promise<Output<typeof contracts.listStops>> {
  const rows = await findStops(sql, { before: before?.toLowerCase() ?? null, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return { stops: page.map(viewOf), ...(rows.length > limit ? { next: page.at(-1)!.id } : {}) }
}

/** Throws `wrong-state` when one of the same scope is in force, `id-reused`, `id-out-of-range`, `request-invalid`. */
function setStop(
  { transaction, clock }: StopDeps,
  userId: string,
  anyCaseId: string,
  { scope, handle, reason, message }: Input<typeof contracts.setStop>['body'],
): Promise<PaymentStop> {
  const id = anyCaseId.toLowerCase()
  if ((scope === 'handle') !== (handle !== undefined))
    throw invalidField('/body/handle', 'belongs to the scope handle, and to no other')
  const given = { scope, handle: handle ?? null, reason, message: message ?? null, setBy: userId }
  const setAt = clock.now()
  return transaction(async (tx) => {
    const before = await findStop(tx, id)
    if (before) {
      if (!isSame(before, given)) throw new Problem('id-reused')
      return viewOf(before)
    }
    checkNewId(id, setAt, 'stop')
    const row = await insertStop(tx, { id, setAt, ...given })
    if (!row) throw new Problem('wrong-state', 'a stop of this scope is in force')
    await appendEvents(tx, setAt, [eventOf('payment.stop-set', row, userId, reason)])
    return viewOf(row)
  })
}

type Given = Pick<StopRow, 'scope' | 'handle' | 'reason' | 'message' | 'setBy'>

function isSame(row: Given, { scope, handle, reason, message, setBy }: Given): boolean {
  const says = row.scope === scope && row.handle === handle && row.message === message
  return says && row.reason === reason && row.setBy === setBy
}

/** Of one that has ended, as it ended. Throws `not-found`. */
function endStop(
  { transaction, clock }: StopDeps,
  userId: string,
  anyCaseId: string,
  reason: string,
): Promise<PaymentStop> {
  const id = anyCaseId.toLowerCase()
  const at = clock.now()
  return transaction(async (tx) => {
    const row = await markEnded(tx, id, { by: userId, at, reason })
    if (row) await appendEvents(tx, at, [eventOf('payment.stop-ended', row, userId, reason)])
    const found = row ?? (await findStop(tx, id))
    if (!found) throw new Problem('not-found', 'there is no such stop')
    return viewOf(found)
  })
}

function eventOf<T extends 'payment.stop-set' | 'payment.stop-ended'>(
  type: T,
  { id, scope, handle }: StopRow,
  actorId: string,
  note: string,
) {
  const about = handle === null ? {} : { handle }
  return { type, stream: id, data: { stopId: id, scope, actorId, note, ...about } }
}

function viewOf(row: StopRow): PaymentStop {
  const { id, scope, handle, reason, message, setBy, setAt, endedBy, endedAt, endReason } = row
  return {
    ...{ id, scope, reason, setBy, setAt: setAt.toISOString() },
    ...(handle === null ? {} : { handle }),
    ...(message === null ? {} : { message }),
    ...(endedBy === null ? {} : { endedBy }),
    ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
    ...(endReason === null ? {} : { endReason }),
  }
}

// Lists a person's payments, newest first, filtered, a page at a time.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { maxAmountPaise, normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import type { listPayments as contract } from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { viewFor } from './view.ts'
import { historyOf, type Position } from './store-history.ts'

const defaultLimit = 20
/** Beyond any moment of a payment, and within what PostgreSQL reads. */
const lastMs = Date.UTC(9999, 11, 31)
export const beyondAll: Position = { createdAt: new Date(lastMs), id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }

type Query = Input<typeof contract>['querystring']

/** Throws `request-invalid` for a cursor that no page gave, or a moment that is none. */
export async function listPayments(
  deps: Pick<Deps, 'sql' | 'clock'>,
  userId: string,
  query: Query,
): Promise<Output<typeof contract>> {
  const limit = query.limit ?? defaultLimit
  const before = query.before === undefined ? beyondAll : readCursor(query.before)
  const from = query.from === undefined ? new Date(0) : timeOf('from', query.from)
  const to = query.to === undefined ? new Date(lastMs) : timeOf('to', query.to)
  if (query.vpa !== undefined && !splitVpa(query.vpa)) return { payments: [] }
  const found = await historyOf(deps.sql, userId, {
    before,
    limit: limit + 1,
    from,
    to,
    minPaise: Math.min(query.minPaise ?? 0, maxAmountPaise + 1),
    maxPaise: Math.min(query.maxPaise ?? maxAmountPaise, maxAmountPaise),
    status: query.status ?? null,
    direction: query.direction ?? null,
    hidden: query.hidden ?? false,
    vpa: query.vpa === undefined ? null : normaliseVpa(query.vpa),
  })
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    payments: page.map((payment) => viewFor(payment, userId, deps.clock.now())),
    ...(found.length > limit && last ? { next: writeCursor(last) } : {}),
  }
}

/** Eight bytes of milliseconds, sixteen of the id: the position among the own payments, and nothing else. */
export function writeCursor({ createdAt, id }: Position): string {
  const bytes = Buffer.alloc(24)
  bytes.writeBigUInt64BE(BigInt(createdAt.getTime()))
  bytes.write(id.replaceAll('-', ''), 8, 'hex')
  return bytes.toString('base64url')
}

export function readCursor(cursor: string): Position {
  const bytes = Buffer.from(cursor, 'base64url')
  if (bytes.length !== 24 || bytes.toString('base64url') !== cursor) throw badField('before', 'is no cursor')
  const ms = bytes.readBigUInt64BE()
  if (ms > BigInt(lastMs)) throw badField('before', 'is no cursor')
  const id = bytes.toString('hex', 8).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { createdAt: new Date(Number(ms)), id }
}

function timeOf(name: string, text: string): Date {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw badField(name, 'is no moment')
  return new Date(Math.min(Math.max(ms, 0), lastMs))
}

function badField(name: string, message: string): Problem {
  const path = `/querystring/${name}`
  return new Problem('request-invalid', `${path} ${message}`, { fields: [{ path, message }] })
}

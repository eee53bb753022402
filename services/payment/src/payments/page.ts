// A page of a list, newest first: where it begins, how long it is, and the cursor of the one after it.
import { Problem } from '@bahi/contracts/problem.ts'

/** Where a page begins: after this one, going back in time. */
export type Position = { createdAt: Date; id: string }
export type Page = { before: Position; limit: number }

const defaultLimit = 20
/** Beyond any moment of a payment, and within what PostgreSQL reads. */
export const lastMs = Date.UTC(9999, 11, 31)
const beyondAll: Position = { createdAt: new Date(lastMs), id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }

/** Throws `request-invalid` for a cursor that no page gave. */
export const pageOf = ({ limit = defaultLimit, before }: { limit?: number; before?: string }): Page => ({
  before: before === undefined ? beyondAll : readCursor(before),
  limit,
})

/**
 * The page that a query asks for, and `next` where another one follows.
 * Throws `request-invalid` for a cursor that no page gave.
 * @param find the newest `limit` of those that are older than `before`
 */
export async function readPage<T extends Position>(
  query: { limit?: number; before?: string },
  find: (page: Page) => Promise<T[]>,
): Promise<{ found: T[]; next: { next?: string } }> {
  const { before, limit } = pageOf(query)
  // One more than is shown: whether there is another page.
  const found = await find({ before, limit: limit + 1 })
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return { found: page, next: found.length > limit && last ? { next: writeCursor(last) } : {} }
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

export function badField(name: string, message: string): Problem {
  const path = `/querystring/${name}`
  return new Problem('request-invalid', `${path} ${message}`, { fields: [{ path, message }] })
}

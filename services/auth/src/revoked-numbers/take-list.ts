// Takes a list of disconnected numbers: whose phone is on it, and was not proven since, proves nothing by it any more.
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { Problem } from '@bahi/contracts/problem.ts'
import { istDateOf, istTime, type IstDate } from '@bahi/contracts/recurrence.ts'
import { revocationRules, type RevokedNumberList } from '@bahi/contracts/revoked-numbers.ts'
import { isNewId, rulesAt } from '@bahi/contracts/rules.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { phoneFollows } from '../people/release-phone.ts'
import { readList, type RefusedLine } from './read-list.ts'
import {
  findList,
  insertList,
  lockListed,
  lockLists,
  markRevoked,
  markSentAgain,
  registeredPhones,
  type ListedPhone,
  type ListRow,
  type NewList,
} from './store.ts'

/** Numbers that are fingerprinted and looked up before other requests have their turn. */
const batchRows = 1_000
const maxRefusedShown = 20
const minutesOfDay = 24 * 60

type Asked = { id: string; by: string | null; listedOn: IstDate; part?: number; parts?: number }

/**
 * All of it or nothing. The same content again answers what it did, and renews the age of the lists. Throws
 * `request-invalid` for an empty list, one with too many rows, of a day to come, or a part of none; `id-reused`,
 * `id-out-of-range`.
 */
export async function takeList(
  deps: AuthDeps,
  asked: Asked,
  bytes: Buffer | undefined,
): Promise<RevokedNumberList> {
  const { id, by, listedOn, part = 1, parts = 1 } = asked
  const now = deps.clock.now()
  if (!bytes?.length) throw new Problem('request-invalid', 'the list is empty')
  if (listedOn > istDateOf(now)) throw new Problem('request-invalid', 'the list is of a day to come')
  if (part > parts) throw new Problem('request-invalid', `there is no part ${part} of ${parts}`)
  const sha256 = createHash('sha256').update(bytes).digest()
  const before = await findList(deps.sql, { id, sha256 })
  if (before) return sentAgain(deps, before, asked, sha256)
  if (!isNewId(id, now)) throw new Problem('id-out-of-range', 'mint a new id for a new list')
  const { phones, rows, refused, refusedLines } = await read(deps, bytes, listedOn, now)
  const done = await deps.transaction(async (tx) => {
    await lockLists(tx)
    const meanwhile = await findList(tx, { id, sha256 })
    if (meanwhile) return { meanwhile }
    const found = await revoke(deps, tx, id, phones, now)
    const counts = { rows, ...found, refused }
    const list: NewList = {
      id,
      sha256,
      listedOn,
      part,
      parts,
      uploadedBy: by,
      uploadedAt: now,
      ...counts,
      refusedLines,
    }
    await insertList(tx, list)
    const data = { listId: id, ...(by === null ? {} : { actorId: by }), listedOn, ...counts }
    await deps.append(tx, { type: 'auth.revoked-numbers-uploaded', stream: id, data })
    return { list: viewOf({ ...list, sentAgainAt: null, sentAgainOf: null }), revoked: found.revoked }
  })
  if (done.meanwhile) return sentAgain(deps, done.meanwhile, asked, sha256)
  deps.countRevocation('revoked', done.revoked)
  return done.list
}

/** By the fingerprint in hex, the last day of each. */
type Days = Map<string, IstDate>

const keepLast = (days: Days, hex: string, day: IstDate) => {
  if ((days.get(hex) ?? '') < day) days.set(hex, day)
}

/** No number outlives it: what goes on is the fingerprints of those that registered people have. */
async function read(deps: AuthDeps, bytes: Buffer, listedOn: IstDate, now: Date) {
  const { maxRows } = rulesAt(revocationRules, now)
  const found: Days = new Map()
  const refusedLines: RefusedLine[] = []
  let [rows, refused] = [0, 0]
  const batch: Days = new Map()
  const lookUp = async () => {
    for (const hex of await registeredPhones(deps.sql, [...batch.keys()]))
      keepLast(found, hex, batch.get(hex)!)
    batch.clear()
    await setImmediate()
  }
  for (const line of readList(bytes, listedOn)) {
    if (rows + refused >= maxRows)
      throw new Problem('request-invalid', `a list has ${maxRows} lines at most: send it in parts`)
    if ('why' in line) {
      refused += 1
      if (refusedLines.length < maxRefusedShown) refusedLines.push(line)
      continue
    }
    rows += 1
    keepLast(batch, phoneKey(deps, line.phone).toString('hex'), line.revokedOn)
    if (batch.size === batchRows) await lookUp()
  }
  if (batch.size > 0) await lookUp()
  const phones = [...found].map(([hex, revokedOn]) => ({ hex, revokedOn }))
  return { phones, rows, refused, refusedLines }
}

/**
 * Under the locks of these people, so that a proof, a move and a sign-in are before or after. They stay signed in and
 * keep all but what is the number itself, which due work closes.
 */
async function revoke(deps: AuthDeps, tx: Tx, listId: string, phones: ListedPhone[], now: Date) {
  const listed = phones.length === 0 ? [] : await lockListed(tx, phones)
  const fresh = listed.filter(({ isRevoked }) => !isRevoked)
  const revoked = fresh.filter(({ provenAt, revokedOn }) => provenAt < dayAfter(revokedOn))
  await markRevoked(tx, revoked)
  await schedule(
    tx,
    revoked.map(({ id }) => ({ kind: phoneFollows, key: id, dueAt: now, payload: { quiet: true } })),
    { existing: 'reschedule' },
  )
  const events = revoked.map(({ id: userId, revokedOn }) => ({
    ...{ type: 'auth.phone-revoked' as const, stream: userId, data: { userId, listId, revokedOn } },
  }))
  if (events.length > 0) await deps.append(tx, ...events)
  return {
    revoked: revoked.length,
    alreadyRevoked: listed.length - fresh.length,
    provenSince: fresh.length - revoked.length,
  }
}

/** From when on a code shows that the number is the person's still. */
export const dayAfter = (day: IstDate): Date => istTime(day, minutesOfDay)

/** Under another id it was fetched once more: nothing is new, and the lists are not older than that. */
async function sentAgain(
  deps: AuthDeps,
  found: ListRow,
  { id, listedOn, part = 1, parts = 1 }: Asked,
  sha256: Buffer,
): Promise<RevokedNumberList> {
  if (found.id === id) {
    if (!found.sha256.equals(sha256)) throw new Problem('id-reused')
    return viewOf(found)
  }
  if (part === parts) await markSentAgain(deps.sql, found.id, listedOn, deps.clock.now())
  return viewOf((await findList(deps.sql, found))!)
}

export function viewOf({ sha256: _, uploadedBy, uploadedAt, ...list }: ListRow): RevokedNumberList {
  const { sentAgainAt, sentAgainOf, ...row } = list
  return {
    ...row,
    ...(sentAgainAt && sentAgainOf ? { sentAgainAt: sentAgainAt.toISOString(), sentAgainOf } : {}),
    ...(uploadedBy === null ? { by: 'feed' } : { by: 'staff', uploadedBy }),
    uploadedAt: uploadedAt.toISOString(),
  }
}

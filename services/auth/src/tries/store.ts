// Every statement about counted tries.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { TryRule } from './tries.ts'

const before = (now: Date, ms: number) => new Date(now.getTime() - ms)

/**
 * Counts a try before its outcome is known, so that concurrent ones cannot exceed the rule. Returns how many there are
 * in the window; undefined when all were used up. The last one that is allowed begins the window anew.
 */
export async function countTry(
  sql: Queryable,
  rule: TryRule,
  key: Buffer,
  now: Date,
): Promise<number | undefined> {
  const ended = before(now, rule.windowMs)
  const [row] = await sql<{ count: number }[]>`
    insert into tries as t (kind, key, count, since) values (${rule.kind}, ${key}, 1, ${now})
    on conflict (kind, key) do update set
      count = case when t.since <= ${ended} then 1 else t.count + 1 end,
      since = case when t.since <= ${ended} or t.count + 1 >= ${rule.max} then ${now} else t.since end
    where t.count < ${rule.max} or t.since <= ${ended}
    returning count`
  return row?.count
}

/** When the tries that were used up are available again; undefined while some are left. */
export async function usedUpUntil(
  sql: Queryable,
  rule: TryRule,
  key: Buffer,
  now: Date,
): Promise<Date | undefined> {
  const [row] = await sql<{ since: Date }[]>`
    select since from tries
    where kind = ${rule.kind} and key = ${key} and count >= ${rule.max} and since > ${before(now, rule.windowMs)}`
  return row && new Date(row.since.getTime() + rule.windowMs)
}

/** Takes back one counted try that was no wrong one. */
export async function returnTry(sql: Queryable, { kind }: TryRule, key: Buffer): Promise<void> {
  await sql`update tries set count = count - 1 where kind = ${kind} and key = ${key} and count > 1`
}

export async function clearTries(sql: Queryable, { kind }: TryRule, key: Buffer): Promise<void> {
  await sql`delete from tries where kind = ${kind} and key = ${key}`
}

// The rows of schedules and of their dates.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { IstDate, Recurrence } from '@bahi/contracts/recurrence.ts'
import type { OccurrenceStatus, ScheduleStatus } from '@bahi/contracts/schedules.ts'
import type { Page } from '../payments/page.ts'
import type { Occurrence, Schedule } from './schedule.ts'

type Row = {
  id: string
  version: number
  payerUserId: string
  payerVpa: string
  payerName: string
  payeeUserId: string | null
  payeeVpa: string
  payeeName: string
  payeeBank: string | null
  amountPaise: number
  note: string | null
  recurrence: Recurrence
  startsOn: IstDate
  untilOn: IstDate | null
  maxCount: number | null
  status: ScheduleStatus
  createdAt: Date
  endedAt: Date | null
  inputHash: string
}

type OccurrenceRow = {
  id: string
  scheduleId: string
  number: number
  dueOn: IstDate
  status: OccurrenceStatus
  remindedAt: Date | null
  announcedAt: Date | null
  payableUntil: Date | null
  completedAt: Date | null
  paymentId: string | null
  nextPaymentId: string | null
}

export type StoredSchedule = { schedule: Schedule; inputHash: string }

const columns = (sql: Queryable) => sql`
  id, version, payer_user_id, payer_vpa, payer_name, payee_user_id, payee_vpa, payee_name, payee_bank, amount_paise,
  note, recurrence, starts_on::text, until_on::text, max_count, status, created_at, ended_at,
  encode(input_hash, 'hex') as input_hash`

const occurrenceColumns = (sql: Queryable) => sql`
  id, schedule_id, number, due_on::text, status, reminded_at, announced_at, payable_until, completed_at, payment_id,
  next_payment_id`

function toOccurrence(row: OccurrenceRow): Occurrence {
  return {
    id: row.id,
    number: row.number,
    on: row.dueOn,
    status: row.status,
    ...(row.remindedAt === null ? {} : { remindedAt: row.remindedAt }),
    ...(row.announcedAt === null ? {} : { announcedAt: row.announcedAt }),
    ...(row.payableUntil === null ? {} : { payableUntil: row.payableUntil }),
    ...(row.completedAt === null ? {} : { completedAt: row.completedAt }),
    ...(row.paymentId === null ? {} : { paymentId: row.paymentId }),
    ...(row.nextPaymentId === null ? {} : { nextPaymentId: row.nextPaymentId }),
  }
}

type Counts = { scheduleId: string; number: number; dueOn: IstDate; paid: number }

function toSchedule(row: Row, open: Occurrence[], counts: Counts | undefined): Schedule {
  const upcoming = open.find(({ status }) => status === 'upcoming')
  return {
    id: row.id,
    version: row.version,
    status: row.status,
    payer: { userId: row.payerUserId, vpa: row.payerVpa, name: row.payerName },
    payee: {
      ...{ vpa: row.payeeVpa, name: row.payeeName },
      ...(row.payeeUserId === null ? {} : { userId: row.payeeUserId }),
      ...(row.payeeBank === null ? {} : { bank: row.payeeBank }),
    },
    amountPaise: row.amountPaise,
    ...(row.note === null ? {} : { note: row.note }),
    recurrence: row.recurrence,
    startsOn: row.startsOn,
    ...(row.untilOn === null ? {} : { until: row.untilOn }),
    ...(row.maxCount === null ? {} : { count: row.maxCount }),
    createdAt: row.createdAt,
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
    ...(upcoming === undefined ? {} : { upcoming }),
    due: open.filter(({ status }) => status === 'due'),
    ...(counts === undefined ? {} : { last: { number: counts.number, on: counts.dueOn } }),
    paid: counts?.paid ?? 0,
  }
}

/** With their dates that are not over. In a transaction that has locked the rows, nobody changes these. */
async function withOccurrences(sql: Queryable, rows: Row[]): Promise<Schedule[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const open = await sql<OccurrenceRow[]>`
    select ${occurrenceColumns(sql)} from schedule_occurrences
    where schedule_id = any (${ids}::uuid[]) and status in ('upcoming', 'due') order by number`
  const counts = await sql<Counts[]>`
    select schedule_id, max(number) as number, max(due_on)::text as due_on,
      count(*) filter (where status = 'paid') as paid
    from schedule_occurrences where schedule_id = any (${ids}::uuid[]) and status <> 'upcoming' group by schedule_id`
  const openOf = Map.groupBy(open, ({ scheduleId }) => scheduleId)
  const countsOf = new Map(counts.map((one) => [one.scheduleId, one]))
  return rows.map((row) =>
    toSchedule(row, (openOf.get(row.id) ?? []).map(toOccurrence), countsOf.get(row.id)),
  )
}

export async function findSchedule(sql: Queryable, id: string): Promise<StoredSchedule | undefined> {
  const rows = await sql<Row[]>`select ${columns(sql)} from schedules where id = ${id}`
  const [schedule] = await withOccurrences(sql, rows)
  return schedule && { schedule, inputHash: rows[0]!.inputHash }
}

/** Locked until the transaction ends, in the order of their ids. */
export async function lockSchedules(tx: Tx, ids: string[]): Promise<Map<string, Schedule>> {
  if (ids.length === 0) return new Map()
  const rows = await tx<Row[]>`
    select ${columns(tx)} from schedules where id = any (${ids}::uuid[]) order by id for update`
  return new Map((await withOccurrences(tx, rows)).map((schedule) => [schedule.id, schedule]))
}

/** Unique violation when the id is taken. */
export async function insertSchedule(tx: Tx, s: Schedule, inputHash: string): Promise<void> {
  await tx`
    insert into schedules (id, version, payer_user_id, payer_vpa, payer_name, payee_user_id, payee_vpa, payee_name,
      payee_bank, amount_paise, note, recurrence, starts_on, until_on, max_count, status, created_at, input_hash)
    values (${s.id}, ${s.version}, ${s.payer.userId}, ${s.payer.vpa}, ${s.payer.name}, ${s.payee.userId ?? null},
      ${s.payee.vpa}, ${s.payee.name}, ${s.payee.bank ?? null}, ${s.amountPaise}, ${s.note ?? null}, ${s.recurrence},
      ${s.startsOn}, ${s.until ?? null}, ${s.count ?? null}, ${s.status}, ${s.createdAt},
      decode(${inputHash}, 'hex'))`
}

/** Of a schedule that the transaction has locked. */
export async function updateSchedule(tx: Tx, s: Schedule): Promise<void> {
  await tx`
    update schedules set version = ${s.version}, payer_vpa = ${s.payer.vpa}, payer_name = ${s.payer.name},
      amount_paise = ${s.amountPaise}, note = ${s.note ?? null}, recurrence = ${s.recurrence},
      starts_on = ${s.startsOn}, until_on = ${s.until ?? null}, max_count = ${s.count ?? null}, status = ${s.status},
      ended_at = ${s.endedAt ?? null}
    where id = ${s.id} and version < ${s.version}`
}

export async function insertOccurrence(
  tx: Tx,
  scheduleId: string,
  { id, number, on }: Occurrence,
): Promise<void> {
  await tx`
    insert into schedule_occurrences (id, schedule_id, number, due_on, status)
    values (${id}, ${scheduleId}, ${number}, ${on}, 'upcoming')`
}

/** Of a schedule that the transaction has locked. */
export async function updateOccurrence(tx: Tx, o: Occurrence): Promise<void> {
  await tx`
    update schedule_occurrences set status = ${o.status}, reminded_at = ${o.remindedAt ?? null},
      announced_at = ${o.announcedAt ?? null}, payable_until = ${o.payableUntil ?? null},
      payment_id = ${o.paymentId ?? null}, next_payment_id = ${o.nextPaymentId ?? null},
      completed_at = ${o.completedAt ?? null}
    where id = ${o.id} and status in ('upcoming', 'due')`
}

/** An upcoming date that the schedule no longer has. */
export async function deleteOccurrence(tx: Tx, id: string): Promise<void> {
  await tx`delete from schedule_occurrences where id = ${id} and status = 'upcoming'`
}

/** Locked dates that a payment begins for: no other one begins until it has failed. */
export async function claimOccurrences(tx: Tx, claims: { id: string; paymentId: string }[]): Promise<void> {
  await tx`
    update schedule_occurrences o set payment_id = c.payment_id
    from unnest(${claims.map(({ id }) => id)}::uuid[], ${claims.map(({ paymentId }) => paymentId)}::uuid[])
      as c (id, payment_id)
    where o.id = c.id and o.status = 'due' and o.payment_id is null`
}

/** Another id for the next payment of these dates, where that of the last one is still named. */
export async function renewPaymentIds(
  tx: Tx,
  dates: { id: string; usedId: string; nextId: string }[],
): Promise<void> {
  await tx`
    update schedule_occurrences o set next_payment_id = d.next_id
    from unnest(${dates.map(({ id }) => id)}::uuid[], ${dates.map(({ usedId }) => usedId)}::uuid[],
      ${dates.map(({ nextId }) => nextId)}::uuid[]) as d (id, used_id, next_id)
    where o.id = d.id and o.status = 'due' and o.payment_id is null and coalesce(o.next_payment_id, o.id) = d.used_id`
}

/** How many schedules somebody has that are not over. */
export async function countOpen(tx: Tx, userId: string): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*) as count from schedules where payer_user_id = ${userId} and status in ('active', 'paused')`
  return row!.count
}

/** The latest dates of a schedule, newest first. */
export async function occurrencesOf(sql: Queryable, id: string, limit: number): Promise<Occurrence[]> {
  const rows = await sql<OccurrenceRow[]>`
    select ${occurrenceColumns(sql)} from schedule_occurrences where schedule_id = ${id}
    order by number desc limit ${limit}`
  return rows.map(toOccurrence)
}

export type ScheduleQuery = Page & { show: 'due' | 'open' | 'over' | null }

/** A person's schedules, newest first. */
export async function schedulesOf(sql: Queryable, userId: string, query: ScheduleQuery): Promise<Schedule[]> {
  const { show, before, limit } = query
  const rows = await sql<Row[]>`
    select ${columns(sql)} from schedules s
    cross join lateral (
      select s.status in ('active', 'paused') as is_open,
        exists (select from schedule_occurrences o where o.schedule_id = s.id and o.status = 'due') as is_due) x
    where payer_user_id = ${userId} and (created_at, id) < (${before.createdAt}, ${before.id}::uuid)
      and case ${show}::text when 'due' then is_due when 'open' then is_open or is_due
        when 'over' then not (is_open or is_due) else true end
    order by created_at desc, id desc limit ${limit}`
  return withOccurrences(sql, rows)
}

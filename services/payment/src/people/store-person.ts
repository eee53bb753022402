// The SQL of what payment holds about one person: for its end, and for a copy of it.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type Holdings = { payments: boolean; requests: boolean; mandates: boolean; schedules: boolean }

/**
 * What is in progress or in force. What others ask of the person is no obstacle, or a stranger could keep them for
 * ever: it expires, and nobody can agree to it once they are gone.
 */
export async function holdingsOf(sql: Queryable, userId: string): Promise<Holdings> {
  const [row] = await sql<Holdings[]>`
    select exists (
        select from open_payments o join payments p on p.id = o.payment_id
        where p.payer_user_id = ${userId} or p.payee_user_id = ${userId}) as payments,
      exists (select from payment_requests where payee_user_id = ${userId} and status = 'pending') as requests,
      exists (select from mandates where payer_user_id = ${userId} and status = 'active')
        or exists (select from mandates where payee_user_id = ${userId} and status in ('requested', 'active'))
        or exists (select from mandate_operations
          where type = 'take' and operation #>> '{into,payer,userId}' = ${userId} and decided_at is null)
        as mandates,
      exists (select from schedules where payer_user_id = ${userId} and status in ('active', 'paused')) as schedules`
  return row!
}

export async function closePerson(tx: Tx, userId: string): Promise<void> {
  await tx`select close_person(${userId})`
}

export async function erasePerson(tx: Tx, userId: string, vpas: string[]): Promise<void> {
  await tx`select erase_person(${userId}, ${vpas}::text[])`
}

/** The streams of events that can name the person. */
export async function streamsOf(tx: Tx, userId: string): Promise<string[]> {
  const rows = await tx<{ stream: string }[]>`
    select id::text as stream from payments where payer_user_id = ${userId}
    union select id::text from payments where payee_user_id = ${userId}
    union select id::text from payment_requests where payer_user_id = ${userId}
    union select id::text from payment_requests where payee_user_id = ${userId}
    union select id::text from mandates where payer_user_id = ${userId}
    union select id::text from mandates where payee_user_id = ${userId}
    union select id::text from schedules where payer_user_id = ${userId}
    union select stream from events
      where type in ('payment.person-blocked', 'payment.person-unblocked', 'payment.person-reported')
        and ${userId} in (data ->> 'userId', data ->> 'blockedUserId', data ->> 'reportedUserId')`
  return rows.map(({ stream }) => stream)
}

/** As the person's history shows them, newest first. */
export function paymentsOf(sql: Queryable, userId: string, limit: number) {
  return sql`
    select id, created_at, completed_at, status, code, rrn, amount_paise,
      case when payer_user_id = ${userId} then 'debit' else 'credit' end as direction,
      case when payer_user_id = ${userId} then payee_name else payer_name end as counterpart_name,
      case when payer_user_id = ${userId} then payee_vpa else payer_vpa end as counterpart_vpa, note
    from (
      (select ${paymentColumns(sql)} from payments where payer_user_id = ${userId}
        order by created_at desc limit ${limit})
      union
      (select ${paymentColumns(sql)} from payments where payee_user_id = ${userId} and status = 'settled'
        order by created_at desc limit ${limit})
    ) p order by created_at desc limit ${limit}`
}

const paymentColumns = (sql: Queryable) => sql`
  id, created_at, completed_at, status, code, rrn, amount_paise, payer_user_id, payer_name, payer_vpa, payee_name,
  payee_vpa, note`

export function requestsOf(sql: Queryable, userId: string, limit: number) {
  return sql`
    select id, created_at, expires_at, status, amount_paise, note, payer_name, payer_vpa, payee_name, payee_vpa
    from payment_requests where payer_user_id = ${userId} or payee_user_id = ${userId}
    order by created_at desc limit ${limit}`
}

export function mandatesOf(sql: Queryable, userId: string, limit: number) {
  return sql`
    select id, name, status, terms, created_at, ended_at, payer_name, payer_vpa, payee_name, payee_vpa
    from mandates where payer_user_id = ${userId} or payee_user_id = ${userId}
    order by created_at desc limit ${limit}`
}

export function schedulesOf(sql: Queryable, userId: string, limit: number) {
  return sql`
    select id, status, amount_paise, note, recurrence, starts_on::text, until_on::text, payee_name, payee_vpa
    from schedules where payer_user_id = ${userId} order by created_at desc limit ${limit}`
}

export function ownSettingsOf(sql: Queryable, userId: string) {
  return sql`
    select effective_from, controls from payment_controls where user_id = ${userId} order by effective_from desc
    limit 1`
}

export function blockedOf(sql: Queryable, userId: string) {
  return sql`select vpa, name, blocked_at from blocked_people where user_id = ${userId} order by blocked_at`
}

export function reportsOf(sql: Queryable, userId: string) {
  return sql`select vpa, reason, text, at from reports where user_id = ${userId} order by at`
}

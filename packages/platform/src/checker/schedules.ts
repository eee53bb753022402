// Rules of schedules: no date is left out, each is announced once, and each is paid by exactly one payment, or by none.
import { firstFaults, type Rule } from './rule.ts'

const needs = ['payment.schedules', 'payment.schedule_occurrences', 'payment.payments', 'payment.events']
const over = 'payment.schedule_occurrences'

export const scheduleRules: Rule[] = [
  {
    name: 'occurrence-is-announced-once',
    says: 'Every date of a schedule is announced once, reminded of once at most, and over once, as its events say.',
    needs,
    over,
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        with marks as (
          select data ->> 'occurrenceId' as id, count(*) filter (where type like '%-reminded') as reminded,
            count(*) filter (where type like '%-due') as due, count(*) filter (where type like '%-paid') as paid,
            count(*) filter (where type like '%-skipped') as skipped,
            count(*) filter (where type like '%-missed') as missed,
            max(data ->> 'paymentId') as payment_id, max(data ->> 'dueOn') as due_on
          from payment.events where type like 'payment.schedule-%' and data ? 'occurrenceId' group by 1
        )
        select format('%s of schedule %s is %s: %s reminders, %s announcements, paid %s, skipped %s, missed %s',
          coalesce(o.id::text, m.id), o.schedule_id, coalesce(o.status, 'nowhere'), m.reminded, m.due, m.paid,
          m.skipped, m.missed) as detail
        from payment.schedule_occurrences o full join marks m on m.id = o.id::text
        where case when o.id is null then m.due + m.paid + m.skipped + m.missed > 0
          else coalesce(m.reminded, 0) <> (o.reminded_at is not null)::int
            or coalesce(m.due, 0) <> (o.announced_at is not null)::int
            or coalesce(m.paid, 0) <> (o.status = 'paid')::int
            or coalesce(m.skipped, 0) <> (o.status = 'skipped')::int
            or coalesce(m.missed, 0) <> (o.status = 'missed')::int
            or (o.status in ('due', 'paid') and o.announced_at is null)
            or m.due_on <> o.due_on::text or (o.status = 'paid' and m.payment_id is distinct from o.payment_id::text)
          end`,
      ),
  },
  {
    name: 'occurrence-is-paid-once',
    says: 'A paid date of a schedule has one settled payment, of its people; no other payment is for the schedule.',
    needs,
    over,
    find: ({ tx, quiescent, isArchived }) =>
      firstFaults(
        tx,
        tx`
        with claims as (
          select o.id, o.status, o.payment_id, o.schedule_id, s.payer_user_id, s.payee_vpa,
            count(*) over (partition by o.payment_id) as times
          from payment.schedule_occurrences o join payment.schedules s on s.id = o.schedule_id
          where o.payment_id is not null
        ), paying as (
          select id, status, origin_id, payer_user_id, payee_vpa from payment.payments
          where origin_kind = 'schedule' and payer_user_id is not null and status <> 'failed'
        )
        select format('%s is %s, its payment %s is %s', coalesce(c.id::text, p.origin_id),
          coalesce(c.status, 'nowhere'), coalesce(c.payment_id, p.id), coalesce(p.status, 'not there')) as detail
        from claims c full join paying p on p.id = c.payment_id
        where c.id is null or (p.id is null and not ${isArchived(tx`c.payment_id`)}) or c.times > 1
          or p.status <> (case c.status when 'paid' then 'settled' else 'pending' end)
          or p.origin_id <> c.schedule_id::text or p.payer_user_id <> c.payer_user_id or p.payee_vpa <> c.payee_vpa
          or (${quiescent} and c.status <> 'paid')`,
      ),
  },
  {
    name: 'schedule-matches-events',
    says: "Every schedule's row matches its events, and every stream of events has a row.",
    needs,
    over: 'payment.schedules',
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        with streams as (
          select stream, max(version) as version, count(*) as count,
            (array_agg(data order by version desc)
              filter (where type in ('payment.schedule-made', 'payment.schedule-changed')))[1] as plan,
            coalesce((array_agg(coalesce(data ->> 'reason', type) order by version desc)
              filter (where type in ('payment.schedule-paused', 'payment.schedule-resumed',
                'payment.schedule-ended')))[1], 'active') as state
          from payment.events where type like 'payment.schedule-%' group by stream
        )
        select format('%s is %s: %s', coalesce(s.id::text, e.stream), coalesce(s.status, 'nowhere'), w.why) as detail
        from payment.schedules s full join streams e on e.stream = s.id::text
        cross join lateral (select concat_ws(', ',
          case when s.id is null then 'events without a row' when e.stream is null then 'no events' end,
          case when e.count <> e.version or s.version <> e.version then 'another version' end,
          case when s.status <> case e.state when 'payment.schedule-paused' then 'paused' when 'person' then 'ended'
            when 'completed' then 'completed' else 'active' end then 'another status' end,
          case when (s.amount_paise, s.recurrence, s.starts_on::text, s.until_on::text, s.max_count,
              s.payer_user_id::text, s.payer_vpa, s.payee_vpa) is distinct from
            ((e.plan ->> 'amountPaise')::bigint, e.plan ->> 'recurrence', e.plan ->> 'startsOn', e.plan ->> 'until',
              (e.plan ->> 'count')::int, e.plan #>> '{payer,userId}',
              case when s.payer_name = 'erased' then s.payer_vpa else e.plan #>> '{payer,vpa}' end,
              case when s.payee_name = 'erased' then s.payee_vpa else e.plan #>> '{payee,vpa}' end)
            then 'another plan' end) as why) w
        where w.why <> ''`,
      ),
  },
  {
    name: 'schedule-leaves-out-no-date',
    says: 'Dates of a schedule are numbered without a gap, and each follows the one before it, unless it was changed.',
    needs,
    over,
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        with steps (recurrence, step, least_days) as (values
          ('DAILY', interval '1 day', 1), ('WEEKLY', interval '7 days', 7), ('FORTNIGHTLY', interval '14 days', 14),
          ('MONTHLY', interval '1 month', 28), ('BIMONTHLY', interval '2 months', 59),
          ('QUARTERLY', interval '3 months', 89), ('HALFYEARLY', interval '6 months', 181),
          ('YEARLY', interval '1 year', 365)
        ), dates as (
          select o.schedule_id, o.number, o.due_on, lag(o.due_on) over w as before,
            row_number() over w as nth, lag(v.version) over w as since, v.version as until
          from payment.schedule_occurrences o left join lateral (
            select min(e.version) as version from payment.events e
            where e.stream = o.schedule_id::text and e.data ->> 'occurrenceId' = o.id::text
              and e.type in ('payment.schedule-due', 'payment.schedule-missed', 'payment.schedule-skipped')
          ) v on true
          window w as (partition by o.schedule_id order by o.number)
        )
        select format('date %s of schedule %s is %s, expected %s', d.number, d.schedule_id, d.due_on,
          n.expected) as detail
        from dates d
        left join lateral (
          select e.data from payment.events e
          where e.stream = d.schedule_id::text and e.version <= coalesce(d.since, 1)
            and e.type in ('payment.schedule-made', 'payment.schedule-changed')
          order by e.version desc limit 1
        ) plan on true
        left join steps s on s.recurrence = plan.data ->> 'recurrence'
        cross join lateral (
          select case when d.before is null then (plan.data ->> 'startsOn')::date else (
            select min(x.due_on) from (
              select ((plan.data ->> 'startsOn')::date + k * s.step)::date as due_on
              from generate_series(0, 2 + greatest(d.before - (plan.data ->> 'startsOn')::date, 0) / s.least_days) k
            ) x where x.due_on > d.before
          ) end as expected
        ) n
        where d.number <> d.nth or d.due_on <= d.before
          or (n.expected is distinct from d.due_on and not exists (
            select from payment.events e where e.stream = d.schedule_id::text
              and e.type in ('payment.schedule-changed', 'payment.schedule-resumed')
              and e.version > coalesce(d.since, 1) and e.version < coalesce(d.until, 2147483647)))`,
      ),
  },
]

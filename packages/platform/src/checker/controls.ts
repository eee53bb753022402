// Rules of controls: each change's rows match its event, and nobody paid what they had switched off or limited.
import { firstFaults, type Rule } from './rule.ts'

const needs = ['payment.payment_controls', 'payment.payments', 'payment.events']

export const controlRules: Rule[] = [
  {
    name: 'controls-match-events',
    says: "Every change of somebody's controls has one event with the same rows, and nothing was altered since.",
    needs,
    over: 'payment.payment_controls',
    // Rows that came from the version before have no events.
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        with written as (
          select user_id::text as user_id, version,
            jsonb_agg(jsonb_build_array(effective_from, controls) order by effective_from) as rows
          from payment.payment_controls
          where user_id not in (select user_id from payment.personal_limits)
          group by user_id, version
        ), changed as (
          select e.stream as user_id, row_number() over (partition by e.stream order by e.seq) as version, (
            select jsonb_agg(jsonb_build_array((r ->> 'from')::timestamptz, r -> 'controls')
              order by (r ->> 'from')::timestamptz)
            from jsonb_array_elements(e.data -> 'rows') r) as rows
          from payment.events e
          where e.type = 'payment.controls-changed'
            and e.stream not in (select user_id::text from payment.personal_limits)
        )
        select format('change %s of %s: %s', coalesce(w.version, c.version), coalesce(w.user_id, c.user_id),
          case when w.rows is null then 'no rows' when c.rows is null then 'no event' else 'other rows' end) as detail
        from written w full join changed c on c.user_id = w.user_id and c.version = w.version
        where w.rows is distinct from c.rows`,
      ),
  },
  {
    name: 'controls-hold',
    says: 'Nobody paid more, more often, at another hour or to somebody else than their own controls allowed then.',
    needs,
    over: 'payment.payments',
    // A second's slack around a change: clocks of processes differ.
    find: ({ tx, has }) => {
      const sent = has('payment.payments.route') ? tx`p.route <> 'i'` : tx`true`
      return firstFaults(
        tx,
        tx`
        with paid as (
          select p.id, p.payer_user_id, p.payee_vpa, p.created_at, p.amount_paise, p.mcc,
            extract(hour from p.created_at at time zone 'Asia/Kolkata')::int as hour,
            sum(p.amount_paise) over day as day_paise, count(*) over day as day_count,
            sum(p.amount_paise) over month as month_paise,
            sum(p.amount_paise) over payee_day as payee_day_paise,
            sum(p.amount_paise) over payee_month as payee_month_paise
          from payment.payments p
          where p.status <> 'failed' and ${sent}
            and p.payer_user_id in (select user_id from payment.payment_controls)
          window
            day as (partition by p.payer_user_id, date_trunc('day', p.created_at, 'Asia/Kolkata')
              order by p.created_at),
            month as (partition by p.payer_user_id, date_trunc('month', p.created_at, 'Asia/Kolkata')
              order by p.created_at),
            payee_day as (partition by p.payer_user_id, p.payee_vpa, date_trunc('day', p.created_at, 'Asia/Kolkata')
              order by p.created_at),
            payee_month as (partition by p.payer_user_id, p.payee_vpa,
              date_trunc('month', p.created_at, 'Asia/Kolkata') order by p.created_at)
        )
        select format('%s of %s: %s, by %s', d.id, d.payer_user_id, w.why, c.controls) as detail
        from paid d
        cross join lateral (
          select o.controls from payment.payment_controls o
          where o.user_id = d.payer_user_id and o.set_at < d.created_at - interval '1 second'
            and o.effective_from <= d.created_at
          order by o.version desc, o.effective_from desc limit 1
        ) c
        cross join lateral (
          select coalesce(min((e ->> 'perDayPaise')::bigint), 1e18) as day_paise,
            coalesce(min((e ->> 'perMonthPaise')::bigint), 1e18) as month_paise
          from jsonb_array_elements(coalesce(c.controls -> 'payees', '[]')) e where e ->> 'vpa' = d.payee_vpa
        ) payee
        cross join lateral (select concat_ws(', ',
          case when (c.controls -> 'stopped')::boolean then 'everything was stopped' end,
          case when (c.controls -> 'personsOff')::boolean and d.mcc = '0000' then 'to a person' end,
          case when c.controls ? 'hours' and not c.controls -> 'hours' @> to_jsonb(d.hour) then 'at that hour' end,
          case when d.amount_paise > (c.controls ->> 'perTransactionPaise')::bigint then 'one payment' end,
          case when d.day_paise > (c.controls ->> 'perDayPaise')::bigint then 'the day' end,
          case when d.day_count > (c.controls ->> 'perDayCount')::bigint then 'payments of the day' end,
          case when d.month_paise > (c.controls ->> 'perMonthPaise')::bigint then 'the month' end,
          case when d.payee_day_paise > payee.day_paise then 'the day of the payee' end,
          case when d.payee_month_paise > payee.month_paise then 'the month of the payee' end) as why) w
        where w.why <> '' and not exists (
          select from payment.payment_controls n where n.user_id = d.payer_user_id
            and n.set_at between d.created_at - interval '1 second' and d.created_at + interval '1 second')`,
      )
    },
  },
]

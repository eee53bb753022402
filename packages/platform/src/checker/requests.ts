// Rules of payment requests: each row matches its events, and each is paid by exactly one payment, or by none.
import { firstFaults, type Rule } from './rule.ts'

const needs = ['payment.payment_requests', 'payment.payments', 'payment.events']

export const requestRules: Rule[] = [
  {
    name: 'request-is-paid-once',
    says: 'A paid request has exactly one settled payment, with its people and its amount; any other request has none.',
    needs,
    over: 'payment.payment_requests',
    find: ({ tx, quiescent, isArchived }) =>
      firstFaults(
        tx,
        tx`
        with paying as (
          select origin_id, count(*) filter (where status = 'settled') as settled,
            count(*) filter (where status = 'pending') as pending
          from payment.payments where origin_kind = 'request' group by origin_id
        )
        select format('%s is %s: %s payments settled, %s pending', coalesce(r.id::text, p.origin_id),
          coalesce(r.status, 'nowhere'), coalesce(p.settled, 0), coalesce(p.pending, 0)) as detail
        from payment.payment_requests r full join paying p on p.origin_id = r.id::text
        where not ${isArchived(tx`r.payment_id`)} and (r.id is null
          or coalesce(p.settled, 0) <> (r.status = 'paid')::int
          or coalesce(p.pending, 0) > (r.status = 'pending' and r.payment_id is not null)::int
          or (${quiescent} and r.status = 'pending' and r.payment_id is not null))
        union all
        select format('%s is paid by %s, which is %s', r.id, r.payment_id, case
          when p.id is null then 'not there' when p.status <> 'settled' then p.status
          when p.amount_paise <> r.amount_paise then 'another amount' else 'between other people' end)
        from payment.payment_requests r left join payment.payments p on p.id = r.payment_id
        where r.status = 'paid' and not ${isArchived(tx`r.payment_id`)}
          and (p.id is null or p.status <> 'settled' or p.amount_paise <> r.amount_paise
          or p.payer_user_id is distinct from r.payer_user_id or p.payee_user_id is distinct from r.payee_user_id
          or (p.origin_kind, p.origin_id) is distinct from ('request', r.id::text))`,
      ),
  },
  {
    name: 'request-matches-events',
    says: "Every request's row matches its events, and every stream of events has a row.",
    needs,
    over: 'payment.payment_requests',
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        with streams as (
          select stream, max(version) as version, count(*) as count,
            count(*) filter (where type = 'payment.request-made') as made,
            count(*) filter (where type = 'payment.request-reminded') as reminders,
            count(*) filter (where type not in ('payment.request-made', 'payment.request-reminded')) as ended,
            max(type) filter (where type not in ('payment.request-made', 'payment.request-reminded')) as end_type,
            max(data ->> 'paymentId') as payment_id
          from payment.events where type like 'payment.request-%' group by stream
        )
        select format('%s is %s: %s', coalesce(r.id::text, s.stream), coalesce(r.status, 'nowhere'), w.why) as detail
        from payment.payment_requests r full join streams s on s.stream = r.id::text
        left join payment.events m on m.stream = r.id::text and m.version = 1
        cross join lateral (select concat_ws(', ',
          case when r.id is null then 'events without a row' when s.stream is null then 'no events' end,
          case when s.made <> 1 or s.ended > 1 or s.count <> s.version then 'events out of order' end,
          case when r.version <> s.version then 'another version' end,
          case when r.status <> coalesce(substr(s.end_type, 17), 'pending') then 'another status' end,
          case when r.reminders <> s.reminders then 'other reminders' end,
          case when r.status = 'paid' and r.payment_id::text is distinct from s.payment_id
            then 'another payment' end,
          case when (r.amount_paise, r.payer_user_id::text, r.payee_user_id::text, r.expires_at) is distinct from
            ((m.data ->> 'amountPaise')::bigint, m.data #>> '{payer,userId}', m.data #>> '{payee,userId}',
              (m.data ->> 'expiresAt')::timestamptz) then 'other facts' end) as why) w
        where w.why <> ''`,
      ),
  },
]

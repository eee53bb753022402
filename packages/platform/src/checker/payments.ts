// Rules of payments: each row matches its events, has a valid state, and completes.
import { rulesAt } from '@bahi/contracts/rules.ts'
import { networkRules } from '@bahi/contracts/network-rules.ts'
import { firstFaults, type Rule } from './rule.ts'

const needs = ['payment.payments', 'payment.open_payments', 'payment.events']

/** Minutes after which a payment inside our ledger must have completed, whatever process died meanwhile. */
const ledgerMinutes = 15

export const paymentRules: Rule[] = [
  {
    name: 'every-payment-completes',
    says: 'A payment is in open_payments exactly while it is pending, and none is pending for too long.',
    needs,
    over: 'payment.payments',
    find: ({ tx, quiescent, asOf, has }) => {
      const days = rulesAt(networkRules, new Date()).returnWithinDays + 1
      const ours = has('payment.payments.route') ? tx`p.route = 'l'` : tx`true`
      return firstFaults(
        tx,
        tx`
        select format('%s is %s and %s in the list of open payments', coalesce(p.id, o.payment_id),
          coalesce(p.status, 'nowhere'), case when o.payment_id is null then 'not' else 'still' end) as detail
        from payment.payments p full join payment.open_payments o on o.payment_id = p.id
        where (p.status = 'pending') is distinct from (o.payment_id is not null)
        union all
        select format('%s is pending since %s', p.id, p.created_at)
        from payment.payments p
        where p.status = 'pending' and (${quiescent} or p.created_at < ${asOf}::timestamptz
          - case when ${ours} then make_interval(mins => ${ledgerMinutes}) else make_interval(days => ${days}) end)`,
      )
    },
  },
  {
    name: 'row-matches-events',
    says: "Every payment's row matches its events, and every stream of events has a row.",
    needs,
    over: 'payment.events',
    find: ({ tx, isArchived }) =>
      firstFaults(
        tx,
        tx`
        with streams as (
          select stream, count(*) as count, max(version) as version,
            count(*) filter (where type = 'payment.begun') as begun,
            count(*) filter (where type in ('payment.settled', 'payment.failed')) as ended,
            min(version) filter (where type = 'payment.begun') as begun_version,
            min(version) filter (where type in ('payment.settled', 'payment.failed')) as ended_version
          from payment.events where type in ('payment.begun', 'payment.deemed', 'payment.settled', 'payment.failed')
          group by stream
        ), from_events as (
          select s.stream, s.count, s.version, s.begun, s.ended, s.begun_version, s.ended_version,
            b.at as begun_at, b.data as facts, e.type as end_type, e.at as end_at, e.data as end
          from streams s
          left join payment.events b on b.stream = s.stream and b.version = s.begun_version
          left join payment.events e on e.stream = s.stream and e.version = s.ended_version
        )
        select case
          when p.id is null then format('%s has events and no row', t.stream)
          when t.stream is null then format('%s has no events', p.id)
          else format('%s is %s %s: %s', p.id, p.status, coalesce(p.code, ''), w.why) end as detail
        from payment.payments p full join from_events t on t.stream = p.id::text
        left join lateral (select concat_ws(', ',
          case when t.begun <> 1 or t.begun_version <> 1 then 'begun not once' end,
          case when t.ended > 1 or t.ended_version <> t.version then 'an event after its end' end,
          case when t.count <> t.version then 'a version is missing' end,
          case when p.version is distinct from t.version then 'another version' end,
          case when p.status is distinct from coalesce(substr(t.end_type, 9), 'pending') then 'another status' end,
          case when p.code is distinct from case t.end_type when 'payment.settled' then '00'
            when 'payment.failed' then t.end ->> 'code' end then 'another code' end,
          case when p.created_at <> t.begun_at then 'another beginning' end,
          case when p.completed_at is distinct from case t.end_type
            when 'payment.settled' then (t.end ->> 'settledAt')::timestamptz else t.end_at end then 'another end' end,
          case when p.tries_left is distinct from (t.end ->> 'triesLeft')::int then 'other tries left' end,
          case when p.amount_paise is distinct from (t.facts ->> 'amountPaise')::bigint
            or p.amount_paise <> coalesce((t.end ->> 'amountPaise')::bigint, p.amount_paise) then 'another amount' end,
          case when p.rrn is distinct from t.facts ->> 'rrn' then 'another RRN' end,
          case when p.txn_prefix is distinct from left(t.facts ->> 'txnId', length(p.txn_prefix))
            then 'another transaction' end,
          case when (p.initiation_mode, p.purpose, p.reference, p.mcc, p.origin_kind, p.origin_id) is distinct from (
              coalesce(t.facts #>> '{initiation,mode}', '00'), coalesce(t.facts #>> '{initiation,purpose}', '00'),
              t.facts #>> '{initiation,reference}', coalesce(t.facts #>> '{initiation,mcc}', '0000'),
              coalesce(t.facts #>> '{initiation,origin,kind}', 'app'), t.facts #>> '{initiation,origin,id}')
            then 'another initiation' end,
          case when p.assessment is distinct from t.facts -> 'assessment' then 'another assessment' end,
          case when (p.assessment ->> 'decision') = 'refuse' and p.status <> 'failed' then 'refused and alive' end,
          case when p.limit_category is distinct from t.facts ->> 'limitCategory' then 'another category' end,
          case when p.note is distinct from t.facts ->> 'note' then 'another note' end,
          case when not (p.payer_name = 'erased' and not t.facts -> 'payer' ? 'name') and
            (p.payer_user_id::text, p.payer_account_id::text, p.payer_vpa, p.payer_name, p.payer_bank,
              p.payer_masked) is distinct from (t.facts #>> '{payer,userId}', t.facts #>> '{payer,accountId}',
              t.facts #>> '{payer,vpa}', t.facts #>> '{payer,name}', t.facts #>> '{payer,bank}',
              t.facts #>> '{payer,maskedNumber}') then 'another payer' end,
          case when not (p.payee_name = 'erased' and not t.facts -> 'payee' ? 'name') and
            (p.payee_user_id::text, p.payee_account_id::text, p.payee_vpa, p.payee_name, p.payee_bank,
              p.payee_masked) is distinct from (t.facts #>> '{payee,userId}', t.facts #>> '{payee,accountId}',
              t.facts #>> '{payee,vpa}', t.facts #>> '{payee,name}', t.facts #>> '{payee,bank}',
              t.facts #>> '{payee,maskedNumber}') then 'another payee' end) as why) w on true
        where (p.id is null and not ${isArchived(tx`t.stream::uuid`)}) or t.stream is null
          or (p.id is not null and w.why <> '')`,
      ),
  },
  {
    name: 'rrns-are-unique',
    says: 'No two transactions that began here on one day of India have the same RRN.',
    needs,
    over: 'payment.payments',
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        select format('%s of %s: %s payments', p.rrn, p.day, count(*)) as detail
        from (
          -- Several payments may try to approve one request of another app, whose transaction it is.
          select rrn, (created_at at time zone 'Asia/Kolkata')::date as day,
            left(txn_prefix || replace(id::text, '-', ''), 35) as txn_id
          from payment.payments where route <> 'i'
        ) p group by p.rrn, p.day having count(distinct p.txn_id) > 1`,
      ),
  },
]

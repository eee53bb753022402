// Rules of messages: payer and payee each get one message for a payment, and nobody gets one for what did not happen.
import { graceS, firstFaults, type Rule } from './rule.ts'

export const messageRules: Rule[] = [
  {
    name: 'messages-sent-once',
    says:
      'A settled payment has exactly one message to each of its people, a failed one to its payer, and no other; ' +
      'messages of people whose account has ended are gone.',
    needs: ['notification.messages', 'payment.payments', 'user.erasures'],
    over: 'notification.messages',
    find: ({ tx, quiescent, asOf, isArchived }) =>
      firstFaults(
        tx,
        tx`
        with expected as (
          select id, completed_at, 'payment.' || status as type, payer_user_id as user_id, 'debit' as direction
          from payment.payments where status <> 'pending' and payer_user_id is not null
          union all
          select id, completed_at, 'payment.settled', payee_user_id, 'credit'
          from payment.payments where status = 'settled' and payee_user_id is not null
        ), sent as (
          select data ->> 'paymentId' as payment_id, type, user_id, data ->> 'direction' as direction,
            count(*) as count,
            min((data ->> 'amountPaise')::bigint) as least, max((data ->> 'amountPaise')::bigint) as most
          from notification.messages where type in ('payment.settled', 'payment.failed')
          group by 1, 2, 3, 4
        )
        select format('%s %s (%s): %s has %s messages', coalesce(e.id::text, s.payment_id), coalesce(e.type, s.type),
          coalesce(e.direction, s.direction), coalesce(e.user_id, s.user_id), coalesce(s.count, 0)) as detail
        from expected e full join sent s on s.payment_id = e.id::text and s.type = e.type and s.user_id = e.user_id
          and s.direction = e.direction
        left join payment.payments p on p.id = e.id
        where not ${isArchived(tx`s.payment_id::uuid`)} and not exists (
            select from "user".erasures x where x.user_id = e.user_id and x.closed_at is not null)
          and case
          when s.count is null
            then ${quiescent} or e.completed_at < ${asOf}::timestamptz - make_interval(secs => ${graceS})
          else e.id is null or s.count <> 1 or s.least <> p.amount_paise or s.most <> p.amount_paise end`,
      ),
  },
]

// The rule of orders: what a dynamic code asks for is paid by one payment, or by none.
import { firstFaults, type Rule } from './rule.ts'

export const orderRules: Rule[] = [
  {
    name: 'order-is-paid-once',
    says: 'An order of a dynamic code has one payment, open or settled, and is paid exactly when that one settled.',
    needs: ['payment.code_orders', 'payment.payments'],
    over: 'payment.code_orders',
    find: ({ tx, isArchived }) =>
      firstFaults(
        tx,
        tx`
        with paying as (
          select payee_vpa, reference, case when initiation_mode in ('16', '23') then 0 else amount_paise end
              as amount_paise,
            count(*) as count, min(id::text) as id, bool_or(status = 'settled') as is_paid
          from payment.payments
          where initiation_mode in ('15', '16', '22', '23') and reference is not null and status <> 'failed'
          group by 1, 2, 3
        )
        select format('order %s of %s: %s payments, %s', coalesce(o.reference, p.reference),
          coalesce(o.payee_vpa, p.payee_vpa), coalesce(p.count, 0),
          case when o.reference is null then 'claimed by none' when o.paid_at is null then 'not paid' else 'paid' end)
          as detail
        from payment.code_orders o full join paying p using (payee_vpa, reference, amount_paise)
        where (o.payment_id is null or p.count is distinct from 1 or p.id <> o.payment_id::text
          or p.is_paid <> (o.paid_at is not null)) and not ${isArchived(tx`o.payment_id`)}`,
      ),
  },
]

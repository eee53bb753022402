// Rules of freezes: who is frozen pays nothing, and is frozen in every service.
import { firstFaults, type Rule } from './rule.ts'

export const frozenRules: Rule[] = [
  {
    name: 'frozen-pays-nothing',
    says: 'No payment of a person began after they were frozen, but those that were refused.',
    needs: ['payment.frozen_people', 'payment.payments'],
    over: 'payment.frozen_people',
    // A second's slack: clocks of processes differ.
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        select format('%s of %s, frozen at %s, began at %s', p.id, f.user_id, f.frozen_at, p.created_at) as detail
        from payment.frozen_people f join payment.payments p on p.payer_user_id = f.user_id
        where p.created_at > f.frozen_at + interval '1 second' and p.status <> 'failed'`,
      ),
  },
  {
    name: 'frozen-everywhere',
    says: 'Who is frozen cannot pay by any service, and nobody else is frozen by one.',
    needs: ['auth.measures', 'payment.frozen_people', 'account.frozen_people'],
    over: 'auth.people',
    // While a decision waits, an approval that did not come to its end may have told one service and not the other.
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        with decided as (
          select id as user_id, frozen_at is not null as is_frozen from auth.people p
          where not exists (
            select from auth.measures m
            where m.user_id = p.id and m.state = 'requested' and m.kind in ('freeze', 'unfreeze'))
        )
        select format('%s is %s, but not in payment', d.user_id, case when is_frozen then 'frozen' else 'free' end)
          as detail
        from decided d
        where is_frozen <> exists (select from payment.frozen_people f where f.user_id = d.user_id)
        union all
        select format('%s is frozen, and account %s is open', d.user_id, a.id)
        from decided d join account.linked_accounts l on l.user_id = d.user_id
        join account.bank_accounts b on b.id = l.bank_account_id
        join account.ledger_accounts a on a.id = b.ledger_account_id
        where is_frozen and a.status = 'open'
        union all
        select format('%s is free, and account %s is still frozen for them', d.user_id, f.ledger_account_id)
        from decided d join account.frozen_people f on f.user_id = d.user_id where not is_frozen`,
      ),
  },
]

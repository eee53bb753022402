// The SQL of freezing a person's accounts. Ledger accounts are locked in the order of their ids, as postings lock them.
import type { Tx } from '@bahi/kit/sql/sql.ts'

/**
 * Of every account at our bank that the person has linked or had: what posts before this commits stands, what posts
 * after is declined. One that the bank froze for another reason stays its own.
 */
export async function freezeAccountsOf(tx: Tx, userId: string, at: Date): Promise<void> {
  const accounts = tx`
    select b.ledger_account_id from linked_accounts l join bank_accounts b on b.id = l.bank_account_id
    where l.user_id = ${userId}`
  await tx`select from ledger_accounts where id in (${accounts}) order by id for no key update`
  await tx`
    with own as materialized (
      select a.id, a.status from ledger_accounts a where a.id in (${accounts})
    ), marked as (
      insert into frozen_people (user_id, ledger_account_id, frozen_at)
      select ${userId}, o.id, ${at} from own o
      where o.status = 'open' or exists (select from frozen_people f where f.ledger_account_id = o.id)
      on conflict do nothing
    )
    update ledger_accounts a set status = 'frozen' from own o where a.id = o.id and o.status = 'open'`
}

/** Those that no other frozen person has linked too. */
export async function unfreezeAccountsOf(tx: Tx, userId: string): Promise<void> {
  await tx`
    select from ledger_accounts
    where id in (select ledger_account_id from frozen_people where user_id = ${userId})
    order by id for no key update`
  await tx`
    with freed as (
      delete from frozen_people where user_id = ${userId} returning ledger_account_id
    )
    update ledger_accounts a set status = 'open' from freed f
    where a.id = f.ledger_account_id and a.status = 'frozen' and not exists (
      select from frozen_people o where o.ledger_account_id = a.id and o.user_id <> ${userId})`
}

// Millions of stored payments: rows of payment and ledger as the services would have written them. In each round every
// payer pays the next one in a ring, so that the entries stay continuous and all balances stay the same.
import type { Sql } from '@bahi/kit/sql/sql.ts'

const amountPaise = 100
/** Older than the windows of all limits, younger than last month's partition. */
const [fromDays, toDays] = [24, 3]

/**
 * Writes at least `count` payments among all account holders, settled 24 to 3 days ago; returns how many. Without
 * events: those would be consumed already, and nothing that is measured reads them.
 */
export async function writeStoredPayments(
  sql: Sql,
  count: number,
  log: (what: string) => void,
): Promise<number> {
  await sql`set statement_timeout = 0`
  await sql`set synchronous_commit = off`
  await sql`drop table if exists ring`
  await sql`
    create temporary table ring as
    select row_number() over (order by l.id) - 1 as nth, count(*) over () as size, l.user_id, l.id as account_id,
      b.ledger_account_id as ledger, v.vpa, l.holder_name as name, l.masked_number as masked,
      a.entry_count as entries, a.balance_paise as balance
    from account.linked_accounts l
    join account.bank_accounts b on b.id = l.bank_account_id
    join account.ledger_accounts a on a.id = b.ledger_account_id
    join account.vpas v on v.account_id = l.id and v.is_primary`
  await sql`create index on ring (nth)`
  await sql`analyze ring`
  const [{ people } = { people: 0 }] = await sql<{ people: number }[]>`select count(*) as people from ring`
  const rounds = Math.ceil(count / people)
  const stepS = ((fromDays - toDays) * 86_400) / rounds
  for (let round = 0; round < rounds; round++) {
    await sql`
      with given as materialized (
        select r.nth, r.user_id, r.account_id, r.ledger, r.vpa, r.name, r.masked, r.entries, r.balance,
          p.user_id as to_user, p.account_id as to_account, p.ledger as to_ledger, p.vpa as to_vpa, p.name as to_name,
          p.masked as to_masked, p.entries as to_entries, p.balance as to_balance,
          now() - make_interval(days => ${fromDays})
            + make_interval(secs => ${round * stepS}::float8 + r.nth * ${stepS / people}::float8) as at
        from ring r join ring p on p.nth = (r.nth + 1) % r.size
      ), made as materialized (
        select g.nth, g.user_id, g.account_id, g.ledger, g.vpa, g.name, g.masked, g.entries, g.balance, g.to_user,
          g.to_account, g.to_ledger, g.to_vpa, g.to_name, g.to_masked, g.to_entries, g.to_balance, g.at,
          (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7'
          || substr(replace(gen_random_uuid()::text, '-', ''), 14, 19))::uuid as id from given g
      ), payments as (
        insert into payment.payments (id, payer_user_id, payer_account_id, payee_user_id, payee_account_id,
          amount_paise, created_at, completed_at, status, code, route, txn_prefix, rrn, payer_vpa, payer_name,
          payer_bank, payer_masked, payee_vpa, payee_name, payee_bank, payee_masked, version, initiation_mode, purpose,
          mcc, origin_kind, assessment, input_hash)
        select id, user_id, account_id, to_user, to_account, ${amountPaise}::bigint, at, at + interval '20 ms',
          'settled', '00', 'l', 'BHI', lpad((nth % 1000000)::text, 12, '6'), vpa, name, 'BAHI', masked,
          to_vpa, to_name, 'BAHI', to_masked, 2, '00', '00', '0000', 'app',
          '{"decision":"allow","reasons":[],"features":{"count":0,"paise":0}}'::jsonb,
          sha256(id::text::bytea)
        from made order by id
      ), transfers as (
        insert into account.transfers (id, posted_at, amount_paise, debit_account, credit_account, kind, code)
        select id, at, ${amountPaise}::bigint, ledger, to_ledger, 't', '00' from made order by id
      )
      insert into account.entries (transfer_id, account_id, nth, amount_paise, balance_paise)
      select id, ledger, entries + ${2 * round + 1}::int, ${-amountPaise}::bigint, balance - ${amountPaise}::bigint
      from made
      union all
      select id, to_ledger, to_entries + ${2 * round + 2}::int, ${amountPaise}::bigint, to_balance from made`
    if (round % 20 === 19 || round === rounds - 1)
      log(`${((round + 1) * people).toLocaleString('en-IN')} payments written`)
  }
  await sql`
    update account.ledger_accounts a set entry_count = a.entry_count + ${2 * rounds}::int
    from ring r where a.id = r.ledger`
  await sql`vacuum analyze`
  return rounds * people
}

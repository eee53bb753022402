// Millions of stored payments: rows as the services would have written them. In each round every payer pays the next
// one in a ring, so that the entries stay continuous and all balances stay the same.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { rowsIn, type Sql } from '@bahi/kit/sql/sql.ts'
import { sealContent, sealValues } from '@bahi/notification/sealed-columns.ts'
import type { Secrets } from '@bahi/platform/secrets.ts'
import { consumeEvents } from './consumed-events.ts'

/** Older than the windows of all limits, younger than last month's partition. */
const [fromDays, toDays] = [24, 3]

export type StoredPayments = {
  /** At least so many. */
  count: number
  /**
   * Also what the other services hold of a payment: events, audit records in their chain, messages and deliveries, so
   * that the checker finds no fault. Left out: payments and ledger alone, a seventh of the bytes.
   */
  whole?: { adminUrl: string; secrets: Secrets }
  log(what: string): void
}

/**
 * Among all account holders, each named as their UPI ID, settled 24 to 3 days ago. Returns how many. While no service
 * runs.
 */
export async function writeStoredPayments(sql: Sql, options: StoredPayments): Promise<number> {
  const { count, whole, log } = options
  await sql`set statement_timeout = 0`
  await sql`set synchronous_commit = off`
  await sql`drop table if exists ring`
  await sql`
    create temporary table ring as
    select row_number() over (order by l.id) - 1 as nth, count(*) over () as size, l.user_id, l.id as account_id,
      b.ledger_account_id as ledger, v.vpa, initcap(split_part(v.vpa, '@', 1)) as name, l.masked_number as masked,
      a.entry_count as entries, a.balance_paise as balance, coalesce(n.last_seq, 0) as messages
    from account.linked_accounts l
    join account.bank_accounts b on b.id = l.bank_account_id
    join account.ledger_accounts a on a.id = b.ledger_account_id
    join account.vpas v on v.account_id = l.id and v.is_primary
    left join notification.people n on n.user_id = l.user_id`
  await sql`create index on ring (nth)`
  await sql`analyze ring`
  await sql`
    create or replace function pg_temp.id_at(at timestamptz) returns uuid language sql volatile as $$
      select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7'
        || substr(replace(gen_random_uuid()::text, '-', ''), 14, 19))::uuid $$`
  const [{ people } = { people: 0 }] = await sql<{ people: number }[]>`select count(*) as people from ring`
  const rounds = Math.ceil(count / people)
  const writing = (async () => {
    for (let round = 0; round < rounds; round++) {
      if (whole) await sayInRound(sql, whole.secrets, { round, rounds, people })
      await writeRound(sql, { round, rounds, people, whole: whole !== undefined })
      if (round % 5 === 4 || round === rounds - 1)
        log(`${((round + 1) * people).toLocaleString('en-IN')} payments written`)
    }
    await sql`
      update account.ledger_accounts a set entry_count = a.entry_count + ${2 * rounds}::int
      from ring r where a.id = r.ledger`
    if (!whole) return
    await sql`update notification.people n set last_seq = n.last_seq + ${2 * rounds}::int
      from ring r where n.user_id = r.user_id`
    await sql`insert into payment.payers (user_id) select user_id from ring on conflict do nothing`
  })()
  const consuming =
    whole && consumeEvents(whole.adminUrl, whole.secrets, ['payment', 'notification'], writing)
  await Promise.all([writing, consuming])
  await sql`vacuum analyze`
  return rounds * people
}

type Round = { round: number; rounds: number; people: number; whole: boolean }

const amountOf = (round: number) => 100 + ((round * 37) % 900)

type Member = { nth: number; userId: string; vpa: string; name: string; messages: number }

/** What the messages and deliveries of the round say, sealed, in the table `said`. */
async function sayInRound(
  sql: Sql,
  secrets: Secrets,
  { round, people }: Omit<Round, 'whole'>,
): Promise<void> {
  const seal = createSeal('notification', secrets.dataKeys['notification']!)
  const ring = await sql<Member[]>`select nth, user_id, vpa, name, messages from ring order by nth`
  const amountPaise = String(amountOf(round))
  const rows = ring.map((payer, nth) => {
    const payee = ring[(nth + 1) % ring.length]!
    const rrn = String(round * people + nth).padStart(12, '0')
    const contentFor = (to: Member, other: Member, seq: number) => {
      const data = { rrn, status: 'settled', counterpart: { vpa: other.vpa, name: other.name } }
      const values = { rrn, name: other.name, amountPaise }
      return sealContent(seal, { userId: to.userId, seq: to.messages + seq, data }, { values })
    }
    const delivery = uuidv7()
    return {
      ...{
        nth,
        debit: contentFor(payer, payee, 2 * round + 1),
        credit: contentFor(payee, payer, 2 * round + 2),
        delivery,
      },
      delivered: sealValues(seal, delivery, { rrn, name: payee.name, amountPaise }),
    }
  })
  await sql`drop table if exists said`
  await sql`create temporary table said (nth bigint, debit text, credit text, delivery uuid, delivered text)`
  const chunk = 5_000
  for (let from = 0; from < rows.length; from += chunk)
    await sql`
      insert into said
      select s.nth, s.debit, s.credit, s.delivery, s.delivered
      from json_to_recordset(${rowsIn(sql, rows.slice(from, from + chunk))}) as s
        (nth bigint, debit text, credit text, delivery uuid, delivered text)`
  await sql`analyze said`
}

async function writeRound(sql: Sql, { round, rounds, people, whole }: Round): Promise<void> {
  const stepS = ((fromDays - toDays) * 86_400) / rounds
  const amountPaise = amountOf(round)
  // Entries are numbered from the ring's last one on: paying is the first of two in each round.
  await sql`
    with given as materialized (
      select r.nth, r.user_id, r.account_id, r.ledger, r.vpa, r.name, r.masked, r.entries, r.balance, r.messages,
        p.user_id as to_user, p.account_id as to_account, p.ledger as to_ledger, p.vpa as to_vpa, p.name as to_name,
        p.masked as to_masked, p.entries as to_entries, p.balance as to_balance, p.messages as to_messages,
        lpad((${round * people}::bigint + r.nth)::text, 12, '0') as rrn,
        date_trunc('milliseconds', now() - make_interval(days => ${fromDays})
          + make_interval(secs => ${round * stepS}::float8 + r.nth * ${stepS / people}::float8)) as at
      from ring r join ring p on p.nth = (r.nth + 1) % r.size
    ), made as materialized (
      select g.nth, g.user_id, g.account_id, g.ledger, g.vpa, g.name, g.masked, g.entries, g.balance, g.messages,
        g.to_user, g.to_account, g.to_ledger, g.to_vpa, g.to_name, g.to_masked, g.to_entries, g.to_balance,
        g.to_messages, g.rrn, g.at, pg_temp.id_at(g.at) as id,
        '00-' || md5(g.rrn) || '-' || substr(md5(g.vpa), 1, 16) || '-01' as trace,
        jsonb_build_object('decision', 'allow', 'reasons', '[]'::jsonb, 'riskRules', '2',
          'rulesFrom', '2026-11-27T00:00:00+05:30', 'features', '{"count":0,"paise":0}'::jsonb) as assessment
      from given g
    ), payments as (
      insert into payment.payments (id, payer_user_id, payer_account_id, payee_user_id, payee_account_id,
        amount_paise, created_at, completed_at, status, code, route, txn_prefix, rrn, payer_vpa, payer_name,
        payer_bank, payer_masked, payee_vpa, payee_name, payee_bank, payee_masked, version, initiation_mode, purpose,
        mcc, origin_kind, assessment, input_hash)
      select id, user_id, account_id, to_user, to_account, ${amountPaise}::bigint, at, at + interval '50 ms',
        'settled', '00', 'l', 'BHI', rrn, vpa, name, 'BAHI', masked, to_vpa, to_name, 'BAHI', to_masked, 2, '00',
        '00', '0000', 'app', assessment, sha256(id::text::bytea)
      from made order by id
    ), transfers as (
      insert into account.transfers (id, posted_at, amount_paise, debit_account, credit_account, kind, code)
      select id, at + interval '50 ms', ${amountPaise}::bigint, ledger, to_ledger, 't', '00' from made order by id
    ) ${whole ? ofOtherServices(sql, round, amountPaise) : sql``}
    insert into account.entries (transfer_id, account_id, nth, amount_paise, balance_paise)
    select id, ledger, entries + ${2 * round + 1}::int, ${-amountPaise}::bigint, balance - ${amountPaise}::bigint
    from made
    union all
    select id, to_ledger, to_entries + ${2 * round + 2}::int, ${amountPaise}::bigint, to_balance from made`
}

/** What the services hold besides rows of payments and the ledger; audit and the inbox follow from the events. */
const ofOtherServices = (sql: Sql, round: number, amountPaise: number) => sql`
    , events as (
      insert into payment.events (stream, version, id, type, data, at, traceparent, is_delta)
      select id::text, 1, pg_temp.id_at(at), 'payment.begun', jsonb_build_object('rrn', rrn, 'paymentId', id,
          'txnId', 'BHI' || replace(id::text, '-', ''), 'amountPaise', ${amountPaise}::bigint,
          'assessment', assessment, 'payer', jsonb_build_object('vpa', vpa, 'bank', 'BAHI', 'name', name,
            'userId', user_id, 'accountId', account_id, 'maskedNumber', masked),
          'payee', jsonb_build_object('vpa', to_vpa, 'bank', 'BAHI', 'name', to_name, 'userId', to_user,
            'accountId', to_account, 'maskedNumber', to_masked)), at, trace, false from made
      union all
      select id::text, 2, pg_temp.id_at(at + interval '60 ms'), 'payment.settled', jsonb_build_object('paymentId', id,
          'settledAt', to_char((at + interval '50 ms') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
        at + interval '60 ms', trace, true from made
      order by 6, 1
    ), messages as (
      insert into notification.messages (user_id, seq, id, type, data, live, at, template, content_sealed)
      select m.user_id, m.seq, pg_temp.id_at(m.at), 'payment.settled', jsonb_build_object('direction', m.direction,
          'paymentId', m.id, 'amountPaise', ${amountPaise}::bigint), true, m.at, m.template, m.content
      from (
        select id, user_id, messages + ${2 * round + 1}::int as seq, 'debit' as direction, debit as content,
          'payment.sent' as template, at + interval '140 ms' as at from made join said using (nth)
        union all
        select id, to_user, to_messages + ${2 * round + 2}::int, 'credit', credit, 'payment.received',
          at + interval '140 ms' from made join said using (nth)
      ) m order by m.at
    ), deliveries as (
      insert into notification.deliveries (id, user_id, channel, template, values_sealed, subject, masked_to, status,
        tries, next_at, at)
      select s.delivery, user_id, 'sms', 'payment.sent', s.delivered, id::text, '+91••••••' || right(masked, 4), 'sent',
        1, at + interval '160 ms', at + interval '140 ms' from made join said s using (nth) order by at
    ), delivered as (
      insert into notification.events (stream, version, id, type, data, at, is_delta)
      select s.delivery::text, 1, pg_temp.id_at(at + interval '160 ms'), 'notification.delivered',
        jsonb_build_object('channel', 'sms', 'subject', id, 'deliveryId', s.delivery), at + interval '160 ms', false
      from made join said s using (nth) order by at
    )`

// The SQL of payments: begin, complete, open payments, partitions.
import { rowsIn, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'
import { txnIdOf } from '@bahi/contracts/formats.ts'
import { firstIdAt } from '@bahi/contracts/id.ts'
import type { Initiation } from '@bahi/contracts/initiation.ts'
import type { PaymentParty, Payment } from './payment.ts'

/** A payment's columns, and `input_hash` as hexadecimal. */
export type PaymentRow = {
  id: string
  payerUserId: string | null
  payerAccountId: string | null
  payeeUserId: string | null
  payeeAccountId: string | null
  amountPaise: number
  createdAt: Date
  completedAt: Date | null
  deemedAt: Date | null
  version: number
  route: 'l' | 'o' | 't' | 'i'
  triesLeft: number | null
  status: Payment['status']
  code: string | null
  txnPrefix: string
  rrn: string
  payerVpa: string
  payerName: string
  payerBank: string | null
  payerMasked: string | null
  payeeVpa: string
  payeeName: string
  payeeBank: string | null
  payeeMasked: string | null
  note: string | null
  initiationMode: string
  purpose: string
  reference: string | null
  infoUrl: string | null
  mcc: string
  originKind: Initiation['origin']['kind']
  originId: string | null
  assessment: Payment['assessment'] | null
  limitCategory: string | null
  inputHash: string
}

export const columns = (sql: Queryable) => sql`
  id, payer_user_id, payer_account_id, payee_user_id, payee_account_id, amount_paise, created_at, completed_at,
  version, deemed_at, route, tries_left, status, code, txn_prefix, rrn, payer_vpa, payer_name, payer_bank, payer_masked,
  payee_vpa, payee_name, payee_bank, payee_masked, note, initiation_mode, purpose, reference, info_url, mcc,
  origin_kind, origin_id, assessment, limit_category, encode(input_hash, 'hex') as input_hash`

const routes = { l: 'ledger', o: 'out', t: 'through', i: 'in' } as const
const routeLetters = { ledger: 'l', out: 'o', through: 't', in: 'i' } as const

/** Of a transaction id that does not follow from the payment's: another app began it. */
const wholeLength = 35

export function toPayment(row: PaymentRow): Payment {
  const payer: PaymentParty = {
    ...partyOf(row.payerVpa, row.payerName, row.payerBank, row.payerMasked),
    ...(row.payerUserId ? { userId: row.payerUserId } : {}),
    ...(row.payerAccountId ? { accountId: row.payerAccountId } : {}),
  }
  const payee: PaymentParty = {
    ...partyOf(row.payeeVpa, row.payeeName, row.payeeBank, row.payeeMasked),
    ...(row.payeeUserId ? { userId: row.payeeUserId } : {}),
    ...(row.payeeAccountId ? { accountId: row.payeeAccountId } : {}),
  }
  return {
    id: row.id,
    version: row.version,
    txnId: row.txnPrefix.length === wholeLength ? row.txnPrefix : txnIdOf(row.txnPrefix, row.id),
    rrn: row.rrn,
    amountPaise: row.amountPaise,
    ...(row.note === null ? {} : { note: row.note }),
    route: routes[row.route],
    initiation: {
      mode: row.initiationMode,
      purpose: row.purpose,
      ...(row.reference === null ? {} : { reference: row.reference }),
      ...(row.infoUrl === null ? {} : { infoUrl: row.infoUrl }),
      mcc: row.mcc,
      origin: { kind: row.originKind, ...(row.originId === null ? {} : { id: row.originId }) },
    },
    ...(row.assessment === null ? {} : { assessment: row.assessment }),
    ...(row.limitCategory === null ? {} : { limitCategory: row.limitCategory }),
    payer,
    payee,
    status: row.status,
    ...(row.deemedAt === null ? {} : { deemedAt: row.deemedAt }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.triesLeft === null ? {} : { triesLeft: row.triesLeft }),
    createdAt: row.createdAt,
    ...(row.completedAt === null ? {} : { completedAt: row.completedAt }),
  }
}

function partyOf(vpa: string, name: string, bank: string | null, masked: string | null): PaymentParty {
  return { vpa, name, ...(bank ? { bank } : {}), ...(masked ? { maskedNumber: masked } : {}) }
}

export type NewPayment = { payment: Payment; inputHash: string; dueAt: Date }

/** Inserts payments, pending ones with the time of their first check. Unique violation when an id is taken. */
export async function insertPayments(tx: Tx, begun: NewPayment[]): Promise<void> {
  const rows = begun.map(({ payment: p, inputHash, dueAt }) => ({
    id: p.id,
    payer_user_id: p.payer.userId,
    payer_account_id: p.payer.accountId,
    payee_user_id: p.payee.userId,
    payee_account_id: p.payee.accountId,
    amount_paise: p.amountPaise,
    version: p.version,
    created_at: p.createdAt,
    completed_at: p.completedAt,
    status: p.status,
    code: p.code,
    route: routeLetters[p.route],
    txn_prefix: txnIdOf(p.txnId.slice(0, 3), p.id) === p.txnId ? p.txnId.slice(0, 3) : p.txnId,
    rrn: p.rrn,
    payer_vpa: p.payer.vpa,
    payer_name: p.payer.name,
    payer_bank: p.payer.bank,
    payer_masked: p.payer.maskedNumber,
    payee_vpa: p.payee.vpa,
    payee_name: p.payee.name,
    payee_bank: p.payee.bank,
    payee_masked: p.payee.maskedNumber,
    note: p.note,
    initiation_mode: p.initiation.mode,
    purpose: p.initiation.purpose,
    reference: p.initiation.reference,
    info_url: p.initiation.infoUrl,
    mcc: p.initiation.mcc,
    origin_kind: p.initiation.origin.kind,
    origin_id: p.initiation.origin.id,
    assessment: p.assessment,
    limit_category: p.limitCategory,
    input_hash: inputHash,
    due_at: dueAt,
  }))
  await tx`
    with given as (
      select r.id, r.payer_user_id, r.payer_account_id, r.payee_user_id, r.payee_account_id, r.amount_paise,
        r.version, r.created_at, r.completed_at, r.status, r.code, r.route, r.txn_prefix, r.rrn, r.payer_vpa,
        r.payer_name, r.payer_bank, r.payer_masked, r.payee_vpa, r.payee_name, r.payee_bank, r.payee_masked, r.note,
        r.initiation_mode, r.purpose, r.reference, r.info_url, r.mcc, r.origin_kind, r.origin_id, r.assessment,
        r.limit_category, r.input_hash, r.due_at
      from json_to_recordset(${rowsIn(tx, rows)}) as r (
        id uuid, payer_user_id uuid, payer_account_id uuid, payee_user_id uuid, payee_account_id uuid,
        amount_paise bigint, version int, created_at timestamptz, completed_at timestamptz, status text, code text,
        route "char", txn_prefix text, rrn text, payer_vpa text, payer_name text, payer_bank text, payer_masked text,
        payee_vpa text, payee_name text, payee_bank text, payee_masked text, note text,
        initiation_mode text, purpose text, reference text, info_url text, mcc text, origin_kind text,
        origin_id text, assessment jsonb, limit_category text, input_hash text, due_at timestamptz)
    ), open as (
      insert into open_payments (payment_id, due_at) select id, due_at from given where status = 'pending'
    )
    insert into payments (id, payer_user_id, payer_account_id, payee_user_id, payee_account_id, amount_paise,
      version, created_at, completed_at, status, code, route, txn_prefix, rrn, payer_vpa, payer_name, payer_bank,
      payer_masked, payee_vpa, payee_name, payee_bank, payee_masked, note, initiation_mode, purpose, reference,
      info_url, mcc, origin_kind, origin_id, assessment, limit_category, input_hash)
    select id, payer_user_id, payer_account_id, payee_user_id, payee_account_id, amount_paise,
      version, created_at, completed_at, status, code, route, txn_prefix, rrn, payer_vpa, payer_name, payer_bank,
      payer_masked, payee_vpa, payee_name, payee_bank, payee_masked, note, initiation_mode, purpose, reference,
      info_url, mcc, origin_kind, origin_id, assessment, limit_category, decode(input_hash, 'hex')
    from given order by id`
}

/** Writes completed payments whose row is still at the version before; the ids of those that were. */
export async function completePayments(tx: Tx, completed: Payment[]): Promise<Set<string>> {
  const rows = completed.map((p) => ({
    id: p.id,
    version: p.version,
    status: p.status,
    code: p.code,
    tries_left: p.triesLeft,
    completed_at: p.completedAt,
  }))
  // The ids once more, so that no plan considers reading all payments.
  const ids = completed.map((p) => p.id)
  const done = await tx<{ id: string }[]>`
    with given as (
      select r.id, r.version, r.status, r.code, r.tries_left, r.completed_at
      from json_to_recordset(${rowsIn(tx, rows)})
        as r (id uuid, version int, status text, code text, tries_left smallint, completed_at timestamptz)
    ), done as (
      update payments p set version = g.version, status = g.status, code = g.code, tries_left = g.tries_left,
        completed_at = g.completed_at
      from given g where p.id = g.id and p.id = any (${ids}::uuid[]) and p.version = g.version - 1
      returning p.id
    ), closed as (
      delete from open_payments o using done d where o.payment_id = d.id and o.payment_id = any (${ids}::uuid[])
    )
    select id from done`
  return new Set(done.map((row) => row.id))
}

export async function findPayments(sql: Queryable, ids: string[]): Promise<PaymentRow[]> {
  if (ids.length === 0) return []
  return sql<PaymentRow[]>`select ${columns(sql)} from payments where id = any(${ids}::uuid[])`
}

/** Writes a deemed payment whose row is still at the version before, to be checked anew; false when it is not. */
export async function deemPayment(tx: Tx, { id, version, deemedAt }: Payment, dueAt: Date): Promise<boolean> {
  const rows = await tx`
    with deemed as (
      update payments set version = ${version}, deemed_at = ${deemedAt!}
      where id = ${id} and version = ${version}::int - 1
      returning id
    ), checked as (
      update open_payments o set due_at = ${dueAt}, tries = 0 from deemed d where o.payment_id = d.id
    )
    select id from deemed`
  return rows.length === 1
}

export type Lease = {
  limit: number
  /** Of payments in our own ledger: how long a lease lasts, doubled with each try up to `maxLeaseMs`. */
  leaseMs: number
  maxLeaseMs: number
  /** Of payments through the network: checked every so often, so many times at most, and not after `untilMs`. */
  checkEveryMs: number
  maxChecks: number
  untilMs: number
}

/** Open payments that are due, leased to this process. */
export async function leaseDue(sql: Queryable, now: Date, lease: Lease): Promise<Payment[]> {
  const rows = await sql<PaymentRow[]>`
    with due as (
      select o.payment_id, p.route, greatest(p.created_at, p.deemed_at) as since
      from open_payments o join payments p on p.id = o.payment_id
      where o.due_at <= ${now} order by o.due_at
      for update of o skip locked limit ${lease.limit}
    ), leased as (
      update open_payments o set tries = o.tries + 1, due_at = case
        when due.route = 'l' then ${now}::timestamptz + interval '1 millisecond'
          * least(${lease.leaseMs}::float8 * power(2, least(o.tries, 20)), ${lease.maxLeaseMs}::float8)
        when o.tries + 1 >= ${lease.maxChecks}::int or ${now}::timestamptz
          + ${lease.checkEveryMs}::float8 * interval '1 millisecond'
          > due.since + ${lease.untilMs}::float8 * interval '1 millisecond' then 'infinity'
        else ${now}::timestamptz + ${lease.checkEveryMs}::float8 * interval '1 millisecond'
      end
      from due where o.payment_id = due.payment_id returning o.payment_id
    )
    select ${columns(sql)} from payments where id in (select payment_id from leased) and status = 'pending'`
  return rows.map(toPayment)
}

/** How many are open and deemed; for how many seconds the oldest that is not deemed, and the oldest deemed one. */
export async function openPayments(sql: Queryable) {
  const [row] = await sql<{ pending: number; pendingS: number; deemed: number; deemedS: number }[]>`
    select count(*) as pending, count(p.deemed_at) as deemed,
      greatest(coalesce(extract(epoch from now() - min(p.created_at)
        filter (where p.deemed_at is null)), 0), 0)::float8 as pending_s,
      greatest(coalesce(extract(epoch from now() - min(p.deemed_at)), 0), 0)::float8 as deemed_s
    from open_payments o join payments p on p.id = o.payment_id and p.status = 'pending'`
  return row!
}

/** How many of those begun since then have settled, and have failed. By their ids, which have the time in them. */
export async function outcomesSince(sql: Queryable, since: Date) {
  const [row] = await sql<{ settled: number; failed: number }[]>`
    select count(*) filter (where status = 'settled') as settled, count(*) filter (where status = 'failed') as failed
    from payments where id >= ${firstIdAt(since.getTime())}`
  return row!
}

/** Monthly partitions up to `aheadMonths` from now; how many were new. */
export async function makePartitions(sql: Queryable, aheadMonths: number): Promise<number> {
  const [row] = await sql<{ made: number }[]>`select make_partitions(${aheadMonths}) as made`
  return row!.made
}

/** Months of payments that are older than `months` and not in an archive yet. */
export async function monthsToArchive(sql: Queryable, now: Date, months: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*) as count from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'payments'::regclass and c.relname ~ '_[0-9]{4}_[0-9]{2}$'
      and to_timestamp(right(c.relname, 7), 'YYYY_MM') + make_interval(months => ${months + 1}) <= ${now}
      and not exists (
        select from archived_months a where a.month = to_timestamp(right(c.relname, 7), 'YYYY_MM')::date)`
  return row!.count
}

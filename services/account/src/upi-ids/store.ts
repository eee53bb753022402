// The SQL of UPI IDs: a person's own, and who is behind one.
import { accountIn } from '@bahi/contracts/formats.ts'
import { isUuid } from '@bahi/contracts/id.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { StoredHolder } from '../sealed-columns.ts'

/** Ids of the person's linked accounts. Other transactions that change this person's UPI IDs wait for this one. */
export async function lockAccounts(tx: Tx, userId: string): Promise<Set<string>> {
  const rows = await tx<{ id: string }[]>`
    select id from linked_accounts where user_id = ${userId} and unlinked_at is null
    order by id for no key update`
  return new Set(rows.map((row) => row.id))
}

export type VpaRow = { vpa: string; accountId: string; primary: boolean; createdAt: Date }

/** A person's UPI IDs that can be paid, the primary one first. */
export function vpasOf(sql: Queryable, userId: string): Promise<VpaRow[]> {
  return sql<VpaRow[]>`
    select vpa, account_id, is_primary as primary, created_at from vpas
    where user_id = ${userId} and released_at is null
    order by is_primary desc, created_at, vpa`
}

/** Those of the person that were closed after then, and not because their phone was revoked. */
export async function closedVpas(tx: Tx, userId: string, after: Date): Promise<string[]> {
  const rows = await tx<{ vpa: string }[]>`
    select vpa from vpas where user_id = ${userId} and released_at > ${after} and released_by <> 'revoked'`
  return rows.map((row) => row.vpa)
}

/**
 * False when somebody has it, or an erased person had it (`mark`: its stream). One that was released can be had again
 * by the same person, unless an operator withdrew it from them; or with `isOwnNumber` by anybody: then the person has
 * proven the phone that it names.
 */
export async function insertVpa(
  tx: Tx,
  userId: string,
  row: VpaRow & { mark: string },
  isOwnNumber: boolean,
): Promise<boolean> {
  const rows = await tx`
    insert into vpas as v (vpa, user_id, account_id, is_primary, created_at, rules_checked_at)
    select ${row.vpa}, ${userId}, ${row.accountId}, ${row.primary}, ${row.createdAt}, ${row.createdAt}
    where ${isOwnNumber} or not exists (select from erased_names where mark = ${row.mark})
    on conflict (vpa) do update set user_id = excluded.user_id, account_id = excluded.account_id,
      is_primary = excluded.is_primary, created_at = excluded.created_at,
      rules_checked_at = excluded.rules_checked_at, released_at = null, released_by = null
    where v.released_at is not null and case when v.user_id = excluded.user_id
      then v.released_by <> 'operator' else ${isOwnNumber} end
    returning 1`
  return rows.length === 1
}

/** It stops being primary too. */
export async function releaseVpaRow(
  tx: Tx,
  vpa: string,
  by: 'owner' | 'operator' | 'rules' | 'revoked',
  at: Date,
): Promise<void> {
  await tx`
    update vpas set released_at = ${at}, released_by = ${by}, was_primary = is_primary, is_primary = false
    where vpa = ${vpa}`
}

/**
 * The UPI IDs of the person that were closed because their phone was revoked, and lead to an account that is linked
 * still: they can be opened again. The one that was primary comes last.
 */
export function revokedVpas(tx: Tx, userId: string): Promise<(VpaRow & { wasPrimary: boolean })[]> {
  return tx<(VpaRow & { wasPrimary: boolean })[]>`
    select v.vpa, v.account_id, false as primary, v.created_at, v.was_primary
    from vpas v join linked_accounts l on l.id = v.account_id and l.unlinked_at is null
    where v.user_id = ${userId} and v.released_by = 'revoked' order by v.was_primary, v.vpa for no key update of v`
}

/** As a UPI ID that is not primary. */
export async function reopenVpa(tx: Tx, vpa: string): Promise<void> {
  await tx`update vpas set released_at = null, released_by = null where vpa = ${vpa}`
}

export async function ownerOfVpa(sql: Queryable, vpa: string): Promise<string | undefined> {
  const [row] = await sql<{ userId: string }[]>`
    select user_id from vpas where vpa = ${vpa} and released_at is null`
  return row?.userId
}

/** At which UPI ID the person is paid when they are named otherwise, such as by their phone. */
export async function primaryVpaOf(sql: Queryable, userId: string): Promise<string | undefined> {
  const [row] = await sql<{ vpa: string }[]>`
    select vpa from vpas where user_id = ${userId} and is_primary`
  return row?.vpa
}

/** UPI IDs to which the rules of now were not applied yet. */
export function uncheckedVpas(sql: Queryable, limit: number): Promise<{ vpa: string; userId: string }[]> {
  return sql<{ vpa: string; userId: string }[]>`
    select vpa, user_id from vpas where rules_checked_at is null and released_at is null
    order by vpa limit ${limit}`
}

export async function markChecked(sql: Queryable, vpas: string[], at: Date): Promise<void> {
  await sql`update vpas set rules_checked_at = ${at} where vpa = any (${vpas})`
}

/** Updates the rows in order: the row that stops being primary comes before the one that becomes primary. */
export async function updateVpas(tx: Tx, rows: VpaRow[]): Promise<void> {
  for (const row of rows) {
    await tx`
      update vpas set account_id = ${row.accountId}, is_primary = ${row.primary} where vpa = ${row.vpa}`
  }
}

/** Those of the UPI IDs that exist, or existed. */
export async function takenVpas(sql: Queryable, vpas: string[]): Promise<Set<string>> {
  const rows = await sql<{ vpa: string }[]>`select vpa from vpas where vpa = any (${vpas})`
  return new Set(rows.map((row) => row.vpa))
}

export type PartyRow = StoredHolder & {
  vpa: string
  userId: string
  accountId: string
  bank: string
  ifsc: string
  accountRef: string
  accountType: 'savings' | 'current'
  maskedNumber: string
  onUs: boolean
  /** Of a business, as its bank says. */
  mcc: string | null
  pinSetAt: Date | null
}

/** Who is behind UPI IDs, and behind addresses of accounts of our bank; unknown ones are left out. */
export async function partiesOf(sql: Queryable, vpas: string[]): Promise<PartyRow[]> {
  const accounts = new Map(
    vpas.flatMap((vpa) => {
      const ref = accountIn(vpa)?.accountRef
      return ref !== undefined && isUuid(ref) ? [[ref, vpa] as const] : []
    }),
  )
  const [byVpa, byAccount] = await Promise.all([
    sql<PartyRow[]>`
      select v.vpa, ${partyColumns(sql)}
      from vpas v
      join linked_accounts l on l.id = v.account_id
      left join bank_accounts b on b.id = l.bank_account_id
      where v.vpa = any (${vpas.filter((vpa) => !accountIn(vpa))}) and v.released_at is null`,
    accounts.size === 0
      ? []
      : sql<PartyRow[]>`
          select distinct on (b.id) '' as vpa, ${partyColumns(sql)}
          from bank_accounts b
          join linked_accounts l on l.bank_account_id = b.id and l.unlinked_at is null
          where b.id = any (${[...accounts.keys()]}::uuid[])
          order by b.id, l.linked_at, l.id`,
  ])
  return [...byVpa, ...byAccount.map((row) => ({ ...row, vpa: accounts.get(row.accountRef)! }))]
}

function partyColumns(sql: Queryable) {
  return sql`l.holder_name_sealed, l.user_id, l.id as account_id, l.bank, l.ifsc, l.account_ref,
    l.type as account_type, l.masked_number, l.bank_account_id is not null as on_us, coalesce(b.mcc, l.mcc) as mcc,
    b.pin_set_at`
}

/** Our bank's references of accounts that somebody has linked, by the fingerprint of their number in hex. */
export async function linkedRefsOf(
  sql: Queryable,
  numberFingerprints: Buffer[],
): Promise<Map<string, string>> {
  const hexes = numberFingerprints.map((fingerprint) => fingerprint.toString('hex'))
  const rows = await sql<{ fingerprint: Buffer; accountRef: string }[]>`
    select b.number_fingerprint as fingerprint, b.id as account_ref from bank_accounts b
    where b.number_fingerprint = any (array(select decode(hex, 'hex') from unnest(${hexes}::text[]) as hex))
      and exists (select from linked_accounts l where l.bank_account_id = b.id and l.unlinked_at is null)`
  return new Map(rows.map((row) => [row.fingerprint.toString('hex'), row.accountRef]))
}

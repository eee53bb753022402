// The rows of mandates and of their operations.
import { mandateReferenceOf } from '@bahi/contracts/initiation.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import type { MandateStatus } from '@bahi/contracts/mandates.ts'
import { rowsIn, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'
import type { Page } from '../payments/page.ts'
import type { PaymentParty } from '../payments/payment.ts'
import { idsOfPerson } from '../payments/store-two-sided.ts'
import type { Mandate, MandateOperation, NetworkOrigin } from './mandate.ts'

type Row = {
  id: string
  version: number
  payerUserId: string | null
  payerAccountId: string | null
  payerVpa: string
  payerName: string
  payerBank: string | null
  payerMasked: string | null
  payeeUserId: string | null
  payeeAccountId: string | null
  payeeVpa: string
  payeeName: string
  payeeBank: string | null
  payeeMasked: string | null
  mcc: string
  name: string
  terms: MandateTerms
  presentedBy: Mandate['presentedBy']
  status: MandateStatus
  pausedFrom: string | null
  pausedUntil: string | null
  operations: number
  pendingOperation: number | null
  code: string | null
  triesLeft: number | null
  createdAt: Date
  expiresAt: Date | null
  endedAt: Date | null
  lastSequence: number
  lastPeriod: number
  initiation: Mandate['initiation'] | null
  txnId: string | null
  rrn: string | null
  reqMsgId: string | null
  umn: string | null
  reportedAt: Date | null
  portedAt: Date | null
  portedFrom: string | null
  inputHash: string
}

export type StoredMandate = { mandate: Mandate; inputHash: string }

const columns = (sql: Queryable) => sql`
  id, version, payer_user_id, payer_account_id, payer_vpa, payer_name, payer_bank, payer_masked, payee_user_id,
  payee_account_id, payee_vpa, payee_name, payee_bank, payee_masked, mcc, name, terms, presented_by, status,
  paused_from::text, paused_until::text, operations, pending_operation, code, tries_left, created_at, expires_at,
  ended_at, last_sequence, last_period, initiation, txn_id, rrn, req_msg_id, umn, reported_at,
  ported_at, ported_from,
  encode(input_hash, 'hex') as input_hash`

function partyOf(vpa: string, name: string, bank: string | null, masked: string | null): PaymentParty {
  return { vpa, name, ...(bank ? { bank } : {}), ...(masked ? { maskedNumber: masked } : {}) }
}

function toMandate(row: Row): Mandate {
  return {
    ...{ id: row.id, version: row.version, mcc: row.mcc, name: row.name, terms: row.terms },
    payer: {
      ...partyOf(row.payerVpa, row.payerName, row.payerBank, row.payerMasked),
      ...(row.payerUserId === null ? {} : { userId: row.payerUserId }),
      ...(row.payerAccountId === null ? {} : { accountId: row.payerAccountId }),
    },
    payee: {
      ...partyOf(row.payeeVpa, row.payeeName, row.payeeBank, row.payeeMasked),
      ...(row.payeeUserId === null ? {} : { userId: row.payeeUserId }),
      ...(row.payeeAccountId === null ? {} : { accountId: row.payeeAccountId }),
    },
    ...{ presentedBy: row.presentedBy, status: row.status, operations: row.operations },
    ...(row.pausedFrom === null ? {} : { pause: { from: row.pausedFrom, until: row.pausedUntil! } }),
    ...(row.pendingOperation === null ? {} : { pendingOperation: row.pendingOperation }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.triesLeft === null ? {} : { triesLeft: row.triesLeft }),
    createdAt: row.createdAt,
    ...(row.expiresAt === null ? {} : { expiresAt: row.expiresAt }),
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
    ...{ lastSequence: row.lastSequence, lastPeriod: row.lastPeriod },
    ...(row.initiation === null ? {} : { initiation: row.initiation }),
    ...(row.txnId === null ? {} : { network: originOf({ ...row, txnId: row.txnId }) }),
    ...(row.umn === null ? {} : { umn: row.umn }),
    ...(row.reportedAt === null ? {} : { reportedAt: row.reportedAt }),
    ...(row.portedAt === null ? {} : { ported: { at: row.portedAt, fromVpa: row.portedFrom! } }),
  }
}

/** Of a row with the columns of a transaction of the network. */
export function originOf(row: { txnId: string; rrn: string | null; reqMsgId: string | null }): NetworkOrigin {
  const { txnId, rrn, reqMsgId } = row
  return { txnId, rrn: rrn!, ...(reqMsgId === null ? {} : { reqMsgId }) }
}

export async function findMandate(sql: Queryable, id: string): Promise<StoredMandate | undefined> {
  const [row] = await sql<Row[]>`select ${columns(sql)} from mandates where id = ${id}`
  return row && { mandate: toMandate(row), inputHash: row.inputHash }
}

export async function findMandates(sql: Queryable, ids: string[]): Promise<Map<string, Mandate>> {
  if (ids.length === 0) return new Map()
  const rows = await sql<Row[]>`
    select ${columns(sql)} from mandates where id = any (${ids}::uuid[]) order by id`
  return new Map(rows.map((row) => [row.id, toMandate(row)]))
}

/** The id of the mandate that a transaction of the network asked for. */
export async function mandateIdOf(sql: Queryable, txnId: string): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`select id from mandates where txn_id = ${txnId}`
  return row?.id
}

/**
 * The id of the mandate that has this number, and not that of its record; or had it with the app from which its payer
 * moved it here. In lower case.
 */
export async function mandateIdWith(sql: Queryable, umn: string): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from mandates
    where split_part(umn, '@', 1) = split_part(${umn}, '@', 1) and (umn = ${umn} or payer_user_id is not null)
    order by umn = ${umn} desc limit 1`
  return row?.id
}

/**
 * Whether another mandate than `own` is known by this id: it is that of its record, or in the number that another app
 * gave it. Until the transaction ends no other one that asks becomes so.
 */
export async function isOfAnother(tx: Tx, id: string, own = id): Promise<boolean> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`payment.mandate-number ${id}`}, 0))`
  const rows = await tx`
    select from mandates where id = ${id} and id <> ${own}
    union all
    select from mandates where split_part(umn, '@', 1) = ${id.replaceAll('-', '')} and id <> ${own}
    limit 1`
  return rows.length > 0
}

/** Locked until the transaction ends, in the order of their ids. */
export async function lockMandates(tx: Tx, ids: string[]): Promise<Map<string, Mandate>> {
  if (ids.length === 0) return new Map()
  const rows = await tx<Row[]>`
    select ${columns(tx)} from mandates where id = any (${ids}::uuid[]) order by id for update`
  return new Map(rows.map((row) => [row.id, toMandate(row)]))
}

/** The mandates of these debits; locked in the same way. Which mandate a debit is of never changes. */
export async function lockMandatesOf(tx: Tx, debitIds: string[]): Promise<Map<string, Mandate>> {
  const rows = await tx<Row[]>`
    select ${columns(tx)} from mandates
    where id = any (array(select mandate_id from mandate_debits where id = any (${debitIds}::uuid[])))
    order by id for update`
  return new Map(rows.map((row) => [row.id, toMandate(row)]))
}

/** Unique violation when the id is taken, or the order agreed to. */
export async function insertMandate(tx: Tx, m: Mandate, inputHash: string): Promise<void> {
  await tx`
    insert into mandates (id, version, payer_user_id, payer_account_id, payer_vpa, payer_name, payer_bank,
      payer_masked, payee_user_id, payee_account_id, payee_vpa, payee_name, payee_bank, payee_masked, mcc, name,
      terms, presented_by, status, created_at, expires_at, initiation, order_reference, txn_id, rrn, req_msg_id,
      input_hash)
    values (${m.id}, ${m.version}, ${m.payer.userId ?? null}, ${m.payer.accountId ?? null}, ${m.payer.vpa},
      ${m.payer.name},
      ${m.payer.bank ?? null}, ${m.payer.maskedNumber ?? null}, ${m.payee.userId ?? null},
      ${m.payee.accountId ?? null}, ${m.payee.vpa}, ${m.payee.name}, ${m.payee.bank ?? null},
      ${m.payee.maskedNumber ?? null}, ${m.mcc}, ${m.name}, ${tx.json(m.terms)}, ${m.presentedBy}, ${m.status},
      ${m.createdAt}, ${m.expiresAt ?? null}, ${m.initiation ? tx.json(m.initiation) : null},
      ${(m.initiation && mandateReferenceOf(m.initiation)) ?? null}, ${m.network?.txnId ?? null},
      ${m.network?.rrn ?? null}, ${m.network?.reqMsgId ?? null}, decode(${inputHash}, 'hex'))`
}

/** Of a mandate that the transaction has locked. */
export async function updateMandate(tx: Tx, m: Mandate): Promise<void> {
  await tx`
    update mandates set version = ${m.version}, terms = ${tx.json(m.terms)}, status = ${m.status},
      paused_from = ${m.pause?.from ?? null}, paused_until = ${m.pause?.until ?? null},
      operations = ${m.operations}, pending_operation = ${m.pendingOperation ?? null}, code = ${m.code ?? null},
      tries_left = ${m.triesLeft ?? null}, expires_at = ${m.expiresAt ?? null}, ended_at = ${m.endedAt ?? null},
      last_sequence = ${m.lastSequence}, last_period = ${m.lastPeriod}, umn = ${m.umn ?? null},
      reported_at = ${m.reportedAt ?? null}
    where id = ${m.id}`
}

/** Of a mandate that the transaction has locked, and writes: whom, and from which UPI ID and account, it debits now. */
export async function updatePayer(tx: Tx, { id, payer, ported }: Mandate): Promise<void> {
  await tx`
    update mandates set payer_user_id = coalesce(payer_user_id, ${payer.userId ?? null}::uuid),
      payer_account_id = ${payer.accountId ?? null}, payer_vpa = ${payer.vpa}, payer_name = ${payer.name},
      payer_bank = ${payer.bank ?? null}, payer_masked = ${payer.maskedNumber ?? null},
      ported_at = ${ported?.at ?? null}, ported_from = ${ported?.fromVpa ?? null}
    where id = ${id}`
}

/** Of locked mandates: their versions, and whether they are over. */
export async function updateStates(tx: Tx, mandates: Mandate[]): Promise<void> {
  if (mandates.length === 0) return
  const rows = mandates.map(({ id, version, status, endedAt = null }) => ({ id, version, status, endedAt }))
  await tx`
    update mandates m set version = s.version, status = s.status, ended_at = s."endedAt"
    from json_to_recordset(${rowsIn(tx, rows)}) as s (id uuid, version int, status text, "endedAt" timestamptz)
    where m.id = s.id`
}

/** Of a locked mandate: what was told last changed nothing. */
export async function updateReportedAt(tx: Tx, { id, reportedAt }: Mandate): Promise<void> {
  await tx`update mandates set reported_at = ${reportedAt ?? null} where id = ${id}`
}

export async function insertOperation(
  tx: Tx,
  mandateId: string,
  nth: number,
  made: { operation: MandateOperation; at: Date },
): Promise<void> {
  const { operation, at } = made
  await tx`
    insert into mandate_operations (mandate_id, nth, type, operation, made_at)
    values (${mandateId}, ${nth}, ${operation.type}, ${tx.json(operation as never)}, ${at})`
}

export async function findOperation(
  sql: Queryable,
  mandateId: string,
  nth: number,
): Promise<{ operation: MandateOperation; code: string | null } | undefined> {
  const [row] = await sql<{ operation: MandateOperation; code: string | null }[]>`
    select operation, code from mandate_operations where mandate_id = ${mandateId} and nth = ${nth}`
  return row
}

export async function completeOperation(
  tx: Tx,
  mandateId: string,
  nth: number,
  { code, at }: { code: string; at: Date },
): Promise<void> {
  await tx`
    update mandate_operations set code = ${code}, decided_at = ${at}
    where mandate_id = ${mandateId} and nth = ${nth} and decided_at is null`
}

/** Of a payer: active, being authorised, or moved into a payee's record. What others ask for does not count. */
export async function countLive(tx: Tx, payerUserId: string): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select (
        select count(*) from mandates where payer_user_id = ${payerUserId}
          and (status = 'active' or ended_at is null and pending_operation is not null)
      ) + (
        select count(*) from mandate_operations
        where type = 'take' and operation #>> '{into,payer,userId}' = ${payerUserId} and decided_at is null
      ) as count`
  return row!.count
}

/** How many mandates a payee asked for since then, and how many of this payer that are not answered. */
export async function countAsked(
  tx: Tx,
  payeeUserId: string,
  payer: Mandate['payer'],
  since: Date,
): Promise<{ made: number; open: number }> {
  const [row] = await tx<{ made: number; open: number }[]>`
    select
      (select count(*) from mandates
        where payee_user_id = ${payeeUserId} and created_at > ${since} and expires_at is not null) as made,
      (select count(*) from mandates
        where payee_user_id = ${payeeUserId} and status = 'requested' and expires_at is not null
          and (payer_user_id = ${payer.userId ?? null} or payer_user_id is null and payer_vpa = ${payer.vpa})) as open`
  return row!
}

/** How many mandates that somebody with another app asked of this payer are not answered. */
export async function countAskedFrom(tx: Tx, payeeVpa: string, payerUserId: string): Promise<number> {
  const [row] = await tx<{ open: number }[]>`
    select count(*) as open from mandates
    where payer_user_id = ${payerUserId} and payee_vpa = ${payeeVpa} and txn_id is not null and status = 'requested'`
  return row!.open
}

export type MandateQuery = Page & {
  direction: 'payer' | 'payee' | null
  status: MandateStatus | null
}

/** A person's mandates, newest first. */
export async function mandatesOf(sql: Queryable, userId: string, query: MandateQuery): Promise<Mandate[]> {
  const { direction: side, limit } = query
  const ids = idsOfPerson(sql, 'mandates', userId, { ...query, side })
  const rows = await sql<Row[]>`
    select ${columns(sql)} from mandates where id in (${ids}) order by created_at desc, id desc limit ${limit}`
  return rows.map(toMandate)
}

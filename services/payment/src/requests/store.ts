// The rows of payment requests.
import type { RequestStatus } from '@bahi/contracts/requests.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { Page } from '../payments/page.ts'
import { idsOfPerson } from '../payments/store-two-sided.ts'
import type { PaymentRequest, RequestParty } from './request.ts'

type Row = {
  id: string
  version: number
  payeeUserId: string | null
  payeeAccountId: string | null
  payeeVpa: string
  payeeName: string
  payeeBank: string | null
  payeeMasked: string | null
  payerUserId: string | null
  payerVpa: string
  payerName: string
  amountPaise: number
  note: string | null
  status: RequestStatus
  createdAt: Date
  expiresAt: Date
  completedAt: Date | null
  reminders: number
  remindedAt: Date | null
  paymentId: string | null
  txnId: string | null
  rrn: string | null
  reqMsgId: string | null
  code: string | null
  appClientId: string | null
  appName: string | null
  appReference: string | null
  inputHash: string
}

export type StoredRequest = { request: PaymentRequest; inputHash: string }

const columns = (sql: Queryable) => sql`
  id, version, payee_user_id, payee_vpa, payee_name, payee_bank, payee_masked, payer_user_id, payer_vpa, payer_name,
  amount_paise, note, status, created_at, expires_at, completed_at, reminders, reminded_at, payment_id,
  payee_account_id, txn_id, rrn, req_msg_id, code, app_client_id, app_name, app_reference,
  encode(input_hash, 'hex') as input_hash`

function toRequest(row: Row): PaymentRequest {
  const payee: RequestParty = {
    ...(row.payeeUserId === null ? {} : { userId: row.payeeUserId }),
    ...(row.payeeAccountId === null ? {} : { accountId: row.payeeAccountId }),
    vpa: row.payeeVpa,
    name: row.payeeName,
    ...(row.payeeBank === null ? {} : { bank: row.payeeBank }),
    ...(row.payeeMasked === null ? {} : { maskedNumber: row.payeeMasked }),
  }
  return {
    id: row.id,
    version: row.version,
    status: row.status,
    amountPaise: row.amountPaise,
    ...(row.note === null ? {} : { note: row.note }),
    payee,
    payer: {
      ...(row.payerUserId === null ? {} : { userId: row.payerUserId }),
      ...{ vpa: row.payerVpa, name: row.payerName },
    },
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    ...(row.completedAt === null ? {} : { completedAt: row.completedAt }),
    reminders: row.reminders,
    ...(row.remindedAt === null ? {} : { remindedAt: row.remindedAt }),
    ...(row.paymentId === null ? {} : { paymentId: row.paymentId }),
    ...(row.txnId === null || row.rrn === null
      ? {}
      : {
          network: {
            txnId: row.txnId,
            rrn: row.rrn,
            ...(row.reqMsgId === null ? {} : { reqMsgId: row.reqMsgId }),
          },
        }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.appClientId === null || row.appName === null
      ? {}
      : {
          app: {
            ...{ clientId: row.appClientId, name: row.appName },
            ...(row.appReference === null ? {} : { reference: row.appReference }),
          },
        }),
  }
}

export async function findRequest(sql: Queryable, id: string): Promise<StoredRequest | undefined> {
  const [row] = await sql<Row[]>`select ${columns(sql)} from payment_requests where id = ${id}`
  return row && { request: toRequest(row), inputHash: row.inputHash }
}

/** By their ids; those that are none are left out. */
export async function findRequests(sql: Queryable, ids: string[]): Promise<Map<string, PaymentRequest>> {
  if (ids.length === 0) return new Map()
  const rows = await sql<Row[]>`select ${columns(sql)} from payment_requests where id = any (${ids}::uuid[])`
  return new Map(rows.map((row) => [row.id, toRequest(row)]))
}

/** The request of a transaction of the network. */
export async function findByTxnId(sql: Queryable, txnId: string): Promise<PaymentRequest | undefined> {
  const [row] = await sql<Row[]>`select ${columns(sql)} from payment_requests where txn_id = ${txnId}`
  return row && toRequest(row)
}

/** Locked until the transaction ends, in the order of their ids. */
export async function lockRequests(tx: Tx, ids: string[]): Promise<Map<string, PaymentRequest>> {
  if (ids.length === 0) return new Map()
  const rows = await tx<Row[]>`
    select ${columns(tx)} from payment_requests where id = any (${ids}::uuid[]) order by id for update`
  return new Map(rows.map((row) => [row.id, toRequest(row)]))
}

/** Unique violation when the id is taken. */
export async function insertRequest(tx: Tx, r: PaymentRequest, inputHash: string): Promise<void> {
  await tx`
    insert into payment_requests (id, version, payee_user_id, payee_vpa, payee_name, payee_bank, payee_masked,
      payer_user_id, payer_vpa, payer_name, amount_paise, note, status, created_at, expires_at, input_hash,
      payee_account_id, txn_id, rrn, req_msg_id, app_client_id, app_name, app_reference)
    values (${r.id}, ${r.version}, ${r.payee.userId ?? null}, ${r.payee.vpa}, ${r.payee.name}, ${r.payee.bank ?? null},
      ${r.payee.maskedNumber ?? null}, ${r.payer.userId ?? null}, ${r.payer.vpa}, ${r.payer.name}, ${r.amountPaise},
      ${r.note ?? null}, ${r.status}, ${r.createdAt}, ${r.expiresAt}, decode(${inputHash}, 'hex'),
      ${r.payee.accountId ?? null}, ${r.network?.txnId ?? null}, ${r.network?.rrn ?? null},
      ${r.network?.reqMsgId ?? null}, ${r.app?.clientId ?? null}, ${r.app?.name ?? null}, ${r.app?.reference ?? null})`
}

/** Of a request that the transaction has locked. */
export async function updateRequest(tx: Tx, r: PaymentRequest): Promise<void> {
  await tx`
    update payment_requests set version = ${r.version}, status = ${r.status},
      completed_at = ${r.completedAt ?? null}, reminders = ${r.reminders}, reminded_at = ${r.remindedAt ?? null},
      payment_id = ${r.paymentId ?? null}, code = ${r.code ?? null}
    where id = ${r.id} and version in (${r.version}, ${r.version}::int - 1)`
}

/** Locked requests that a payment begins for: no other one begins until it has failed. */
export async function claimRequests(tx: Tx, claims: { id: string; paymentId: string }[]): Promise<void> {
  await tx`
    update payment_requests r set payment_id = c.payment_id
    from unnest(${claims.map(({ id }) => id)}::uuid[], ${claims.map(({ paymentId }) => paymentId)}::uuid[])
      as c (id, payment_id)
    where r.id = c.id`
}

/** How many requests somebody made since then, and how many of them to this payer are open. */
export async function countMade(
  tx: Tx,
  requester: Pick<RequestParty, 'userId' | 'vpa'>,
  payer: Pick<RequestParty, 'userId' | 'vpa'>,
  since: Date,
): Promise<{ made: number; open: number }> {
  const by = (column: 'payee' | 'payer', { userId, vpa }: Pick<RequestParty, 'userId' | 'vpa'>) =>
    userId === undefined
      ? tx`${tx(`${column}_user_id`)} is null and ${tx(`${column}_vpa`)} = ${vpa}`
      : tx`${tx(`${column}_user_id`)} = ${userId}`
  const [asks, asked] = [by('payee', requester), by('payer', payer)]
  const [row] = await tx<{ made: number; open: number }[]>`
    select (select count(*) from payment_requests where ${asks} and created_at > ${since}) as made,
      (select count(*) from payment_requests where ${asks} and ${asked} and status = 'pending') as open`
  return row!
}

/** How many requests a person of ours made since then. */
export async function countMadeBy(sql: Queryable, userId: string, since: Date): Promise<number> {
  const [row] = await sql<{ made: number }[]>`
    select count(*)::int as made from payment_requests where payee_user_id = ${userId} and created_at > ${since}`
  return row!.made
}

/** How many open requests apps have made to this person, for whomever. */
export async function countOpenFromApps(tx: Tx, payerUserId: string): Promise<number> {
  const [row] = await tx<{ open: number }[]>`
    select count(*)::int as open from payment_requests
    where payer_user_id = ${payerUserId} and status = 'pending' and app_client_id is not null`
  return row!.open
}

export type RequestQuery = Page & {
  direction: 'sent' | 'received' | null
  status: RequestStatus | null
}

const sideOf = { sent: 'payee', received: 'payer' } as const

/** A person's requests, newest first. */
export async function requestsOf(
  sql: Queryable,
  userId: string,
  query: RequestQuery,
): Promise<PaymentRequest[]> {
  const { direction, limit } = query
  const side = direction && sideOf[direction]
  const ids = idsOfPerson(sql, 'payment_requests', userId, { ...query, side })
  const rows = await sql<Row[]>`
    select ${columns(sql)} from payment_requests where id in (${ids})
    order by created_at desc, id desc limit ${limit}`
  return rows.map(toRequest)
}

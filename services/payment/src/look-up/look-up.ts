// Looks payments up for staff, masked; and reveals who paid whom for a reason, which is on record before it is shown.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { movementsOf } from '@bahi/contracts/feed.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type * as contracts from '@bahi/contracts/look-up.ts'
import type { listPersonMandates as listPersonMandatesContract } from '@bahi/contracts/person-look-up.ts'
import { maskPersonalData, maskVpa } from '@bahi/contracts/personal-data.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { resolveVpas } from '@bahi/contracts/transfers.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { mandatesOf } from '../mandates/store.ts'
import { readPage } from '../payments/page.ts'
import type { Payment, PaymentParty } from '../payments/payment.ts'
import { findByTxnIds } from '../payments/store-network.ts'
import { findPayments as paymentsById, toPayment } from '../payments/store.ts'
import { eventsOf, openPayments, paymentsByRrn, paymentsOfPerson } from './store.ts'

export type LookUpDeps = Pick<Deps, 'sql' | 'call' | 'transaction' | 'append'> & { txnPrefix: string }
type Query = Input<typeof contracts.findPayments>['querystring']

const defaultLimit = 50

/** Given several things to search by, those for which all of them hold. */
export async function findPayments(
  deps: LookUpDeps,
  query: Query,
): Promise<Output<typeof contracts.findPayments>> {
  const { before = null, limit = defaultLimit, ...by } = query
  const found = await search(deps, by, { before, limit })
  const last = found.length === limit && !by.id && !by.txnId ? found.at(-1) : undefined
  const payments = found.filter((payment) => holdsFor(payment, by)).map(headOf)
  return { payments, ...(last ? { next: last.id } : {}) }
}

function holdsFor(payment: Payment, { rrn, txnId, vpa, userId }: Query): boolean {
  const { payer, payee } = payment
  const own = vpa === undefined ? undefined : normaliseVpa(vpa)
  return (
    (rrn === undefined || payment.rrn === rrn) &&
    (txnId === undefined || payment.txnId === txnId) &&
    (own === undefined || payer.vpa === own || payee.vpa === own) &&
    (userId === undefined || payer.userId === userId || payee.userId === userId)
  )
}

async function search(
  { sql, call, txnPrefix }: LookUpDeps,
  { rrn, txnId, id, vpa, userId }: Omit<Query, 'before' | 'limit'>,
  page: { before: string | null; limit: number },
): Promise<Payment[]> {
  if (id !== undefined) return (await paymentsById(sql, [id])).map(toPayment)
  if (txnId !== undefined) return findByTxnIds(sql, [txnId], txnPrefix)
  if (rrn !== undefined) return paymentsByRrn(sql, rrn, page)
  if (userId !== undefined) return paymentsOfPerson(sql, { userId, vpa: null }, page)
  if (vpa === undefined) return openPayments(sql, page)
  const own = normaliseVpa(vpa)
  const { parties } = await call(resolveVpas, { body: { vpas: [own] } })
  // Payments are kept by customer: one of somebody else's customer is found by its numbers.
  const owner = parties[0]?.userId
  return owner === undefined ? [] : paymentsOfPerson(sql, { userId: owner, vpa: own }, page)
}

async function paymentOf({ sql }: LookUpDeps, id: string): Promise<Payment> {
  const [row] = await paymentsById(sql, [id])
  if (!row) throw new Problem('not-found', 'there is no such payment')
  return toPayment(row)
}

/** Throws `not-found`. */
export async function inspectPayment(
  deps: LookUpDeps,
  id: string,
): Promise<Output<typeof contracts.inspectPayment>> {
  const payment = await paymentOf(deps, id)
  const [events, { movements }] = await Promise.all([
    eventsOf(deps.sql, id),
    deps.call(movementsOf, { params: { paymentId: id }, querystring: { txnId: payment.txnId } }),
  ])
  return {
    ...headOf(payment),
    route: payment.route,
    events: events.map(({ at, data, ...event }) => ({
      ...event,
      at: at.toISOString(),
      data: maskPersonalData(data),
    })),
    movements,
  }
}

/** Throws `not-found`. */
export async function revealPayment(
  deps: LookUpDeps,
  actorId: string,
  id: string,
  reason: string,
): Promise<Output<typeof contracts.revealPayment>> {
  const { payer, payee, note } = await paymentOf(deps, id)
  const data = { paymentId: id, actorId, note: reason }
  await deps.transaction((tx) => deps.append(tx, { type: 'payment.revealed', stream: uuidv7(), data }))
  return { payer: named(payer), payee: named(payee), ...(note === undefined ? {} : { note }) }
}

const named = ({ vpa, name, maskedNumber }: PaymentParty) => ({
  vpa,
  name,
  ...(maskedNumber === undefined ? {} : { maskedNumber }),
})

const masked = ({ vpa, userId, bank }: PaymentParty) => ({
  vpa: maskVpa(vpa),
  ...(userId === undefined ? {} : { userId }),
  ...(bank === undefined ? {} : { bank }),
})

function headOf(payment: Payment): contracts.FoundPayment {
  const { id, txnId, rrn, status, code, amountPaise, payer, payee, createdAt, completedAt } = payment
  return {
    ...{ id, txnId, rrn, status, amountPaise, payer: masked(payer), payee: masked(payee) },
    ...(code === undefined ? {} : { code }),
    createdAt: createdAt.toISOString(),
    ...(completedAt ? { completedAt: completedAt.toISOString() } : {}),
  }
}

/** Newest first, of a person on either side. Throws `request-invalid` for a cursor that no page gave. */
export async function listPersonMandates(
  { sql }: Pick<LookUpDeps, 'sql'>,
  userId: string,
  query: Input<typeof listPersonMandatesContract>['querystring'],
): Promise<Output<typeof listPersonMandatesContract>> {
  const { found, next } = await readPage(query, (page) =>
    mandatesOf(sql, userId, { direction: null, status: null, ...page }),
  )
  const mandates = found.map(({ id, status, terms, payer, payee, createdAt }) => {
    const direction = payer.userId === userId ? ('payer' as const) : ('payee' as const)
    const { amountPaise, recurrence, validTo } = terms
    return {
      ...{ id, status, direction, amountPaise, recurrence, validTo },
      counterpart: maskVpa((direction === 'payer' ? payee : payer).vpa),
      createdAt: createdAt.toISOString(),
    }
  })
  return { mandates, ...next }
}

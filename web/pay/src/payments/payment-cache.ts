// The one copy of each payment: whatever an answer or a message says of it holds wherever the payment is shown.
import type { Message } from '@bahi/contracts/notification.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import type { InfiniteData, QueryClient } from '@tanstack/react-query'

/** Every query that holds payments begins with this word. */
export const paymentsKey = ['payments'] as const
export const paymentKey = (id: string) => ['payments', 'one', id] as const
/** Lists: each has its filter as the last part of its key. */
export const paymentListsKey = ['payments', 'list'] as const

type List = { payments: PaymentView[] }
type Cached = PaymentView | List | InfiniteData<List> | undefined
type Filter = { status?: PaymentView['status'] }

/** What is final stays: an answer that was on its way when the payment settled does not make it pending again. */
export function newerOf(known: PaymentView | undefined, found: PaymentView): PaymentView {
  return known && known.status !== 'pending' && found.status === 'pending' ? known : found
}

/** Everywhere that this device has it: on its own, and in each list. */
export function cachedPayment(client: QueryClient, id: string): PaymentView | undefined {
  const own = client.getQueryData<PaymentView>(paymentKey(id))
  if (own) return own
  for (const [, data] of client.getQueriesData<Cached>({ queryKey: paymentListsKey })) {
    const found = listsIn(data).flatMap(({ payments }) => payments.filter((one) => one.id === id))
    if (found[0]) return found[0]
  }
  return undefined
}

/** Replaces what is known of these payments, and returns them as they are known now. */
export function cachePayments(client: QueryClient, found: PaymentView[]): PaymentView[] {
  const current = new Map(found.map((one) => [one.id, newerOf(cachedPayment(client, one.id), one)]))
  for (const query of client.getQueryCache().findAll({ queryKey: paymentsKey })) {
    const data = query.state.data as Cached
    const patched = patch(data, current, query.queryKey.at(-1) as Filter)
    // It is as old as it was: only some of what is in it is newer.
    if (patched !== data)
      client.setQueryData(query.queryKey, patched, { updatedAt: query.state.dataUpdatedAt })
  }
  return found.map(({ id }) => current.get(id)!)
}

/** One payment that was just answered: cached on its own too, whoever asks for it next. */
export function cachePayment(client: QueryClient, found: PaymentView): PaymentView {
  const [current] = cachePayments(client, [found])
  client.setQueryData(paymentKey(found.id), current)
  return current!
}

/** Threads with one person, and what was spent: each payment that ends changes them. */
export const threadsKey = ['threads'] as const
export const spendingKey = ['spending'] as const
export const sumKeys: (readonly string[])[] = [['statement'], threadsKey, spendingKey]

/** What a payment changes that was not there before: lists, people, and what is made of all of them. */
export const paymentListKeys: (readonly string[])[] = [paymentListsKey, ['payments', 'people'], ...sumKeys]

/** These are asked for again where they are shown. */
export function refreshPaymentLists(client: QueryClient): void {
  for (const queryKey of paymentListKeys) void client.invalidateQueries({ queryKey })
}

/** What a live message says of a payment that is known already; undefined when the service has to be asked. */
export function settledBy(
  known: PaymentView,
  { type, at }: Pick<Message, 'type' | 'at'>,
): PaymentView | undefined {
  if (type !== 'payment.settled') return undefined
  if (known.status === 'settled') return known
  const { pending: _, failure: __, ...rest } = known
  return { ...rest, status: 'settled', completedAt: at }
}

const listsIn = (data: Cached): List[] => {
  if (data === undefined) return []
  return 'pages' in data ? data.pages : 'payments' in data ? [data] : []
}

function patch(data: Cached, current: ReadonlyMap<string, PaymentView>, filter: Filter): Cached {
  if (data === undefined) return data
  if ('pages' in data) {
    const pages = data.pages.map((page) => patchList(page, current, filter))
    return pages.every((page, i) => page === data.pages[i]) ? data : { ...data, pages }
  }
  if ('payments' in data) return patchList(data, current, filter)
  return 'id' in data ? (current.get(data.id) ?? data) : data
}

/** Of a list by status, what has another status now is taken out. */
function patchList(list: List, current: ReadonlyMap<string, PaymentView>, { status }: Filter): List {
  if (!list.payments.some(({ id }) => current.has(id))) return list
  const payments = list.payments
    .map((one) => current.get(one.id) ?? one)
    .filter((one) => status === undefined || one.status === status)
  return { ...list, payments }
}

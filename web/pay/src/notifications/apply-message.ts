// A live message applied to what this device shows: the payment it tells of is changed where it stands, and only what
// the message concerns is asked for again.
import type { Message, listMessages } from '@bahi/contracts/notification.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import type { Output } from '@bahi/contracts/call.ts'
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { controlsKey, mandatesKey, quotesKey } from '../api/query-keys.ts'
import {
  cachedPayment,
  cachePayments,
  paymentKey,
  paymentListKeys,
  settledBy,
  sumKeys,
  threadsKey,
} from '../payments/payment-cache.ts'
import { findAttempt } from '../payments/payment-attempts.ts'
import { fetchPayment } from '../payments/payment-queries.ts'
import { requestsKey } from '../requests/request-queries.ts'
import { schedulesKey } from '../schedules/schedule-queries.ts'
import { outcomeKey } from '../payments/use-outcome.ts'
import { notificationsKey, unreadKey } from './use-unread.ts'

/** By the first word of a message's type: the queries whose answers it may have changed. */
const concerned: Record<string, string[]> = {
  account: ['accounts', 'vpas', 'upi-numbers'],
  auth: ['sessions'],
  user: ['me'],
}

/** Messages in their order; none: something happened, and it is not known what. */
export function applyMessages(client: QueryClient, messages: Message[]): void {
  const changed = messages.map((message) => apply(client, message))
  if (messages.length === 0 || changed.includes('anything')) return void client.invalidateQueries()
  // Each is asked for once, however many messages came together.
  const keys = new Map(
    changed.flatMap((one) => (one === 'anything' ? [] : one)).map((key) => [key.join(), key]),
  )
  for (const queryKey of [unreadKey, ...keys.values()]) void client.invalidateQueries({ queryKey })
}

/** What a payment may have been made for, by its origin. */
const claims: Partial<Record<OriginKind, readonly string[]>> = {
  request: requestsKey,
  schedule: schedulesKey,
  mandate: mandatesKey,
}

type OriginKind = NonNullable<PaymentView['initiation']>['origin']['kind']
type Changed = (readonly string[])[] | 'anything'

/** Changes what can be changed without asking; returns the keys of what has to be asked for. */
function apply(client: QueryClient, message: Message): Changed {
  addToList(client, message)
  const paymentId = message.data['paymentId']
  if (typeof paymentId === 'string') return applyToPayment(client, paymentId, message)
  if (typeof message.data['requestId'] === 'string') return [requestsKey, threadsKey]
  if (typeof message.data['scheduleId'] === 'string') return [schedulesKey]
  if (typeof message.data['mandateId'] === 'string') return [mandatesKey]
  if (message.type === 'payment.controls-changed') return [controlsKey, quotesKey]
  if (message.type.startsWith('account.mandate-')) return [mandatesKey, ['accounts']]
  const kind = message.type.split('.')[0]!
  // Of a kind that this version does not know, anything may have changed.
  return Object.hasOwn(concerned, kind) ? concerned[kind]!.map((root) => [root]) : 'anything'
}

function applyToPayment(client: QueryClient, id: string, message: Message): Changed {
  // Its request may still wait for an answer.
  if (findAttempt(id)) void client.refetchQueries({ queryKey: outcomeKey(id) })
  const known = cachedPayment(client, id)
  // It may have paid something of those that this side has; a debit of a mandate is both sides'.
  if (!known) {
    const planned = message.data['direction'] === 'debit' ? [schedulesKey] : []
    return [...paymentListKeys, requestsKey, mandatesKey, ...planned]
  }
  const settled = settledBy(known, message)
  if (settled) cachePayments(client, [settled])
  else void fetchPayment(client, id).catch(() => undefined)
  // Its own screen has everything from the service.
  const kind = known.initiation?.origin.kind
  const claimed = kind !== undefined && claims[kind]
  return [...sumKeys, ...(settled ? [paymentKey(id)] : []), ...(claimed ? [claimed] : [])]
}

type Page = Output<typeof listMessages>

/** On top of the messages that are loaded, in each language; one that is there already is not counted again. */
function addToList(client: QueryClient, message: Message): void {
  client.setQueriesData<InfiniteData<Page>>({ queryKey: notificationsKey }, (list) => {
    const isKnown = list?.pages.some(({ notifications }) =>
      notifications.some(({ seq }) => seq === message.seq),
    )
    if (!list || isKnown) return list
    const [first, ...rest] = list.pages
    return { ...list, pages: [{ ...first!, notifications: [message, ...first!.notifications] }, ...rest] }
  })
}

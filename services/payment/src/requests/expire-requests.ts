// Expires requests that nobody answered: due work at the time that each one names.
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { DueHandler } from '@bahi/kit/due-work/due-worker.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { change, changeEvent } from './request.ts'
import { findRequest, lockRequests, updateRequest } from './store.ts'

export const expiryKind = 'request-expiry'
/** While a payment of the request is in progress. */
const lookAgainMs = 30_000

export function expiryHandler(deps: Pick<Deps, 'sql' | 'clock'>): DueHandler {
  return {
    kind: expiryKind,
    run: (items) =>
      Promise.all(
        items.map(async ({ key }) => {
          const found = await findRequest(deps.sql, key)
          if (found?.request.status !== 'pending') return { outcome: 'done' as const }
          const now = deps.clock.now()
          if (found.request.paymentId !== undefined)
            return { outcome: 'retry' as const, at: new Date(now.getTime() + lookAgainMs) }
          return {
            outcome: 'done' as const,
            async commit(tx) {
              const request = (await lockRequests(tx, [key])).get(key)!
              if (request.status !== 'pending') return
              // A payment began meanwhile: this throws, and the item is tried again.
              const expired = change(request, { type: 'expired' }, now)
              await updateRequest(tx, expired)
              await appendEvents(tx, now, [changeEvent(expired, { type: 'expired' })])
            },
          }
        }),
      ),
  }
}

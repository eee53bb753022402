// How many notifications are unread: for the bell on every screen.
import { listMessages } from '@bahi/contracts/notification.ts'
import { useQuery } from '@tanstack/react-query'
import { call } from '../api/client.ts'

/** Of the lists of messages, each followed by its language. */
export const notificationsKey = ['notifications'] as const

/** The count is a query of its own: every screen has the bell, few need the messages. */
export const unreadKey = ['unread'] as const

export function useUnread(): number {
  const found = useQuery({
    queryKey: unreadKey,
    queryFn: async () => (await call(listMessages, { querystring: { limit: 1 } })).unread,
  })
  return found.data ?? 0
}

// My notifications, a page at a time, and marking them as read.
import { listMessages, readMessages, type Message } from '@bahi/contracts/notification.ts'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { call } from '../../api/client.ts'
import { useLanguage } from '../../language/language.ts'
import { notificationsKey, unreadKey } from '../../notifications/use-unread.ts'

const pageSize = 20

export function useNotifications() {
  const { language } = useLanguage()
  return useInfiniteQuery({
    queryKey: [...notificationsKey, language],
    queryFn: ({ pageParam }) =>
      call(listMessages, {
        querystring: { limit: pageSize, language, ...(pageParam === 0 ? {} : { before: pageParam }) },
      }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
  })
}

/**
 * Marks everything up to the newest message as read while the screen is visible. Gives the last `seq` that was
 * read when the screen opened: what came later stays marked as new for as long as it is open.
 */
export function useMarkRead(messages: Message[] | undefined): number | undefined {
  const client = useQueryClient()
  const [readBefore, setReadBefore] = useState<number>()
  const reading = useMutation({
    mutationFn: (upToSeq: number) => call(readMessages, { body: { upToSeq } }),
    onSuccess: ({ unread }) => client.setQueryData(unreadKey, unread),
  })
  const newest = messages?.[0]
  const { mutate } = reading
  const firstRead = messages?.find(({ readAt }) => readAt !== undefined)?.seq ?? 0
  if (readBefore === undefined && messages) setReadBefore(firstRead)
  const seq = newest && newest.readAt === undefined ? newest.seq : undefined
  useEffect(() => {
    if (seq === undefined) return
    const markRead = () => document.visibilityState === 'visible' && mutate(seq)
    markRead()
    document.addEventListener('visibilitychange', markRead)
    return () => document.removeEventListener('visibilitychange', markRead)
  }, [seq, mutate])
  return readBefore
}

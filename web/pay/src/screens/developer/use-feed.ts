// Follows the services' events while the page is visible.
import { feed, type FeedItem } from '@bahi/contracts/feed.ts'
import { useEffect, useState } from 'react'
import { callPublic } from '../../api/client.ts'

const mostKept = 600
const waitMs = 2_000
const betweenMs = 150
const afterFailureMs = 2_000

export function useFeed(): { events: FeedItem[]; error: unknown; isKnown: boolean } {
  const [events, setEvents] = useState<FeedItem[]>([])
  const [isKnown, setIsKnown] = useState(false)
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    const ended = new AbortController()
    let after = 0
    async function once(): Promise<number> {
      if (document.hidden) return betweenMs
      try {
        const got = await callPublic(feed, { querystring: after === 0 ? {} : { after, waitMs } })
        if (ended.signal.aborted) return 0
        // Smaller numbers mean that the sandbox has restarted: its earlier events are gone.
        const hasRestarted = got.last < after
        if (got.events.length > 0 || hasRestarted) {
          setEvents((before) => [...(hasRestarted ? [] : before), ...got.events].slice(-mostKept))
        }
        after = got.last
        setError(undefined)
        setIsKnown(true)
        return betweenMs
      } catch (failure) {
        setError(failure)
        return afterFailureMs
      }
    }
    async function follow() {
      while (!ended.signal.aborted) {
        const pause = await once()
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
    void follow()
    return () => ended.abort()
  }, [])
  return { events, error, isKnown }
}

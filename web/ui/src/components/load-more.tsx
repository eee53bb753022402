// The end of a list that has more pages: loads the next one when it comes near the screen, and by its button always.
import { useEffect, useEffectEvent, useRef } from 'react'
import { Button } from './button.tsx'

/** What an infinite query says of itself. */
export type MorePages = {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  isFetchNextPageError: boolean
  fetchNextPage: () => Promise<unknown>
}

type LoadMoreProps = {
  pages: MorePages
  text: string
  /** False where only a press may load: a search decides itself how far back it goes. */
  auto?: boolean
}

/** Nothing without another page. A page that could not be loaded is asked for again by a press alone. */
export function LoadMore({ pages, text, auto = true }: LoadMoreProps) {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError } = pages
  const end = useRef<HTMLDivElement>(null)
  const load = useEffectEvent(() => void pages.fetchNextPage())
  const isWatched = auto && hasNextPage && !isFetchingNextPage && !isFetchNextPageError
  useEffect(() => {
    if (!isWatched || !end.current || !('IntersectionObserver' in window)) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && load(), {
      rootMargin: '400px',
    })
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [isWatched])
  if (!hasNextPage) return null
  return (
    <div ref={end} className="flex justify-center">
      <Button look="quiet" busy={isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
        {text}
      </Button>
    </div>
  )
}

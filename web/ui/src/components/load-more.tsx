// The end of a list that has more pages: loads the next one when it comes near the screen, and by its button always.
import { useEffect, useRef } from 'react'
import { Button } from './button.tsx'

type LoadMoreProps = {
  text: string
  busy: boolean
  /** False where only a press may load: a search decides itself how far back it goes. */
  auto?: boolean
  onLoad: () => void
}

export function LoadMore({ text, busy, auto = true, onLoad }: LoadMoreProps) {
  const end = useRef<HTMLDivElement>(null)
  const load = useRef(onLoad)
  useEffect(() => {
    load.current = onLoad
  })
  useEffect(() => {
    if (!auto || busy || !end.current || !('IntersectionObserver' in window)) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && load.current(), {
      rootMargin: '400px',
    })
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [auto, busy])
  return (
    <div ref={end} className="flex justify-center">
      <Button look="quiet" busy={busy} onClick={onLoad}>
        {text}
      </Button>
    </div>
  )
}

// Shows the steps of a trace one after the other; all at once when reduced motion is set.
import { useEffect, useState } from 'react'

const stepMs = 240

/** @param id of the trace: another one starts from the beginning */
export function usePlayback(id: string, count: number): { shown: number; replay: () => void } {
  const [playing, setPlaying] = useState({ id, shown: 0 })
  const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  const shown = isStill ? count : playing.id === id ? Math.min(playing.shown, count) : 0
  useEffect(() => {
    if (shown >= count) return
    const timer = setTimeout(() => setPlaying({ id, shown: shown + 1 }), stepMs)
    return () => clearTimeout(timer)
  }, [id, shown, count])
  return { shown, replay: () => setPlaying({ id, shown: 0 }) }
}

// Whether the screen is wide: from Tailwind's `lg` on, for what a phone does not show at all.
import { useSyncExternalStore } from 'react'

const query = window.matchMedia('(min-width: 64rem)')

function subscribe(onChange: () => void): () => void {
  query.addEventListener('change', onChange)
  return () => query.removeEventListener('change', onChange)
}

export const useIsWide = () => useSyncExternalStore(subscribe, () => query.matches)

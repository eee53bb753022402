// Whether there is the room of a desk: where Tailwind's `lg` begins, for what is not there at all on a phone.
import { useSyncExternalStore } from 'react'

const query = window.matchMedia('(min-width: 64rem)')

function subscribe(onChange: () => void): () => void {
  query.addEventListener('change', onChange)
  return () => query.removeEventListener('change', onChange)
}

export const useIsWide = () => useSyncExternalStore(subscribe, () => query.matches)

// Whether there is the room of a desk: where Tailwind's `lg` begins, for what is not there at all on a phone.
import { useSyncExternalStore } from 'react'

const desk = window.matchMedia('(min-width: 64rem)')

function subscribe(hear: () => void): () => void {
  desk.addEventListener('change', hear)
  return () => desk.removeEventListener('change', hear)
}

export const useDesk = () => useSyncExternalStore(subscribe, () => desk.matches)

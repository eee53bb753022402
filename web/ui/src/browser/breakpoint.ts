// Whether the screen is wide, at Tailwind's breakpoints: for what smaller screens do not have at all.
import { useSyncExternalStore } from 'react'

function isAtLeast(width: string): () => boolean {
  const query = window.matchMedia(`(min-width: ${width})`)
  const subscribe = (onChange: () => void) => {
    query.addEventListener('change', onChange)
    return () => query.removeEventListener('change', onChange)
  }
  return () => useSyncExternalStore(subscribe, () => query.matches)
}

/** `lg`: the tabs are at the side. */
export const useIsWide = isAtLeast('64rem')
/** `xl`: there is room for a panel beside a screen. */
export const useHasPanel = isAtLeast('80rem')

// Whether there is a network: for what needs one, and for saying so.
import { useSyncExternalStore } from 'react'

const watch = (tell: () => void) => {
  window.addEventListener('online', tell)
  window.addEventListener('offline', tell)
  return () => {
    window.removeEventListener('online', tell)
    window.removeEventListener('offline', tell)
  }
}

export const useOnline = () => useSyncExternalStore(watch, () => navigator.onLine)

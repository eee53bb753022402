// Whether the server can be reached. Browsers know when they are offline, but not always: a probe finds out.
import { useSyncExternalStore } from 'react'

const probeIntervalMs = 3_000

let isUnreachable = false
let isProbing = false
const listeners = new Set<() => void>()

function setUnreachable(silent: boolean): void {
  if (silent === isUnreachable) return
  isUnreachable = silent
  for (const notify of listeners) notify()
}

/** A request got no response at all: probes until the server responds. */
export function reportNoResponse(): void {
  if (isProbing || !navigator.onLine) return
  isProbing = true
  void probe()
}

export const reportResponse = () => setUnreachable(false)

async function probe(): Promise<void> {
  let wasUnreachable = false
  for (;;) {
    // Any response will do; the service worker caches GET only, so a HEAD reaches the server.
    const isReachable = await fetch('/icon.svg', { method: 'HEAD', cache: 'no-store' }).then(
      () => true,
      () => false,
    )
    setUnreachable(!isReachable)
    if (isReachable) break
    wasUnreachable = true
    await new Promise((resolve) => setTimeout(resolve, probeIntervalMs))
  }
  isProbing = false
  // What waits for the network is notified by the browser's own event.
  if (wasUnreachable) window.dispatchEvent(new Event('online'))
}

const subscribe = (notify: () => void) => {
  listeners.add(notify)
  window.addEventListener('online', notify)
  window.addEventListener('offline', notify)
  return () => {
    listeners.delete(notify)
    window.removeEventListener('online', notify)
    window.removeEventListener('offline', notify)
  }
}

export const useOnline = () => useSyncExternalStore(subscribe, () => navigator.onLine && !isUnreachable)

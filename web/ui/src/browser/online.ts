// Whether there is a network: for what needs one, and for saying so. Browsers know when there is none, but not always.
import { useSyncExternalStore } from 'react'

const probeIntervalMs = 3_000

let isUnreachable = false
let isProbing = false
const listeners = new Set<() => void>()

function setUnreachable(silent: boolean): void {
  if (silent === isUnreachable) return
  isUnreachable = silent
  for (const tell of listeners) tell()
}

/** A request got no answer at all: it is tried whether anything does, until something does. */
export function reportNoResponse(): void {
  if (isProbing || !navigator.onLine) return
  isProbing = true
  void probe()
}

export const reportResponse = () => setUnreachable(false)

async function probe(): Promise<void> {
  let wasUnreachable = false
  for (;;) {
    // Whatever it answers; the worker keeps what is got, and lets this pass.
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
  // What waits for the network hears of it as always.
  if (wasUnreachable) window.dispatchEvent(new Event('online'))
}

const subscribe = (tell: () => void) => {
  listeners.add(tell)
  window.addEventListener('online', tell)
  window.addEventListener('offline', tell)
  return () => {
    listeners.delete(tell)
    window.removeEventListener('online', tell)
    window.removeEventListener('offline', tell)
  }
}

export const useOnline = () => useSyncExternalStore(subscribe, () => navigator.onLine && !isUnreachable)

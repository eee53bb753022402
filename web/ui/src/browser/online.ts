// Whether there is a network: for what needs one, and for saying so. Browsers know when there is none, but not always.
import { useSyncExternalStore } from 'react'

const betweenMs = 3_000

let isSilent = false
let isProbing = false
const hearers = new Set<() => void>()

function put(silent: boolean): void {
  if (silent === isSilent) return
  isSilent = silent
  for (const tell of hearers) tell()
}

/** A request got no answer at all: it is tried whether anything does, until something does. */
export function gotNoAnswer(): void {
  if (isProbing || !navigator.onLine) return
  isProbing = true
  void probe()
}

export const gotAnswer = () => put(false)

async function probe(): Promise<void> {
  let wasSilent = false
  for (;;) {
    // Whatever it answers; the worker keeps what is got, and lets this pass.
    const isThere = await fetch('/icon.svg', { method: 'HEAD', cache: 'no-store' }).then(
      () => true,
      () => false,
    )
    put(!isThere)
    if (isThere) break
    wasSilent = true
    await new Promise((resolve) => setTimeout(resolve, betweenMs))
  }
  isProbing = false
  // What waits for the network hears of it as always.
  if (wasSilent) window.dispatchEvent(new Event('online'))
}

const watch = (tell: () => void) => {
  hearers.add(tell)
  window.addEventListener('online', tell)
  window.addEventListener('offline', tell)
  return () => {
    hearers.delete(tell)
    window.removeEventListener('online', tell)
    window.removeEventListener('offline', tell)
  }
}

export const useOnline = () => useSyncExternalStore(watch, () => navigator.onLine && !isSilent)

// The worker that keeps the app's own files, so that it starts without a network; and the new version of them.
import { create } from 'zustand'

export const useUpdate = create<{ isReady: boolean }>()(() => ({ isReady: false }))

let registration: ServiceWorkerRegistration | undefined
const askEveryMs = 3_600_000

export async function startWorker(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  try {
    registration = await navigator.serviceWorker.register(trusted('/sw.js'))
  } catch {
    // Forbidden by the browser or its person: the app works on, with a network.
    return
  }
  watchFor(registration)
  setInterval(() => void registration?.update().catch(() => undefined), askEveryMs)
}

/** What comes first is no update; it is one when another version is in charge already. */
function watchFor(own: ServiceWorkerRegistration): void {
  const look = () => {
    if (own.waiting && navigator.serviceWorker.controller) useUpdate.setState({ isReady: true })
  }
  own.addEventListener('updatefound', () => own.installing?.addEventListener('statechange', look))
  look()
}

/** Begins anew with the new version. */
export function update(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  registration?.waiting?.postMessage({ type: 'SKIP_WAITING' })
}

type Policies = { createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy }
type Policy = { createScriptURL(url: string): unknown }

/** Browsers that know trusted types take no bare text as the address of a script. */
function trusted(url: string): string {
  const { trustedTypes } = window as unknown as { trustedTypes?: Policies }
  const policy = trustedTypes?.createPolicy('bahi-worker', { createScriptURL: () => '/sw.js' })
  return (policy?.createScriptURL(url) ?? url) as string
}

// Registers the service worker that caches the app's files for offline starts; reports and applies new versions.
import { create } from 'zustand'

export const useAppUpdate = create<{ isReady: boolean }>()(() => ({ isReady: false }))

let registration: ServiceWorkerRegistration | undefined
const checkIntervalMs = 3_600_000

export async function registerServiceWorker(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  try {
    registration = await navigator.serviceWorker.register(trustedScriptUrl('/sw.js'))
  } catch {
    // Forbidden by the browser or its person: the app works on, with a network.
    return
  }
  watchForUpdate(registration)
  setInterval(() => void registration?.update().catch(() => undefined), checkIntervalMs)
}

/** The first installation is no update; one that waits behind an active worker is. */
function watchForUpdate(own: ServiceWorkerRegistration): void {
  const look = () => {
    if (own.waiting && navigator.serviceWorker.controller) useAppUpdate.setState({ isReady: true })
  }
  own.addEventListener('updatefound', () => own.installing?.addEventListener('statechange', look))
  look()
}

/** Activates the waiting version and reloads. */
export function applyUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  registration?.waiting?.postMessage({ type: 'SKIP_WAITING' })
}

type Policies = { createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy }
type Policy = { createScriptURL(url: string): unknown }

/** Browsers that know trusted types take no bare text as the address of a script. */
function trustedScriptUrl(url: string): string {
  const { trustedTypes } = window as unknown as { trustedTypes?: Policies }
  const policy = trustedTypes?.createPolicy('bahi-worker', { createScriptURL: () => '/sw.js' })
  return (policy?.createScriptURL(url) ?? url) as string
}

// Signs out who leaves the console open: after fifteen minutes without a key or a pointer in any of its tabs, as the
// gateway does. The tabs share one session: they all end with it.
import { readSetting, writeSetting } from '@bahi/web-ui/browser/settings.ts'
import type { QueryClient } from '@tanstack/react-query'
import { leave } from '../api/client.ts'
import { signedInKey, signOut, useSession } from './session.ts'

const idleMs = 15 * 60_000
const checkEveryMs = 5_000

const usedKey = 'bahi.console-used'
const lastUsedMs = () => Number(readSetting(usedKey) ?? 0)

function touch(): void {
  const nowMs = Date.now()
  // A wheel turns many times a second.
  if (nowMs - lastUsedMs() >= 1_000) writeSetting(usedKey, String(nowMs))
}

/** Returns what ends it. */
export function watchIdleness(client: QueryClient): () => void {
  const signs = ['pointerdown', 'keydown', 'wheel'] as const
  for (const sign of signs) window.addEventListener(sign, touch, { passive: true })
  /** Another tab has signed out. */
  const follow = ({ key, newValue }: StorageEvent) => key === signedInKey && newValue === null && signOut()
  window.addEventListener('storage', follow)
  touch()
  const endWatch = useSession.subscribe((now, before) => {
    if (now.signedIn && !before.signedIn) touch()
    // Nothing of what was seen stays behind.
    if (!now.signedIn && before.signedIn) client.clear()
  })
  const timer = setInterval(() => {
    if (useSession.getState().signedIn && Date.now() - lastUsedMs() >= idleMs) void leave('idle')
  }, checkEveryMs)
  return () => {
    clearInterval(timer)
    endWatch()
    window.removeEventListener('storage', follow)
    for (const sign of signs) window.removeEventListener(sign, touch)
  }
}

// Signs out who leaves the console open: after fifteen minutes without a key or a pointer, as the gateway does.
import type { QueryClient } from '@tanstack/react-query'
import { leave } from '../api/client.ts'
import { useSession } from './session.ts'

const idleMs = 15 * 60_000
const checkEveryMs = 5_000

/** Returns what ends it. */
export function watchIdleness(client: QueryClient): () => void {
  let lastMs = Date.now()
  const touch = () => void (lastMs = Date.now())
  const signs = ['pointerdown', 'keydown', 'wheel'] as const
  for (const sign of signs) window.addEventListener(sign, touch, { passive: true })
  const endWatch = useSession.subscribe((now, before) => {
    if (now.signedIn && !before.signedIn) touch()
    // Nothing of what was seen stays behind.
    if (!now.signedIn && before.signedIn) client.clear()
  })
  const timer = setInterval(() => {
    if (useSession.getState().signedIn && Date.now() - lastMs >= idleMs) void leave('idle')
  }, checkEveryMs)
  return () => {
    clearInterval(timer)
    endWatch()
    for (const sign of signs) window.removeEventListener(sign, touch)
  }
}

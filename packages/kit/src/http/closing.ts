// How HTTP servers close: requests in flight are answered, and nothing from outside can hold the end up.
import type { Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Runs `close`, which resolves when the server's last connection has ended. Connections that fall idle meanwhile are
 * closed at once; after `timeoutMs` all others are, whatever they still wait for. True when that was not needed.
 */
export async function closeWithin(
  server: Server,
  timeoutMs: number,
  close: () => Promise<unknown>,
): Promise<boolean> {
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  const late = new AbortController()
  try {
    const closing = close().then(() => true)
    const timeout = delay(timeoutMs, false, { signal: late.signal }).catch(() => false)
    if (await Promise.race([closing, timeout])) return true
    server.closeAllConnections()
    // A handler that never ends is left alone: its connection is gone.
    closing.catch(() => undefined)
    await Promise.race([closing, delay(500)])
    return false
  } finally {
    clearInterval(idle)
    late.abort()
  }
}

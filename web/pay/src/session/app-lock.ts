// The lock of the app: closed when it opens, and when it comes back after a while out of sight.
import { create } from 'zustand'
import { vault } from '../storage/storage.ts'

/** Out of sight for so long, it is closed when it comes back. */
export const hiddenForMs = 2 * 60_000

type Lock = { isSet: boolean; isClosed: boolean }

export const useLock = create<Lock>()(() => ({ isSet: false, isClosed: false }))

/** True when a passcode is asked for now. */
export async function startLock(): Promise<boolean> {
  const isSet = await vault.isLocked()
  useLock.setState({ isSet, isClosed: isSet })
  return isSet
}

/** Closes it by the clock of the wall: timers stand still while a device sleeps. */
export function watchSight(keepNow: () => Promise<void>): void {
  let hiddenAtMs: number | undefined
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') {
      hiddenAtMs ??= Date.now()
      void keepNow()
      return
    }
    const longAgo = hiddenAtMs !== undefined && Date.now() - hiddenAtMs >= hiddenForMs
    hiddenAtMs = undefined
    if (longAgo && useLock.getState().isSet) {
      vault.close()
      useLock.setState({ isClosed: true })
    }
  })
}

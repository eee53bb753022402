// The app's lock: locked when the app starts, and when it comes back after it was hidden for a while.
import { create } from 'zustand'
import { storage } from '../storage/storage.ts'

/** Hidden for so long, the app is locked when it comes back. */
export const lockAfterHiddenMs = 2 * 60_000

type Lock = { hasPasscode: boolean; isLocked: boolean }

export const useAppLock = create<Lock>()(() => ({ hasPasscode: false, isLocked: false }))

/** True when a passcode is asked for now. */
export async function loadAppLock(): Promise<boolean> {
  const hasPasscode = await storage.isLocked()
  useAppLock.setState({ hasPasscode, isLocked: hasPasscode })
  return hasPasscode
}

/** Compares wall-clock times: timers stand still while a device sleeps. */
export function lockWhenHidden(keepNow: () => Promise<void>): void {
  let hiddenAtMs: number | undefined
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') {
      hiddenAtMs ??= Date.now()
      void keepNow()
      return
    }
    const longAgo = hiddenAtMs !== undefined && Date.now() - hiddenAtMs >= lockAfterHiddenMs
    hiddenAtMs = undefined
    if (longAgo && useAppLock.getState().hasPasscode) {
      storage.close()
      useAppLock.setState({ isLocked: true })
    }
  })
}

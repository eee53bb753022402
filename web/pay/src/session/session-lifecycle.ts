// The session's lifecycle on this device: saved data is shown at once on start, and erased at log-out.
import { logout } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { deleteSetting, readSetting, settingNames, writeSetting } from '@bahi/web-ui/browser/settings.ts'
import type { QueryClient } from '@tanstack/react-query'
import { callPublic, refreshTokens, renewTokens } from '../api/client.ts'
import { clearChanges, restoreChanges, sendChanges } from '../contacts/my-contacts.ts'
import { forgetPush } from '../notifications/push-manager.ts'
import { clearDrafts, restoreDrafts } from '../storage/drafts.ts'
import { deleteSavedQueries, saveQueries, restoreQueries } from '../storage/saved-queries.ts'
import { storage } from '../storage/storage.ts'
import { loadAppLock, useAppLock, lockWhenHidden } from './app-lock.ts'
import { resumeOffline, freshToken, lastUserId, mayBeSignedIn, signOut, useSession } from './session.ts'

/** Settings of the device rather than of the person: they stay. */
const deviceSettings = new Set(['bahi.device', 'bahi.language', 'bahi.theme'])
/** A log-out that is still to be sent to the services. */
const pendingLogoutKey = 'bahi.log-out-owed'
let otherTabs: BroadcastChannel | undefined
/** The user whose data is in memory. */
let currentOwner: string | undefined

/** Asks for the passcode, or shows saved data; and refreshes the session by the cookie. */
export async function startSession(client: QueryClient): Promise<void> {
  const isHere = () => useSession.getState().state === 'signed-in'
  lockWhenHidden(saveQueries(client, storage, isHere))
  watchOtherTabs(client)
  window.addEventListener('online', () => void sendPending(client))
  useSession.subscribe(({ state, signedIn }, before) => {
    // A session that ended elsewhere, as of a lost phone, takes with it what could be read here.
    if (state === 'signed-out') void deleteSavedQueries(storage)
    else if (signedIn?.accessToken && signedIn !== before.signedIn) void onSignedIn(client, signedIn.userId)
  })
  await sendPending(client)
  if (!mayBeSignedIn()) return signOut()
  if (!(await loadAppLock().catch(() => false))) await resumeSession(client)
}

/** Called when the storage is unlocked, or not available at all. */
export async function resumeSession(client: QueryClient): Promise<void> {
  const owner = lastUserId()
  if (!owner) return signOut()
  if (await openStorageFor(client, owner)) {
    resumeOffline(owner)
    void renewTokens().catch(() => undefined)
    return
  }
  await renewTokens().catch(() => undefined)
  // Without a network the app starts all the same, though it has nothing to show.
  if (useSession.getState().state === 'unknown') resumeOffline(owner)
}

/** True when there is saved data to show. */
async function openStorageFor(client: QueryClient, owner: string): Promise<boolean> {
  if (currentOwner !== undefined && currentOwner !== owner) client.clear()
  currentOwner = owner
  const isOpen = await storage.open(owner).catch(() => true)
  if (!isOpen) {
    useAppLock.setState({ hasPasscode: true, isLocked: true })
    return false
  }
  await Promise.all([restoreDrafts(), restoreChanges()]).catch(() => undefined)
  return restoreQueries(client, storage).catch(() => false)
}

/** After every sign-in and every renewal of the token. */
async function onSignedIn(client: QueryClient, userId: string): Promise<void> {
  deleteSetting(pendingLogoutKey)
  if (currentOwner !== userId) await openStorageFor(client, userId)
  if (!useAppLock.getState().isLocked) await sendChanges(client)
}

/** Ends the session and leaves nothing of the person on this device; without a network the session ends later. */
export async function logOut(client: QueryClient): Promise<void> {
  writeSetting(pendingLogoutKey, '1')
  await sendPending(client)
  await clearDevice(client)
  otherTabs?.postMessage('left')
}

async function clearDevice(client: QueryClient): Promise<void> {
  const isOwed = readSetting(pendingLogoutKey)
  signOut()
  currentOwner = undefined
  client.clear()
  clearDrafts()
  clearChanges()
  useAppLock.setState({ hasPasscode: false, isLocked: false })
  for (const key of settingNames()) {
    if (key.startsWith('bahi.') && !deviceSettings.has(key)) deleteSetting(key)
  }
  if (isOwed) writeSetting(pendingLogoutKey, isOwed)
  // Each to its end, whatever becomes of the other.
  await Promise.allSettled([storage.erase(), forgetPush()])
}

/** Sends what waited for the network: a pending log-out, or changes made offline. */
async function sendPending(client: QueryClient): Promise<void> {
  if (readSetting(pendingLogoutKey)) {
    try {
      const token = freshToken() ?? (await refreshTokens()).accessToken
      await callPublic(logout, { body: {} }, { headers: { authorization: `Bearer ${token}` } })
      deleteSetting(pendingLogoutKey)
    } catch (error) {
      // Refused, there is no session any more.
      if (error instanceof Problem && error.status < 500 && error.status !== 429)
        deleteSetting(pendingLogoutKey)
    }
    return
  }
  if (useSession.getState().state === 'signed-in' && !useAppLock.getState().isLocked)
    await sendChanges(client)
}

/** All tabs log out together; when another tab changed the storage key, this one reloads. */
function watchOtherTabs(client: QueryClient): void {
  try {
    otherTabs = new BroadcastChannel('bahi')
  } catch {
    // Site data is blocked: tabs cannot share a session either.
  }
  otherTabs?.addEventListener('message', ({ data }) => {
    if (data === 'left') void clearDevice(client)
    if (data === 'key-changed') location.reload()
  })
}

export async function setPasscode(passcode: string): Promise<void> {
  await storage.setPasscode(passcode)
  useAppLock.setState({ hasPasscode: true })
  otherTabs?.postMessage('key-changed')
}

export async function removePasscode(): Promise<void> {
  await storage.removePasscode()
  useAppLock.setState({ hasPasscode: false })
  otherTabs?.postMessage('key-changed')
}

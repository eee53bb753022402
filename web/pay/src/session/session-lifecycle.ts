// How a person comes back to this device and leaves it: what is kept is shown at once, and gone when they log out.
import { logout, refresh } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { QueryClient } from '@tanstack/react-query'
import { anybody, renew } from '../api/client.ts'
import { forgetChanges, restoreChanges, sendChanges } from '../contacts/my-contacts.ts'
import { forgetDrafts, restoreDrafts } from '../storage/drafts.ts'
import { forgetQueries, keepQueries, restoreQueries } from '../storage/saved-queries.ts'
import { vault } from '../storage/storage.ts'
import { startLock, useLock, watchSight } from './app-lock.ts'
import { comeBack, freshToken, lastHere, mayBeSignedIn, signedOut, useSession } from './session.ts'

/** Settings of the device rather than of the person: they stay. */
const staying = new Set(['bahi.device', 'bahi.language', 'bahi.theme'])
/** A log-out that the services have not heard of yet. */
const owed = 'bahi.log-out-owed'
let otherWindows: BroadcastChannel | undefined
/** Whose things are in memory. */
let here: string | undefined

/** Asks for the passcode, or shows what is kept; and asks the cookie who is here. */
export async function start(client: QueryClient): Promise<void> {
  const isHere = () => useSession.getState().state === 'signed-in'
  watchSight(keepQueries(client, vault, isHere))
  watchOtherWindows(client)
  window.addEventListener('online', () => void settle(client))
  useSession.subscribe(({ state, signedIn }, before) => {
    // A session that ended elsewhere, as of a lost phone, takes with it what could be read here.
    if (state === 'signed-out') void forgetQueries(vault)
    else if (signedIn?.accessToken && signedIn !== before.signedIn) void arrive(client, signedIn.userId)
  })
  await settle(client)
  if (!mayBeSignedIn()) return signedOut()
  if (!(await startLock().catch(() => false))) await enter(client)
}

/** The vault is open, or nothing can be kept here. */
export async function enter(client: QueryClient): Promise<void> {
  const owner = lastHere()
  if (!owner) return signedOut()
  if (await openFor(client, owner)) {
    comeBack(owner)
    void renew().catch(() => undefined)
    return
  }
  await renew().catch(() => undefined)
  // Without a network the app starts all the same, though it has nothing to show.
  if (useSession.getState().state === 'unknown') comeBack(owner)
}

/** True when something is there to show. */
async function openFor(client: QueryClient, owner: string): Promise<boolean> {
  if (here !== undefined && here !== owner) client.clear()
  here = owner
  const isOpen = await vault.open(owner).catch(() => true)
  if (!isOpen) {
    useLock.setState({ isSet: true, isClosed: true })
    return false
  }
  await Promise.all([restoreDrafts(), restoreChanges()]).catch(() => undefined)
  return restoreQueries(client, vault).catch(() => false)
}

/** Somebody has a token now: for the first time on this device, or again. */
async function arrive(client: QueryClient, userId: string): Promise<void> {
  localStorage.removeItem(owed)
  if (here !== userId) await openFor(client, userId)
  if (!useLock.getState().isClosed) await sendChanges(client)
}

/** Ends the session and leaves nothing of the person on this device; without a network the session ends later. */
export async function logOut(client: QueryClient): Promise<void> {
  localStorage.setItem(owed, '1')
  await settle(client)
  await leave(client)
  otherWindows?.postMessage('left')
}

async function leave(client: QueryClient): Promise<void> {
  const isOwed = localStorage.getItem(owed)
  signedOut()
  here = undefined
  client.clear()
  forgetDrafts()
  forgetChanges()
  useLock.setState({ isSet: false, isClosed: false })
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith('bahi.') && !staying.has(key)) localStorage.removeItem(key)
  }
  if (isOwed) localStorage.setItem(owed, isOwed)
  sessionStorage.clear()
  await vault.erase().catch(() => undefined)
}

/** What waited for the network: a log-out that is owed, or changes made meanwhile. */
async function settle(client: QueryClient): Promise<void> {
  if (localStorage.getItem(owed)) {
    try {
      const token = freshToken() ?? (await anybody(refresh, { body: { refreshToken: 'cookie' } })).accessToken
      await anybody(logout, { body: {} }, { headers: { authorization: `Bearer ${token}` } })
      localStorage.removeItem(owed)
    } catch (error) {
      // Refused, there is no session any more.
      if (error instanceof Problem && error.status < 500 && error.status !== 429)
        localStorage.removeItem(owed)
    }
    return
  }
  if (useSession.getState().state === 'signed-in' && !useLock.getState().isClosed) await sendChanges(client)
}

/** The windows of a browser leave together; of a key that another one changed they learn by beginning anew. */
function watchOtherWindows(client: QueryClient): void {
  otherWindows = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('bahi')
  otherWindows?.addEventListener('message', ({ data }) => {
    if (data === 'left') void leave(client)
    if (data === 'key-changed') location.reload()
  })
}

export async function setPasscode(passcode: string): Promise<void> {
  await vault.setPasscode(passcode)
  useLock.setState({ isSet: true })
  otherWindows?.postMessage('key-changed')
}

export async function removePasscode(): Promise<void> {
  await vault.removePasscode()
  useLock.setState({ isSet: false })
  otherWindows?.postMessage('key-changed')
}

// Who is signed in: the access token in memory alone; the refresh token in a cookie that no script can read.
import type { Tokens } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { deleteSetting, readSetting, writeSetting } from '@bahi/web-ui/browser/settings.ts'
import { create } from 'zustand'

/** Without a token yet, `accessToken` is empty: somebody who was signed in here, and starts without a network. */
export type SignedIn = { userId: string; accessToken: string; expiresAtMs: number }

type Session = {
  /** `unknown` until the cookie was asked. */
  state: 'unknown' | 'signed-out' | 'signed-in'
  signedIn?: SignedIn
  /** Where to go on after signing in again: a form is not lost by a session that ended. */
  returnTo?: string
  /** The session ended while the app was in use: it is asked for in place, and what waits goes on. */
  needsReauthentication?: boolean
}

export const useSession = create<Session>()(() => ({ state: 'unknown' }))

const session = () => useSession.getState()

/** Says who may have a cookie worth asking: nothing is asked of a browser that was never signed in. */
const storageKey = 'bahi.signed-in'
export const mayBeSignedIn = () => readSetting(storageKey) !== undefined
/** Who was signed in here last, and did not sign out. */
export const lastUserId = () => readSetting(storageKey)

let reauthentication:
  { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } | undefined

export function signIn({ userId, accessToken, expiresInS }: Omit<Tokens, 'refreshToken'>): void {
  const signedIn = { userId, accessToken, expiresAtMs: Date.now() + expiresInS * 1_000 }
  writeSetting(storageKey, userId)
  useSession.setState({ state: 'signed-in', signedIn, needsReauthentication: false })
  reauthentication?.resolve()
  reauthentication = undefined
}

/** Signed in by what this device has kept, until the network is back. */
export function resumeOffline(userId: string): void {
  useSession.setState({ state: 'signed-in', signedIn: { userId, accessToken: '', expiresAtMs: 0 } })
}

/** @param returnTo a path of the app to come back to */
export function signOut(returnTo?: string): void {
  deleteSetting(storageKey)
  const to = returnTo === undefined ? {} : { returnTo }
  useSession.setState({ state: 'signed-out', signedIn: undefined, ...to } as Session, true)
  reauthentication?.reject(new Problem('unauthenticated'))
  reauthentication = undefined
}

/** Until the person has signed in again, without leaving the screen. Throws when they leave it at that. */
export function waitForReauthentication(): Promise<void> {
  if (!reauthentication) {
    let resolve = () => {}
    let reject: (error: Error) => void = () => {}
    const promise = new Promise<void>((yes, no) => ((resolve = yes), (reject = no)))
    reauthentication = { promise, resolve, reject }
    useSession.setState({ needsReauthentication: true })
  }
  return reauthentication.promise
}

/** The token, when it is good for a while still. */
export function freshToken(aheadMs = 20_000): string | undefined {
  const { signedIn } = session()
  return signedIn && signedIn.expiresAtMs - aheadMs > Date.now() ? signedIn.accessToken : undefined
}

// Who is signed in: the access token in memory alone; the refresh token in a cookie that no script can read.
import type { Tokens } from '@bahi/contracts/auth.ts'
import { isRole, roleAllows, type Permission, type Role } from '@bahi/contracts/permissions.ts'
import { deleteSetting, readSetting, writeSetting } from '@bahi/web-ui/browser/settings.ts'
import { claimsIn } from '@bahi/web-ui/session/claims.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { create } from 'zustand'

/** `isProven`: by a second factor, without which staff may do nothing. */
type SignedIn = {
  userId: string
  accessToken: string
  expiresAtMs: number
  roles: Role[]
  isProven: boolean
}

/** `idle`: the session ended because nobody used it. */
type Session = { signedIn?: SignedIn; ended?: 'idle' }

export const useSession = create<Session>()(() => ({}))

export const signedInKey = 'bahi.console-signed-in'
/** Nothing is asked of a browser in which nobody was signed in. */
export const mayBeSignedIn = () => readSetting(signedInKey) !== undefined

export function signIn({ userId, accessToken, expiresInS }: Omit<Tokens, 'refreshToken'>): void {
  const expiresAtMs = Date.now() + expiresInS * 1_000
  writeSetting(signedInKey, '1')
  const { roles, amr } = claimsIn(accessToken)
  const isProven = amr.includes('mfa')
  useSession.setState(
    { signedIn: { userId, accessToken, expiresAtMs, roles: roles.filter(isRole), isProven } },
    true,
  )
}

export function signOut(ended?: 'idle'): void {
  deleteSetting(signedInKey)
  useSession.setState(ended ? { ended } : {}, true)
}

export function freshToken(): string | undefined {
  const { signedIn } = useSession.getState()
  return signedIn && signedIn.expiresAtMs - 20_000 > Date.now() ? signedIn.accessToken : undefined
}

/** The gateway says that it was too long ago. */
export function forgetSecondFactor(): void {
  const { signedIn } = useSession.getState()
  if (signedIn) useSession.setState({ signedIn: { ...signedIn, isProven: false } })
}

/** Whether a role of this person allows it. */
export function useMay(): (permission: Permission) => boolean {
  const roles = useSession(({ signedIn }) => signedIn?.roles)
  return (permission) => roles?.some((role) => roleAllows(role, permission)) ?? false
}

const deviceKey = 'bahi.device'

/** This browser: an id made once. */
export function thisDevice(): { id: string; name: string } {
  const id = readSetting(deviceKey) ?? uuidv7()
  writeSetting(deviceKey, id)
  return { id, name: 'Console in a browser' }
}

// The only client of the services, as the member of staff who is signed in.
import { logout } from '@bahi/contracts/auth.ts'
import { callPublic, callsOf, renewal } from '@bahi/web-ui/api/client.ts'
import { freshToken, mayBeSignedIn, signIn, signOut, useSession } from '../session/session.ts'

export { callPublic } from '@bahi/web-ui/api/client.ts'

/** Who is refused is signed out. */
const renewTokens = renewal(signIn, (refusal) => {
  signOut(useSession.getState().signedIn ? 'idle' : undefined)
  throw refusal
})

export const { call, fetchFile } = callsOf({ freshToken, renewTokens })

/** At the start: signed in by the cookie, or not. */
export async function resumeSession(): Promise<void> {
  if (mayBeSignedIn()) await renewTokens().catch(() => undefined)
}

/** Ends the session here and at the gateway; without a network only here, and there it ends by idleness. */
export async function leave(ended?: 'idle'): Promise<void> {
  const token = freshToken()
  signOut(ended)
  if (token === undefined) return
  await callPublic(logout, { body: {} }, { headers: { authorization: `Bearer ${token}` } }).catch(
    () => undefined,
  )
}

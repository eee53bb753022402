// The only client of the services, as the person who is signed in.
import { callsOf, renewal } from '@bahi/web-ui/api/client.ts'
import { freshToken, signIn, signOut, useSession, waitForReauthentication } from '../session/session.ts'

export { callPublic, refreshTokens } from '@bahi/web-ui/api/client.ts'

/**
 * When the cookie is no longer valid, a person in the middle of something signs in again in place; at the start of the
 * app they are signed out.
 */
export const renewTokens = renewal(signIn, (refusal) => {
  const { state, signedIn } = useSession.getState()
  if (signedIn?.accessToken) return waitForReauthentication()
  signOut(state === 'signed-in' ? location.pathname + location.search : undefined)
  throw refusal
})

export const { asPerson, call, fetchFile } = callsOf({ freshToken, renewTokens })

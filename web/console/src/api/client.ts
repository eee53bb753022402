// The only client of the services, as the member of staff who is signed in.
import { logout } from '@bahi/contracts/auth.ts'
import type { Call } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { callPublic, callsOf, renewal } from '@bahi/web-ui/api/client.ts'
import {
  forgetSecondFactor,
  freshToken,
  mayBeSignedIn,
  signIn,
  signOut,
  useSession,
} from '../session/session.ts'

export { callPublic } from '@bahi/web-ui/api/client.ts'

/** Who is refused is signed out. */
export const renewTokens = renewal(signIn, (refusal) => {
  signOut(useSession.getState().signedIn ? 'idle' : undefined)
  throw refusal
})

const calls = callsOf({ freshToken, renewTokens })

/** When the second factor has been too long ago, it is asked for again before anything else. */
async function withFactor<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Problem && error.code === 'second-factor-required') forgetSecondFactor()
    throw error
  }
}

export const call: Call = (contract, input, more) => withFactor(calls.call(contract, input, more))
export const fetchFile = (path: string) => withFactor(calls.fetchFile(path))

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

// W3C trace context: by it the services record a request as part of what the person did.
import { hexOf } from '../format/hex.ts'

const randomHex = (bytes: number) => hexOf(crypto.getRandomValues(new Uint8Array(bytes)))

/** The services record, and not the app; whether they do is theirs to decide. */
const newTraceparent = () => `00-${randomHex(16)}-${randomHex(8)}-00`

/** As long as somebody waits for an outcome, or tries again. */
export const attemptMs = 5 * 60_000
const uuid = /^[^?]*\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/
/** What the app asked for last under an id of its own. */
let attempt: { id: string; traceparent: string; sinceMs: number } | undefined

/**
 * A trace for each request, but one for an attempt: a PUT under an id, the same sent again, and what asks for its
 * outcome meanwhile.
 */
export function traceHeaders(method: string, path: string): { traceparent: string; tracestate?: string } {
  const id = uuid.exec(path)?.[1]
  let traceparent = newTraceparent()
  const isSame = attempt !== undefined && attempt.id === id && Date.now() - attempt.sinceMs < attemptMs
  if (isSame && (method === 'PUT' || method === 'GET')) traceparent = attempt!.traceparent
  else if (method === 'PUT' && id !== undefined) attempt = { id, traceparent, sinceMs: Date.now() }
  const app = import.meta.env.BAHI_APP as string | undefined
  return app === undefined ? { traceparent } : { traceparent, tracestate: `bahi=${app}` }
}

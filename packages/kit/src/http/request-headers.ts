// Headers that may stand in a request once: who reads another one of two than we do takes it for another request.
import type { IncomingMessage } from 'node:http'
import { Problem } from '@bahi/contracts/problem.ts'

const single = new Set([
  'host',
  'authorization',
  'content-type',
  'content-length',
  'origin',
  'x-bahi-session',
])
/** A name or an address, and a port (RFC 9112 §3.2). */
const hostPattern = /^[\w.~%:[\]-]*$/

/** Throws `request-invalid`. */
export function refuseAmbiguousHeaders({ rawHeaders, headers }: IncomingMessage): void {
  const seen = new Set<string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase()
    if (seen.has(name)) throw new Problem('request-invalid', `a request has one header ${name}`)
    if (single.has(name)) seen.add(name)
  }
  if (!hostPattern.test(headers.host ?? ''))
    throw new Problem('request-invalid', 'the header host is malformed')
}

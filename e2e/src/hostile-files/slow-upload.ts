// An upload that never ends: a file is announced, and sent a byte at a time.
import { connect } from 'node:net'
import { uploadKycDocument } from '@bahi/contracts/kyc.ts'
import { pathOf } from '@bahi/contracts/call.ts'
import { authorisation, type SignedInPerson } from '@bahi/platform/api-client.ts'

/** Milliseconds until the platform hangs up, or refuses it. */
export function uploadSlowly(
  platformUrl: string,
  person: SignedInPerson,
  params: { id: string; documentId: string },
): Promise<number> {
  const path = pathOf(uploadKycDocument.url, params, { kind: 'pan' })
  const { hostname, port, origin } = new URL(platformUrl)
  const headers = {
    host: `${hostname}:${port}`,
    'content-type': 'image/jpeg',
    'content-length': String(5 * 1_048_576),
    ...authorisation('PUT', `${origin}${path}`, person.token(), person.key),
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const began = performance.now()
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.write(`PUT ${path} HTTP/1.1\r\n${head.join('')}\r\n\xff\xd8\xff`)
    const drip = setInterval(() => socket.write('a'), 500)
    const done = () => {
      clearInterval(drip)
      socket.destroy()
      resolve(performance.now() - began)
    }
    // It reads what is answered, so that the other end can close.
    socket.on('data', () => undefined)
    socket.once('error', done).once('close', done).once('end', done)
  })
}

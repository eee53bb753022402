// Ports of this machine: find a free one, or check that a given one is free.
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the range of outgoing connections: one of those could take the port of a server while it restarts. */
const lowest = 18_000
const beyond = 32_768
const tries = 50
/** Given to somebody who may not listen yet: nobody else in this process gets it. */
const given = new Set<number>()

export async function freePort(): Promise<number> {
  for (let nth = 0; nth < tries; nth++) {
    const wanted = randomInt(lowest, beyond)
    if (given.has(wanted)) continue
    const port = await tryPort(wanted).catch(() => undefined)
    if (port === undefined) continue
    given.add(port)
    return port
  }
  return tryPort(0)
}

/** Rejects with `EADDRINUSE` or `EACCES` when the port is not free on the loopback address. */
export function tryPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })
}

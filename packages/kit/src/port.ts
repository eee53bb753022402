// Ports of this machine: a free one, and whether a certain one can be had.
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below what systems give to outgoing connections: one of those could take the port of a server that starts anew. */
const lowest = 18_000
const beyond = 32_768
const tries = 50

export async function freePort(): Promise<number> {
  for (let nth = 0; nth < tries; nth++) {
    const port = await tryPort(randomInt(lowest, beyond)).catch(() => undefined)
    if (port !== undefined) return port
  }
  return tryPort(0)
}

/** Rejects with `EADDRINUSE` or `EACCES` when the port cannot be had on the loopback address. */
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

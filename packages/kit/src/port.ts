// Ports of this machine: a free one, and whether a certain one can be had.
import { createServer } from 'node:net'

export function freePort(): Promise<number> {
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

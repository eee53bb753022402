// Ports of this machine: find a free one, or check that a given one is free.
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** Below the range of outgoing connections: one of those could take the port of a server while it restarts. */
const lowest = 18_000
const beyond = 32_768
const tries = 50

/** Of no other process of this machine that asked in the same way, until this one ends. */
export async function freePort(): Promise<number> {
  for (let nth = 0; nth < tries; nth++) {
    const wanted = randomInt(lowest, beyond)
    if ((await reserve(wanted)) && (await tryPort(wanted).catch(() => false))) return wanted
  }
  return tryPort(0)
}

/**
 * The caller listens later, or in another process: meanwhile a UDP socket of that number tells the others, and the
 * system takes it back however this process ends.
 */
function reserve(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4').unref()
    socket.once('error', () => socket.close(() => resolve(false)))
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true))
  })
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

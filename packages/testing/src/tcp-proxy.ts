// For tests: a proxy to a server whose connections a test can cut, refuse and restore.
import { connect, createServer, type Socket } from 'node:net'

export type TcpProxy = {
  port: number
  /** Breaks every connection; new ones are accepted. */
  cut(): void
  /** Breaks every connection and refuses new ones until `restore`. */
  sever(): void
  restore(): void
  close(): Promise<void>
}

export async function tcpProxy(toPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let severed = false
  const server = createServer((near) => {
    if (severed) return near.destroy()
    const far = connect(toPort, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as { port: number }).port,
    cut,
    sever() {
      severed = true
      cut()
    },
    restore: () => void (severed = false),
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

// Many live streams, each on a connection of its own, and when each payment's message arrived.
import { connect, type Socket } from 'node:net'

export type LiveStreams = {
  open(): number
  /** Messages so far. */
  messages(): number
  close(): void
}

const atOnce = 200

/**
 * Resolves when all are open.
 * @param onMessage called with each message about a payment, as it arrives
 */
export async function openLiveStreams(
  url: string,
  tokens: string[],
  onMessage: (paymentId: string, nowMs: number) => void,
): Promise<LiveStreams> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  let messages = 0

  const open = (token: string) =>
    new Promise<void>((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true })
      let rest = ''
      let isOpen = false
      socket.on('data', (chunk) => {
        rest += chunk.toString('latin1')
        if (!isOpen) {
          if (!rest.includes('\r\n\r\n')) return
          if (!rest.startsWith('HTTP/1.1 200')) return reject(new Error(`no stream: ${rest.slice(0, 200)}`))
          isOpen = true
          resolve()
        }
        for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
          const block = rest.slice(0, end)
          rest = rest.slice(end + 2)
          const at = block.indexOf('"paymentId":"')
          if (at < 0) continue
          messages += 1
          onMessage(block.slice(at + 13, at + 49), performance.now())
        }
      })
      socket.on('error', reject)
      socket.on('close', () => {
        sockets.delete(socket)
        reject(new Error('a stream was closed'))
      })
      sockets.add(socket)
      socket.write(
        `GET /v1/stream HTTP/1.1\r\nhost: ${hostname}\r\naccept: text/event-stream\r\n` +
          `authorization: Bearer ${token}\r\n\r\n`,
      )
    })

  for (let from = 0; from < tokens.length; from += atOnce)
    await Promise.all(tokens.slice(from, from + atOnce).map(open))
  return {
    open: () => sockets.size,
    messages: () => messages,
    close() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

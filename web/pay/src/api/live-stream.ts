// The live stream: messages as they happen, resumed where it broke off.
import { stream } from '@bahi/contracts/gateway.ts'
import type { Message } from '@bahi/contracts/notification.ts'
import { renewTokens } from './client.ts'
import { freshToken } from '../session/session.ts'

const firstWaitMs = 1_000
const maxWaitMs = 30_000

/**
 * Follows the stream until it is aborted, through lost networks and expired tokens; passes each message once.
 * @param after `seq` of the last message that is known
 */
export async function followLiveStream(
  onMessage: (message: Message) => void,
  signal: AbortSignal,
  after?: number,
): Promise<void> {
  let last = after
  for (let waitMs = firstWaitMs; !signal.aborted; waitMs = Math.min(waitMs * 2, maxWaitMs)) {
    try {
      if (!freshToken()) await renewTokens()
      const query = last === undefined ? '' : `?after=${last}`
      const headers = { authorization: `Bearer ${freshToken() ?? ''}`, accept: 'text/event-stream' }
      const response = await fetch(stream.url + query, { headers, signal })
      if (response.ok && response.body) {
        waitMs = firstWaitMs
        for await (const data of eventData(response.body)) {
          const message = JSON.parse(data) as Message
          last = message.seq
          onMessage(message)
        }
      }
    } catch {
      // Broken off or offline: tried again below, and what was missed is sent then.
    }
    await pause(waitMs, signal)
  }
}

/** The data of each event; comments that keep the line alive are left out. */
export async function* eventData(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as never)
    .getReader() as ReadableStreamDefaultReader<string>
  let buffer = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    buffer += value
    const events = buffer.split('\n\n')
    buffer = events.pop() ?? ''
    for (const event of events) {
      const data = event
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
      if (data.length > 0) yield data.join('\n')
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms * (0.8 + Math.random() * 0.4))
    const now = () => (clearTimeout(timer), resolve())
    signal.addEventListener('abort', now, { once: true })
    window.addEventListener('online', now, { once: true })
  })
}

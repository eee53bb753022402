// One live stream: messages as they happen, resumed where it broke off, however the line is lost.
import { stream } from '@bahi/contracts/gateway.ts'
import type { Message } from '@bahi/contracts/notification.ts'
import { traceHeaders } from '@bahi/web-ui/api/trace.ts'
import { renewTokens } from './client.ts'
import { freshToken } from '../session/session.ts'

const firstWaitMs = 1_000
const maxWaitMs = 30_000
/** The services send something every 15 s: a line that is silent for longer is lost, though nobody said so. */
export const maxSilentMs = 40_000

export type LiveStream = {
  /** The last message that is known here; without one the stream tells where it begins. */
  position: { read(): number | undefined; write(seq: number): void }
  /** Messages in their order; none: what happened meanwhile is unknown, and everything is read again. */
  onChange: (messages: Message[]) => void
  /** The line is alive. */
  onSign?: () => void
}

/** Follows the stream until it is aborted, through lost networks, silent lines and expired tokens. */
export async function followLiveStream(live: LiveStream, signal: AbortSignal): Promise<void> {
  for (let waitMs = firstWaitMs; !signal.aborted; waitMs = Math.min(waitMs * 2, maxWaitMs)) {
    const line = watchLine(signal)
    let retryMs = 0
    try {
      if (!freshToken()) await renewTokens()
      const after = live.position.read()
      const query = after === undefined ? '' : `?after=${after}`
      const token = `Bearer ${freshToken() ?? ''}`
      const traced = traceHeaders('GET', stream.url)
      const headers = { authorization: token, accept: 'text/event-stream', ...traced }
      const response = await fetch(stream.url + query, { headers, signal: line.signal })
      if (response.status === 401) await renewTokens()
      if (response.ok && response.body) {
        waitMs = firstWaitMs
        for await (const events of serverSentEvents(response.body)) {
          line.sign()
          live.onSign?.()
          retryMs = events.findLast(({ retry }) => retry)?.retry ?? retryMs
          take(live, events)
        }
      }
    } catch {
      // Broken off or offline: tried again below, and what was missed is sent then.
    }
    line.close()
    await pause(Math.max(waitMs, retryMs), signal)
  }
}

function take({ position, onChange }: LiveStream, events: ServerSentEvent[]): void {
  for (const { id } of events) if (id !== undefined) position.write(id)
  const messages = events.filter(({ event, data }) => data !== '' && event !== 'reset')
  if (events.some(({ event }) => event === 'reset')) onChange([])
  else if (messages.length > 0) onChange(messages.map(({ data }) => JSON.parse(data) as Message))
}

/** Aborts with its parent, when it was silent for too long, and when the network was changed beneath it. */
function watchLine(parent: AbortSignal) {
  const line = new AbortController()
  const abort = () => line.abort()
  let signMs = Date.now()
  let timer = setTimeout(abort, maxSilentMs)
  // Timers stand still while a device sleeps.
  const look = () => {
    if (document.visibilityState === 'visible' && Date.now() - signMs > maxSilentMs) abort()
  }
  parent.addEventListener('abort', abort, { once: true })
  window.addEventListener('online', abort)
  document.addEventListener('visibilitychange', look)
  return {
    signal: line.signal,
    sign() {
      signMs = Date.now()
      clearTimeout(timer)
      timer = setTimeout(abort, maxSilentMs)
    },
    close() {
      clearTimeout(timer)
      parent.removeEventListener('abort', abort)
      window.removeEventListener('online', abort)
      document.removeEventListener('visibilitychange', look)
      abort()
    },
  }
}

type ServerSentEvent = { id?: number; event?: string; retry?: number; data: string }

/** The events of each piece that arrives; a comment, which keeps the line alive, is none. */
export async function* serverSentEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerSentEvent[], void> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as never)
    .getReader() as ReadableStreamDefaultReader<string>
  let buffer = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    buffer += value
    const blocks = buffer.split('\n\n')
    buffer = blocks.pop() ?? ''
    yield blocks.map(eventIn)
  }
}

function eventIn(block: string): ServerSentEvent {
  const read: ServerSentEvent = { data: '' }
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^(\w+): ?([^]*)$/.exec(line) ?? []
    if (name === 'data') read.data += read.data === '' ? value : `\n${value}`
    else if (name === 'event') read.event = value
    else if (name === 'id' && /^\d+$/.test(value)) read.id = Number(value)
    else if (name === 'retry' && /^\d+$/.test(value)) read.retry = Number(value)
  }
  return read
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(done, ms * (0.8 + Math.random() * 0.4))
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      window.removeEventListener('online', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    window.addEventListener('online', done)
  })
}

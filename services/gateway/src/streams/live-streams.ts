// The open live streams: who gets which message, how far each stream is, and when it ends.
import type { ServerResponse } from 'node:http'
import type { EventData } from '@bahi/contracts/events.ts'
import type { Message } from '@bahi/contracts/notification.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import type { GatewayDeps } from '../deps.ts'
import type { Verified } from '../tokens/verify-token.ts'

const maxPerPerson = 5
export const maxOpen = 20_000
/** What may wait to be written to a slow client, or for the end of a replay; past that the client resumes later. */
const maxWaitingBytes = 256 * 1024
const maxWaitingMessages = 500

/** Reads messages of a person after one, oldest first; empty when there are no more. */
export type ReadAfter = (userId: string, after: number) => Promise<Message[]>

export type LiveStream = {
  raw: ServerResponse
  userId: string
  sessionId: string
  untilMs: number
  /** The last message written; undefined until the first, when nothing is resumed. */
  lastSeq: number | undefined
  /** Live messages that wait while older ones are read. */
  waiting: Message[] | undefined
  writtenMs: number
}

export type LiveStreams = {
  size(): number
  /** Serves this person on an answer whose head is written, beginning after `after` when given. */
  open(raw: ServerResponse, verified: Verified, after: number | undefined): void
  /** Takes events of notification. */
  hear(events: CloudEvent[]): void
  endSession(sessionId: string): void
  /** Ends what has expired, and gives a sign of life to those that were silent. */
  beat(): void
  /** Ends them now, whatever their clients do. */
  endAll(): void
}

export function createLiveStreams(
  deps: Pick<GatewayDeps, 'clock' | 'config' | 'log'>,
  readAfter: ReadAfter,
): LiveStreams {
  const byPerson = new Map<string, Set<LiveStream>>()
  let count = 0
  const nowMs = () => deps.clock.now().getTime()

  function write(stream: LiveStream, text: string): void {
    if (stream.raw.destroyed || stream.raw.writableEnded) return
    stream.writtenMs = nowMs()
    stream.raw.write(text)
    if (stream.raw.writableLength > maxWaitingBytes) stream.raw.destroy()
  }

  function send(stream: LiveStream, message: Message): void {
    if (stream.lastSeq !== undefined && message.seq <= stream.lastSeq) return
    stream.lastSeq = message.seq
    write(stream, eventOf(message))
  }

  function remove(stream: LiveStream): void {
    const streams = byPerson.get(stream.userId)
    if (!streams?.delete(stream)) return
    count -= 1
    if (streams.size === 0) byPerson.delete(stream.userId)
  }

  function end(stream: LiveStream): void {
    remove(stream)
    stream.raw.end()
  }

  /** While it runs live messages wait, so that none is missed, none comes twice, and all come in order. */
  async function catchUp(stream: LiveStream, waiting: Message[] = []): Promise<void> {
    stream.waiting = waiting
    try {
      for (;;) {
        const messages = await readAfter(stream.userId, stream.lastSeq ?? 0)
        for (const message of messages) send(stream, message)
        if (messages.length === 0 || stream.raw.destroyed) break
        await drained(stream.raw)
      }
    } catch (error) {
      // The client comes back with the id of the last message it has.
      deps.log.warn({ err: error }, 'a live stream could not be continued and is ended')
      end(stream)
    }
    stream.waiting = undefined
    for (const message of waiting.sort((a, b) => a.seq - b.seq)) send(stream, message)
  }

  function take(stream: LiveStream, message: Message): void {
    if (stream.waiting) {
      stream.waiting.push(message)
      if (stream.waiting.length > maxWaitingMessages) stream.raw.destroy()
      return
    }
    const missing = stream.lastSeq !== undefined && message.seq > stream.lastSeq + 1
    if (!missing) return send(stream, message)
    // The bus keeps nothing for who was away: what it lost is read.
    void catchUp(stream, [message])
  }

  const all = () => [...byPerson.values()].flatMap((streams) => [...streams])

  return {
    size: () => count,
    open(raw, { person, untilMs }, after) {
      const stream: LiveStream = {
        raw,
        userId: person.userId,
        sessionId: person.sessionId,
        untilMs,
        lastSeq: after,
        waiting: undefined,
        writtenMs: nowMs(),
      }
      const streams = byPerson.get(stream.userId) ?? new Set()
      byPerson.set(stream.userId, streams.add(stream))
      count += 1
      raw.on('error', () => raw.destroy())
      raw.once('close', () => remove(stream))
      const [oldest] = streams
      if (streams.size > maxPerPerson && oldest) end(oldest)
      if (after !== undefined) void catchUp(stream)
    },
    hear(events) {
      for (const event of events) {
        if (event.type !== 'notification.created') continue
        const { userId, message } = event.data as EventData<'notification.created'>
        for (const stream of byPerson.get(userId) ?? []) take(stream, message)
      }
    },
    endSession(sessionId) {
      for (const stream of all()) if (stream.sessionId === sessionId) end(stream)
    },
    beat() {
      const now = nowMs()
      for (const stream of all()) {
        if (stream.untilMs <= now) end(stream)
        else if (now - stream.writtenMs >= deps.config.BAHI_STREAM_HEARTBEAT_MS) write(stream, ':\n\n')
      }
    },
    endAll() {
      for (const stream of all()) {
        // Who doesn't read would keep its connection open for long.
        if (stream.raw.writableLength > 0) stream.raw.destroy()
        end(stream)
      }
    },
  }
}

/** One server-sent event: JSON has no line breaks, and a type is a word of ours. */
function eventOf(message: Message): string {
  const type = message.type.replaceAll(/[\r\n]/g, '')
  return `id: ${message.seq}\nevent: ${type}\ndata: ${JSON.stringify(message)}\n\n`
}

async function drained(raw: ServerResponse): Promise<void> {
  if (!raw.writableNeedDrain || raw.destroyed) return
  await new Promise<void>((resolve) => {
    const go = () => {
      raw.off('drain', go)
      raw.off('close', go)
      resolve()
    }
    raw.on('drain', go)
    raw.on('close', go)
  })
}

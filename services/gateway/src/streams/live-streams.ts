// The open live streams: which messages each one gets, how far it has read, and when it ends.
import { personOf } from '@bahi/kit/http/principal.ts'
import type { ServerResponse } from 'node:http'
import type { EventData } from '@bahi/contracts/events.ts'
import type { Message } from '@bahi/contracts/notification.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import type { GatewayDeps } from '../deps.ts'
import type { VerifiedToken } from '../tokens/verify-token.ts'

/** A browser shares one stream between its windows; one that cannot has one for each. */
const maxPerSession = 8
/** Of all devices together. */
const maxPerPerson = 40
export const maxOpen = 20_000
/** Of a stream that another one took the place of: two that end each other's do so twice a minute at most. */
const retryAfterReplacedMs = 30_000
/** Bounds for a slow client and for a replay; beyond them the connection is cut and the client resumes later. */
const maxBufferedBytes = 256 * 1024
const maxQueuedMessages = 500
/** A client that missed more begins anew: it reads its screens again at less cost. */
const maxReplayed = 1_000
/** What no message has: only the number of the newest one is read. */
const afterAll = Number.MAX_SAFE_INTEGER

/** Reads messages of a person after one, oldest first, and the number of the newest there is. */
export type ReadMessagesAfter = (
  userId: string,
  after: number,
) => Promise<{ messages: Message[]; last: number }>

export type LiveStream = {
  raw: ServerResponse
  userId: string
  sessionId: string
  untilMs: number
  /** How far the client is; undefined until it is known where a new stream begins. */
  lastSeq: number | undefined
  /** Live messages that are held back while older ones are read; undefined when none are being read. */
  queued: Message[] | undefined
  lastWriteMs: number
}

export type LiveStreams = {
  size(): number
  /** Streams to a response whose head is written, from the message `after` on; without one, from now on. */
  open(raw: ServerResponse, verified: VerifiedToken, after: number | undefined): void
  /** Consumes live messages of notification. */
  consume(events: CloudEvent[]): void
  endSession(sessionId: string): void
  /** Ends expired streams, and sends a comment on those that have been silent. */
  sendHeartbeats(): void
  /** Ends all at once, also those whose client does not read. */
  endAll(): void
}

export function createLiveStreams(
  deps: Pick<GatewayDeps, 'clock' | 'config' | 'log'>,
  readAfter: ReadMessagesAfter,
): LiveStreams {
  const byPerson = new Map<string, Set<LiveStream>>()
  let count = 0
  const nowMs = () => deps.clock.now().getTime()

  function write(stream: LiveStream, text: string): void {
    if (stream.raw.destroyed || stream.raw.writableEnded) return
    stream.lastWriteMs = nowMs()
    stream.raw.write(text)
    if (stream.raw.writableLength > maxBufferedBytes) stream.raw.destroy()
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

  /** Ends the oldest stream of this session, or of the one that has the most, when there are too many. */
  function endExcess(streams: Set<LiveStream>, sessionId: string): void {
    const sessions = Map.groupBy(streams, (stream) => stream.sessionId)
    const own = sessions.get(sessionId) ?? []
    const most = [...sessions.values()].reduce((a, b) => (b.length > a.length ? b : a))
    const [oldest] = own.length > maxPerSession ? own : streams.size > maxPerPerson ? most : []
    if (!oldest) return
    write(oldest, `retry: ${retryAfterReplacedMs}\n\n`)
    end(oldest)
  }

  /** Begins at this message: its number is sent, so that a client that has seen none knows where to resume. */
  function beginAt(stream: LiveStream, seq: number): void {
    const isReset = stream.lastSeq !== undefined
    stream.lastSeq = seq
    write(stream, isReset ? `id: ${seq}\nevent: reset\ndata: {"after":${seq}}\n\n` : `id: ${seq}\n\n`)
  }

  /** Live messages are held back meanwhile, so that each arrives once and in order. */
  async function catchUp(stream: LiveStream, queued: Message[] = []): Promise<void> {
    stream.queued = queued
    try {
      for (;;) {
        const from = stream.lastSeq
        const { messages, last } = await readAfter(stream.userId, from ?? afterAll)
        // A number of the future is one of another database: what was missed is unknown.
        if (from === undefined || from > last || last - from > maxReplayed) {
          beginAt(stream, last)
          break
        }
        for (const message of messages) send(stream, message)
        if (messages.length === 0 || stream.raw.destroyed) break
        await waitForDrain(stream.raw)
      }
    } catch (error) {
      // The client reconnects with the id of the last message it has.
      deps.log.warn({ err: error }, 'live stream ended: older messages could not be read')
      end(stream)
    }
    stream.queued = undefined
    for (const message of queued.sort((a, b) => a.seq - b.seq)) send(stream, message)
  }

  function deliver(stream: LiveStream, message: Message): void {
    if (stream.queued) {
      stream.queued.push(message)
      if (stream.queued.length > maxQueuedMessages) stream.raw.destroy()
      return
    }
    const missing = stream.lastSeq !== undefined && message.seq > stream.lastSeq + 1
    if (!missing) return send(stream, message)
    // The bus does not store live messages: those it lost are read from notification.
    void catchUp(stream, [message])
  }

  const allStreams = () => [...byPerson.values()].flatMap((streams) => [...streams])

  return {
    size: () => count,
    open(raw, { principal, endedBy, untilMs }, after) {
      const stream: LiveStream = {
        raw,
        userId: personOf(principal).userId,
        sessionId: endedBy,
        untilMs,
        lastSeq: after,
        queued: undefined,
        lastWriteMs: nowMs(),
      }
      const streams = byPerson.get(stream.userId) ?? new Set()
      byPerson.set(stream.userId, streams.add(stream))
      count += 1
      raw.on('error', () => raw.destroy())
      raw.once('close', () => remove(stream))
      endExcess(streams, stream.sessionId)
      void catchUp(stream)
    },
    consume(events) {
      for (const event of events) {
        if (event.type !== 'notification.created') continue
        const { userId, message } = event.data as EventData<'notification.created'>
        for (const stream of byPerson.get(userId) ?? []) deliver(stream, message)
      }
    },
    endSession(sessionId) {
      for (const stream of allStreams()) if (stream.sessionId === sessionId) end(stream)
    },
    sendHeartbeats() {
      const now = nowMs()
      for (const stream of allStreams()) {
        if (stream.untilMs <= now) end(stream)
        else if (now - stream.lastWriteMs >= deps.config.BAHI_STREAM_HEARTBEAT_MS) write(stream, ':\n\n')
      }
    },
    endAll() {
      for (const stream of allStreams()) {
        // A client that does not read would keep its connection open.
        if (stream.raw.writableLength > 0) stream.raw.destroy()
        end(stream)
      }
    },
  }
}

/** One server-sent event; JSON has no line breaks. */
function eventOf(message: Message): string {
  const type = message.type.replaceAll(/[\r\n]/g, '')
  return `id: ${message.seq}\nevent: ${type}\ndata: ${JSON.stringify(message)}\n\n`
}

async function waitForDrain(raw: ServerResponse): Promise<void> {
  if (!raw.writableNeedDrain || raw.destroyed) return
  await new Promise<void>((resolve) => {
    const done = () => {
      raw.off('drain', done)
      raw.off('close', done)
      resolve()
    }
    raw.on('drain', done)
    raw.on('close', done)
  })
}

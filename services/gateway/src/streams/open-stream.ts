// Opens a live stream on the connection of a request.
import { Problem } from '@bahi/contracts/problem.ts'
import { markEndless } from '@bahi/kit/http/connections.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import { verifiedOf } from '../access/authorise-request.ts'
import { maxOpen, type LiveStreams } from './live-streams.ts'

/** Milliseconds that a client waits before it reconnects. */
const retryMs = 2_000

/** @param after the `seq` to resume after; the header `last-event-id` of a reconnecting client takes precedence. */
export function openStream(
  streams: LiveStreams,
  after: number | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const verified = verifiedOf(request)
  if (!verified) throw new Problem('unauthenticated')
  const resumed = lastEventId(request) ?? after
  if (streams.size() >= maxOpen) {
    throw new Problem('overloaded', 'too many streams are open', { retryAfterS: 5 })
  }
  void reply.hijack()
  markEndless(reply.raw)
  reply.raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    // The connection ends with its stream, so that a stopping server waits for none.
    connection: 'close',
  })
  reply.raw.write(`retry: ${retryMs}\n\n`)
  streams.open(reply.raw, verified, resumed)
  return reply
}

function lastEventId(request: FastifyRequest): number | undefined {
  const text = request.headers['last-event-id']
  if (text === undefined || text === '') return undefined
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) {
    throw new Problem('request-invalid', 'last-event-id is the id of a message', {
      fields: [{ path: '/headers/last-event-id', message: 'is not the id of a message' }],
    })
  }
  return Number(text)
}

// The contract that the gateway answers itself: the live stream.
import * as Type from 'typebox'
import type { Contract } from './contract.ts'

export const stream = {
  service: 'gateway',
  method: 'GET',
  url: '/v1/stream',
  access: { permission: 'notifications:read' },
  summary: 'My messages as they happen: server-sent events, resumed by `last-event-id`',
  schema: {
    querystring: Type.Object(
      {
        after: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: Number.MAX_SAFE_INTEGER,
            description:
              'Begin with the messages after this `seq`, as the header `last-event-id` does. ' +
              'An event `reset` answers a number that is too old or of the future: read everything again.',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    response: { 200: Type.String({ contentMediaType: 'text/event-stream' }) },
  },
} as const satisfies Contract

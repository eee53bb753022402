// Web push: which session of a person takes messages while its app is closed, by RFC 8030 and VAPID (RFC 8292).
import * as Type from 'typebox'
import type { Contract } from './contract.ts'

const strict = { additionalProperties: false } as const

export const pushKey = {
  service: 'notification',
  method: 'GET',
  url: '/v1/notifications/push-key',
  access: { permission: 'notifications:read' },
  summary:
    'The public key that a browser subscribes to push messages with; `unavailable` where there is no push',
  schema: {
    response: {
      200: Type.Object({ key: Type.String({ description: 'base64url, an uncompressed point of P-256' }) }),
    },
  },
  problems: ['unavailable'],
} as const satisfies Contract

export const subscribeToPush = {
  service: 'notification',
  method: 'PUT',
  url: '/v1/notifications/push-subscription',
  access: { permission: 'notifications:write' },
  summary: 'Send push messages to this browser until the session ends; again: to the new address',
  schema: {
    body: Type.Object(
      {
        endpoint: Type.String({
          format: 'uri',
          maxLength: 1_000,
          examples: ['https://fcm.googleapis.com/fcm/send/example'],
        }),
        keys: Type.Object(
          {
            p256dh: Type.String({
              pattern: '^[A-Za-z0-9_-]{87}$',
              examples: [
                'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
              ],
            }),
            auth: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$', examples: ['tBHItJI5svbpez7KI4CCXg'] }),
          },
          strict,
        ),
      },
      strict,
    ),
    response: { 204: Type.Null() },
  },
  problems: ['unavailable'],
} as const satisfies Contract

export const unsubscribeFromPush = {
  service: 'notification',
  method: 'DELETE',
  url: '/v1/notifications/push-subscription',
  access: { permission: 'notifications:write' },
  summary: 'Send no more push messages to this session',
  schema: { response: { 204: Type.Null() } },
} as const satisfies Contract

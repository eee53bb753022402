// Notification's settings.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import Type, { type Static } from 'typebox'

export const Config = Type.Object({
  BAHI_SMTP_URL: Type.String({
    pattern: '^$|^smtps?://',
    default: '',
    description: 'Mail server, e.g. `smtps://user:password@mail.example:465`; empty: no mail is sent.',
  }),
  BAHI_VAPID_KEY: Type.String({
    default: '',
    description:
      'Private key of P-256 that push messages are signed with, as a JWK; empty: no push messages are sent.',
  }),
  BAHI_VAPID_SUBJECT: Type.String({
    pattern: '^(mailto:|https://)',
    default: 'mailto:operations@bahi.example',
    description: 'How push services reach the operator.',
  }),
  BAHI_PUSH_HOSTS: Type.String({
    default:
      'fcm.googleapis.com,updates.push.services.mozilla.com,*.push.services.mozilla.com,*.notify.windows.com,' +
      '*.push.apple.com',
    description: 'Hosts of the push services that browsers may name, with commas between them.',
  }),
  BAHI_MAIL_FROM: Type.String({
    default: 'bahi <no-reply@bahi.example>',
    description: 'Sender of all mail.',
  }),
})

export type ServiceDeps = Deps<Static<typeof Config>>

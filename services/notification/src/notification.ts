// Notification's settings, and what all of it holds in hand.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import Type, { type Static } from 'typebox'
import type { Carriers } from './carriers/carriers.ts'
import type { DeliveryCounts } from './deliveries/metrics.ts'

export const Config = Type.Object({
  BAHI_SMTP_URL: Type.String({
    pattern: '^$|^smtps?://',
    default: '',
    description: 'Mail server, e.g. `smtps://user:password@mail.example:465`; empty: no mail is sent.',
  }),
  BAHI_MAIL_FROM: Type.String({
    default: 'bahi <no-reply@bahi.example>',
    description: 'Sender of all mail.',
  }),
})

export type Seams = Deps<Static<typeof Config>>
export type NotificationDeps = Seams & { carriers: Carriers; counts: DeliveryCounts }

export type Channel = 'sms' | 'email'

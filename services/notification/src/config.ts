// Notification's settings.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import Type, { type Static } from 'typebox'

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

export type ServiceDeps = Deps<Static<typeof Config>>

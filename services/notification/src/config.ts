// Notification's settings.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import Type, { type Static } from 'typebox'

export const Config = Type.Object({
  BAHI_SMTP_URL: Type.String({
    secret: true,
    pattern: '^$|^smtps?://',
    default: '',
    description: 'Mail server, e.g. `smtps://user:password@mail.example:465`; empty: no mail is sent.',
  }),
  BAHI_SMS_URL: Type.String({
    default: '',
    description: 'HTTP gateway that SMS are posted to; empty: the sandbox has its own, production none.',
  }),
  BAHI_SMS_KEY: Type.String({ secret: true, default: '', description: 'Bearer token for the SMS gateway.' }),
  BAHI_SMS_ENTITY_ID: Type.String({ default: '', description: 'Id of the principal entity at the DLT.' }),
  BAHI_SMS_HEADER: Type.String({
    default: '',
    description: 'Header at the DLT: the sender that people see.',
  }),
  BAHI_SMS_TEMPLATES: Type.String({
    default: '{}',
    description:
      'JSON with the template id at the DLT of each message in each language: ' +
      '{"payment.sent":{"en":"1107160000000000001","hi":"1107160000000000002"}}.',
  }),
  BAHI_SMS_REPORT_KEY: Type.String({
    secret: true,
    pattern: '^$|^.{16,200}$',
    default: '',
    description: 'The key that the SMS gateway sends with its delivery reports; empty: no reports are taken.',
  }),
  BAHI_VAPID_KEY: Type.String({
    secret: true,
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

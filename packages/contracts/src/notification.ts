// The routes of notification: a person's messages and preferences, one-time codes, deliveries.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { OtpPurpose } from './auth.ts'
import { StepUp } from './step-up.ts'
import type { Contract } from './contract.ts'
import { maxEmailLength } from './email.ts'
import { Muted } from './message-kinds.ts'
import { SmsReport } from './sms-reports.ts'
import { Language, Phone, Timestamp, Uuid } from './formats.ts'

const strict = { additionalProperties: false } as const

/** The number of a message of a person, ascending. */
const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** A message in the app, in the person's language when it is read or sent; live streams send the same object. */
export const Message = Type.Object({
  /** Ascending for each person: the number after which a stream resumes. */
  seq: Type.Integer(),
  id: Uuid,
  /** The type of the event that it reports, e.g. `payment.settled`. */
  type: Type.String(),
  title: Type.String(),
  text: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown()),
  at: Timestamp,
  readAt: Type.Optional(Timestamp),
})
export type Message = Static<typeof Message>

export const listMessages = {
  service: 'notification',
  method: 'GET',
  url: '/v1/notifications',
  access: { permission: 'notifications:read' },
  summary: 'My messages, newest first',
  schema: {
    querystring: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        before: Type.Optional(Seq),
        /** Default: that of the profile, which a change reaches a moment later. */
        language: Type.Optional(Language),
      },
      strict,
    ),
    response: {
      200: Type.Object({
        notifications: Type.Array(Message),
        unread: Type.Integer(),
        next: Type.Optional(Type.Integer()),
      }),
    },
  },
} as const satisfies Contract

export const readMessages = {
  service: 'notification',
  method: 'POST',
  url: '/v1/notifications/read',
  access: { permission: 'notifications:write' },
  summary: 'Mark messages as read, up to one',
  schema: {
    body: Type.Object({ upToSeq: Seq }, strict),
    response: { 200: Type.Object({ unread: Type.Integer() }) },
  },
} as const satisfies Contract

export const Preferences = Type.Object(
  { sms: Type.Boolean(), email: Type.Boolean(), live: Type.Boolean(), muted: Muted },
  {
    ...strict,
    description:
      'Channels that are on at all, and in `muted` those that are off for a kind of message. One-time codes, debits, ' +
      'notices before a debit and security messages are sent in any case.',
  },
)

export type Preferences = Static<typeof Preferences>

export const showPreferences = {
  service: 'notification',
  method: 'GET',
  url: '/v1/notifications/preferences',
  access: { permission: 'notifications:read' },
  summary: 'The channels on which I want messages, and of which kinds',
  schema: { response: { 200: Preferences } },
} as const satisfies Contract

export const changePreferences = {
  service: 'notification',
  method: 'PUT',
  url: '/v1/notifications/preferences',
  access: { permission: 'notifications:write', stepUp: { for: 'change-notices', demand: 'when-asked' } },
  summary: 'Change the channels on which I want messages, or of which kinds; a change needs a proof',
  schema: {
    body: Type.Object(
      {
        ...Preferences.properties,
        /** Left out: as it was. */
        muted: Type.Optional(Muted),
        stepUp: Type.Optional(StepUp),
      },
      strict,
    ),
    response: { 200: Preferences },
  },
} as const satisfies Contract

/** Read by the gateway when a stream begins or resumes. */
export const messagesAfter = {
  service: 'notification',
  method: 'GET',
  url: '/internal/notification/messages',
  access: { services: ['gateway'] },
  summary: 'Messages of a person after one, oldest first',
  schema: {
    querystring: Type.Object(
      { userId: Uuid, after: Type.Integer(), limit: Type.Optional(Type.Integer()) },
      strict,
    ),
    response: {
      200: Type.Object({
        messages: Type.Array(Message),
        /** The `seq` of the person's newest message, 0 before the first: no older one is missing in `messages`. */
        last: Type.Integer(),
      }),
    },
  },
} as const satisfies Contract

/** A secret for one phone (a one-time code): sent at once, stored nowhere, in no event. */
export const sendSecret = {
  service: 'notification',
  method: 'POST',
  url: '/internal/notification/secrets',
  access: { services: ['auth'] },
  summary: 'Send a one-time code by SMS',
  schema: {
    body: Type.Object(
      {
        id: Uuid,
        phone: Phone,
        language: Type.Optional(Language),
        template: Type.Literal('otp'),
        purpose: OtpPurpose,
        values: Type.Record(Type.String(), Type.String()),
      },
      strict,
    ),
    response: { 202: Type.Object({ id: Uuid }) },
  },
} as const satisfies Contract

/** To an address that a person is about to give up, or has to prove: sent at once, stored nowhere. */
export const sendNotice = {
  service: 'notification',
  method: 'POST',
  url: '/internal/notification/notices',
  access: { services: ['auth', 'user'] },
  summary: 'Send a notice to an e-mail address',
  schema: {
    body: Type.Object(
      {
        id: Uuid,
        language: Language,
        email: Type.String({ format: 'idn-email', maxLength: maxEmailLength }),
        template: Type.Enum([
          'user.email-changed',
          'user.email-code',
          'auth.email-code',
          'auth.email-sign-in-code',
        ]),
        values: Type.Optional(Type.Record(Type.String(), Type.String())),
      },
      strict,
    ),
    response: { 202: Type.Object({ id: Uuid }) },
  },
} as const satisfies Contract

/** To a phone that a person gives up: sent at once, stored nowhere. */
export const notifyOldPhone = {
  service: 'notification',
  method: 'POST',
  url: '/internal/notification/old-phones',
  access: { services: ['auth'] },
  summary: 'Tell a phone by SMS that its person has another one now',
  schema: {
    body: Type.Object({ id: Uuid, phone: Phone, language: Language }, strict),
    response: { 202: Type.Object({ id: Uuid }) },
  },
} as const satisfies Contract

/** The state of all deliveries of one event or payment, for support. */
export const deliveriesOf = {
  service: 'notification',
  method: 'GET',
  url: '/v1/operations/deliveries',
  access: { permission: 'deliveries:read' },
  summary: 'Deliveries of a subject and their state',
  schema: {
    querystring: Type.Object({ subject: Type.String({ maxLength: 100 }) }, strict),
    response: {
      200: Type.Object({
        deliveries: Type.Array(
          Type.Object({
            id: Uuid,
            userId: Type.Optional(Uuid),
            channel: Type.String(),
            to: Type.String(),
            template: Type.String(),
            status: Type.Union([Type.Literal('waiting'), Type.Literal('sent'), Type.Literal('failed')]),
            tries: Type.Integer(),
            error: Type.Optional(Type.String()),
            /** What the carrier reported later: whether it reached its phone. */
            report: Type.Optional(SmsReport),
            /** In the carrier's own words. */
            reportCode: Type.Optional(Type.String()),
            reportedAt: Type.Optional(Timestamp),
            at: Timestamp,
          }),
        ),
      }),
    },
  },
} as const satisfies Contract

// The kinds of messages, and which of them a person may switch off on which channels.
import * as Type from 'typebox'
import type { Static } from 'typebox'

/** `live`: in the open app. `push`: on the lock screen of a browser. Every message stays in the app's list. */
export const MessageChannel = Type.Enum(['live', 'push', 'sms', 'email'])
export type MessageChannel = Static<typeof MessageChannel>

/** Messages about a person's security are of no kind here: nobody switches them off. */
export const messageKinds = ['received', 'paid', 'requests', 'schedules', 'mandates', 'account'] as const
export type MessageKind = (typeof messageKinds)[number]

const Channels = Type.Optional(Type.Array(MessageChannel, { uniqueItems: true, maxItems: 4 }))

/** What is switched off: kinds that are left out have all of their channels. */
export const Muted = Type.Object(
  {
    received: Channels,
    paid: Channels,
    requests: Channels,
    schedules: Channels,
    mandates: Channels,
    account: Channels,
  } satisfies Record<MessageKind, unknown>,
  { additionalProperties: false },
)
export type Muted = Static<typeof Muted>

/**
 * What may be switched off, by kind. Whatever these say, debits and notices before a debit by a mandate go out: they
 * are messages that no preference stops.
 */
export type MutingRules = {
  effectiveFrom: string
  mutable: Readonly<Record<MessageKind, readonly MessageChannel[]>>
}

/** Newest last. A change is a new row with its date, never an edit. */
export const mutingRules: readonly MutingRules[] = [
  {
    // RBI (customer protection, 6 July 2017): alerts of every electronic transaction, by SMS always.
    effectiveFrom: '2017-07-06T00:00:00+05:30',
    mutable: {
      received: ['live', 'push', 'sms', 'email'],
      // That money went, or did not, is said in any case; the receipt by mail is a courtesy.
      paid: ['email'],
      requests: ['live', 'push'],
      schedules: ['live', 'push', 'sms'],
      mandates: ['live', 'push', 'sms'],
      account: ['live', 'push'],
    },
  },
]

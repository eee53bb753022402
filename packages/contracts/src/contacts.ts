// The contracts of user about contacts: the UPI IDs that a person saves, and which of them are favourites.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Timestamp, Vpa } from './formats.ts'

const strict = { additionalProperties: false } as const

/** The most contacts of one person. */
export const maxContacts = 1_000

/** Controls, halves of characters, and what breaks lines or turns the direction of a text. */
const hidden = '\\p{Cc}\\p{Cs}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069'

/**
 * The registered name or one of the person's choice, which nobody else sees: any characters but controls of line and
 * text direction, and something that shows (U+2800 is a blank of Braille).
 */
export const ContactName = Type.String({
  minLength: 1,
  maxLength: 99,
  pattern: `^(?=.*[^\\s\\p{Cf}\\p{Default_Ignorable_Code_Point}\\u2800])[^${hidden}]+$`,
})
export const Contact = Type.Object({
  vpa: Vpa,
  name: ContactName,
  favourite: Type.Boolean(),
  changedAt: Timestamp,
})
export type Contact = Static<typeof Contact>

const ChangedAt = Type.String({
  format: 'date-time',
  maxLength: 40,
  examples: ['2026-11-26T09:30:00.000Z'],
  description:
    'When the person changed it, by their device: the latest change wins, in whatever order changes arrive.',
})
const ContactParams = Type.Object({ vpa: Vpa })

export const listContacts = {
  service: 'user',
  method: 'GET',
  url: '/v1/contacts',
  access: { permission: 'contacts:read' },
  summary: 'My contacts, ordered by UPI ID, in pages',
  schema: {
    querystring: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
        after: Type.Optional(Vpa),
        favourite: Type.Optional(Type.Boolean()),
      },
      strict,
    ),
    response: { 200: Type.Object({ contacts: Type.Array(Contact), next: Type.Optional(Vpa) }) },
  },
} as const satisfies Contract

export const putContact = {
  service: 'user',
  method: 'PUT',
  url: '/v1/contacts/:vpa',
  access: { permission: 'contacts:write' },
  summary: 'Save or change a contact; answers it as it is now, or nothing when it was removed later',
  schema: {
    params: ContactParams,
    body: Type.Object({ name: ContactName, favourite: Type.Boolean(), changedAt: ChangedAt }, strict),
    response: { 200: Type.Object({ contact: Type.Optional(Contact) }) },
  },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

export const removeContact = {
  service: 'user',
  method: 'DELETE',
  url: '/v1/contacts/:vpa',
  access: { permission: 'contacts:write' },
  summary: 'Remove a contact, unless it was changed later',
  schema: {
    params: ContactParams,
    querystring: Type.Object({ changedAt: ChangedAt }, strict),
    response: { 204: Type.Null() },
  },
  problems: ['not-found'],
} as const satisfies Contract

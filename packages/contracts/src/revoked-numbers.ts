// Lists of mobile numbers that were disconnected (MNRL): uploaded by staff or by a feed; and what a person whose number
// is on one sees, and does to have it counted as theirs again.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { OtpId } from './auth.ts'
import type { Contract } from './contract.ts'
import { Language, Otp, Phone, Timestamp, Uuid, UuidV7 } from './formats.ts'
import { IstDate } from './recurrence.ts'

const strict = { additionalProperties: false } as const

export type RevocationRules = {
  effectiveFrom: string
  /** How old the newest list may be. */
  maxAgeDays: number
  /** Of one part of a list. */
  maxRows: number
}

/**
 * Newest last; a change is a new row with its date. NPCI, circular of 3 March 2025: banks and apps use the Mobile
 * Number Revocation List or the Digital Intelligence Platform at least weekly, by 31 March 2025. RBI/2024-25/105 of
 * 17 January 2025 asks the same of whom it regulates. The bound of rows is ours.
 */
export const revocationRules: readonly RevocationRules[] = [
  { effectiveFrom: '2025-03-31T00:00:00+05:30', maxAgeDays: 7, maxRows: 200_000 },
]

export const refusedLineReasons = ['number', 'date', 'later', 'length'] as const

export const RevokedNumberList = Type.Object({
  id: Uuid,
  listedOn: IstDate,
  by: Type.Enum(['staff', 'feed']),
  uploadedBy: Type.Optional(Uuid),
  uploadedAt: Timestamp,
  sentAgainAt: Type.Optional(Timestamp),
  sentAgainOf: Type.Optional({
    ...IstDate,
    description: 'Of which day the same content was sent again: nothing else came of it.',
  }),
  part: Type.Integer(),
  parts: Type.Integer(),
  rows: Type.Integer({ description: 'Lines with a number.' }),
  revoked: Type.Integer({ description: 'People whose number proves nothing any more, by this list.' }),
  alreadyRevoked: Type.Integer({ description: 'People of whose number a list before said it.' }),
  provenSince: Type.Integer({ description: 'People who have proven the number after it was disconnected.' }),
  refused: Type.Integer({ description: 'Lines that could not be read.' }),
  refusedLines: Type.Array(
    Type.Object({
      line: Type.Integer(),
      ending: Type.String({ description: 'The last two digits of the number.', examples: ['••10'] }),
      why: Type.Enum([...refusedLineReasons]),
    }),
    { description: 'The first of them.' },
  ),
})
export type RevokedNumberList = Static<typeof RevokedNumberList>

const maxPartBytes = 6 * 1_048_576
const upload = { maxBytes: maxPartBytes, types: ['text/csv', 'text/plain'] } as const
const part = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description }))
const querystring = Type.Object(
  {
    listedOn: {
      ...IstDate,
      description: 'Of which day the list is: lines without a date were revoked then.',
    },
    part: part('Of a list in several parts, sent in their order.'),
    parts: part('How many they are. The list counts as there with the last one.'),
  },
  strict,
)

/**
 * One number a line, or `number,date,reason` as CSV. The same content again changes nothing but the age of the
 * lists, by the day that it is said to be of then.
 */
export const uploadRevokedNumbers = {
  service: 'auth',
  method: 'PUT',
  url: '/v1/operations/revoked-numbers/:id',
  access: { permission: 'revoked-numbers:upload' },
  summary: 'Upload a list of mobile numbers that were disconnected: they prove nobody any more',
  cost: 5,
  timeoutMs: 60_000,
  upload,
  schema: { params: Type.Object({ id: UuidV7 }), querystring, response: { 200: RevokedNumberList } },
  problems: ['id-reused', 'id-out-of-range'],
} as const satisfies Contract

/** The feed proves itself by `authorization: Bearer`, with the key that the operator gave to it. */
export const feedRevokedNumbers = {
  service: 'auth',
  method: 'POST',
  url: '/v1/feeds/revoked-numbers',
  access: 'public',
  summary: 'A list of mobile numbers that were disconnected, from a feed with the key that it was given',
  cost: 5,
  timeoutMs: 60_000,
  forwards: ['authorization'],
  upload,
  schema: { querystring, response: { 200: RevokedNumberList } },
  problems: ['unauthenticated'],
} as const satisfies Contract

export const listRevokedNumbers = {
  service: 'auth',
  method: 'GET',
  url: '/v1/operations/revoked-numbers',
  access: { permission: 'revoked-numbers:read' },
  summary:
    'Lists of disconnected mobile numbers that were uploaded, newest first, with what became of their rows',
  schema: {
    querystring: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        before: Type.Optional(Type.String({ ...Uuid, description: '`next` of the page before' })),
      },
      strict,
    ),
    response: { 200: Type.Object({ lists: Type.Array(RevokedNumberList), next: Type.Optional(Uuid) }) },
  },
} as const satisfies Contract

export const showPhone = {
  service: 'auth',
  method: 'GET',
  url: '/v1/auth/phone',
  access: { permission: 'sessions:read' },
  summary: 'My phone number, and whether it is on a list of disconnected numbers',
  schema: {
    response: {
      200: Type.Object({
        phone: Phone,
        revokedOn: Type.Optional(IstDate),
        /** A code that comes from then on shows that the number is mine still. */
        provableFrom: Type.Optional(Timestamp),
        deviceProves: Type.Optional(
          Type.Boolean({ description: 'This device was bound before the number was revoked.' }),
        ),
      }),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const sendPhoneCode = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/phone/code',
  access: { permission: 'phone:change' },
  cost: 2,
  summary: 'Send a one-time code to my own phone, which proves that it is mine after a list said otherwise',
  schema: {
    body: Type.Object({ language: Type.Optional(Language) }, strict),
    response: { 202: Type.Object({ id: Uuid, expiresInS: Type.Integer(), resendInS: Type.Integer() }) },
  },
  problems: ['otp-too-soon', 'wrong-state', 'not-found'],
} as const satisfies Contract

/** On a device that was bound before the number was revoked. */
export const provePhone = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/phone/prove',
  access: { permission: 'phone:change' },
  summary: 'Prove by a code that my number is mine, after it was on a list of disconnected numbers',
  schema: {
    body: Type.Object({ otp: Otp, otpId: Type.Optional(OtpId) }, strict),
    response: { 204: Type.Null() },
  },
  problems: ['otp-wrong', 'wrong-state', 'not-found'],
} as const satisfies Contract

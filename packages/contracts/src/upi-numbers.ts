// UPI numbers: digits that lead to one of a person's UPI IDs, because the person wanted it so.
import * as Type from 'typebox'
import { StepUp } from './step-up.ts'
import type { Contract } from './contract.ts'
import { Phone, Timestamp, Uuid, Vpa } from './formats.ts'

const strict = { additionalProperties: false } as const

const UpiNumber = Type.String({
  pattern: '^[0-9]{8,10}$',
  description: 'My mobile number without the country, or 8 to 9 digits of my choice.',
  examples: ['24681357'],
})
export const NumberEntry = Type.Object({ number: UpiNumber, vpa: Vpa, since: Timestamp })
const params = Type.Object({ number: UpiNumber })

export const listNumbers = {
  service: 'account',
  method: 'GET',
  url: '/v1/upi-numbers',
  access: { permission: 'vpas:read' },
  summary: 'My UPI numbers, and where they lead',
  schema: { response: { 200: Type.Object({ numbers: Type.Array(NumberEntry) }) } },
} as const satisfies Contract

/** Called by auth once the person has another phone, or none: what is the old one leads nowhere then. Idempotent. */
export const releaseOldNumber = {
  service: 'account',
  method: 'POST',
  url: '/internal/account/people/:userId/phone-changed',
  access: { services: ['auth'] },
  summary:
    'Close the UPI IDs and UPI numbers of a person that are a phone which they have no more; open again what was ' +
    'closed because theirs was revoked',
  schema: {
    params: Type.Object({ userId: Uuid }),
    body: Type.Object(
      {
        phone: Type.Union([Phone, Type.Null()]),
        revoked: Type.Optional(
          Type.Boolean({ description: 'They may prove it again: then what is closed now is open again.' }),
        ),
      },
      strict,
    ),
    response: { 200: Type.Object({ userId: Uuid }) },
  },
} as const satisfies Contract

export const setNumber = {
  service: 'account',
  method: 'PUT',
  url: '/v1/upi-numbers/:number',
  access: { permission: 'vpas:write', stepUp: { for: 'change-upi-ids', demand: 'when-asked' } },
  summary: 'Switch a UPI number on for one of my UPI IDs, or let it lead to another one of them',
  schema: {
    params,
    body: Type.Object({ vpa: Vpa, stepUp: Type.Optional(StepUp) }, strict),
    response: { 200: NumberEntry },
  },
  problems: ['not-found', 'number-taken', 'phone-revoked', 'wrong-state'],
} as const satisfies Contract

export const releaseNumber = {
  service: 'account',
  method: 'POST',
  url: '/v1/upi-numbers/:number/release',
  access: { permission: 'vpas:write', stepUp: { for: 'change-upi-ids', demand: 'when-asked' } },
  summary: 'Switch a UPI number of mine off: nobody is paid at it any more',
  schema: {
    params,
    body: Type.Object({ stepUp: Type.Optional(StepUp) }, strict),
    response: { 204: Type.Null() },
  },
  problems: ['not-found'],
} as const satisfies Contract

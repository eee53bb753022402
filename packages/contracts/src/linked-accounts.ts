// What a person does with an account that they have linked: make it the one that pays by default, and unlink it.
import * as Type from 'typebox'
import { Account } from './account.ts'
import { StepUp } from './step-up.ts'
import type { Contract } from './contract.ts'
import { Uuid } from './formats.ts'

const strict = { additionalProperties: false } as const

export const changeAccount = {
  service: 'account',
  method: 'PATCH',
  url: '/v1/accounts/:id',
  access: { permission: 'accounts:link' },
  summary: 'Make an account of mine the one that pays unless another is chosen',
  schema: {
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ default: Type.Literal(true) }, strict),
    response: { 200: Account },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const unlinkAccount = {
  service: 'account',
  method: 'POST',
  url: '/v1/accounts/:id/unlink',
  access: { permission: 'accounts:link', stepUp: { for: 'unlink-account', demand: 'when-asked' } },
  summary: 'Unlink a bank account: the account itself and its UPI PIN stay as they are at its bank',
  schema: {
    params: Type.Object({ id: Uuid }),
    body: Type.Object(
      {
        moveVpasTo: Type.Optional(
          Type.String({ ...Uuid, description: 'The account that its UPI IDs lead to from now on.' }),
        ),
        stepUp: Type.Optional(StepUp),
      },
      strict,
    ),
    response: { 204: Type.Null() },
  },
  problems: ['not-found', 'account-has-vpas', 'account-has-holds', 'account-has-mandates'],
} as const satisfies Contract

/** By which the banks of a person know them, each once. */
export const holderNamesOf = {
  service: 'account',
  method: 'GET',
  url: '/internal/account/people/:userId/holder-names',
  access: { services: ['user'] },
  summary: 'The names of a person at the banks of their linked accounts',
  schema: {
    params: Type.Object({ userId: Uuid }),
    response: { 200: Type.Object({ names: Type.Array(Type.String()) }) },
  },
} as const satisfies Contract

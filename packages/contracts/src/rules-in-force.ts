// Which rules hold now, and which come when: what dated rows of configuration say, as the running version has them.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Timestamp } from './formats.ts'

/** Each has its title in the console. `own-*`: set by this operator, where there are any. */
export const ruleNames = [
  ...(['limits', 'payments', 'risk', 'network', 'requests', 'mandates', 'schedules', 'codes'] as const),
  ...(['controls', 'upi-numbers', 'kyc', 'dormancy', 'revoked-numbers', 'erasure', 'retention'] as const),
  ...(['own-requests', 'own-limits'] as const),
]
export type RuleName = (typeof ruleNames)[number]

const Row = Type.Object({
  effectiveFrom: Type.String({ description: 'A moment with its offset, as the rule was written.' }),
  values: Type.Record(Type.String(), Type.Unknown(), {
    description: 'By name; amounts in paise where the name says so.',
  }),
})

export const RulesInForce = Type.Object({
  at: Timestamp,
  rules: Type.Array(
    Type.Object({
      name: Type.String({ examples: ['limits'] }),
      inForce: Type.Optional(Row),
      later: Type.Array(Row, { description: 'The next one first.' }),
    }),
  ),
})
export type RulesInForce = Static<typeof RulesInForce>

export const showRules = {
  service: 'payment',
  method: 'GET',
  url: '/v1/operations/rules',
  access: { permission: 'rules:read' },
  summary:
    'Rules in force with their dates, and those that come: limits, network, requests, fraud, retention',
  schema: { response: { 200: RulesInForce } },
} as const satisfies Contract

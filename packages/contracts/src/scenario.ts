// Faults of the sandbox's network: rules of which payments get them, and what then goes wrong.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { AmountPaise, Rrn, Timestamp, TxnId, Uuid, Vpa } from './formats.ts'

const strict = { additionalProperties: false } as const
const oneOf = <const T extends string>(...names: T[]) => Type.Unsafe<T>(Type.Enum(names))
const Ms = Type.Integer({ minimum: 0, maximum: 600_000, description: 'Divided by the time scale.' })

/** A fault of one transaction. `what` and `at` name messages and legs as docs/upi.md does. */
export const Effect = Type.Union([
  Type.Object(
    {
      do: Type.Literal('decline'),
      at: oneOf('address', 'debit', 'credit'),
      /** Any code but `00`, which means approved. */
      code: Type.String({ pattern: '^(?!00$)[A-Z0-9]{2,3}$' }),
    },
    strict,
  ),
  Type.Object(
    {
      do: Type.Literal('delay'),
      what: oneOf('address', 'debit', 'credit', 'answer', 'confirmation', 'check'),
      ms: Ms,
    },
    strict,
  ),
  /** The message is lost. `debit-answer`, `credit-answer`: the money moves and the bank's response is lost. */
  Type.Object(
    {
      do: Type.Literal('drop'),
      what: oneOf(
        ...(['request', 'address', 'debit', 'debit-answer', 'credit', 'credit-answer'] as const),
        ...(['reversal', 'answer', 'confirmation', 'check'] as const),
      ),
    },
    strict,
  ),
  Type.Object(
    { do: Type.Literal('twice'), what: oneOf('address', 'debit', 'credit', 'answer', 'confirmation') },
    strict,
  ),
  /** Sent after the timeout of the receiver. */
  Type.Object({ do: Type.Literal('late'), what: oneOf('answer', 'confirmation') }, strict),
  /** `after-next`: not before another transaction's response was sent. */
  Type.Object({ do: Type.Literal('disorder'), how: oneOf('confirmation-first', 'after-next') }, strict),
  /** Neither credit nor reversal gets a response; settled afterwards: credited (TCC) or returned (RET). */
  Type.Object(
    {
      do: Type.Literal('deemed'),
      then: oneOf('TCC', 'RET'),
      afterS: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
    },
    strict,
  ),
  /** Reversals at a bank of the sandbox fail (96). */
  Type.Object({ do: Type.Literal('reversal-fails') }, strict),
  Type.Object({ do: Type.Literal('offline'), side: oneOf('payer', 'payee') }, strict),
])
export type Effect = Static<typeof Effect>

/** All given conditions must hold; none: every transaction. A UPI ID is complete, or `@handle` for all of it. */
export const Conditions = Type.Object(
  {
    payeeVpa: Type.Optional(
      Type.String({ maxLength: 255, description: '`ravi@bahi`, or `@bahi` for all of them.' }),
    ),
    payerVpa: Type.Optional(Type.String({ maxLength: 255 })),
    bank: Type.Optional(Type.String({ pattern: '^[A-Z]{4}$', description: 'Of either side.' })),
    minPaise: Type.Optional(AmountPaise),
    maxPaise: Type.Optional(AmountPaise),
    share: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'The share of matching transactions, by seed and Txn.id.',
      }),
    ),
  },
  strict,
)
export type Conditions = Static<typeof Conditions>

const ruleFields = {
  name: Type.String({ minLength: 1, maxLength: 100 }),
  when: Conditions,
  effects: Type.Array(Effect, { maxItems: 12, examples: [[{ do: 'decline', at: 'debit', code: 'Z9' }]] }),
}
export const NewRule = Type.Object({ ...ruleFields, enabled: Type.Optional(Type.Boolean()) }, strict)
export type NewRule = Static<typeof NewRule>
export const Rule = Type.Object({ id: Uuid, ...ruleFields, enabled: Type.Boolean() })
export type Rule = Static<typeof Rule>

const Scenarios = Type.Object({
  /** Decides which transactions a share selects, and what `chaos@sandbox` does. */
  seed: Type.String(),
  /** In this order: the first that matches is applied. */
  rules: Type.Array(Rule),
  /** Built in; they take precedence over the rules. */
  addresses: Type.Array(Type.Object({ vpa: Type.String(), asPayee: Type.String(), asPayer: Type.String() })),
})
const Seed = Type.String({ minLength: 1, maxLength: 100 })

export const listScenarios = {
  service: 'sandbox',
  method: 'GET',
  url: '/sandbox/scenarios',
  access: 'public',
  summary: 'The test addresses and the fault rules',
  schema: { response: { 200: Scenarios } },
} as const satisfies Contract

export const addScenario = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/scenarios',
  access: 'public',
  summary: 'Add a fault rule, after the others',
  schema: { body: NewRule, response: { 201: Rule } },
} as const satisfies Contract

export const replaceScenarios = {
  service: 'sandbox',
  method: 'PUT',
  url: '/sandbox/scenarios',
  access: 'public',
  summary: 'Replace all fault rules, and the seed',
  schema: {
    body: Type.Object({ rules: Type.Array(NewRule, { maxItems: 100 }), seed: Type.Optional(Seed) }, strict),
    response: { 200: Scenarios },
  },
} as const satisfies Contract

export const switchScenario = {
  service: 'sandbox',
  method: 'PATCH',
  url: '/sandbox/scenarios/:id',
  access: 'public',
  summary: 'Switch a fault rule on or off',
  schema: {
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ enabled: Type.Boolean() }, strict),
    response: { 200: Rule },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const removeScenario = {
  service: 'sandbox',
  method: 'DELETE',
  url: '/sandbox/scenarios/:id',
  access: 'public',
  summary: 'Remove a fault rule',
  schema: { params: Type.Object({ id: Uuid }), response: { 204: Type.Null() } },
} as const satisfies Contract

export const networkTransactions = {
  service: 'sandbox',
  method: 'GET',
  url: '/sandbox/network/transactions',
  access: 'public',
  summary: 'Recent transactions of the network, newest first',
  schema: {
    querystring: Type.Object(
      {
        txnId: Type.Optional(TxnId),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      },
      strict,
    ),
    response: {
      200: Type.Object({
        transactions: Type.Array(
          Type.Object({
            txnId: TxnId,
            rrn: Rrn,
            payerVpa: Type.Optional(Vpa),
            payeeVpa: Type.Optional(Vpa),
            amountPaise: Type.Integer(),
            /** `ended`, or what the switch is waiting for. */
            phase: Type.String(),
            result: oneOf('SUCCESS', 'FAILURE', 'DEEMED', 'PENDING'),
            errCode: Type.Optional(Type.String()),
            /** The cause of its faults: an address, or a rule's name. */
            scenario: Type.Optional(Type.String()),
            effects: Type.Array(Effect),
            takenAt: Timestamp,
            steps: Type.Array(Type.Object({ at: Timestamp, what: Type.String() })),
          }),
        ),
      }),
    },
  },
} as const satisfies Contract

export const networkPage = {
  service: 'sandbox',
  method: 'GET',
  url: '/sandbox/network',
  access: 'public',
  summary: 'The network as a page: banks, addresses, faults with switches, recent transactions',
  schema: { response: { 200: Type.String({ contentMediaType: 'text/html' }) } },
} as const satisfies Contract

export const networkFile = {
  service: 'sandbox',
  method: 'GET',
  url: '/sandbox/network/files/:name',
  access: 'public',
  summary: 'Script and style of the page',
  schema: {
    params: Type.Object({ name: oneOf('page.js', 'page.css') }),
    response: { 200: Type.String({ contentMediaType: 'text/javascript, text/css' }) },
  },
} as const satisfies Contract

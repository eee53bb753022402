// What payment answers about a person's own payments taken together: search, threads, and what was spent.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { pageQuery, Timestamp, Vpa } from './formats.ts'
import { listPayments, PaymentView } from './payment.ts'
import { RequestView } from './requests.ts'
import { spendCategories } from './spend-categories.ts'

const strict = { additionalProperties: false } as const

/** Beside `next`: a page may have fewer payments than its limit, or none, and still another one after it. */
const next = Type.Optional(
  Type.String({
    description: 'Goes on further back: a page looks through so many payments, however few of them match.',
  }),
)

const { hidden: _, ...filters } = listPayments.schema.querystring.properties

export const searchPayments = {
  service: 'payment',
  method: 'GET',
  url: '/v1/payments/search',
  access: { permission: 'payments:read' },
  cost: 3,
  summary:
    'My payments in which every word is found: in the name, UPI ID, note, amount, RRN, transaction id or reference',
  schema: {
    querystring: Type.Object(
      {
        text: Type.String({
          minLength: 1,
          maxLength: 100,
          description: 'Words of it, or parts of words, in any order; amounts in rupees.',
          examples: ['rent 450'],
        }),
        ...filters,
      },
      strict,
    ),
    response: { 200: Type.Object({ payments: Type.Array(PaymentView), next }) },
  },
} as const satisfies Contract

export const ThreadItem = Type.Object(
  {
    at: Timestamp,
    payment: Type.Optional(PaymentView),
    request: Type.Optional(RequestView),
  },
  { description: 'One of the two. A request that was paid is there as its payment.' },
)
export type ThreadItem = Static<typeof ThreadItem>

export const showThread = {
  service: 'payment',
  method: 'GET',
  url: '/v1/threads/:vpa',
  access: { permission: 'payments:read' },
  cost: 3,
  summary: 'All payments and requests between me and one UPI ID, newest first, a page at a time',
  schema: {
    params: Type.Object({ vpa: Vpa }),
    querystring: Type.Object({ ...pageQuery }, strict),
    response: { 200: Type.Object({ items: Type.Array(ThreadItem), next }) },
  },
} as const satisfies Contract

/** A month of India. */
export const Month = Type.String({
  pattern: '^2[0-9]{3}-(0[1-9]|1[0-2])$',
  description: 'A month in India (IST), YYYY-MM.',
  examples: ['2026-11'],
})

const spent = {
  spentPaise: Type.Integer({ minimum: 0 }),
  count: Type.Integer({ minimum: 0, description: 'Payments.' }),
}

export const showSpending = {
  service: 'payment',
  method: 'GET',
  url: '/v1/spending',
  access: { permission: 'payments:read' },
  cost: 3,
  summary:
    'What I spent in a month, by category and by payee, beside the months before it; settled payments to others, ' +
    'without those that I have hidden',
  schema: {
    querystring: Type.Object(
      { month: Type.Optional({ ...Month, description: 'Default: this month.' }) },
      strict,
    ),
    response: {
      200: Type.Object({
        month: Month,
        months: Type.Array(Type.Object({ month: Month, ...spent }), {
          description: 'Six, the month that was asked for the last.',
        }),
        categories: Type.Array(Type.Object({ category: Type.Enum([...spendCategories]), ...spent }), {
          description: 'By the merchant category codes of the payments, the most spent first.',
        }),
        payees: Type.Array(Type.Object({ vpa: Vpa, name: Type.String(), ...spent }), {
          description: 'The hundred on whom the most was spent.',
        }),
      }),
    },
  },
} as const satisfies Contract

// The PIN block: what a UPI PIN is encrypted with, so that it allows one use only.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { AmountPaise, TxnId, Uuid, UuidV7, Vpa } from './formats.ts'

/** The operations on a mandate that its bank decides by the PIN, as `BankOperation` has them. */
export const mandateOperations = ['create', 'update', 'unpause', 'port', 'take', 'release'] as const
export type MandateOperationByPin = (typeof mandateOperations)[number]

const pinPattern = '^([0-9]{4}|[0-9]{6})$'

/** What stands inside the JWE. A block that names another use, amount, payee or time is refused. */
export const PinBlock = Type.Object(
  {
    pin: Type.String({ pattern: pinPattern, description: 'The UPI PIN; with `set-pin` the new one.' }),
    oldPin: Type.Optional(
      Type.String({
        pattern: pinPattern,
        description: 'With `set-pin`, instead of card and code: the PIN until now.',
      }),
    ),
    purpose: Type.Union(
      [Type.Literal('pay'), Type.Literal('set-pin'), Type.Literal('balance'), Type.Literal('mandate')],
      { description: 'The one use that the block is for.' },
    ),
    paymentId: Type.Optional(
      Type.String({ ...UuidV7, description: 'With `pay`: the id in the URL of the payment.' }),
    ),
    txnId: Type.Optional({
      ...TxnId,
      description:
        'With `pay` of a request from another app: its `txnId`, which the bank of an account elsewhere knows. ' +
        'Of a debit that another app asks for: that of `POST /v1/payments/quote`.',
    }),
    mandateId: Type.Optional(
      Type.String({ ...UuidV7, description: 'With `mandate`: the id in the URL of the mandate.' }),
    ),
    operation: Type.Optional(
      Type.Enum(mandateOperations, {
        description:
          'With `mandate`: the one operation that it is for. To agree to one is `create`; to move one to another ' +
          'UPI ID of mine `port`, from another app to this one `take`, and from this one to another app `release`. ' +
          'Left out by apps of before: it is taken until the next version, then refused.',
      }),
    ),
    accountId: Type.Optional(
      Type.String({
        ...Uuid,
        description: 'With `set-pin` and `balance`: the account in the URL. Else if you like.',
      }),
    ),
    amountPaise: Type.Optional(
      Type.Integer({
        ...AmountPaise,
        description: 'With `pay`: the amount of the payment. With `mandate`: that of its terms.',
      }),
    ),
    payeeVpa: Type.Optional(Type.String({ ...Vpa, description: 'With `pay` and `mandate`: the payee.' })),
    iat: Type.Integer({
      description:
        'Seconds since 1970 when the block was made, by the `date` of our answers: 10 minutes may pass or be ahead.',
    }),
  },
  {
    description:
      'What the PIN is encrypted with and bound to. It is the plaintext, as JSON, of a compact JWE ' +
      'with `alg` ECDH-ES, `enc` A256GCM and the `kid` of the key of `GET /v1/keys` that names the bank of the ' +
      'account, else of the one that names `*`. A block works once, and for nothing but what it names. ' +
      'In a sandbox `npm run pin` makes one.',
    examples: [
      {
        pin: '4071',
        purpose: 'pay',
        paymentId: '01994c00-0000-7000-8000-000000000001',
        amountPaise: 25_000,
        payeeVpa: 'ravi@bahi',
        iat: 1_796_000_000,
      },
    ],
  },
)
export type PinBlock = Static<typeof PinBlock>

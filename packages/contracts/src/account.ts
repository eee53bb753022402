// What account answers: banks, bank accounts, UPI PIN, UPI IDs, balances, statements.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { StepUp } from './step-up.ts'
import type { Contract } from './contract.ts'
import {
  AccountNumber,
  BalancePaise,
  CompactJwe,
  Currency,
  Ifsc,
  Otp,
  PersonName,
  Phone,
  Timestamp,
  TxnId,
  Uuid,
  Vpa,
  pageQuery,
} from './formats.ts'
import { MerchantCategory } from './initiation.ts'

const strict = { additionalProperties: false } as const

export const Bank = Type.Object({
  /** The bank's code, the first four letters of its IFSC. */
  code: Type.String({ pattern: '^[A-Z]{4}$', examples: ['BAHI'] }),
  name: Type.String(),
  ifsc: Ifsc,
  /** Whether its accounts stand in our own ledger. */
  onUs: Type.Boolean(),
  /** Digits of its UPI PIN: 4 or 6. */
  pinLength: Type.Union([Type.Literal(4), Type.Literal(6)]),
})
export type Bank = Static<typeof Bank>
export const BankCode = Type.String({ pattern: '^[A-Z]{4}$', examples: ['BAHI'] })

export const Account = Type.Object({
  id: Uuid,
  bank: BankCode,
  bankName: Type.String(),
  ifsc: Ifsc,
  maskedNumber: Type.String({ examples: ['XXXXXXXX1234'] }),
  holderName: Type.String(),
  type: Type.Union([Type.Literal('savings'), Type.Literal('current')]),
  status: Type.Union([Type.Literal('active'), Type.Literal('frozen'), Type.Literal('closed')]),
  pinSet: Type.Boolean(),
  pinLength: Bank.properties.pinLength,
  vpas: Type.Array(Vpa),
  linkedAt: Timestamp,
  /** Payments are made from it unless another is chosen; none has it until the person chooses one. */
  default: Type.Optional(Type.Boolean()),
})
export type Account = Static<typeof Account>
const AccountParams = Type.Object({ id: Uuid })

export const listBanks = {
  service: 'account',
  method: 'GET',
  url: '/v1/banks',
  access: 'public',
  summary: 'The banks whose accounts can be linked',
  schema: { response: { 200: Type.Object({ banks: Type.Array(Bank) }) } },
} as const satisfies Contract

export const discoverAccounts = {
  service: 'account',
  method: 'POST',
  url: '/v1/accounts/discover',
  access: { permission: 'accounts:link' },
  cost: 2,
  summary: 'Accounts that a bank holds for my phone number',
  schema: {
    body: Type.Object({ bank: BankCode }, strict),
    response: {
      200: Type.Object({
        accounts: Type.Array(
          Type.Object({
            accountRef: Type.String({ description: 'Names this account when linking it.' }),
            bank: BankCode,
            ifsc: Ifsc,
            maskedNumber: Type.String(),
            holderName: Type.String(),
            type: Account.properties.type,
            pinSet: Type.Boolean(),
            linked: Type.Boolean(),
          }),
        ),
      }),
    },
  },
  problems: ['not-found', 'bank-unreachable', 'phone-revoked'],
} as const satisfies Contract

export const linkAccount = {
  service: 'account',
  method: 'POST',
  url: '/v1/accounts',
  access: { permission: 'accounts:link' },
  summary: 'Link a discovered bank account; the same again gives the same account, with status 200',
  schema: {
    body: Type.Object(
      {
        bank: BankCode,
        accountRef: Type.String({
          minLength: 1,
          maxLength: 100,
          examples: ['01994c00-0000-7000-8000-000000000001'],
        }),
      },
      strict,
    ),
    response: { 201: Account, 200: Account },
  },
  problems: ['not-found', 'wrong-state', 'bank-unreachable', 'phone-revoked'],
} as const satisfies Contract

export const listAccounts = {
  service: 'account',
  method: 'GET',
  url: '/v1/accounts',
  access: { permission: 'accounts:read' },
  summary: 'My linked bank accounts',
  schema: { response: { 200: Type.Object({ accounts: Type.Array(Account) }) } },
} as const satisfies Contract

export const showAccount = {
  service: 'account',
  method: 'GET',
  url: '/v1/accounts/:id',
  access: { permission: 'accounts:read' },
  summary: 'One of my bank accounts, with its status',
  schema: { params: AccountParams, response: { 200: Account } },
  problems: ['not-found'],
} as const satisfies Contract

export const pinKeys = {
  service: 'account',
  method: 'GET',
  url: '/v1/keys',
  access: 'public',
  summary: 'Public keys that a UPI PIN is encrypted for',
  schema: {
    response: { 200: Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) }) },
  },
} as const satisfies Contract

const bankProblems = ['wrong-state', 'bank-unreachable'] as const
const pinProblems = ['pin-wrong', 'pin-locked', 'pin-not-set', 'pin-block-invalid', ...bankProblems] as const

export const setPin = {
  service: 'account',
  method: 'PUT',
  url: '/v1/accounts/:id/pin',
  access: { permission: 'accounts:set-pin' },
  cost: 2,
  summary: 'Set the UPI PIN with debit card and one-time code, or change it with the old PIN in the block',
  schema: {
    params: AccountParams,
    body: Type.Object(
      {
        card: Type.Optional(
          Type.Object(
            {
              last6: Type.String({ pattern: '^[0-9]{6}$', examples: ['777770'] }),
              expiry: Type.String({
                pattern: '^(0[1-9]|1[0-2])/?[0-9]{2}$',
                description: 'MMYY or MM/YY',
                examples: ['11/31'],
              }),
            },
            strict,
          ),
        ),
        otp: Type.Optional(Otp),
        pin: CompactJwe,
      },
      strict,
    ),
    response: { 200: Account },
  },
  problems: [...pinProblems, 'not-found', 'card-wrong', 'otp-wrong', 'pin-weak', 'phone-revoked'],
} as const satisfies Contract

export const balance = {
  service: 'account',
  method: 'POST',
  url: '/v1/accounts/:id/balance',
  access: { permission: 'balances:read' },
  cost: 2,
  summary: 'The balance, shown against the UPI PIN',
  schema: {
    params: AccountParams,
    body: Type.Object({ pin: CompactJwe }, strict),
    response: { 200: Type.Object({ balancePaise: BalancePaise, currency: Currency, at: Timestamp }) },
  },
  problems: [...pinProblems, 'not-found'],
} as const satisfies Contract

export const statement = {
  service: 'account',
  method: 'GET',
  url: '/v1/accounts/:id/statement',
  access: { permission: 'statements:read' },
  summary: 'Entries of the account, newest first',
  schema: {
    params: AccountParams,
    querystring: Type.Object(
      {
        ...pageQuery,
      },
      strict,
    ),
    response: {
      200: Type.Object({
        entries: Type.Array(
          Type.Object({
            /** Of a payment within our bank, its id. */
            transferId: Uuid,
            txnId: Type.Optional(TxnId),
            amountPaise: Type.Integer({ description: 'Negative for a debit.' }),
            balancePaise: BalancePaise,
            at: Timestamp,
          }),
        ),
        next: Type.Optional(Type.String()),
      }),
    },
  },
  problems: ['not-found', 'bank-unreachable'],
} as const satisfies Contract

export const VpaEntry = Type.Object({
  vpa: Vpa,
  accountId: Uuid,
  primary: Type.Boolean(),
  createdAt: Timestamp,
})

export const createVpa = {
  service: 'account',
  method: 'POST',
  url: '/v1/vpas',
  access: { permission: 'vpas:write' },
  summary:
    'Create a UPI ID for a linked account; the first one is primary. ' +
    'The same again gives the same UPI ID, with status 200',
  schema: {
    body: Type.Object({ vpa: Vpa, accountId: Uuid }, strict),
    response: { 201: VpaEntry, 200: VpaEntry },
  },
  problems: ['not-found', 'vpa-taken', 'id-reused', 'wrong-state', 'phone-revoked'],
} as const satisfies Contract

export const listVpas = {
  service: 'account',
  method: 'GET',
  url: '/v1/vpas',
  access: { permission: 'vpas:read' },
  summary: 'My UPI IDs',
  schema: { response: { 200: Type.Object({ vpas: Type.Array(VpaEntry) }) } },
} as const satisfies Contract

export const suggestVpas = {
  service: 'account',
  method: 'GET',
  url: '/v1/vpas/suggestions',
  access: { permission: 'vpas:read' },
  summary: 'UPI IDs that are free and look like me',
  schema: { response: { 200: Type.Object({ vpas: Type.Array(Vpa) }) } },
} as const satisfies Contract

export const changeVpa = {
  service: 'account',
  method: 'PATCH',
  url: '/v1/vpas/:vpa',
  access: { permission: 'vpas:write' },
  summary: 'Make a UPI ID the primary one, or point it at another of my accounts',
  schema: {
    params: Type.Object({ vpa: Vpa }),
    body: Type.Object(
      { primary: Type.Optional(Type.Literal(true)), accountId: Type.Optional(Uuid) },
      { ...strict, minProperties: 1 },
    ),
    response: { 200: VpaEntry },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const releaseVpa = {
  service: 'account',
  method: 'POST',
  url: '/v1/vpas/:vpa/release',
  access: { permission: 'vpas:write', stepUp: { for: 'change-upi-ids', demand: 'when-asked' } },
  summary: 'Close a UPI ID of mine: nobody can pay it any more, and nobody else gets it',
  schema: {
    params: Type.Object({ vpa: Vpa }),
    body: Type.Object({ stepUp: Type.Optional(StepUp) }, strict),
    response: { 204: Type.Null() },
  },
  problems: ['not-found'],
} as const satisfies Contract

/** The end of a dispute: see the runbook. */
export const withdrawVpa = {
  service: 'account',
  method: 'POST',
  url: '/v1/operations/vpas/:vpa/withdraw',
  access: { permission: 'vpas:withdraw' },
  summary: 'Close a UPI ID of anybody, with the reason',
  schema: {
    params: Type.Object({ vpa: Vpa }),
    body: Type.Object({ note: Type.String({ minLength: 3, maxLength: 500 }) }, strict),
    response: { 200: Type.Object({ vpa: Vpa, userId: Uuid }) },
  },
  problems: ['not-found'],
} as const satisfies Contract

const Payee = Type.Object({
  vpa: Vpa,
  name: Type.String(),
  kind: Type.Union([Type.Literal('person'), Type.Literal('merchant')]),
  /** Of a merchant, where its PSP or bank says it. */
  mcc: Type.Optional(MerchantCategory),
  verified: Type.Boolean(),
})

export const resolveVpa = {
  service: 'account',
  method: 'GET',
  url: '/v1/vpas/:vpa',
  access: { permission: 'payees:resolve' },
  summary: 'The bank-registered name behind a UPI ID',
  schema: {
    params: Type.Object({ vpa: Vpa }),
    response: { 200: Payee },
  },
  problems: ['not-found', 'bank-unreachable'],
} as const satisfies Contract

/**
 * The UPI ID names the branch and the reference by which the bank knows the account, not its number. At our bank an
 * account is found once its holder has linked it.
 */
export const findAccountPayee = {
  service: 'account',
  method: 'POST',
  url: '/v1/payees/account',
  access: { permission: 'payees:resolve' },
  summary: 'The bank-registered name behind an account number, and the UPI ID to pay it at',
  schema: {
    body: Type.Object({ ifsc: Ifsc, accountNumber: AccountNumber }, strict),
    response: { 200: Payee },
  },
  problems: ['not-found', 'bank-unreachable'],
} as const satisfies Contract

/** Whoever has registered with this phone, whatever their UPI ID is called. */
export const findPhonePayee = {
  service: 'account',
  method: 'POST',
  url: '/v1/payees/phone',
  access: { permission: 'payees:resolve' },
  summary: 'The bank-registered name of the person with this phone, and the UPI ID to pay them at',
  schema: {
    body: Type.Object({ phone: Phone }, strict),
    response: { 200: Payee },
  },
  problems: ['not-found', 'bank-unreachable'],
} as const satisfies Contract

/** Our bank opens an account with a debit card; number, card and expiry are returned only here. */
export const openBankAccount = {
  service: 'account',
  method: 'POST',
  url: '/internal/account/bank-accounts',
  access: { services: ['sandbox'] },
  summary: 'Open a bank account at our bank, funded from the treasury',
  schema: {
    body: Type.Object(
      {
        phone: Phone,
        holderName: PersonName,
        balancePaise: Type.Integer({ minimum: 0, maximum: 1_000_000_000_00 }),
        /** Of a business, which the bank has verified: every UPI ID of this account is a merchant's. */
        mcc: Type.Optional(MerchantCategory),
      },
      strict,
    ),
    response: {
      201: Type.Object({
        accountRef: Type.String(),
        accountNumber: Type.String(),
        ifsc: Ifsc,
        card: Type.Object({ number: Type.String(), last6: Type.String(), expiry: Type.String() }),
      }),
    },
  },
} as const satisfies Contract

// Every problem the platform can answer: one catalogue, one error class, one document format (RFC 9457).
import * as Type from 'typebox'
import type { Static } from 'typebox'

const catalogue = {
  'request-invalid': [400, 'The request does not follow its contract'],
  'pin-block-invalid': [400, 'The encrypted PIN block cannot be used for this'],
  'id-out-of-range': [400, 'The id is no UUIDv7 of about now'],
  'code-invalid': [400, 'No payment can be made by this code'],
  'code-unsigned': [400, 'The code says that it is signed, and is not'],
  'code-forged': [400, 'The code is not what was signed'],
  'code-signer-unknown': [400, 'Nobody whom we know signed this code'],
  'otp-wrong': [400, 'The one-time code is wrong, used or expired'],
  'card-wrong': [400, 'The card details do not match the account'],
  'pin-weak': [400, 'The PIN is too easy to guess'],
  'password-weak': [400, 'The password is too easy to guess'],
  unauthenticated: [401, 'A valid access token is needed'],
  'credentials-wrong': [401, 'Phone or password is wrong'],
  'otp-required': [401, 'This device is new: a one-time code is needed'],
  'refresh-token-invalid': [401, 'The refresh token cannot be used'],
  'device-proof-invalid': [401, 'The proof of the device’s key is missing or cannot be used'],
  'caller-unknown': [401, 'The calling service did not prove who it is'],
  'caller-not-allowed': [403, 'The calling service may not do this'],
  'not-allowed': [403, 'You may not do this'],
  'person-frozen': [403, 'This account is frozen'],
  'account-dormant': [403, 'Nobody has signed in for long: the phone alone is no proof any more'],
  'phone-revoked': [403, 'Your mobile number is reported as disconnected: prove it or change it first'],
  'step-up-required': [403, 'This change needs a proof that it is you'],
  'second-factor-required': [403, 'Staff proves a second factor first'],
  'second-factor-wrong': [403, 'The code is wrong, or was used'],
  'passkey-wrong': [403, 'The passkey cannot be used for this'],
  'password-wrong': [403, 'The password is wrong'],
  'payments-stopped': [403, 'This is stopped for now'],
  'request-not-permitted': [403, 'The rules in force do not permit this request'],
  'pin-wrong': [403, 'The UPI PIN is wrong'],
  'pin-locked': [403, 'The UPI PIN is locked after too many wrong tries'],
  'not-found': [404, 'There is nothing here'],
  'method-not-allowed': [405, 'This address does not take this method'],
  'phone-taken': [409, 'This phone is registered already'],
  'vpa-taken': [409, 'This UPI ID is taken'],
  'number-taken': [409, 'This UPI number is taken'],
  'pin-not-set': [409, 'No UPI PIN is set for this account'],
  'id-reused': [409, 'This id was used for something else'],
  'account-has-vpas': [409, 'UPI IDs lead to this account'],
  'account-has-mandates': [409, 'Mandates debit this account'],
  'account-has-holds': [409, 'A payment from this account is still in progress'],
  'code-paid': [409, 'The order of this code is paid'],
  'code-used': [409, 'A mandate was made by this code'],
  'wrong-state': [409, 'That is not possible in the present state'],
  'code-expired': [410, 'The time of this code is over'],
  'body-too-large': [413, 'The request is too large'],
  'media-type-unsupported': [415, 'This media type is not taken here'],
  'rate-limited': [429, 'Too many requests'],
  'otp-too-soon': [429, 'A one-time code was sent a moment ago'],
  'login-locked': [429, 'Too many wrong tries: login is locked for a while'],
  internal: [500, 'Something went wrong on our side'],
  'bank-unreachable': [503, 'The bank cannot be reached'],
  unavailable: [503, 'The service cannot answer now'],
  overloaded: [503, 'Too much is going on: try again shortly'],
  timeout: [504, 'The answer took too long'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ProblemCode = keyof typeof catalogue
export const problemCodes = Object.keys(catalogue) as ProblemCode[]

/** The paths in `fields` are JSON pointers into the input, such as `/body/amountPaise`. */
export const ProblemDocument = Type.Object({
  type: Type.String({ description: 'A URI reference that names the kind of problem.' }),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: 'Stable; decide by this.' }),
  detail: Type.Optional(Type.String()),
  instance: Type.Optional(Type.String({ description: 'The request id: quote it to support.' })),
  fields: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  retryAfterS: Type.Optional(Type.Integer()),
  triesLeft: Type.Optional(Type.Integer()),
  stepUp: Type.Optional(
    Type.Object(
      { purpose: Type.String(), proofs: Type.Array(Type.String()) },
      { description: 'What the change needs a proof for, and by what it can be given.' },
    ),
  ),
})
export type ProblemDocument = Static<typeof ProblemDocument>

export type ProblemExtras = Pick<ProblemDocument, 'fields' | 'retryAfterS' | 'triesLeft' | 'stepUp'>

/** A refusal: thrown where it is decided, rendered by the HTTP layer, rebuilt by the client. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly title: string
  readonly extras: ProblemExtras
  /** The id of the request that was answered with it, when another process did. */
  instance?: string
  constructor(code: ProblemCode, detail?: string, extras: ProblemExtras = {}) {
    super(detail ?? catalogue[code][1])
    this.name = 'Problem'
    this.code = code
    this.status = catalogue[code][0]
    this.title = catalogue[code][1]
    this.extras = extras
  }
}

export function problemStatus(code: ProblemCode): number {
  return catalogue[code][0]
}

export function toDocument(problem: Problem, instance?: string): ProblemDocument {
  return {
    type: `/problems/${problem.code}`,
    title: problem.title,
    status: problem.status,
    code: problem.code,
    ...(problem.message === problem.title ? {} : { detail: problem.message }),
    ...(instance ? { instance } : {}),
    ...problem.extras,
  }
}

/** Rebuilds the problem that another process answered; an unreadable document becomes `internal`. */
export function fromDocument(document: unknown, status: number): Problem {
  const d = (typeof document === 'object' && document !== null ? document : {}) as Partial<ProblemDocument>
  if (typeof d.code !== 'string' || !Object.hasOwn(catalogue, d.code)) {
    return new Problem(status === 503 ? 'unavailable' : 'internal', `unexpected answer with status ${status}`)
  }
  const { fields, retryAfterS, triesLeft, stepUp, instance } = d
  const problem = new Problem(d.code as ProblemCode, d.detail, {
    ...(fields ? { fields } : {}),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
    ...(triesLeft === undefined ? {} : { triesLeft }),
    ...(stepUp ? { stepUp } : {}),
  })
  if (instance) problem.instance = instance
  return problem
}

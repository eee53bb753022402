// The second factor of staff: what counts as one, and what a session says of how it was authenticated.

/** A code of an authenticator app (RFC 6238), a passkey, or one of the codes on paper for who has lost them. */
export const secondFactors = ['totp', 'passkey', 'recovery-code'] as const
export type SecondFactor = (typeof secondFactors)[number]

/**
 * Authentication methods by the names of RFC 8176: a password, a code by SMS, a code of an app or of paper, a key that
 * signed, and that it was more than one factor.
 */
export const authMethods = ['pwd', 'sms', 'otp', 'pop', 'mfa'] as const
export type AuthMethod = (typeof authMethods)[number]

/** Recovery codes that one list has. */
export const recoveryCodeCount = 10
/** Of a time step of TOTP: what authenticator apps show a code for. */
export const totpStepS = 30
/** Time steps that a code may be early or late: a clock that is wrong, or a person who types slowly. */
export const totpWindow = 1

// Codes of authenticator apps (RFC 6238): SHA-1, six digits, steps of thirty seconds, as every app shows them.
import { totpStepS, totpWindow } from '@bahi/contracts/second-factor-rules.ts'
import { Secret, TOTP } from 'otpauth'

const bytes = 20
const issuer = 'bahi'

/** 160 random bits in Base32, as RFC 4226 recommends. */
export const newTotpSecret = (): string => new Secret({ size: bytes }).base32

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({ issuer, label, secret: Secret.fromBase32(secret), period: totpStepS })
}

/** What an authenticator app reads from a QR code. */
export const totpUri = (secret: string, label: string): string => totpOf(secret, label).toString()

/** The time step whose code this is, about now; undefined for a wrong code. */
export function stepOfCode(secret: string, code: string, now: Date): number | undefined {
  const delta = totpOf(secret, '').validate({ token: code, timestamp: now.getTime(), window: totpWindow })
  return delta === null ? undefined : Math.floor(now.getTime() / (totpStepS * 1_000)) + delta
}

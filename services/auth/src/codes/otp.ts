// The rules of one-time codes: lifetime, sends and attempts.
import { randomInt } from 'node:crypto'

export const otpLifeMs = 5 * 60_000
export const maxOtpAttempts = 5
/** The least time between two codes, unless the first one was used. */
export const resendAfterMs = 30_000
/** Unused codes that may be sent to a phone within the window. */
export const maxUnusedSends = 10
export const sendWindowMs = 60 * 60_000

/** Six digits, uniformly distributed. */
export function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0')
}

/** What a code's fingerprint is bound to: a code is valid for its own phone only. */
export function codeContext(phone: string): string {
  return `auth.otp ${phone}`
}

/** What was sent to a phone, for the wait when a further code is refused. */
export type OtpSends = { active: boolean; sentAt: Date; expiresAt: Date; unusedSends: Date[] }

/** Whole seconds until another code may be sent to the phone; at least one. */
export function otpWaitS(
  { active: live, sentAt, expiresAt, unusedSends: unspentSends }: OtpSends,
  now: Date,
): number {
  const nowMs = now.getTime()
  const resendMs = live ? Math.min(sentAt.getTime() + resendAfterMs, expiresAt.getTime()) : nowMs
  const counted = unspentSends.map((at) => at.getTime() + sendWindowMs).filter((untilMs) => untilMs > nowMs)
  const windowFreeMs =
    counted.length < maxUnusedSends ? nowMs : counted.sort((a, b) => a - b)[counted.length - maxUnusedSends]!
  return Math.max(1, Math.ceil((Math.max(resendMs, windowFreeMs) - nowMs) / 1000))
}

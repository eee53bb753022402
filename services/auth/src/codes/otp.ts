// The rules of one-time codes: how long they live, and when another one may be sent.
import { randomInt } from 'node:crypto'
import type { OtpPurpose } from '@bahi/contracts/auth.ts'

export const otpLifeMs = 5 * 60_000
/** The least time between two codes of one purpose for one asker, unless the first one was used. */
export const resendAfterMs = 30_000
/** Unused codes for one asker within the window. */
export const maxUnusedSends = 5
/**
 * Unused codes for all strangers together within the window, whatever they are for: networks, and devices that are not
 * bound to the person. Beyond it one more for a purpose is sent when the last one is `strangerEveryMs` old, so that
 * nobody can flood a phone, nor keep its holder from a code for good.
 */
export const maxStrangerSends = 10
export const strangerEveryMs = 15 * 60_000
export const sendWindowMs = 60 * 60_000

/** A code that is mailed is for one thing alone. */
export type MailedPurpose = 'reset-by-email' | 'sign-in-by-email'
export type StoredPurpose = OtpPurpose | MailedPurpose

/** Six digits, uniformly distributed. */
export function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0')
}

/** What a code's fingerprint is bound to: a code is valid for its own phone and purpose only. */
export function codeContext(phone: string, purpose: StoredPurpose): string {
  return `auth.otp ${purpose} ${phone}`
}

/**
 * An unused code that was sent to the phone within the window. `own`: to whom a further one is to be sent now. `same`:
 * for the purpose of that one.
 */
export type UnusedSend = { own: boolean; same: boolean; boundDevice: boolean; sentAt: Date; expiresAt: Date }

/**
 * Milliseconds until the asker may have another code; 0 when it may have one now.
 *
 * @param sends oldest first
 * @param boundDevice whether the asker is a device that is bound to the person: it has an allowance of its own
 */
export function otpWaitMs(sends: UnusedSend[], boundDevice: boolean, now: Date): number {
  const nowMs = now.getTime()
  const recent = sends.filter(({ sentAt }) => sentAt.getTime() + sendWindowMs > nowMs)
  const own = recent.filter((send) => send.own)
  const last = own.findLast((send) => send.same)
  const resendMs = last ? Math.min(last.sentAt.getTime() + resendAfterMs, last.expiresAt.getTime()) : 0
  const strangers = boundDevice ? [] : recent.filter((send) => !send.boundDevice)
  const lastOfPurpose = strangers.findLast((send) => send.same)
  const nextOfPurposeMs = lastOfPurpose ? lastOfPurpose.sentAt.getTime() + strangerEveryMs : 0
  const freeMs = Math.max(
    resendMs,
    belowMs(own, maxUnusedSends),
    Math.min(belowMs(strangers, maxStrangerSends), nextOfPurposeMs),
  )
  return Math.max(0, freeMs - nowMs)
}

/** When fewer than `max` of these are within the window. */
function belowMs(sends: UnusedSend[], max: number): number {
  return sends.length < max ? 0 : sends[sends.length - max]!.sentAt.getTime() + sendWindowMs
}

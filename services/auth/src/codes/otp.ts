// The rules of one-time codes: how long they live, how often they are sent, how often they may be guessed.
import { randomInt } from 'node:crypto'

export const otpLifeMs = 5 * 60_000
export const otpTries = 5
/** The next code waits this long while one that nobody spent is out. */
export const resendAfterMs = 30_000
/** Codes sent to a phone within the window that nobody spent. */
export const maxUnspentSends = 10
export const sendsWindowMs = 60 * 60_000

/** Six digits, each as likely as any. */
export function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0')
}

/** What a code's fingerprint is bound to: the code of one phone is nothing for another. */
export function codeContext(phone: string): string {
  return `auth.otp ${phone}`
}

/** The phone's row when a code was refused. */
export type Sends = { live: boolean; sentAt: Date; expiresAt: Date; unspentSends: Date[] }

/** Whole seconds until the phone may be sent another code; at least one. */
export function otpWaitS({ live, sentAt, expiresAt, unspentSends }: Sends, now: Date): number {
  const nowMs = now.getTime()
  const cooledMs = live ? Math.min(sentAt.getTime() + resendAfterMs, expiresAt.getTime()) : nowMs
  const counted = unspentSends.map((at) => at.getTime() + sendsWindowMs).filter((untilMs) => untilMs > nowMs)
  const roomMs =
    counted.length < maxUnspentSends
      ? nowMs
      : counted.sort((a, b) => a - b)[counted.length - maxUnspentSends]!
  return Math.max(1, Math.ceil((Math.max(cooledMs, roomMs) - nowMs) / 1000))
}

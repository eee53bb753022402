// Codes of an authenticator app, for the staff of a sandbox: whose secret everybody knows.
import { setTimeout as delay } from 'node:timers/promises'
import type { Call } from '@bahi/contracts/call.ts'
import { proveSecondFactor } from '@bahi/contracts/second-factor.ts'
import { totpStepS } from '@bahi/contracts/second-factor-rules.ts'
import { Secret, TOTP } from 'otpauth'

/** Of the demo staff, in Base32. Production refuses to enrol a secret that it did not make itself. */
export const demoTotpSecret = 'BAHIDEMOSTAFFONLYBAHIDEMOSTAFF23'

/** The code that an authenticator app shows at that time. */
export const totpCode = (secret: string, atMs = Date.now()): string =>
  TOTP.generate({ secret: Secret.fromBase32(secret), period: totpStepS, timestamp: atMs })

/**
 * Proves the second factor of who calls. Each code works once: when that of now was used, the next one is sent, which
 * is taken early; and when that was used too, the one after it, as soon as it is taken.
 */
export async function proveTotp(call: Call, secret: string): Promise<void> {
  const prove = (atMs: number) => call(proveSecondFactor, { body: { code: totpCode(secret, atMs) } })
  const isUsed = (error: unknown) => (error as { code?: string }).code === 'second-factor-wrong'
  const stepMs = totpStepS * 1_000
  for (const ahead of [0, 1]) {
    try {
      await prove(Date.now() + ahead * stepMs)
      return
    } catch (error) {
      if (!isUsed(error)) throw error
    }
  }
  await delay(stepMs - (Date.now() % stepMs) + 50)
  await prove(Date.now() + stepMs)
}

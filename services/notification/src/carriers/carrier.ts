// What a carrier of SMS or mail does, and what its errors mean.
import type { Language } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Template } from '../messages/templates.ts'

export type Channel = 'sms' | 'email' | 'push'

/** `id` is the delivery's: a carrier accepts the same id once. */
export type OutgoingMessage = {
  id: string
  to: string
  title: string
  text: string
  /** Which text it is, in which language: some carriers know them by an id. */
  template: Template
  language: Language
}

/** Resolves when the carrier has accepted the message. */
export type Carrier = (message: OutgoingMessage) => Promise<void>

/** A channel without a carrier is left out. Push has a sender of its own: a person can have several browsers. */
export type Carriers = Partial<Record<'sms' | 'email', Carrier>> & { close(): void }

/** Why an attempt failed, as a code without personal data: a carrier's error text may contain addresses. */
export function errorCode(error: unknown): string {
  if (error instanceof Problem) return error.code
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown }
  const name = typeof code === 'string' && /^[A-Z_]{2,40}$/.test(code) ? code : 'internal'
  return typeof responseCode === 'number' ? `${name} ${responseCode}` : name
}

/** Whether the carrier would refuse the same message again, so that retrying is useless. */
export function isPermanent(error: unknown): boolean {
  if (error instanceof Problem) return error.code === 'request-invalid' || error.code === 'not-found'
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown }
  return code === 'EENVELOPE' && typeof responseCode === 'number' && responseCode >= 500
}

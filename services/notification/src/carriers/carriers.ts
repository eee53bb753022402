// The ways out: who carries SMS and mail, and what a carrier's refusal means.
import { Problem } from '@bahi/contracts/problem.ts'
import { sendSms } from '@bahi/contracts/sandbox.ts'
import { createTransport } from 'nodemailer'
import type { Channel, Seams } from '../notification.ts'
import type { Text } from '../messages/templates.ts'

/** `id` is the delivery's: a carrier that has taken it does not take it twice. */
export type Parcel = Text & { id: string; to: string }
/** Resolves when the carrier has taken it. */
export type Carrier = (parcel: Parcel) => Promise<void>
export type Carriers = Partial<Record<Channel, Carrier>> & { close(): void }

const smtpTimeoutMs = 10_000
const smtpConnections = 4

/** A way that nobody carries is left out. */
export function createCarriers({ mode, call, config }: Seams): Carriers {
  const mail =
    config.BAHI_SMTP_URL === '' ? undefined : mailCarrier(config.BAHI_SMTP_URL, config.BAHI_MAIL_FROM)
  return {
    ...(mode === 'sandbox'
      ? { sms: async ({ id, to, text }: Parcel) => void (await call(sendSms, { body: { id, to, text } })) }
      : {}),
    ...(mail ? { email: mail.carry } : {}),
    close: () => mail?.close(),
  }
}

function mailCarrier(url: string, from: string): { carry: Carrier; close(): void } {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: smtpConnections,
    connectionTimeout: smtpTimeoutMs,
    greetingTimeout: smtpTimeoutMs,
    socketTimeout: smtpTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'bahi.example'
  return {
    async carry({ id, to, title, text }) {
      const messageId = `<${id}@${domain}>`
      // As an object the address stays one address, whatever it is made of.
      await transport.sendMail({
        from,
        to: { name: '', address: to },
        subject: title,
        text: `${text}\n`,
        messageId,
      })
    },
    close: () => transport.close(),
  }
}

/** Why a try failed, in a word that names no person: texts of carriers may hold addresses. */
export function errorWord(error: unknown): string {
  if (error instanceof Problem) return error.code
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown }
  const word = typeof code === 'string' && /^[A-Z_]{2,40}$/.test(code) ? code : 'internal'
  return typeof responseCode === 'number' ? `${word} ${responseCode}` : word
}

/** Whether the same parcel would be refused again: trying on is useless. */
export function isFinal(error: unknown): boolean {
  if (error instanceof Problem) return error.code === 'request-invalid' || error.code === 'not-found'
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown }
  return code === 'EENVELOPE' && typeof responseCode === 'number' && responseCode >= 500
}

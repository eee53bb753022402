// Sends mail over SMTP.
import { createTransport } from 'nodemailer'
import type { Carrier } from './carrier.ts'

const smtpTimeoutMs = 10_000
const smtpConnections = 4

export function createSmtpCarrier(url: string, from: string): { send: Carrier; close(): void } {
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
    async send({ id, to, title, text }) {
      const messageId = `<${id}@${domain}>`
      // As an object the address stays a single address, whatever characters it contains.
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

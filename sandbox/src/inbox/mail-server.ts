// An SMTP server that stores all mail in the inbox, once for each recipient, and delivers nothing.
import { createHash, randomUUID } from 'node:crypto'
import { simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { saveMessages, newMessage } from './inbox.ts'
import type { SandboxDeps } from '../sandbox.ts'

const maxMailBytes = 256 * 1024
const maxTextLength = 20_000
const maxSubjectLength = 500
const maxRecipients = 20
const maxClients = 50
const idleTimeoutMs = 30_000

type MailServer = { close(): Promise<void> }

/** Listens when a port is set. Rejects when it cannot listen. */
export async function startMailServer(deps: SandboxDeps): Promise<MailServer> {
  const { BAHI_SANDBOX_SMTP_PORT: port, BAHI_SANDBOX_SMTP_HOST: host } = deps.config
  if (port === 0) return { close: () => Promise.resolve() }
  const server = new SMTPServer({
    name: 'sandbox.bahi.example',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    size: maxMailBytes,
    maxClients,
    socketTimeout: idleTimeoutMs,
    closeTimeout: 1_000,
    onRcptTo(_address, session, callback) {
      if (session.envelope.rcptTo.length < maxRecipients) callback()
      else callback(refusal(452, 'too many recipients'))
    },
    onData(stream, session, callback) {
      receive(deps, stream, session).then(
        () => callback(),
        (error: unknown) => callback(error as Error),
      )
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  server.on('error', (error: Error) => deps.log.warn({ err: error }, 'mail client connection failed'))
  return { close: () => new Promise((resolve) => server.close(() => resolve())) }
}

async function receive(
  deps: SandboxDeps,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) {
    // Beyond the size limit the rest is read but not stored, so that the client receives the refusal.
    if (!stream.sizeExceeded) chunks.push(chunk as Buffer)
  }
  if (stream.sizeExceeded) throw refusal(552, `a mail may have ${maxMailBytes} bytes at most`)
  const mail = await simpleParser(Buffer.concat(chunks), { skipHtmlToText: false, skipImageLinks: true })
  const subject = mail.subject?.slice(0, maxSubjectLength)
  const messages = session.envelope.rcptTo.map(({ address }) =>
    newMessage(deps, {
      id: mail.messageId ? idOf(`${mail.messageId} ${address}`) : randomUUID(),
      channel: 'email',
      to: address,
      ...(subject === undefined ? {} : { subject }),
      text: (mail.text ?? '').trimEnd().slice(0, maxTextLength),
    }),
  )
  await saveMessages(deps, messages)
}

/** The same mail to the same recipient has the same id, so a repeated mail is stored once. */
function idOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}

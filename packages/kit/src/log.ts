// Structured logs: one JSON object a line, with the trace, and with secrets redacted.
import { pino, type Logger } from 'pino'
import { currentTrace } from './trace.ts'

export type Log = Logger

const secretNames = [
  'pin',
  'oldPin',
  'otp',
  'password',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'card',
  'secret',
  'phone',
  'email',
  'to',
  'accountNumber',
  'x-bahi-service',
]

export function createLog(service: string, level: string, destination?: { write(line: string): void }): Log {
  const options = {
    level,
    base: { service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: secretNames.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      censor: '•••',
    },
    mixin() {
      const trace = currentTrace()
      return trace ? { traceId: trace.traceId, requestId: trace.requestId } : {}
    },
  }
  return destination ? pino(options, destination) : pino(options)
}

// Structured logs: one JSON object a line, with the trace, and with secrets redacted.
import { masked, neverLogged } from '@bahi/contracts/personal-data.ts'
import { pino, type Logger } from 'pino'
import { currentTrace } from './trace.ts'

export type Log = Logger

export function createLog(service: string, level: string, destination?: { write(line: string): void }): Log {
  const options = {
    level,
    base: { service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: neverLogged.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      censor: masked,
    },
    mixin() {
      const trace = currentTrace()
      return trace ? { traceId: trace.traceId, requestId: trace.requestId } : {}
    },
  }
  return destination ? pino(options, destination) : pino(options)
}

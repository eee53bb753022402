// Structured logs: one JSON object a line, with version, instance and trace, and with secrets redacted.
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { masked, neverLogged } from '@bahi/contracts/personal-data.ts'
import { pino, type Logger } from 'pino'
import { currentTrace } from './trace.ts'

export type Log = Logger

export const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}
/** Which of the processes that run the same services: the host's name, which is a pod's, and the process id. */
export const instance = `${hostname()}:${process.pid}`

export function createLog(service: string, level: string, destination?: { write(line: string): void }): Log {
  const options = {
    level,
    base: { service, version, instance },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: neverLogged.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      censor: masked,
    },
    mixin() {
      const trace = currentTrace()
      return trace ? { traceId: trace.traceId, spanId: trace.spanId, requestId: trace.requestId } : {}
    },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** For lines with the same few fields: nothing is looked for in them, which would cost more than the line. */
export function withoutRedaction(log: Log): Log {
  return log.child({}, { redact: [] })
}

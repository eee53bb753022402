// The report of a chaos run: as data, as Markdown, and as text for a terminal.
import type { Spread } from '@bahi/testing/quantiles.ts'
import type { Fault } from '@bahi/platform/checker/check.ts'

export type Report = {
  seed: number
  startedAt: string
  seconds: number
  /** Payments per second that were offered. */
  rate: number
  copies: number
  /** Whether payments crossed banks too. */
  network: boolean
  clients: number
  /** Why other registrations failed. */
  failedRegistrations: Record<string, number>
  payments: {
    tried: number
    /** Payments that were answered. */
    acknowledged: number
    /** Answers that differ from the one before. */
    answers: number
    unanswered: number
    /** Not sent because too many were in flight. */
    skipped: number
    ended: Record<string, number>
  }
  kills: Record<string, number>
  /** Processes that ended without being killed, and were restarted. */
  exits: Record<string, number>
  recoveryMs: Record<string, Spread>
  /** From the last kill until every process is ready, and until nothing is in flight. */
  readyMs: number
  quiescentMs: number
  /** Payments that still waited for the network: decided by status checks or its report, hours later. */
  awaitingNetwork: number
  requests: Record<string, number>
  latencyMs: Spread
  faults: Fault[]
}

export function killsOf(report: Report): number {
  return Object.values(report.kills).reduce((sum, n) => sum + n, 0)
}

const list = (counts: Record<string, number>) =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none'

export function toMarkdown(report: Report): string {
  const { payments, latencyMs } = report
  const rows = Object.entries(report.recoveryMs)
    .sort()
    .map(([kind, s]) => `| ${kind} | ${report.kills[kind] ?? 0} | ${s.p50} | ${s.max} |`)
  const lines = report.faults.map((fault) => `- ${fault.rule}: ${fault.detail}`).join('\n')
  const faults = lines === '' ? '' : `\n## Faults\n\n${lines}\n`
  return `# Chaos

${report.faults.length === 0 ? 'No fault: no paisa was lost or doubled.' : `**${report.faults.length} faults.**`}

| | |
| --- | --- |
| Seed, start | ${report.seed}, ${report.startedAt} |
| Duration, rate | ${report.seconds} s, ${report.rate} payments per second offered |
| Processes | ${report.copies} of each service${report.network ? '; payments across banks too' : ''} |
| Clients | ${report.clients}; failed registrations: ${list(report.failedRegistrations)} |
| Payments | ${payments.tried} sent, ${payments.acknowledged} answered, ${payments.unanswered} never answered |
| Outcomes | ${list(payments.ended)} |
| Kills | ${killsOf(report)}: ${list(report.kills)} |
| Unexpected exits | ${list(report.exits)} |
| Quiescent after | ${(report.quiescentMs / 1000).toFixed(1)} s; ready after ${(report.readyMs / 1000).toFixed(1)} s |
| Waiting for the network | ${report.awaitingNetwork} payments, decided after the clock was fast-forwarded |
| Requests | ${list(report.requests)} |
| Latency | p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms, of ${latencyMs.count} answers |

| Killed | times | recovery p50 ms | max ms |
| --- | --- | --- | --- |
${rows.join('\n')}
${faults}`
}

export function toTerminal(report: Report): string {
  return toMarkdown(report)
    .replaceAll(/^\| (---|\|) .*\n/gm, '')
    .replaceAll('**', '')
    .replaceAll(/^\| | \|$/gm, '')
    .replaceAll(' | ', '  ')
}

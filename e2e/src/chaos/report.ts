// What a run of chaos found: as data, and as text for people.
import type { Fault } from '../checker/check.ts'

export type Spread = { count: number; p50: number; p99: number; max: number }

export type Report = {
  seed: number
  startedAt: string
  seconds: number
  /** Payments a second that were meant. */
  rate: number
  copies: number
  /** Whether payments went through the network as well. */
  network: boolean
  people: number
  /** Why others did not get as far as paying. */
  lost: Record<string, number>
  payments: {
    tried: number
    /** Payments that somebody got an answer for. */
    acknowledged: number
    /** Answers that said something new. */
    answers: number
    unanswered: number
    heldBack: number
    ended: Record<string, number>
  }
  kills: Record<string, number>
  /** Processes that ended by themselves, and were started again. */
  exits: Record<string, number>
  recoveryMs: Record<string, Spread>
  /** After the last kill: until every process is ready, and until nothing is in flight any more. */
  readyMs: number
  quiescentMs: number
  /** Payments that waited for the network even then: they ended by its checks or its report, hours on. */
  crossing: number
  requests: Record<string, number>
  latencyMs: Spread
  faults: Fault[]
}

export function spreadOf(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0)
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
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
  const found = report.faults.map((fault) => `- ${fault.rule}: ${fault.detail}`).join('\n')
  const faults = found === '' ? '' : `\n## Faults\n\n${found}\n`
  return `# Chaos

${report.faults.length === 0 ? 'No fault: no paisa was lost or doubled.' : `**${report.faults.length} faults.**`}

| | |
| --- | --- |
| Seed, begun | ${report.seed}, ${report.startedAt} |
| Duration, rate | ${report.seconds} s, ${report.rate} payments a second meant |
| Processes | ${report.copies} of each service${report.network ? '; the network too' : ''} |
| People | ${report.people}; half way: ${list(report.lost)} |
| Payments | ${payments.tried} tried, ${payments.acknowledged} answered, ${payments.unanswered} never answered |
| Ended | ${list(payments.ended)} |
| Kills | ${killsOf(report)}: ${list(report.kills)} |
| Ended by themselves | ${list(report.exits)} |
| Time to calm | ${(report.quiescentMs / 1000).toFixed(1)} s; ready after ${(report.readyMs / 1000).toFixed(1)} s |
| Waiting for the network then | ${report.crossing} payments, decided in the hours after |
| Requests | ${list(report.requests)} |
| Latency during chaos | p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms, of ${latencyMs.count} answers |

| Killed | times | ready again p50 ms | max ms |
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

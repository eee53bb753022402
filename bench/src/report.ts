// The report of a run: a summary for the terminal, an HTML page with plots, and JSON.
import { cpus, totalmem } from 'node:os'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { plot } from './plot.ts'
import { medianOf } from '@bahi/testing/quantiles.ts'
import type { RunResult } from './run.ts'

export type Report = {
  at: string
  command: string
  machine: { cpu: string; cores: number; memoryGiB: number; node: string; os: string }
  /** pgbench TPC-B on the same PostgreSQL, transactions a second. */
  baseline?: number
  runs: RunResult[]
}

export function describeMachine(): Report['machine'] {
  const [cpu] = cpus()
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    os: `${process.platform} ${process.arch}`,
  }
}

/** The terminal's lines about one run. */
export function summary(run: RunResult, baseline: number | undefined): string {
  const { payments, live, options } = run
  const { latencyMs: ms } = payments
  const offered =
    options.rate === undefined ? `${options.senders} senders` : `${options.rate} payments/s offered`
  const ratio = baseline === undefined ? '' : ` = ${(payments.acceptedPerS / baseline).toFixed(2)} × pgbench`
  const outcomes = Object.entries(payments.outcomes).map(([what, n]) => `${n} ${what}`)
  const counts = Object.entries(run.counts).map(([what, n]) => `${n} ${what}`)
  const sorted = Object.entries(run.cpu).sort((a, b) => b[1] - a[1])
  const memory = Object.entries(run.pssMiB).map(([name, MiB]) => `${name} ${MiB}`)
  const latency = `p50 ${live.latencyMs.p50} p99 ${live.latencyMs.p99} ms`
  const reads = Object.entries(run.reads).map(([kind, one]) => `${kind} p99 ${one.p99} ms (${one.count})`)
  return [
    `${options.kind ?? 'push'}: ${offered}, ${options.pattern}, ${options.streams} streams, ` +
      `${options.seconds} s measured`,
    `accepted   ${payments.accepted} of ${payments.offered}: ${payments.acceptedPerS}/s${ratio}`,
    `outcomes   ${outcomes.join(', ')}`,
    `latency    p50 ${ms.p50}  p90 ${ms.p90}  p99 ${ms.p99}  p99.9 ${ms.p999}  max ${ms.max} ms, since it was due`,
    `late       ${payments.late} sent more than 10 ms late, ${payments.dropped} dropped`,
    `live       ${live.messages} messages on ${live.open} streams, ${latency}`,
    ...(reads.length > 0 ? [`reads      ${reads.join(', ')}`] : []),
    `CPU        ${sorted.map(([name, cores]) => `${name} ${cores.toFixed(2)}`).join(', ')} cores`,
    `a payment  ${run.cpuMsPerPayment} ms of CPU`,
    `memory     ${run.ourMiB} MiB of our processes (PSS): ${memory.join(', ')}`,
    ...(run.recoveredS === undefined ? [] : [`recovered  ${run.recoveredS} s after the overload`]),
    `drained    ${run.drainedMs} ms after the last payment`,
    `counted    ${counts.join(', ')}`,
    `durable    ${Object.entries(run.durable)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
    run.faults.length === 0
      ? 'checked    every rule of the money holds'
      : `FAULTS     ${run.faults.slice(0, 10).join('\n           ')}`,
  ].join('\n')
}

/** What each kind of payment costs beside the first one, from one run of each: medians over the pairs. */
export function costs(report: Report): string[] {
  const byKind = [...Map.groupBy(report.runs, ({ options }) => options.kind ?? 'push')]
  const [first, ...others] = byKind.map(([kind, runs]) => ({
    kind,
    ms: runs.map((run) => run.cpuMsPerPayment),
  }))
  return others.map(({ kind, ms }) => {
    const ratio = medianOf(ms.map((one, nth) => one / (first!.ms[nth] ?? one)))
    const base = `${first!.kind} (${medianOf(first!.ms)} ms)`
    return `${kind}: ${medianOf(ms)} ms of CPU a payment, ${ratio.toFixed(2)} × ${base}`
  })
}

/** Over all runs of a report: medians of what they reached. */
export function medians(report: Report): string {
  const of = (pick: (run: RunResult) => number) => medianOf(report.runs.map(pick))
  const perS = of((run) => run.payments.acceptedPerS)
  const ratio = report.baseline === undefined ? '' : ` = ${(perS / report.baseline).toFixed(2)} × pgbench`
  return (
    `median of ${report.runs.length}: ${perS}/s${ratio}, p99 ${of((run) => run.payments.latencyMs.p99)} ms, ` +
    `${of((run) => run.payments.dropped)} dropped, ${of((run) => run.ourMiB)} MiB`
  )
}

/** @param path of the JSON; the page stands beside it */
export async function writeReport(path: string, report: Report): Promise<string> {
  const page = path.replace(/(\.json)?$/, '.html')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, JSON.stringify(report, undefined, 1))
  await writeFile(page, pageOf(report))
  return page
}

function pageOf(report: Report): string {
  const { machine, baseline } = report
  const runs = report.runs.map((run, nth) => {
    const { seconds, options } = run
    const measured = { fromS: options.warmupS, toS: options.warmupS + options.seconds }
    const over = (of: (one: RunResult['seconds'][number]) => number | undefined) => seconds.map(of)
    const names = Object.keys(run.cpu).filter((name) => (run.cpu[name] ?? 0) >= 0.01)
    return `<section><h2>Run ${nth + 1}</h2><pre>${escape(summary(run, baseline))}</pre>
      ${plot({
        ...{ title: 'Payments', unit: 'a second', ...measured },
        lines: [
          { name: 'due', points: over((one) => one.sent) },
          { name: 'accepted', points: over((one) => one.accepted) },
        ],
      })}
      ${plot({
        ...{
          title: 'Latency from when a payment was due',
          unit: 'ms, logarithmic',
          logarithmic: true,
          ...measured,
        },
        lines: [
          { name: 'p50', points: over((one) => one.p50 || undefined) },
          { name: 'p99', points: over((one) => one.p99 || undefined) },
        ],
      })}
      ${plot({
        ...{
          title: 'Latency percentiles',
          unit: 'ms; from p0 to p100, so much of a hundred a second',
          logarithmic: true,
        },
        lines: [{ name: 'payments', points: run.percentiles }],
      })}
      ${plot({
        ...{ title: 'CPU by process', unit: 'cores', ...measured },
        lines: names.map((name) => ({ name, points: over((one) => one.usage?.cpu[name]) })),
      })}
      ${plot({
        ...{ title: 'Waiting', unit: 'pieces', ...measured },
        lines: [
          { name: 'events not in the audit chain yet', points: over((one) => one.usage?.depths.unconsumed) },
          { name: 'payments not completed', points: over((one) => one.usage?.depths.pending) },
          { name: 'requests without a connection', points: over((one) => one.usage?.waiting) },
        ],
      })}</section>`
  })
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>bahi under load</title><style>
    body { font: 15px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1f2937 }
    pre { background: #f3f4f6; padding: 1rem; overflow-x: auto; font-size: 12px } figure { margin: 1.5rem 0 }
    figcaption { font-weight: 600 } svg { width: 100%; font-size: 11px; fill: #6b7280 }
    .grid { stroke: #e5e7eb } .measured { fill: #eff6ff } .legend span { margin-right: 1rem; white-space: nowrap }
    .legend i { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.4em; border-radius: 2px }
    </style><h1>bahi under load</h1><p>${report.at}, <code>${escape(report.command)}</code></p>
    <p>${escape(machine.cpu)}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}, ${machine.os};
    load generator on the same cores.${baseline === undefined ? '' : ` pgbench TPC-B: ${baseline} a second.`}</p>
    <p>${escape(medians(report))}</p>${runs.join('\n')}</html>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

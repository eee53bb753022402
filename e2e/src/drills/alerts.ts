// Each alert is made to fire by a fault of its kind, on one platform that a real Prometheus scrapes, and to end when
// the fault does. The rules are those that are shipped, with shorter windows.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startPrometheus, type Prometheus } from '@bahi/testing/prometheus.ts'
import { openAlertScene, type AlertScene } from './alert-scene.ts'
import { faults } from './alert-faults.ts'
import type { AlertFault } from './fault-parts.ts'
import { emptyPanels, panelQueries } from './panel-queries.ts'
import { rulesFile, shortenWindows } from './rule-windows.ts'

export type AlertReport = {
  /** Which alerts fired and ended, by the fault that made them; one that must always fire has no end. */
  proven: { alert: string; fault: string; firedAfterS: number; endedAfterS?: number }[]
  missed: string[]
  /** Of the dashboards, each of which must have had series while the faults were made; undefined: not all were made. */
  queries?: number
  passed: boolean
}

const everyS = 2
/** A rate needs two samples. */
const shortestS = 8
const fireTimeoutMs = 90_000
const endTimeoutMs = 90_000

/** Panels without a series in this drill, and why. */
const emptyHere: Record<string, string> = {
  'bahi: PostgreSQL: Transactions that were run again': 'none needs to be',
  'bahi: business: Moved from or to another app': 'there is no mandate',
  'bahi: business: Operations that other apps asked for': 'there is no mandate',
  'bahi: business: Phones that are somebody else’s now': 'the list has the phone of none of its people',
  'bahi: business: Processes that ended over a file of KYC': 'nobody sends one',
  'bahi: edge: Refused by limits': 'all clients have one address: its limits are set beyond their reach',
  'bahi: payments and money: Refused by stops': 'the stop covers nobody',
  'bahi: events: Reports of carriers': 'the carriers of the sandbox report nothing',
}

/** @param only faults whose name has one of these; default: all */
export async function runAlertDrill(
  folder: string,
  log: (line: string) => void,
  only: string[] = [],
): Promise<AlertReport> {
  const text = await readFile(rulesFile, 'utf8')
  const { rules, longestS } = shortenWindows(text, { everyS, shortestS })
  const isChosen = (name: string) => only.length === 0 || only.some((words) => name.includes(words))
  const chosen = faults.filter(({ name }) => isChosen(name))
  if (chosen.length === 0) throw new Error(`no fault has these words in its name: ${only.join(', ')}`)
  const report: AlertReport = { proven: [], missed: [], passed: false }
  log('starting PostgreSQL, Redis, RabbitMQ and all services …')
  const began = performance.now()
  const scene = await openAlertScene(folder)
  try {
    const prometheus = await startPrometheus({
      ...{ dir: join(folder, 'prometheus'), rules, everyS },
      jobs: {
        ...{ bahi: scene.cluster.adminUrls, backups: [scene.backups.url] },
        'leader-watch': scene.watchPorts.map((port) => `http://127.0.0.1:${port}`),
        standbys: [`http://127.0.0.1:${scene.standbyPort}`],
        'bahi-rabbitmq': [`http://127.0.0.1:${scene.rabbitMetricsPort}`],
        machines: [`http://127.0.0.1:${scene.diskPort}`],
      },
    })
    try {
      for (const fault of chosen) {
        log(`${fault.name}: ${fault.alerts.join(', ')}`)
        try {
          await scene.staySignedIn()
          if (!fault.isFromStart && !fault.isAlways) await untilQuiet(prometheus, fault, longestS)
          await prove(prometheus, fault, scene, report, log)
        } catch (error) {
          report.missed.push(`${fault.name}: ${String(error)}`)
        }
      }
      if (chosen.length === faults.length) {
        log('asking what every panel of the dashboards asks')
        report.queries = panelQueries().length
        const sinceS = Math.ceil((performance.now() - began) / 1_000)
        const empty = await emptyPanels(prometheus, { sinceS, rateS: 4 * everyS })
        report.missed.push(
          ...empty.filter((panel) => !(panel in emptyHere)).map((panel) => `no series: ${panel}`),
        )
      }
    } finally {
      await prometheus.stop()
    }
  } finally {
    await scene.stop()
  }
  report.passed = report.missed.length === 0
  return report
}

async function prove(
  prometheus: Prometheus,
  fault: AlertFault,
  scene: AlertScene,
  report: AlertReport,
  log: (line: string) => void,
): Promise<void> {
  const waiting = new Set(fault.alerts)
  const fired = new Map<string, number>()
  const began = performance.now()
  const sinceS = (from: number) => Math.round((performance.now() - from) / 100) / 10
  const end = await fault.begin(scene)
  try {
    for (const until = Date.now() + fireTimeoutMs; waiting.size > 0 && Date.now() < until; await delay(500))
      for (const alert of await firing(prometheus)) if (waiting.delete(alert)) fired.set(alert, sinceS(began))
  } finally {
    await end()
  }
  for (const alert of waiting) report.missed.push(`${alert} did not fire: ${fault.name}`)
  if (fault.isAlways) {
    for (const [alert, firedAfterS] of fired) report.proven.push({ alert, fault: fault.name, firedAfterS })
    return
  }
  const ended = performance.now()
  for (const until = Date.now() + endTimeoutMs; fired.size > 0; await delay(500)) {
    const still = await firing(prometheus)
    for (const [alert, firedAfterS] of fired) {
      if (still.has(alert)) continue
      fired.delete(alert)
      report.proven.push({ alert, fault: fault.name, firedAfterS, endedAfterS: sinceS(ended) })
      log(`  ${alert} fired after ${firedAfterS} s, ended ${sinceS(ended)} s after its fault`)
    }
    if (Date.now() < until) continue
    for (const alert of fired.keys()) report.missed.push(`${alert} did not end: ${fault.name}`)
    return
  }
}

/** What another fault left in the windows is not taken for this one's. Throws when it stays. */
async function untilQuiet(prometheus: Prometheus, { alerts }: AlertFault, longestS: number): Promise<void> {
  for (const until = Date.now() + longestS * 1_000 + endTimeoutMs; ; await delay(500)) {
    const begun = (await prometheus.alerts()).map(({ labels }) => labels['alertname']!)
    const early = alerts.filter((alert) => begun.includes(alert))
    if (early.length === 0) return
    if (Date.now() > until) throw new Error(`${early.join(', ')} fires without it`)
  }
}

async function firing(prometheus: Prometheus): Promise<Set<string>> {
  const alerts = await prometheus.alerts()
  return new Set(alerts.flatMap(({ state, labels }) => (state === 'firing' ? labels['alertname']! : [])))
}

export function toText({ proven, missed, queries, passed }: AlertReport): string {
  const names = new Set(proven.map(({ alert }) => alert))
  return [
    `${names.size} alerts fired and ended by a fault, ${missed.length} missed`,
    ...(queries === undefined ? [] : [`${queries} queries of the dashboards were asked`]),
    ...proven.map(
      ({ alert, firedAfterS, endedAfterS }) =>
        `  ${alert}: fired after ${firedAfterS} s, ` +
        (endedAfterS === undefined ? 'and fires on' : `ended ${endedAfterS} s after its fault`),
    ),
    ...missed.map((one) => `missed: ${one}`),
    passed ? 'PASSED' : 'FAILED',
  ].join('\n')
}

// `npm run upgrade`: payments go on while an old version is replaced by this one, and the proof that none failed.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { ensureServers } from '@bahi/testing/servers.ts'
import { openVersion, versionBefore } from '../upgrade/old-version.ts'
import { runUpgrade } from '../upgrade/run-upgrade.ts'

const help = `npm run upgrade -- [options]

Starts an old version on PostgreSQL, Redis and RabbitMQ of its own, sends payments, migrates the database to this
version while the old one runs, starts this one beside it, and stops the old one. Exits with 0 when no request failed
and the checker finds no fault: then migrations only expand, and events and data of both versions are read by the
other. Otherwise with 1, and the data is kept.

  --from <revision>   the old version (default: the newest release, else the commit before the newest migration)
  --seconds <n>       of each of the four stages (default 15)
  --rate <n>          payments per second (default 10)
  --report <file>     the report as JSON
  --help              this text`

const { values } = parseArguments(help, {
  from: { type: 'string' },
  seconds: { type: 'string', default: '15' },
  rate: { type: 'string', default: '10' },
  report: { type: 'string' },
})
const number = (name: 'seconds' | 'rate') => {
  const value = Number(values[name])
  return Number.isFinite(value) && value > 0 ? value : exitWith(`--${name} ${values[name]}: a number above 0`)
}
const [secondsPerStage, rate] = [number('seconds'), number('rate')]
const { missing } = await ensureServers(['redis-server', 'rabbitmq-server'])
if (missing.length > 0) exitWith(`not installed here: ${missing.join(', ')}`)

const folder = await mkdtemp(join(tmpdir(), 'bahi-upgrade-'))
const began = performance.now()
const log = (line: string) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`)
const revision = values.from ?? (await versionBefore())
const old = await openVersion(revision, join(folder, 'old')).catch((error: Error) =>
  exitWith(`${revision} cannot be opened: ${error.message}`),
)
log(`from ${old.revision}`)
const options = { old, folder: join(folder, 'data'), secondsPerStage, rate, log }
const report = await runUpgrade(options).catch((error: Error) =>
  exitWith(`not upgraded: ${error.message}; data and logs are in ${folder}`, 1),
)
if (values.report) await writeFile(values.report, JSON.stringify(report, null, 2))
for (const [stage, outcomes] of Object.entries(report.stages)) {
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} × ${outcome}`)
  console.log(`${stage}: ${counts.join(', ')}`)
}
console.log(`${report.payments} payments; the database was migrated in ${report.migrateMs} ms`)
for (const { rule, detail } of report.faults) console.log(`FAULT ${rule}: ${detail}`)
if (report.faults.length === 0) {
  console.log('no request failed, and no money is lost or doubled')
  await rm(folder, { recursive: true, force: true })
} else {
  console.log(`data and logs are in ${folder}`)
  process.exitCode = 1
}

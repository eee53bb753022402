// `npm run bench:restore`: a server with many payments is backed up under load and lost; how long until payments go on
// from the backup and the archived log, what was given up, and how long the proof takes that the books are whole.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { verifyStoredRecords } from '@bahi/audit/records/verify-records.ts'
import { inspect } from '@bahi/platform/checker/check.ts'
import { waitForQuiescence } from '@bahi/platform/checker/quiescence.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { archivingTo } from '@bahi/platform/backup/archiving.ts'
import { backupKeyIn } from '@bahi/platform/backup/backup-key.ts'
import { prepareRestored } from '@bahi/platform/backup/prepare-restored.ts'
import { copyKeptApart } from '@bahi/platform/backup/restored-files.ts'
import { restoreBackup } from '@bahi/platform/backup/restore-backup.ts'
import { takeBackup } from '@bahi/platform/backup/take-backup.ts'
import { seeded } from '@bahi/testing/random.ts'
import { drainTimeoutMs, faultsOf } from './drained.ts'
import { openClient } from './http-client.ts'
import { createLoad } from './load.ts'
import { tokensFor, type Payer } from './payers.ts'
import { createSealPin } from './pin-blocks.ts'
import { describeMachine } from './report.ts'
import { startBench } from './run.ts'
import { writeStoredPayments } from './stored-payments.ts'
import { startSystem, type System } from './system.ts'

const help = `npm run bench:restore -- [options]

Writes payments as the services leave them; backs the server up while others are made; goes on for a while, archiving
the log; kills PostgreSQL and deletes its data; restores as far as the log was archived, starts the platform, and pays.
Then the checker reads everything, with every answer that clients got, and the audit chain is verified. Prints the
seconds of each stage, bytes, RPO and RTO. Ends with 1 when there is a fault, or RPO or RTO is above its target.

  --stored <n>     millions of payments (default 0.1; each million needs some 10 GiB of disk while it runs)
  --people <n>     among whom (default 20000; up to 15 payments a day each, or the limits of a day are exceeded)
  --rate <n>       payments a second while it is backed up and afterwards (default 10)
  --after <s>      seconds from the end of the backup until the server is lost (default 30)
  --report <file>  also as JSON
  --data <folder>  an empty folder for data and logs (default: temporary, removed afterwards)
  --help           this text`

const { values } = parseArguments(help, {
  stored: { type: 'string', default: '0.1' },
  people: { type: 'string', default: '20000' },
  rate: { type: 'string', default: '10' },
  after: { type: 'string', default: '30' },
  report: { type: 'string' },
  data: { type: 'string' },
})
const number = (name: 'stored' | 'people' | 'rate' | 'after', least: number) => {
  const value = Number(values[name])
  return value >= least ? value : exitWith(`--${name} ${values[name]}: a number from ${least}`)
}
const [millions, people] = [number('stored', 0.001), number('people', 10)]
const [rate, afterS] = [number('rate', 0.1), number('after', 0)]
/** What docs/operate/backup.md promises. */
const [targetRpoS, targetRtoS] = [5, 900]

const folder =
  values.data === undefined ? await mkdtemp(join(tmpdir(), 'bahi-restore-')) : resolve(values.data)
const [repository, dataDir, into] = ['backups', 'postgres', 'restored'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]
const beganAll = performance.now()
const log = (what: string) =>
  console.log(`${((performance.now() - beganAll) / 1_000).toFixed(1).padStart(8)} s  ${what}`)
const stages: Record<string, { s: number; cpuS: number }> = {}
/** Notes how many seconds it took, and how many of a core in this process: a busy machine changes only the first. */
async function timed<T>(stage: string, run: () => Promise<T>): Promise<T> {
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  const result = await run()
  const { user, system } = process.cpuUsage(cpu)
  const [s, cpuS] = [(performance.now() - began) / 1_000, (user + system) / 1e6].map((one) =>
    Number(one.toFixed(1)),
  )
  stages[stage] = { s: s!, cpuS: cpuS! }
  log(`${stage}: ${s} s, ${cpuS} s of CPU here`)
  return result
}

/** The log of what is written in bulk is not archived: it is in the backup. */
const filling = { wal_level: 'minimal', max_wal_senders: '0', full_page_writes: 'off', max_wal_size: '4GB' }
let stop: () => Promise<unknown> = () => Promise.resolve()

try {
  const payers = await fill()
  const key = await backupKeyIn(join(folder, 'backup-key.json'))
  const archiving = await archivingTo(repository, key.x, dataDir)
  const first = await startSystem({ folder, log, postgres: archiving })
  stop = () => first.stop()
  const paying = await pay(first, payers)
  const taken = await timed('backup, under load', () =>
    takeBackup({ adminUrl: first.adminUrl, repository, recipient: key.x, full: true }),
  )
  log(`${taken.label}: ${taken.bytes} bytes, ${taken.storedBytes} stored`)
  await delay(afterS * 1_000)

  log('PostgreSQL is lost with its disk')
  const lostAt = Date.now()
  process.kill(first.pids['postgres']!, 'SIGKILL')
  const { acknowledged, lastAckAt } = paying.end()
  await first.stop()
  await rm(dataDir, { recursive: true, force: true })
  const passwordFile = `${dataDir}.password`
  const restored = await timed('restore', () => restoreBackup({ repository, key, into, passwordFile }))
  stop = () => restored.server.stop()
  log(`as of ${restored.asOf.toISOString()}: ${JSON.stringify(restored.stages)}`)
  await copyKeptApart(folder, into, restored.server.adminUrl)
  const again = await timed('preparation', () => prepareRestored(restored.server.adminUrl))
  log(`published again: ${JSON.stringify(again)}`)
  await restored.server.stop()
  const second = await timed('start of the platform', () => startSystem({ folder: into, log }))
  stop = () => second.stop()
  const afterwards = await pay(second, payers)
  await afterwards.first
  const rtoS = (Date.now() - lostAt) / 1_000
  log('payments go on')
  const answered = afterwards.end()

  const sql = connect(second.adminUrl, { max: 2, name: 'bahi-bench' })
  const { left } = await timed('quiescence', () => waitForQuiescence(sql, drainTimeoutMs))
  const ids = acknowledged.map(({ paymentId }) => paymentId)
  const rows = await sql<{ id: string }[]>`select id from payment.payments where id = any (${ids}::uuid[])`
  const there = new Set(rows.map(({ id }) => id))
  const gone = acknowledged.filter(({ paymentId }) => !there.has(paymentId))
  const wrong = gone.filter(({ answer }) => new Date(answer.completedAt ?? answer.createdAt) < restored.asOf)
  const kept = [...acknowledged.filter(({ paymentId }) => there.has(paymentId)), ...answered.acknowledged]
  const verdicts = await timed('verify', () => inspect(sql, { acknowledged: kept, quiescent: true }))
  const chain = await timed('verify:audit', async () => {
    const own = connect(second.adminUrl, { max: 1, name: 'bahi-bench' })
    await own`set search_path = audit`
    return verifyStoredRecords(own).finally(() => own.end())
  })
  const slowest = verdicts.toSorted((a, b) => b.ms - a.ms).slice(0, 8)
  const [size] = await sql<{ bytes: number; payments: number }[]>`
    select pg_database_size(current_database()) as bytes, (select count(*) from payment.payments) as payments`
  await sql.end()

  const rpoS = Math.max(0, lastAckAt - restored.asOf.getTime()) / 1_000
  const faults = [
    ...faultsOf(verdicts, left),
    ...chain.faults.map(({ seq, fault }) => `audit record ${seq}: ${fault}`),
    ...wrong.map(({ paymentId }) => `${paymentId} was acknowledged before the restored time, and is lost`),
    ...(rpoS > targetRpoS ? [`RPO ${rpoS} s, at most ${targetRpoS}`] : []),
    ...(rtoS > targetRtoS ? [`RTO ${rtoS} s, at most ${targetRtoS}`] : []),
  ]
  const byStage = Object.entries(stages).map(([stage, { s, cpuS }]) => `${stage} ${s} s (CPU ${cpuS})`)
  const whole = 'no fault: books, answers and audit chain are whole'
  const checked = faults.length === 0 ? whole : faults.slice(0, 10).join('\n           ')
  const report = {
    ...{ at: new Date().toISOString(), machine: describeMachine(), millions, payments: size!.payments },
    ...{ databaseBytes: size!.bytes, backupBytes: taken.bytes, storedBytes: taken.storedBytes },
    ...{ records: chain.records, stages, restore: restored.stages, rpoS, rtoS, givenUp: gone.length },
    ...{ slowestRules: Object.fromEntries(slowest.map(({ rule, ms }) => [rule, ms])), faults },
  }
  console.log(`
payments   ${size!.payments.toLocaleString('en-IN')}, ${chain.records.toLocaleString('en-IN')} audit records
bytes      database ${inGb(size!.bytes)}, backup ${inGb(taken.bytes)}, stored ${inGb(taken.storedBytes)}
stages     ${byStage.join(', ')}
restore    files ${restored.stages.filesMs} ms, log ${restored.stages.logMs} ms, replay ${restored.stages.replayMs} ms
RPO        ${rpoS.toFixed(1)} s: ${gone.length} of ${acknowledged.length} acknowledged payments are given up
RTO        ${rtoS.toFixed(1)} s from the loss until a payment is acknowledged
slowest    ${slowest.map(({ rule, ms }) => `${rule} ${(ms / 1_000).toFixed(1)} s`).join(', ')}
checked    ${checked}`)
  if (values.report !== undefined) {
    await mkdir(dirname(resolve(values.report)), { recursive: true })
    await writeFile(values.report, `${JSON.stringify(report, undefined, 2)}\n`)
  }
  if (faults.length > 0) process.exitCode = 1
} finally {
  await stop()
  if (values.data === undefined) await rm(folder, { recursive: true, force: true })
}

function inGb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`
}

/** The platform with so many payments, stopped again. */
async function fill(): Promise<Payer[]> {
  const bench = await startBench(people, {
    ...{ folder, log, postgres: filling },
    async before(adminUrl, secrets) {
      const sql = connect(adminUrl, { max: 1, name: 'bahi-bench' })
      const whole = { adminUrl, secrets }
      const count = millions * 1e6
      await timed('filling', () => writeStoredPayments(sql, { count, whole, log })).finally(() => sql.end())
    },
  })
  await bench.stop()
  return bench.people
}

/** Pays all the time, whatever becomes of it. `end` says what was acknowledged, and when last. */
async function pay(system: System, payers: Payer[]) {
  // A few hundred pay, so that not everybody has to sign in.
  const some = payers.slice(0, 500)
  const client = openClient(system.url, 32)
  const load = createLoad({
    ...{ client, people: some, tokens: await tokensFor(system.adminUrl, system.secrets, some) },
    ...{ payees: some.length, pattern: 'uniform', random: seeded(1) },
    seal: createSealPin(JSON.parse(system.secrets.env.BAHI_PIN_KEY) as never),
  })
  const first = Promise.withResolvers<void>()
  let [lastAckAt, isOver] = [0, false]
  const timer = setInterval(() => {
    void load.pay(performance.now()).then(({ outcome }) => {
      if (isOver || outcome !== 'settled') return
      lastAckAt = Date.now()
      first.resolve()
    })
  }, 1_000 / rate)
  return {
    first: first.promise,
    end() {
      isOver = true
      clearInterval(timer)
      client.close()
      return { acknowledged: [...load.acknowledged], lastAckAt }
    },
  }
}

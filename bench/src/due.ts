// `npm run bench:due`: debits of mandates that fall due together, made by copies of the payment path; how long it
// takes, how the backlog shrinks, and that each was made once.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from '@bahi/platform/checker/check.ts'
import { waitForQuiescence } from '@bahi/platform/checker/quiescence.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { spreadOf } from '@bahi/testing/quantiles.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { baseline } from './baseline.ts'
import { consumeEvents } from './consumed-events.ts'
import {
  checkSlot,
  countBacklog,
  hasBacklog,
  letFallDue,
  madeDebits,
  payersFor,
  writeDebits,
} from './debits.ts'
import { printFunctions, printStatements, profiled, resetStatements } from './costs.ts'
import { drainTimeoutMs, faultsOf } from './drained.ts'
import { startBench } from './run.ts'
import { sampleUsage } from './usage.ts'

const help = `npm run bench:due -- [options]

Mandates and their announced debits are written as rows; then the debits fall due, and copies of the payment path make
them. Prints the backlog, the rate, the delay of each debit, its CPU, the ratio to pgbench, and how long a million
takes at that rate. The books are checked at the end. Not in peak hours (10:00 to 13:00 and 17:00 to 21:30 in India), in
which the rules let no debit be made.

  --count <n>     debits (default 10000; a million needs some 4 GiB of disk)
  --within <s>    seconds in which they fall due, evenly (default 0: all at once)
  --copies <n>    of the payment path (default 2)
  --no-baseline   leaves pgbench out
  --statements    also what each debit costs by statement
  --cpu           also by function of each process; slower
  --data <folder> for data and logs (default: temporary, removed afterwards)
  --help          this text`

const { values } = parseArguments(help, {
  count: { type: 'string', default: '10000' },
  within: { type: 'string', default: '0' },
  copies: { type: 'string', default: '2' },
  'no-baseline': { type: 'boolean', default: false },
  statements: { type: 'boolean', default: false },
  cpu: { type: 'boolean', default: false },
  data: { type: 'string' },
})
const number = (name: 'count' | 'within' | 'copies', least: number) => {
  const value = Number(values[name])
  return Number.isInteger(value) && value >= least ? value : exitWith(`--${name} ${values[name]}: a number`)
}
const [count, withinS, copies] = [number('count', 1), number('within', 0), number('copies', 1)]
const log = (what: string) => console.log(`  ${what}`)
const perHour = 1_000_000

checkSlot(withinS)
const folder = values.data === undefined ? await mkdtemp(join(tmpdir(), 'bahi-due-')) : resolve(values.data)
const profiles = join(folder, 'profiles')
let stopped = false
const bench = await startBench(Math.max(payersFor(count), 100), {
  ...{ folder, copies, log },
  ...(values.statements || values.cpu ? profiled(values.cpu ? profiles : undefined) : {}),
  async before(adminUrl, secrets) {
    log(`writing mandates, and ${count.toLocaleString('en-IN')} announced debits of them`)
    const writing = performance.now()
    const sql = connect(adminUrl, { max: 1, name: 'bahi-bench' })
    await writeDebits(sql, count).finally(() => sql.end())
    await consumeEvents(adminUrl, secrets)
    const tookS = (performance.now() - writing) / 1_000
    log(`that took ${tookS.toFixed(0)} s: ${(count / tookS).toFixed(0)} debits/s`)
  },
})
try {
  const { sql } = bench
  const pgbenchPerS = values['no-baseline'] ? undefined : await baseline(bench.adminUrl, 15)
  if (pgbenchPerS !== undefined) log(`pgbench TPC-B, services idle: ${pgbenchPerS} transactions/s`)
  await waitForQuiescence(sql, 600_000)

  log(`they fall due ${withinS === 0 ? 'all at once' : `within ${withinS} s`}; ${copies} copies make them`)
  checkSlot(withinS)
  if (values.statements) await resetStatements(sql)
  const usage = sampleUsage(bench.pids, bench.adminUrl, () => 0)
  await letFallDue(sql, count, withinS)
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1_000
  let [least, shrankAt] = [Infinity, 0]
  for (let said = -Infinity; seconds() < withinS || (await hasBacklog(sql)); await delay(200)) {
    if (seconds() - said < Math.max(1, count / 5_000)) continue
    said = seconds()
    const backlog = await countBacklog(sql)
    log(`${said.toFixed(0).padStart(5)} s  backlog ${String(backlog).padStart(8)}`)
    if (backlog < least || said < withinS) [least, shrankAt] = [backlog, said]
    else if (said - shrankAt > drainTimeoutMs / 1_000) break
  }
  const unmade = await countBacklog(sql)
  await usage.stop()
  if (values.statements) await printStatements(sql, count, 'debit')
  const made = await madeDebits(sql)
  // Records and messages of a million are behind for longer than ten minutes.
  const { left } = await waitForQuiescence(sql, Math.max(600_000, count * 3))
  const verdicts = await inspect(sql, { quiescent: Object.keys(left).length === 0 })

  // A million values are too many for the arguments of one call.
  const firstMs = made.reduce((least, { dueMs }) => Math.min(least, dueMs), Infinity)
  const tookS = (made.reduce((most, { endMs }) => Math.max(most, endMs), -Infinity) - firstMs) / 1_000
  const perS = count / tookS
  const late = spreadOf(made.map(({ dueMs, endMs }) => endMs - dueMs))
  const outcomes = [...Map.groupBy(made, ({ outcome }) => outcome)].map(
    ([what, all]) => `${all.length} ${what}`,
  )
  const used = Object.keys(bench.pids).map((name) => {
    const sum = usage.samples.reduce((all, { cpu }) => all + (cpu[name] ?? 0), 0)
    return { name, cores: sum / Math.max(usage.samples.length, 1) }
  })
  const byProcess = used.map(({ name, cores }) => `${name} ${((cores / perS) * 1_000).toFixed(2)}`).join(', ')
  const meanCores = used.reduce((sum, { cores }) => sum + cores, 0)
  const ratio = pgbenchPerS === undefined ? '' : ` = ${(perS / pgbenchPerS).toFixed(2)} × pgbench`
  const faults = faultsOf(verdicts, unmade > 0 ? { ...left, debits: unmade } : left)
  console.log(`
made       ${outcomes.join(', ')} in ${tookS.toFixed(1)} s: ${perS.toFixed(0)}/s${ratio}
a million  ${(perHour / perS / 60).toFixed(0)} minutes at this rate (an hour needs ${(perHour / 3_600).toFixed(0)}/s)
after due  p50 ${late.p50}  p99 ${late.p99}  max ${late.max} ms
CPU        ${byProcess}
           ${meanCores.toFixed(2)} cores: ${((meanCores / perS) * 1_000).toFixed(2)} ms a debit
checked    ${faults.length === 0 ? 'every rule of the money holds' : faults.slice(0, 10).join('\n           ')}`)
  if (faults.length > 0) process.exitCode = 1
  await bench.stop()
  stopped = true
  if (values.cpu) await printFunctions(profiles, Object.keys(bench.pids).filter(bench.isOurs), 25)
} finally {
  if (!stopped) await bench.stop()
  if (values.data === undefined) await rm(folder, { recursive: true, force: true })
}

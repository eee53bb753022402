// `npm test` and `npm run test:long`: check that the servers are installed, run the tests, and end with one line that
// counts them.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitWith } from '@bahi/platform/arguments.ts'
import { ensureServers } from '@bahi/testing/servers.ts'
import { commitOf } from './scan/run.ts'

const root = join(import.meta.dirname, '..')
const given = process.argv.slice(2)
const isLong = given.includes('--long')
const args = given.filter((one) => one !== '--long')

if (args.includes('--help') || args.includes('-h')) {
  console.log(`usage: npm test [-- PATH… | VITEST OPTION…]

  npm test                            everything but the long tests, with a short simulation
  npm run test:long                   the long tests, *.long.test.ts: servers that are killed or restored, every screen
                                      of the app under axe, all sizes, the oldest browsers; CI runs both
  npm test -- services/payment        the tests below one folder, long ones too
  npm test -- -t 'a name'             the tests of that name
  npm run coverage                    tests of packages, services and sandbox, with the threshold of coverage

PostgreSQL comes with the project. Tests of the Redis and RabbitMQ adapters and of a pooler (PgBouncer) need the real
servers: as root on Debian they are installed when missing, elsewhere those tests are skipped; with CI=true a missing
server is a failure.`)
  process.exit(0)
}

/** vitest's JSON report, as far as it is read here. */
type Report = {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { status: string; assertionResults: { status: string }[] }[]
}

/** A file that fails before any of its tests ran counts as one failure. */
function count(report: Report): string {
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  const failed = report.numFailedTests + broken.length
  return `${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`
}

const { missing } = await ensureServers(['redis-server', 'rabbitmq-server', 'pgbouncer'])
if (missing.length && process.env.CI === 'true') {
  exitWith(`Missing: ${missing.join(', ')}. In CI every test runs.`, 1)
}

const scratch = mkdtempSync(join(tmpdir(), 'bahi-test-'))
const report = join(scratch, 'report.json')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]

// Of what is tested, not of what is there when the tests have ended.
const commit = commitOf(root)
// The commands and processes that tests start are compiled once, not each time.
const NODE_COMPILE_CACHE = join(root, 'node_modules/.cache/bahi-compiled')
const projects = isLong ? ['--project=long*'] : args.length === 0 ? ['--project=!long*'] : []
const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...projects, ...args], {
  cwd: root,
  env: { NODE_COMPILE_CACHE, ...process.env },
  stdio: 'inherit',
})

let line = '0 passed, 1 failed, 0 skipped'
try {
  line = count(JSON.parse(readFileSync(report, 'utf8')) as Report)
} catch {
  console.error('vitest ended without a report.')
}
rmSync(scratch, { recursive: true, force: true })
// For `npm run evidence`.
const last = { at: new Date().toISOString(), commit, args, result: line }
const folder = join(root, '.bahi', isLong ? 'test-long' : 'test')
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'report.json'), `${JSON.stringify(last, undefined, 2)}\n`)
process.exitCode = status ?? 1
console.log(line)

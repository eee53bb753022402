// `npm run mutate`: applies one mutation at a time to a copy of the tree, and checks that a test fails each time.
import { execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { parseArguments } from '@bahi/platform/arguments.ts'
import type { Mutation } from '../mutations/mutation.ts'
import { mutations } from '../mutations/mutations.ts'

const help = `usage: npm run mutate -- [OPTIONS]

  --only WORD    only mutations whose name contains it; then no table is written
  --seeds N      seeds within which the simulation must fail (60)
  --workers N    concurrent runs of the simulation (2)

Writes docs/mutations.md. Exits with 1 when a mutation survives.`
const { values: options } = parseArguments(help, {
  only: { type: 'string' },
  seeds: { type: 'string', default: '60' },
  workers: { type: 'string', default: '2' },
})

const root = join(import.meta.dirname, '../../..')
const timeoutMs = 10 * 60_000
type Caught = { by: string; after: string } | undefined
type Verdict = { mutation: Mutation; caught: Caught; seconds: number }

const chosen = mutations.filter(({ name }) => name.includes(options.only ?? ''))
const folder = mkdtempSync(join(tmpdir(), 'bahi-mutate-'))
const copy = join(folder, 'tree')
const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), durable: false })
const verdicts: Verdict[] = []
try {
  copyTree()
  await mustPass()
  for (const mutation of chosen) verdicts.push(await tryOne(mutation))
} finally {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
const survivors = verdicts.filter(({ caught }) => !caught)
if (options.only === undefined) writeFileSync(join(root, 'docs/mutations.md'), tableOf(verdicts))
console.log(`\n${verdicts.length - survivors.length} of ${verdicts.length} mutations were caught`)
for (const { mutation } of survivors) console.log(`  survived: ${mutation.name}`)
process.exitCode = survivors.length > 0 ? 1 : 0

/** A test that fails without a mutation proves nothing. */
async function mustPass(): Promise<void> {
  const tests = new Set(chosen.flatMap(({ caughtBy }) => (caughtBy === 'simulation' ? [] : [caughtBy.test])))
  for (const test of tests)
    if (await byTest(test)) throw new Error(`${test} fails without a mutation: repair that first`)
  if (!chosen.some(({ caughtBy }) => caughtBy === 'simulation')) return
  const fault = await bySimulation('12')
  if (fault) throw new Error(`without a mutation ${fault.by} fails within ${fault.after}: repair that first`)
}

/** Copies what git tracks or would; third-party packages are linked, our own come from the copy. */
function copyTree(): void {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const files = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\0')
  for (const file of files.filter((one) => one !== '')) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    try {
      cpSync(join(root, file), join(copy, file))
    } catch (error) {
      // Deleted, and not committed yet.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  linkPackages('node_modules')
  for (const part of ['packages/kit', 'packages/contracts']) linkPackages(join(part, 'node_modules'))
}

function linkPackages(path: string): void {
  let names: string[]
  try {
    names = readdirSync(join(root, path))
  } catch {
    return
  }
  mkdirSync(join(copy, path), { recursive: true })
  for (const name of names.filter((one) => !one.startsWith('.vite')))
    if (name === '@bahi')
      cpSync(join(root, path, name), join(copy, path, name), { recursive: true, verbatimSymlinks: true })
    else symlinkSync(join(root, path, name), join(copy, path, name))
}

async function tryOne(mutation: Mutation): Promise<Verdict> {
  const { name, file, find, replace } = mutation
  const before = readFileSync(join(copy, file), 'utf8')
  if (before.split(find).length !== 2)
    throw new Error(`"${name}" does not apply: its text must occur exactly once in ${file}`)
  const began = performance.now()
  writeFileSync(
    join(copy, file),
    before.replace(find, () => replace),
  )
  try {
    const caught = await (mutation.caughtBy === 'simulation'
      ? bySimulation()
      : byTest(mutation.caughtBy.test))
    const seconds = (performance.now() - began) / 1_000
    console.log(`${caught ? `caught, ${caught.after}` : 'SURVIVED'}: ${name} (${seconds.toFixed(0)} s)`)
    return { mutation, caught, seconds }
  } finally {
    writeFileSync(join(copy, file), before)
  }
}

async function bySimulation(seeds = options.seeds): Promise<Caught> {
  const { status, out } = await run('e2e/src/commands/simulate.ts', [
    ...['--seeds', seeds, '--payments', '20', '--workers', options.workers, '--postgres', postgres.adminUrl],
    '--stop-at-first',
  ])
  if (status === 0) return undefined
  const needed = /(\d+) seeds in/.exec(out)?.[1]
  const rule = /failed: ([a-z-]+):/.exec(out)?.[1] ?? /failed: ([^:\n]+)/.exec(out)?.[1]
  if (needed === undefined || rule === undefined)
    throw new Error(`the simulation did not run:\n${out.slice(-3_000)}`)
  return { by: `simulation: ${rule}`, after: `${needed} ${needed === '1' ? 'seed' : 'seeds'}` }
}

async function byTest(test: string): Promise<Caught> {
  const { status, out } = await run('node_modules/vitest/vitest.mjs', ['run', '--project', 'all', test])
  if (status === 0) return undefined
  const failed = [...out.matchAll(/^ *(?:FAIL|×) +(?:\|all\| +)?(.*)$/gm)].map(([, title]) => title!)
  if (failed.length === 0) throw new Error(`the test did not run:\n${out.slice(-3_000)}`)
  return { by: test, after: `${new Set(failed).size} failing` }
}

function run(script: string, args: string[]): Promise<{ status: number; out: string }> {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: copy,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
  })
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += String(chunk)))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ status: code ?? 1, out }))
  })
}

function tableOf(all: Verdict[]): string {
  const rows = all.map(({ mutation: { name, why }, caught }) => {
    return `| ${name} | ${why} | ${caught ? `${caught.by}, ${caught.after}` : '**nothing**'} |`
  })
  const caught = all.filter((one) => one.caught).length
  return `# Mutations

\`npm run mutate\` breaks a copy of the tree in one place at a time and runs the test that must fail. This table has the
results of the latest full run: ${caught} of ${all.length} were caught. The mutations are in
[mutations.ts](../e2e/src/mutations/mutations.ts); a mutation that no test catches is a gap in the tests.

| Mutation | Why it matters | Caught by |
| --- | --- | --- |
${rows.join('\n')}
`
}

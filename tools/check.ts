// Everything that is known to be checkable without a server: `npm run check`, the same here and in CI.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArguments } from '@bahi/platform/arguments.ts'

const root = join(import.meta.dirname, '..')
const help = `usage: npm run check [-- --fix]

Format, lint, types, dead code and the rules of the repository, one after the other; a failure stops none of the rest.
  --fix    let the formatter and the linter repair what they can first`
const { values } = parseArguments(help, { fix: { type: 'boolean' } })

type Step = { name: string; says: string; commands: string[][] }

const steps: Step[] = [
  {
    name: 'format',
    says: 'formatting',
    commands: [['prettier', values.fix ? '--write' : '--check', '--log-level', 'warn', '.']],
  },
  {
    name: 'lint',
    says: 'lint rules and import boundaries',
    // The rule on boundaries reads Nx's graph from its cache, so the graph is made first.
    commands: [
      ['nx', 'show', 'projects', '--json'],
      ['eslint', '.', ...(values.fix ? ['--fix'] : [])],
    ],
  },
  { name: 'types', says: 'types across all packages', commands: [['tsc', '--noEmit']] },
  { name: 'dead code', says: 'no unused file, export or dependency', commands: [['knip']] },
  {
    name: 'tidy',
    says: 'the rules of the repository hold',
    commands: [['vitest', 'run', '--project', 'tidy', '--reporter', 'dot']],
  },
]

/** True when the command ends with 0. What it says is kept back unless it fails. */
function passes([name = '', ...args]: string[]): boolean {
  const { status, stdout, stderr, error } = spawnSync(join(root, 'node_modules', '.bin', name), args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
    env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
  })
  if (status !== 0) console.log(stdout, stderr, error ?? '')
  return status === 0
}

const failed: string[] = []
for (const { name, says, commands } of steps) {
  const start = performance.now()
  const good = commands.every(passes)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  if (!good) failed.push(name)
  console.log(`${good ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)} ${seconds.padStart(6)} s  ${says}`)
}

console.log(failed.length ? `\nFailed: ${failed.join(', ')}` : '\nAll is well.')
process.exitCode = failed.length ? 1 : 0

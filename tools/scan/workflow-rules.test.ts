// The rules of workflows catch what they are for.
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageOf } from '@bahi/testing/servers.ts'
import { expect, it } from 'vitest'
import { faultsOfWorkflow } from './workflow-rules.ts'

const sha = '0123456789abcdef0123456789abcdef01234567'
const workflow = (use: string, { head = 'permissions:\n  contents: read', keep = false } = {}) =>
  `name: x
${head}
jobs:
  a:
    steps:
      - uses: ${use}
${keep ? '' : '        with:\n          persist-credentials: false\n'}`

it.each([
  ['pinned', workflow(`actions/checkout@${sha} # v7.0.1`), []],
  ['a folder of ours', workflow('./.github/actions/prepare'), []],
  ['by a tag', workflow('actions/checkout@v7'), ['not pinned']],
  ['by a short commit', workflow('actions/checkout@0123456 # v7'), ['not pinned']],
  ['without a version', workflow(`actions/checkout@${sha}`), ['not pinned']],
  ['no permissions named', workflow(`a/b@${sha} # v1`, { head: '' }), ['do more than read']],
  ['all of them', workflow(`a/b@${sha} # v1`, { head: 'permissions: write-all' }), ['do more than read']],
  ['credentials kept', workflow(`actions/checkout@${sha} # v7`, { keep: true }), ['leaves its token']],
])('%s', (_name, text, faults) => {
  const found = faultsOfWorkflow(text)
  expect(found).toHaveLength(faults.length)
  faults.forEach((fault, at) => expect(found[at]).toContain(fault))
})

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const workflows = readdirSync(join(root, '.github/workflows'))

it('a command that shows what is not proven on every machine runs in a workflow', () => {
  const rows = read('docs/operate/not-proven-here.md').matchAll(/^\|.*\| ([^|]+) \|$/gm)
  const named = [...rows].flatMap(([, shownBy]) =>
    [...shownBy!.matchAll(/`npm run ([\w:]+)/g)].map(([, name]) => name!),
  )
  expect(named).not.toEqual([])
  const texts = workflows.map((file) => read(`.github/workflows/${file}`)).join('\n')
  expect(named.filter((name) => !new RegExp(`- run: npm run ${name}$`, 'm').test(texts))).toEqual([])
})

it("ZAP's scan fails for what its rules file names", () => {
  const options = /cmd_options: (.+)/.exec(read('.github/workflows/security.yml'))?.[1] ?? ''
  const file = / -c (\S+)/.exec(options)?.[1]
  expect(file, 'without rules nothing fails: warnings are ignored').toBeDefined()
  const lines = read(file!)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  expect(lines.length).toBeGreaterThan(10)
  // ZAP splits by tabs, and ends on a line that is no rule.
  expect(lines.filter((line) => !/^\d+\tFAIL\t\([^\t]+\)$/.test(line))).toEqual([])
  expect(new Set(lines.map((line) => line.split('\t')[0])).size).toBe(lines.length)
})

it('where tests run in CI, all servers that they start are installed before: none may be missing there', () => {
  const tests = globSync('{packages,services,sandbox,deploy,e2e,web,tools}/**/*.test.ts', {
    cwd: root,
    exclude: (path) => path === 'node_modules',
  })
  const started = tests.flatMap((path) =>
    [...read(path).matchAll(/ensureServers\(\[([^\]]*)\]/g)].flatMap(
      ([, names]) => names!.match(/[\w-]+/g) ?? [],
    ),
  )
  const installed = read('.ci/servers').split(/\s+/)
  expect(new Set(started).size).toBeGreaterThan(5)
  expect([...new Set(started.map(packageOf))].filter((name) => !installed.includes(name))).toEqual([])
  const jobs = workflows.flatMap((file) =>
    read(`.github/workflows/${file}`)
      .split(/^ {2}(?=[\w-]+:$)/m)
      .map((text) => ({ job: `${file}: ${text.split(':')[0]}`, text })),
  )
  const runsTests = /bash \.ci\/run|npm test|npm run (coverage|mutate|plans|test:long)|nx affected/
  const testing = jobs.filter(({ text }) => runsTests.test(text))
  expect(testing.length).toBeGreaterThan(6)
  expect(testing.filter(({ text }) => !text.includes('sudo bash .ci/servers')).map(({ job }) => job)).toEqual(
    [],
  )
})

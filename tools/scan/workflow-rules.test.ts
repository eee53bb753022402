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

it('where tests run in CI, all servers that they start are installed before: none may be missing there', () => {
  const root = join(import.meta.dirname, '../..')
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
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
  const jobs = readdirSync(join(root, '.github/workflows')).flatMap((file) =>
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

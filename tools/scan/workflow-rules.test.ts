// The rules of workflows catch what they are for.
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

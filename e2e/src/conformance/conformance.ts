// The plans of the OpenID Foundation as tests, and as the document that says what became of each module.
import { describe, expect, it } from 'vitest'
import { basicTable } from './basic-plan.ts'
import { fapi2Table } from './fapi2-plan.ts'
import { basicPlan, fapi2Plan } from './plans.ts'
import type { Table, World } from './table.ts'

export function describeConformance(world: () => World): void {
  describe('the plan oidcc-basic', () => testsOf(basicPlan, basicTable(world)))
  describe('the plan fapi2-security-profile', () => testsOf(fapi2Plan, fapi2Table(world)))
  it('docs/oauth-conformance.md has every module, and what became of it', async () => {
    await expect(conformanceDocument(world)).toMatchFileSnapshot('../../docs/oauth-conformance.md')
  })
}

function testsOf<Module extends string>(modules: readonly Module[], table: Table<Module>): void {
  for (const module of modules) {
    const { run } = table[module]
    if (run) it(module, run)
  }
}

type Plan<Module extends string> = {
  name: string
  modules: readonly Module[]
  table: Table<Module>
  prefix?: string
}

/** For people: a row a module. */
function documentOf<Module extends string>({ name, modules, table, prefix = '' }: Plan<Module>): string {
  const rows = modules.map((module) => {
    const row = table[module]
    const outcome = 'sees' in row ? `Passes: ${row.sees}` : `Not applicable: ${row.because}`
    return `| \`${prefix}${module}\` | ${outcome} |`
  })
  return [`## ${name}`, '', '| Module | Outcome |', '| --- | --- |', ...rows, ''].join('\n')
}

const conformanceDocument = (world: () => World): string =>
  [
    '# What the conformance plans of the OpenID Foundation find',
    '',
    'Each module of two test plans for providers, as the conformance suite of 20 August 2026 lists them, is a test of',
    'that name in `e2e/src/conformance`, with the library `openid-client` as the app of a stranger; or it says why it',
    'does not apply. `npm test -- e2e/src/oauth.test.ts -u` writes this document. It is no certification: whoever runs',
    'the platform has the suite itself run against theirs, where TLS and addresses are theirs.',
    '',
    documentOf({ name: 'OpenID Connect: Basic OP', modules: basicPlan, table: basicTable(world) }),
    documentOf({
      name: 'FAPI 2.0 Security Profile',
      ...{ modules: fapi2Plan, table: fapi2Table(world), prefix: 'fapi2-security-profile-final-' },
    }),
  ].join('\n')

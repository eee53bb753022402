// Holds the repository to its rules: each rule is a sentence, and fails with the places where it does not hold.

import { existsSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { changedMigrations } from './migrations-lock.ts'
import { drivers, packageFolder, partOf } from './boundaries.ts'
import { importCycles } from './tidy-cycles.ts'
import {
  files,
  importsOf,
  isForTests,
  isScript,
  isSource,
  isTest,
  isTyped,
  linesWith,
  nodesWith,
  ownPath,
  packageOf,
  root,
  sqlWith,
  takes,
  type File,
} from './tidy-files.ts'
import { bannedNamesIn } from './tidy-names.ts'

const isOfWeb = ({ path }: File) => path.startsWith('web/')
const isProse = ({ path }: File) => path.endsWith('.md')
const isOfService = ({ path }: File) => path.startsWith('services/')
const isOfKit = ({ path }: File) => path.startsWith('packages/kit/src/')
const isStore = ({ path }: File) => /^store(-[a-z0-9]+)*\.ts$/.test(basename(path))

/** Every exemption from a rule, by name, with its reason. A path that no longer exists is a fault. */
const exemptions = {
  /** They name what they look for. */
  tidy: ['tools/tidy.test.ts', 'tools/tidy-rules.test.ts', 'tools/tidy-files.ts'],
  /** They quote code in order to break it. */
  mutations: ['e2e/src/mutations/mutations.ts'],
  /** The one publisher: what it publishes was committed before. */
  relay: ['packages/kit/src/events/relay.ts'],
  /** They publish what nobody committed, as a fault. */
  faults: ['e2e/src/drills/faults-under-load.ts'],
  /** Kit's modules that hand a driver on: its types and errors are part of what they offer. */
  driverModules: ['packages/kit/src/sql/postgres-driver.ts'],
} as const satisfies Record<string, readonly string[]>

const isExempt = (names: readonly (keyof typeof exemptions)[]) => {
  const paths: readonly string[] = names.flatMap((name) => [...exemptions[name]])
  return ({ path }: File) => paths.includes(path)
}

/** A live message is not stored, so no outbox has it: its producer publishes it on the bus. */
const isLiveMessage = ({ parent }: ts.Node) =>
  ts.isCallExpression(parent) && parent.arguments[0]?.getText() === 'liveSource'

const services = [...new Set(files.filter(isOfService).map(({ path }) => path.split('/')[1] ?? ''))]

/** `sign-in` for `web/pay/src/screens/sign-in/sign-in-page.tsx`; undefined for what no screen owns. */
const featureOf = (path: string) => /^web\/[^/]+\/src\/screens\/([^/]+)\//.exec(path)?.[1]

/** The first comment's words, without its marks; undefined when code comes first. */
function opening({ text }: File): string | undefined {
  const body = text.replace(/^#!.*\n/, '')
  const block = /^\/\*\*?([\s\S]*?)\*\//.exec(body)?.[1] ?? /^(?:(?:\/\/|--).*\n?)+/.exec(body)?.[0]
  return block?.replaceAll(/^\s*(\/\/|--|\*)[ \t]?/gm, '').trim()
}

const bannedNames = [
  ...['common', 'shared', 'util', 'utils', 'helper', 'helpers', 'type', 'types'],
  ...['dto', 'dtos', 'entity', 'entities', 'manager', 'managers', 'misc'],
]
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.((long\.)?test|config|d))?\.(ts|tsx|js)$/
const manifestKeys = [
  'name',
  'version',
  'private',
  'type',
  'license',
  'exports',
  'dependencies',
  'devDependencies',
]
const domainWords = /\b(payment|vpa|upi|payer|payee|ifsc|rrn|mandate|ledger|paise)s?\b/i

/** Of the schemas, those that may write, and those of PostgreSQL that change what outlives the statement. */
const writingFunctions = new Set([
  ...files
    .filter(({ path }) => basename(path) === 'schema.sql')
    .flatMap(({ text }) => [...text.matchAll(/^create function (\w+)\([^]*?^ {2}language (.*)$/gm)])
    .flatMap(([, name = '', how = '']) => (/\b(stable|immutable)\b/.test(how) ? [] : [name])),
  ...['nextval', 'setval', 'set_config', 'pg_notify', 'pg_advisory_lock', 'pg_try_advisory_lock'],
])
/** A `select` by itself is sent once more when its connection breaks (kit's `sql/outage-wait.ts`): why it may be. */
const sameTwice = {
  post_transfers: 'a transfer that is known by its id has the outcome that it had',
  authorise_and_post: 'the same; no PIN is tried again for it',
  post_legs: 'the same for a leg, by its transaction',
  close_holds: 'a hold that is closed stays as it was closed',
  make_partitions: 'makes those that are not there, under a lock',
  open_ledger_account: 'an account that nobody uses; it is part of a transaction',
  nextval: 'a number that nobody uses',
}

/** A rule looks at the files it is `of` and lists what is wrong with each. */
type Rule = { name: string; of: (file: File) => boolean; wrong: (file: File) => string[] }

const rules: Rule[] = [
  {
    name: 'a line has at most 120 characters, what names the classes of an element aside',
    of: isSource,
    wrong: (file) =>
      // The formatter joins what was broken in `className="…"`.
      linesWith(file, isOfWeb(file) ? /^(?!.*className=|\s*['"`]\S).{121,}$/u : /^.{121,}$/u),
  },
  {
    name: 'a source file has at most 400 lines',
    // The texts of a language are one list.
    of: (file) => isSource(file) && !/^web\/[^/]+\/src\/language\/\w+\.ts$/.test(file.path),
    wrong: ({ path, text, lines }) => {
      const length = lines.length - (text.endsWith('\n') ? 1 : 0)
      return length > 400 ? [`${path}: ${length} lines`] : []
    },
  },
  {
    name: 'a source file opens with a comment that says what it is for',
    of: isSource,
    wrong: (file) => (/[.:]$/m.test(opening(file) ?? '') ? [] : [`${file.path}: ${file.lines[0]}`]),
  },
  {
    name: 'a script is named in kebab-case, with no suffix of kind',
    of: (file) => isScript(file) && partOf(file.path) !== undefined,
    wrong: ({ path }) => (kebab.test(basename(path)) ? [] : [path]),
  },
  {
    name: 'no folder and no file has a name that says nothing',
    of: isSource,
    wrong: ({ path }) =>
      path.split('/').some((part) => bannedNames.includes(part.split('.')[0] ?? '')) ? [path] : [],
  },
  {
    name: 'there are no barrels',
    of: isScript,
    wrong: ({ path }) => (basename(path).startsWith('index.') ? [path] : []),
  },
  {
    name: "a service's package.json holds its name and its dependencies, nothing else",
    of: ({ path }) => /^services\/[^/]+\/package\.json$/.test(path),
    wrong: ({ path, text }) =>
      Object.keys(JSON.parse(text) as object)
        .filter((key) => !manifestKeys.includes(key))
        .map((key) => `${path}: ${key}`),
  },
  {
    name: "a service's README has at most 30 lines",
    of: ({ path }) => /^services\/[^/]+\/README\.md$/.test(path),
    wrong: ({ path, text }) => (text.trimEnd().split('\n').length > 30 ? [path] : []),
  },
  {
    name: 'a service keeps its SQL in its store',
    // A store stands beside the use cases of its subdomain: `store.ts` or `store-<noun>.ts`.
    of: (file) =>
      (isOfService(file) || file.path.startsWith('sandbox/src/')) &&
      isScript(file) &&
      !isForTests(file) &&
      !isStore(file),
    // Any tag may be an alias of `sql`.
    wrong: (file) =>
      nodesWith(
        file,
        (node) =>
          ts.isTaggedTemplateExpression(node) ||
          (ts.isPropertyAccessExpression(node) && node.name.text === 'unsafe'),
      ),
  },
  {
    name: 'a query lists its columns',
    of: (file) => isSource(file) && !isExempt(['tidy'])(file),
    wrong: (file) =>
      sqlWith(file, /\b(select|returning|distinct|all)\s+(["\w]+\s*\.\s*)?\*|,\s*["\w]+\s*\.\s*\*/gi),
  },
  {
    name: 'a select outside of a transaction calls no function that does more when it is called twice',
    of: (file) => (isOfService(file) || file.path.startsWith('sandbox/')) && isStore(file),
    wrong: (file) =>
      nodesWith(
        file,
        (node) =>
          ts.isTaggedTemplateExpression(node) &&
          node.tag.getText() !== 'tx' &&
          /^`\s*select\s/i.test(node.template.getText()) &&
          [...node.template.getText().matchAll(/\b(\w+)\s*\(/g)].some(
            ([, name = '']) => writingFunctions.has(name) && !(name in sameTwice),
          ),
      ),
  },
  {
    name: 'the kit has no term of the domain',
    of: (file) => isOfKit(file) && !isTest(file),
    wrong: (file) =>
      file.lines.flatMap((line, at) =>
        // `amountPaise` and `payer_vpa` are two words each.
        domainWords.test(line.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll('_', ' '))
          ? [`${file.path}:${at + 1}: ${line.trim()}`]
          : [],
      ),
  },
  {
    name: "nobody publishes but the kit's relay",
    of: (file) => isScript(file) && !isForTests(file) && !isExempt(['relay', 'mutations', 'faults'])(file),
    wrong: (file) => nodesWith(file, (node) => takes(node, /bus$/i, 'publish') && !isLiveMessage(node)),
  },
  {
    name: 'a relative import ends in the extension of the file it means',
    of: isTyped,
    wrong: (file) =>
      importsOf(file)
        .filter(
          (name) => name.startsWith('.') && !['.ts', '.tsx', '.json', '.css', '.svg'].includes(extname(name)),
        )
        .map((name) => `${file.path}: ${name}`),
  },
  {
    name: 'everyone imports only what the table of boundaries allows',
    of: (file) => isScript(file) && partOf(file.path) !== undefined,
    wrong: (file) => {
      const from = partOf(file.path)
      return importsOf(file)
        .filter((name) => {
          const path = ownPath(file, name)
          if (!from || !path || packageFolder(path) === packageFolder(file.path)) return false
          const allowed = [...from.imports, ...(isForTests(file) ? (from.inTests ?? []) : [])]
          return !allowed.includes(partOf(path)?.scope ?? 'nowhere')
        })
        .map((name) => `${file.path}: ${name}`)
    },
  },
  {
    name: 'screens of a web app are imported by its sitemap and its shell, never by each other or by what they share',
    of: (file) => isOfWeb(file) && isTyped(file) && !/^web\/[^/]+\/src\/app\//.test(file.path),
    wrong: (file) =>
      importsOf(file)
        .filter((name) => {
          const to = featureOf(ownPath(file, name) ?? '')
          return to !== undefined && to !== featureOf(file.path)
        })
        .map((name) => `${file.path}: ${name}`),
  },
  {
    name: 'only the kit names a driver',
    of: (file) => isScript(file) && partOf(file.path)?.drivers === false,
    wrong: (file) =>
      importsOf(file)
        .filter((name) => drivers.includes(packageOf(name)))
        .map((name) => `${file.path}: ${name}`),
  },
  {
    name: 'only the kit depends on a driver, under its own name',
    of: ({ path }) => basename(path) === 'package.json',
    wrong: ({ path, text }) => {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as Record<
        string,
        Record<string, string>
      >
      const part = partOf(path)
      return Object.entries({ ...dependencies, ...devDependencies })
        .filter(
          ([name, version]) =>
            version.startsWith('npm:') || (part?.drivers !== true && drivers.includes(name)),
        )
        .map(([name, version]) => `${path}: ${name} ${version}`)
    },
  },
  {
    name: 'the kit hands no driver on',
    of: (file) => isOfKit(file) && !isTest(file) && !isExempt(['driverModules'])(file),
    wrong: (file) =>
      nodesWith(
        file,
        (node) =>
          ts.isExportDeclaration(node) &&
          node.moduleSpecifier !== undefined &&
          ts.isStringLiteral(node.moduleSpecifier) &&
          drivers.includes(packageOf(node.moduleSpecifier.text)),
      ),
  },
  {
    name: 'what a service imports while it runs is written out',
    of: (file) => partOf(file.path)?.drivers === false && isScript(file) && !isForTests(file),
    wrong: (file) =>
      nodesWith(
        file,
        (node) =>
          ts.isCallExpression(node) &&
          node.expression.kind === ts.SyntaxKind.ImportKeyword &&
          !ts.isStringLiteral(node.arguments[0]!),
      ),
  },
  {
    name: 'a suppressed warning says why',
    of: (file) => isScript(file) && !isExempt(['tidy'])(file),
    wrong: (file) => [
      ...linesWith(file, /eslint-disable(?!.* -- \S)/),
      ...linesWith(file, /@ts-(ignore|nocheck)|@ts-expect-error(?!\s*:?\s*\S)/),
    ],
  },
  {
    name: 'nothing is left to be done later',
    of: (file) => (isSource(file) || /\.(md|ya?ml|sh)$/.test(file.path)) && !isExempt(['tidy'])(file),
    wrong: (file) => linesWith(file, /\b(TODO|FIXME|XXX)\b/),
  },
  {
    name: 'a relative link in a document leads to a file',
    of: isProse,
    wrong: (file) =>
      [...file.text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/\]\(\s*<?([^)\s>]+)/g)]
        .map(([, link = '']) => link.split('#')[0] ?? '')
        .filter((link) => link !== '' && !/^[a-z]+:/i.test(link))
        .filter((link) => !existsSync(join(root, dirname(file.path), decodeURI(link))))
        .map((link) => `${file.path}: ${link}`),
  },
  {
    name: "no file names a machine's own paths or a private package host",
    of: (file) => !isExempt(['tidy'])(file),
    wrong: (file) =>
      linesWith(
        file,
        /(^|[\s'"`(=:,])\/(work|root)\/|https?:\/\/[^/\s]*(npmjs|artifactory|nexus|verdaccio|jfrog)/,
      ),
  },
  {
    name: 'the lockfile names no package host',
    of: ({ path }) => path === 'package-lock.json',
    wrong: (file) => linesWith(file, /"resolved": "http/).slice(0, 3),
  },
]

test.each(rules)('$name', ({ of, wrong }) => {
  expect(files.filter(of).flatMap(wrong)).toEqual([])
})

test.each(services)('the service %s has a README, a table of contents and a manifest', (service) => {
  const wanted = ['README.md', 'package.json', 'src/app.ts'].map((it) => `services/${service}/${it}`)
  expect(wanted.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('there are services to look at', () => {
  expect(services.length).toBeGreaterThanOrEqual(7)
})

test('within a package no file imports itself by way of others, types included', () => {
  expect(importCycles(files)).toEqual([])
})

test('names use the words of the glossary', () => {
  expect(files.filter(isSource).flatMap((file) => bannedNamesIn(file))).toEqual([])
})

test('every exemption is of a file that exists', () => {
  const paths = Object.values(exemptions).flat()
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('a migration that was released does not change', async () => {
  expect(await changedMigrations()).toEqual([])
})

// The table of requirements names nothing that is not there, and the document is what it says.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { permissions } from '@bahi/contracts/permissions.ts'
import { settingsDocument } from '@bahi/platform/settings-document.ts'
import { documentedMetrics } from '@bahi/testing/metrics-table.ts'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { sources } from '../evidence/collect.ts'
import { manifestName, signatureName } from '../evidence/folder.ts'
import { complianceDocument } from './document.ts'
import { standards } from './standards.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
const settings = new Set([...settingsDocument().matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name))
const metrics = new Set(documentedMetrics().map(({ name }) => name))
const alerts = new Set([...read('docs/operate/alerts.md').matchAll(/^## (\w+)$/gm)].map(([, name]) => name))
const requirements = standards.flatMap((standard) =>
  standard.requirements.map((one) => ({ ...one, standard: standard.title })),
)

/** The names that `describe`, `it` and `test` have in a file, whatever their form; a template as it is written. */
function testNames(path: string): string[] {
  const names: string[] = []
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, false)
  const caller = (node: ts.Node): string =>
    ts.isIdentifier(node)
      ? node.text
      : ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)
        ? caller(node.expression)
        : ''
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ['describe', 'it', 'test'].includes(caller(node.expression))) {
      const [name] = node.arguments
      if (name && ts.isStringLiteralLike(name)) names.push(name.text)
      else if (name && ts.isTemplateExpression(name)) names.push(name.getText(file))
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return names
}

const exists: Record<string, (rest: string) => boolean> = {
  file: (path) => existsSync(join(root, path)),
  test(rest) {
    const [path = '', title = ''] = rest.split('#')
    return (
      title !== '' && existsSync(join(root, path)) && testNames(path).some((name) => name.includes(title))
    )
  },
  doc(rest) {
    const [path = '', heading = ''] = rest.split('#')
    return (
      existsSync(join(root, path)) &&
      read(path)
        .split('\n')
        .some((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
    )
  },
  command: (name) => Object.hasOwn(scripts, name),
  setting: (name) => settings.has(name),
  permission: (name) => (permissions as string[]).includes(name),
  metric: (name) => metrics.has(name),
  alert: (name) => alerts.has(name),
  evidence: (name) => sources.some((source) => source.name === name),
  workflow: (name) => existsSync(join(root, '.github/workflows', name)),
}

it('every file, test, document, command, setting, permission, metric and alert that it names exists', () => {
  const missing = requirements.flatMap(({ standard, id, where, proof }) =>
    [...where, ...proof]
      .filter((reference) => {
        const at = reference.indexOf(':')
        return !exists[reference.slice(0, at)]!(reference.slice(at + 1))
      })
      .map((reference) => `${standard} ${id}: ${reference}`),
  )
  expect(missing).toEqual([])
})

it('what is met is done somewhere and proven; what is not says what is left; no number is there twice', () => {
  const wrong = requirements.filter(
    ({ state, does, where, proof, left }) =>
      (state !== 'operator' && (does === '' || where.length === 0 || proof.length === 0)) ||
      (state === 'shared' || state === 'gap') !== (left !== undefined),
  )
  expect(wrong.map(({ standard, id }) => `${standard} ${id}`)).toEqual([])
  const names = requirements.map(({ standard, id }) => `${standard} ${id}`)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

it('docs/operate/compliance.md is what npm run compliance writes', () => {
  expect(read('docs/operate/compliance.md').trim()).toBe(complianceDocument(standards))
})

it('docs/operate/evidence.md has each file of evidence, and no other', () => {
  const listed = [...read('docs/operate/evidence.md').matchAll(/^\| `([\w.-]+\.(?:json|txt))`/gm)].map(
    ([, name]) => name,
  )
  const written = [...sources.map(({ name }) => name), manifestName, signatureName]
  expect(listed.sort()).toEqual(written.sort())
})

// What documents for operators name: commands with their options, settings, files, values of the chart, routes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { eachNode, files, importsOf, ownPath, root, type File } from './tidy-files.ts'

export const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}
/** The module that a script of package.json runs; undefined of vitest and the like. */
export const fileOf = (script: string) => /^node (\S+\.ts)$/.exec(scripts[script] ?? '')?.[1]

export const isForOperators = ({ path }: { path: string }): boolean =>
  /^(README|docs\/(runbook|operate\/[\w-]+))\.md$/.test(path)

/** `verb` is the word before the options. */
export type Command = { script: string; verb?: string; options: string[] }

/** Blocks of shell commands, and code within the text; what stands in other languages is not read. */
export function codeIn(text: string): string[] {
  const found: string[] = []
  const prose = text
    .replaceAll(/^```(\w*)\n([\s\S]*?)^```/gm, (_, language: string, block: string) => {
      if (language === 'sh' || language === '') found.push(...commandLines(block))
      return ''
    })
    .replaceAll(/^(?: {4}.*\n)+/gm, (block) => {
      found.push(...commandLines(block))
      return ''
    })
  for (const [, code = ''] of prose.matchAll(/`([^`]+)`/g)) found.push(code.replaceAll(/\s+/g, ' '))
  return found
}

/** One command each: lines that go on are joined. */
function commandLines(block: string): string[] {
  return block
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/\s#.*$/, '').trim())
    .filter(Boolean)
}

/** `npm run x -- --y`, `npm start -- --z`: scripts and the options that they are given. */
export function npmCommands(code: string): Command[] {
  return [...code.matchAll(/\bnpm (?:run (?:--\S+ )*)?([a-z][\w:-]*)((?: -- [^|&;)]*)?)/g)]
    .filter(([all, script = '']) => /^npm run /.test(all) || ['start', 'test'].includes(script))
    .map(([, script = '', given = '']) => {
      const rest = given.replace(/^ -- /, '')
      const [verb] = /^[a-z][a-z-]*(?= |$)/.exec(rest) ?? []
      return { script, ...(verb === undefined ? {} : { verb }), options: optionsIn(rest) }
    })
}

export const optionsIn = (text: string): string[] =>
  [...text.matchAll(/(?:^|[\s'"(])--([a-z][a-z0-9-]*)/g)].map(([, name = '']) => name)

/** The words of a command and of the modules that it imports. */
export function wordsOf(path: string): Set<string> {
  const own = files.filter((file) => file.path === path)
  const near = own.flatMap((file) => importsOf(file).map((name) => ownPath(file, name)))
  const texts = files.filter((file) => file.path === path || near.includes(file.path))
  return new Set(texts.flatMap(({ text }) => text.match(/\b[a-z][a-z-]*\b/g) ?? []))
}

/** The options that a command's parser knows: those that it lists, and those that it takes from others. */
export function optionsOf(path: string): Set<string> | undefined {
  const file = files.find((one) => one.path === path)
  if (!file) return undefined
  let found: Set<string> | undefined
  eachNode(file, (node) => {
    if (!ts.isCallExpression(node) || !/^parse(Arguments|Args)$/.test(node.expression.getText())) return
    const given = node.arguments.find((one) => ts.isObjectLiteralExpression(one))
    if (given) found = new Set(['help', ...keysOf(file, given)])
  })
  return found
}

function keysOf(file: File, object: ts.ObjectLiteralExpression): string[] {
  return object.properties.flatMap((property) => {
    if (!ts.isSpreadAssignment(property)) return property.name ? [nameOf(property.name)] : []
    const { expression } = property
    if (ts.isObjectLiteralExpression(expression)) return keysOf(file, expression)
    return ts.isIdentifier(expression) ? keysOfConstant(file, expression.text) : []
  })
}

const nameOf = (name: ts.PropertyName) => (ts.isStringLiteral(name) ? name.text : name.getText())

/** Of an object that the file declares or imports. */
function keysOfConstant(file: File, name: string): string[] {
  const near = importsOf(file).flatMap((one) => files.filter(({ path }) => path === ownPath(file, one)))
  for (const place of [file, ...near]) {
    let found: string[] | undefined
    eachNode(place, (node) => {
      if (!ts.isVariableDeclaration(node) || node.name.getText() !== name || !node.initializer) return
      const value = valueOf(node.initializer)
      if (ts.isObjectLiteralExpression(value)) found = keysOf(place, value)
    })
    if (found) return found
  }
  return []
}

/** Without `as const` and `satisfies …`. */
function valueOf(node: ts.Expression): ts.Expression {
  return ts.isAsExpression(node) || ts.isSatisfiesExpression(node) ? valueOf(node.expression) : node
}

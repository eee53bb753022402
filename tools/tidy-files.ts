// What the tidy test reads: the files that git tracks, what they import, and the SQL that they contain.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import ts from 'typescript'

export const root = join(import.meta.dirname, '..')

/** A file that git tracks, or would: its path from the root and its text. */
export type File = { path: string; text: string; lines: string[] }

const binary = /\.(png|ico|jpe?g|woff2?|pdf)$/

export const files: File[] = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
)
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)) && !binary.test(path))
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return { path, text, lines: text.split('\n') }
  })

export const isTest = ({ path }: File) => /\.test\.tsx?$/.test(path)
/** A test, or what only tests use. */
export const isForTests = (file: File) => isTest(file) || basename(file.path).startsWith('testing')
export const isScript = ({ path }: File) => /\.(ts|tsx|js)$/.test(path)
export const isTyped = ({ path }: File) => /\.tsx?$/.test(path)
/** What a command writes is not written for its lines to be read. */
export const isSource = (file: File) =>
  isScript(file) || (file.path.endsWith('.sql') && basename(file.path) !== 'schema.sql')

const parsed = new WeakMap<File, ts.SourceFile>()

/** The syntax tree of a script. */
export function syntaxOf(file: File): ts.SourceFile {
  let source = parsed.get(file)
  if (!source) {
    source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true)
    parsed.set(file, source)
  }
  return source
}

/** Calls `visit` for every node of a script, parents first. */
export function eachNode(file: File, visit: (node: ts.Node) => void): void {
  const walk = (node: ts.Node) => {
    visit(node)
    ts.forEachChild(node, walk)
  }
  walk(syntaxOf(file))
}

/** `path:line: its text`. */
export function placeOf(file: File, node: ts.Node): string {
  const { line } = syntaxOf(file).getLineAndCharacterOfPosition(node.getStart())
  return `${file.path}:${line + 1}: ${file.lines[line]?.trim()}`
}

/** The places of the nodes for which `matches` is true. */
export function nodesWith(file: File, matches: (node: ts.Node) => boolean): string[] {
  const found: string[] = []
  eachNode(file, (node) => {
    if (matches(node)) found.push(placeOf(file, node))
  })
  return found
}

/** `bus` for `bus`, `deps.bus` and `(deps.bus)!`: what a member is taken from. */
function lastName(node: ts.Node): string {
  const plain = ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node) ? node.expression : node
  if (plain !== node) return lastName(plain)
  if (ts.isIdentifier(node)) return node.text
  if (ts.isPropertyAccessExpression(node)) return node.name.text
  return ts.isCallExpression(node) ? lastName(node.expression) : ''
}

/** Whether a node takes the member `name` from something whose name matches, in whatever notation. */
export function takes(node: ts.Node, from: RegExp, name: string): boolean {
  if (ts.isPropertyAccessExpression(node))
    return node.name.text === name && from.test(lastName(node.expression))
  if (ts.isElementAccessExpression(node)) {
    const key = node.argumentExpression
    return ts.isStringLiteralLike(key) && key.text === name && from.test(lastName(node.expression))
  }
  if (!ts.isBindingElement(node) || !ts.isVariableDeclaration(node.parent.parent)) return false
  const source = node.parent.parent.initializer
  const key = node.propertyName ?? node.name
  return ts.isIdentifier(key) && key.text === name && source !== undefined && from.test(lastName(source))
}

/** `path:line: its text`, for each line that the pattern matches. */
export function linesWith(file: File, pattern: RegExp): string[] {
  return file.lines.flatMap((line, at) =>
    pattern.test(line) ? [`${file.path}:${at + 1}: ${line.trim()}`] : [],
  )
}

/** What a script imports: types, dynamic imports and `require` included. */
export const importsOf = (file: File) =>
  ts.preProcessFile(file.text, true, true).importedFiles.map(({ fileName }) => fileName)

/** `fastify` for `fastify/types`, `@bahi/kit` for `@bahi/kit/bus.ts`. */
export const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

/** Where each of our own packages lives. */
const folderOfOwn = new Map(
  files
    .filter(({ path }) => basename(path) === 'package.json')
    .map(({ path, text }) => [(JSON.parse(text) as { name: string }).name, dirname(path)]),
)

/** The path from the root that an import means, when it means one of our own files. */
export function ownPath(file: File, name: string): string | undefined {
  if (name.startsWith('.')) return normalize(join(dirname(file.path), name))
  const folder = folderOfOwn.get(packageOf(name))
  return folder && `${folder}/src/${name.slice(packageOf(name).length + 1)}`
}

export type Fragment = { line: number; text: string }

/** The SQL in a file: all of a `.sql` file, the templates of a script. Comments are blanked out, lines kept. */
export function sqlIn(file: File): Fragment[] {
  if (file.path.endsWith('.sql')) return [{ line: 1, text: withoutComments(file.text) }]
  const found: Fragment[] = []
  eachNode(file, (node) => {
    const isTemplate = ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node)
    if (
      !isTemplate ||
      !/^[`\s(]*(select|with|insert|update|delete|merge|create|alter)\b/i.test(node.getText())
    )
      return
    const { line } = syntaxOf(file).getLineAndCharacterOfPosition(node.getStart())
    const text = ts.isTemplateExpression(node)
      ? node.head.text + node.templateSpans.map(({ literal }) => ` $0 ${literal.text}`).join('')
      : node.text
    found.push({ line: line + 1, text: withoutComments(text) })
  })
  return found
}

function withoutComments(sql: string): string {
  return sql
    .replaceAll(/--[^\n]*/g, '')
    .replaceAll(/\/\*[\s\S]*?\*\//g, (all) => all.replaceAll(/[^\n]/g, ''))
}

/** `path:line: the match`, for each match of a global pattern in the SQL of a file. */
export function sqlWith(file: File, pattern: RegExp): string[] {
  return sqlIn(file).flatMap(({ line, text }) =>
    [...text.matchAll(pattern)].map((match) => {
      const at = line + text.slice(0, match.index).split('\n').length - 1
      return `${file.path}:${at}: ${match[0].replaceAll(/\s+/g, ' ')}`
    }),
  )
}

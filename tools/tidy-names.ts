// Which names use a word that the glossary bans: declared identifiers of scripts, identifiers of SQL, names of files.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { eachNode, isScript, placeOf, root, sqlIn, type File } from './tidy-files.ts'

/** A banned word, and the terms of the same row in which it is allowed, as words: `in flight` allows `flight`. */
export type Ban = { word: string; say: string; within: string[][] }

/** Reads the last table of the glossary: `| not, not | say, say |`. */
export function bansIn(glossary: string): Ban[] {
  const rows = glossary
    .trimEnd()
    .split('\n')
    .slice(glossary.trimEnd().split('\n').lastIndexOf('| --- | --- |') + 1)
  return rows.flatMap((row) => {
    const [, not = '', say = ''] = row.split('|').map((cell) => cell.trim())
    const terms = say.replaceAll(/\([^)]*\)/g, '').split(/[,;]/)
    return not.split(',').map((one) => {
      const word = one.trim()
      const within = terms
        .map((term) => wordsOf(term))
        .filter((words) => words.length > 1 && words.includes(word))
      return { word, say, within }
    })
  })
}

/** `['sealed', 'by', 'id']` for `sealedById`, `sealed_by_id` and `sealed-by-id`. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
}

/** Most names are declared in many files. */
const known = new WeakMap<readonly Ban[], Map<string, Ban | undefined>>()

/** The ban that a name breaks, if it breaks one. */
export function banOf(name: string, bans: readonly Ban[]): Ban | undefined {
  let ofNames = known.get(bans)
  if (!ofNames) known.set(bans, (ofNames = new Map()))
  if (!ofNames.has(name)) ofNames.set(name, findBan(name, bans))
  return ofNames.get(name)
}

function findBan(name: string, bans: readonly Ban[]): Ban | undefined {
  const words = wordsOf(name)
  return bans.find(({ word, within }) =>
    words.some(
      (one, at) =>
        one === word &&
        !within.some((term) => {
          const from = at - term.indexOf(word)
          return from >= 0 && term.every((part, nth) => words[from + nth] === part)
        }),
    ),
  )
}

export const bans = bansIn(readFileSync(join(root, 'docs/glossary.md'), 'utf8'))

/** What a script declares: variables, functions, parameters, types, their members, and imports under another name. */
function declaredNames(file: File): { name: string; node: ts.Node }[] {
  const found: { name: string; node: ts.Node }[] = []
  eachNode(file, (node) => {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isClassLike(node) ||
      ts.isTypeElement(node) ||
      ts.isClassElement(node) ||
      ts.isEnumDeclaration(node) ||
      ts.isEnumMember(node) ||
      ts.isTypeParameterDeclaration(node) ||
      ts.isNamedTupleMember(node) ||
      ts.isPropertyAssignment(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isNamespaceImport(node) ||
      ts.isImportClause(node) ||
      ts.isLabeledStatement(node) ||
      ((ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) && node.propertyName !== undefined)
    if (!isDeclaration) return
    const name = ts.isLabeledStatement(node) ? node.label : node.name
    // Text in quotes is data, not a name.
    if (name && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)))
      found.push({ name: name.text, node: name })
  })
  return found
}

/** `path:line: its text (say …)`, for each name in a file, and of it, that uses a banned word. */
export function bannedNamesIn(file: File, banned: readonly Ban[] = bans): string[] {
  const inPath = banOf(file.path, banned)
  const ofPath = inPath ? [`${file.path} (not ${inPath.word}: ${inPath.say})`] : []
  if (isScript(file)) {
    const inside = declaredNames(file).flatMap(({ name, node }) => {
      const ban = banOf(name, banned)
      return ban ? [`${placeOf(file, node)} (${name}: not ${ban.word}, ${ban.say})`] : []
    })
    return [...ofPath, ...inside]
  }
  const inSql = sqlIn(file).flatMap(({ text }) =>
    text
      .replaceAll(/'(?:[^']|'')*'/g, "''")
      .split('\n')
      .flatMap((line, at) =>
        [...line.matchAll(/[a-z_][a-z0-9_]*/gi)].flatMap(([name]) => {
          const ban = banOf(name, banned)
          return ban ? [`${file.path}:${at + 1}: ${line.trim()} (${name}: not ${ban.word}, ${ban.say})`] : []
        }),
      ),
  )
  return [...ofPath, ...inSql]
}

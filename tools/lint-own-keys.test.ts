// What the lint rule about strangers' keys finds, and what it lets pass.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ESLint } from 'eslint'
import { expect, it } from 'vitest'
import tseslint from 'typescript-eslint'
import { ownKeys } from './lint-own-keys.ts'

const given = `
declare const table: Record<string, { a: number }>
declare const known: { a: number; b: number }
declare const word: 'a' | 'b'
declare const key: string
declare const list: string[]
`

const cases: [expression: string, faults: number][] = [
  ['table[key]', 1],
  ['table[`x${key}`]?.a', 1],
  ['key in table', 1],
  ['key in known', 1],
  ['known[key as keyof typeof known]', 1],
  ['Object.hasOwn(known, key) ? table[key] : undefined', 1],
  ['Object.hasOwn(table, key) ? table[key] : undefined', 0],
  ['Object.hasOwn(table, key) && table[key]!.a', 0],
  ['Object.hasOwn(known, key) ? known[key as keyof typeof known] : 0', 0],
  ['known[word]', 0],
  ['table.x', 0],
  ["table['x']", 0],
  ["'a' in known", 0],
  ['list[0]', 0],
  ['new Map(Object.entries(table)).get(key)', 0],
]

it('finds keys that may be any text, and no others', async () => {
  // A project of one file: the types of the repository take ten seconds to read.
  const folder = await mkdtemp(join(tmpdir(), 'bahi-lint-'))
  const filePath = join(folder, 'linted.ts')
  const text = cases.map(([expression]) => `void (${expression})`).join('\n')
  await writeFile(filePath, `${given}${text}\n`)
  const compilerOptions = { strict: true, noUncheckedIndexedAccess: true, target: 'es2024', types: [] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['linted.ts'] }))
  const parserOptions = { projectService: true, tsconfigRootDir: folder }
  const config = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions },
    plugins: { bahi: { rules: { 'own-keys': ownKeys } } },
    rules: { 'bahi/own-keys': 'error' },
  }
  const eslint = new ESLint({ cwd: folder, overrideConfigFile: true, overrideConfig: [config as never] })
  const [result] = await eslint.lintFiles([filePath])
  await rm(folder, { recursive: true })
  const firstLine = given.split('\n').length
  const found = cases.map(
    ([expression], nth) =>
      [expression, result!.messages.filter(({ line }) => line === firstLine + nth).length] as const,
  )
  expect(found).toEqual(cases)
})

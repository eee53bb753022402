// What the lint rule about transactions finds, and what it lets pass.
import { Linter } from 'eslint'
import { expect, it } from 'vitest'
import tseslint from 'typescript-eslint'
import { transactions } from './lint-transactions.ts'

const cases: [statement: string, faults: number][] = [
  ['await deps.transaction(async (tx) => { last = await one(tx) })', 1],
  ['await deps.transaction(async (tx) => { count += 1; count++ })', 2],
  ['await deps.transaction(async (tx) => { list.push(await one(tx)) })', 1],
  ['await deps.transaction(async (tx) => (await all(tx)).forEach((row) => known.set(row.id, row)))', 1],
  ['await deps.transaction(async (tx) => { result.found = await one(tx); delete result.lost })', 2],
  ['await deps.transaction(async (tx) => { result.rows![0]!.n++ })', 1],
  ['await deps.transaction(async (tx) => { await deps.cache.set(key, await one(tx)) })', 1],
  ['await deps.transaction(async (tx) => { metrics.begun.inc({ kind }) })', 1],
  ['await deps.transaction(() => { last = 1 })', 1],
  ['const use = async (tx: Tx) => { last = await one(tx) }', 1],
  ['await inTransaction(deps, async ({ tx }) => { last = await one(tx) })', 1],
  ['async function store(tx: Tx) { stored.add(await one(tx)) }', 1],
  ['last = await deps.transaction((tx) => one(tx))', 0],
  ['await deps.transaction(async (tx) => { const own = []; own.push(await one(tx)); return own })', 0],
  [
    'await deps.transaction(async (tx) => { let n = 0; for (const row of await all(tx)) n += row.n; return n })',
    0,
  ],
  ['await deps.transaction(async (tx) => { const own = {}; const fill = () => { own.a = 1 }; fill() })', 0],
  ['await deps.transaction(async (tx) => insert(tx, list.map(({ id }) => id)))', 0],
  ['await deps.transaction((tx) => deps.append(tx, event))', 0],
  ['async function store(tx: Tx, rows: Row[]) { rows.push(await one(tx)) }', 0],
  ['await Promise.all(rows.map(async (row) => { list.push(row) }))', 0],
]

it('finds what is kept of a run, and nothing else', () => {
  const config = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { bahi: { rules: { transactions } } },
    rules: { 'bahi/transactions': 'error' },
  }
  const found = cases.map(([statement]) => {
    const messages = new Linter().verify(statement, config as never, 'linted.ts')
    return [statement, messages.filter(({ ruleId }) => ruleId === 'bahi/transactions').length] as const
  })
  expect(found).toEqual(cases)
})

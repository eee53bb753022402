// Plans that read a whole table, and plans that do not.
import { expect, it } from 'vitest'
import { plansIn, tablesReadWhole, type PlanNode } from './plan-faults.ts'

const scan = (more: Partial<PlanNode> = {}): PlanNode => ({
  'Node Type': 'Index Scan',
  'Relation Name': 'payments_2026_11',
  'Index Name': 'payments_2026_11_pkey',
  ...more,
})
const above = (type: string, ...plans: PlanNode[]): PlanNode => ({ 'Node Type': type, Plans: plans })
const bitmap: PlanNode = {
  'Node Type': 'Bitmap Heap Scan',
  'Relation Name': 'payments',
  Plans: [{ 'Node Type': 'Bitmap Index Scan', 'Index Name': 'payments_open' }],
}

it.each<[string, PlanNode, string[]]>([
  ['an index with a condition', scan({ 'Index Cond': '(id = $1)', Filter: '(a = 1)' }), []],
  ['an index without one', scan(), ['payments']],
  ['no index', { 'Node Type': 'Seq Scan', 'Relation Name': 'payments_default' }, ['payments']],
  ['a limit', above('Limit', above('LockRows', scan())), []],
  ['a limit that passes over rows', above('Limit', scan({ Filter: "(status = 'open')" })), ['payments']],
  ['a limit after all rows were sorted', above('Limit', above('Sort', scan())), ['payments']],
  ['a bitmap of an index that holds some rows', bitmap, []],
])('%s', (_, plan, tables) => {
  expect(tablesReadWhole(plan, (index) => index === 'payments_open')).toEqual(tables)
})

it('finds the plans in a log', async () => {
  const lines = [
    'bahi_payment WARNING:  something else',
    '\tof two lines',
    'bahi_payment LOG:  duration: 0.031 ms  plan:',
    '\t{',
    '\t  "Query Text": "select 1",',
    '\t  "Plan": { "Node Type": "Result" }',
    '\t}',
    'bahi LOG:  checkpoint',
  ]
  const found = await Array.fromAsync(
    plansIn(
      (async function* () {
        yield* lines
      })(),
    ),
  )
  expect(found).toEqual([{ role: 'bahi_payment', text: 'select 1', plan: { 'Node Type': 'Result' } }])
})

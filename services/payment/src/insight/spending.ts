// What a person spent: by month, by category, by payee.
import type { Output } from '@bahi/contracts/call.ts'
import type { showSpending as contract } from '@bahi/contracts/insight.ts'
import { istDateOf, istTime } from '@bahi/contracts/recurrence.ts'
import { spendCategoryOf, type SpendCategory } from '@bahi/contracts/spend-categories.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { spentByMonth, spentByPayee, type PayeeSpent } from './store.ts'

type Spending = Output<typeof contract>

const monthsShown = 6
const payeesShown = 100

export async function showSpending(
  { sql, clock }: Pick<Deps, 'sql' | 'clock'>,
  userId: string,
  month: string = istDateOf(clock.now()).slice(0, 7),
): Promise<Spending> {
  const months = Array.from({ length: monthsShown }, (_, i) => monthsAfter(month, i + 1 - monthsShown))
  const [first, end] = [startOf(months[0]!), startOf(monthsAfter(month, 1))]
  const [byMonth, byPayee] = await Promise.all([
    spentByMonth(sql, userId, first, end),
    spentByPayee(sql, userId, startOf(month), end),
  ])
  const known = new Map(byMonth.map((one) => [one.month, one]))
  return {
    month,
    months: months.map((one) => known.get(one) ?? { month: one, spentPaise: 0, count: 0 }),
    categories: categoriesOf(byPayee),
    payees: payeesOf(byPayee).slice(0, payeesShown),
  }
}

const startOf = (month: string) => istTime(`${month}-01`)

/** `2026-11` and 2: `2027-01`. */
export function monthsAfter(month: string, count: number): string {
  const [year = 0, nth = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, nth - 1 + count)).toISOString().slice(0, 7)
}

type Sum = { spentPaise: number; count: number }

/** Sums by a key, the most first. */
function summed<Key extends string>(
  rows: PayeeSpent[],
  keyOf: (row: PayeeSpent) => Key,
): (Sum & { key: Key })[] {
  const sums = new Map<Key, Sum & { key: Key }>()
  for (const row of rows) {
    const key = keyOf(row)
    const { spentPaise, count } = sums.get(key) ?? { spentPaise: 0, count: 0 }
    sums.set(key, { key, spentPaise: spentPaise + row.spentPaise, count: count + row.count })
  }
  return [...sums.values()].sort((a, b) => b.spentPaise - a.spentPaise || (a.key < b.key ? -1 : 1))
}

function categoriesOf(rows: PayeeSpent[]): Spending['categories'] {
  const sums = summed<SpendCategory>(rows, ({ mcc }) => spendCategoryOf(mcc))
  return sums.map(({ key, ...sum }) => ({ category: key, ...sum }))
}

function payeesOf(rows: PayeeSpent[]): Spending['payees'] {
  const names = new Map(rows.map(({ vpa, name }) => [vpa, name]))
  return summed(rows, ({ vpa }) => vpa).map(({ key, ...sum }) => ({
    vpa: key,
    name: names.get(key)!,
    ...sum,
  }))
}

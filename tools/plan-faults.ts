// What is wrong with a plan of PostgreSQL for a statement that has to stay fast while its tables grow.

/** A node of `explain (format json)`, as far as it is read here. */
export type PlanNode = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Filter?: string
  Plans?: PlanNode[]
}

/** How statements begin that are meant to read everything, each with the service that sends it. */
export const readsEverything: readonly string[] = [
  // The check of the books, at intervals and for `npm run verify`.
  "account: select 'debits and credits differ'",
  // `npm run rebuild` compares what is open with all payments.
  'payment: select p.id, p.status from payments p full join open_payments',
  // Only a test asks it.
  'account: select trim_scale(rate)::text as rate from conversions order by at',
]

const scans = new Set(['Seq Scan', 'Index Scan', 'Index Only Scan', 'Bitmap Index Scan'])
/** They pass rows on as they come; every other node reads all that is below it before its first row. */
const streaming = new Set([
  'Limit',
  'LockRows',
  'Append',
  'Merge Append',
  'Subquery Scan',
  'Nested Loop',
  'Result',
])

/**
 * The tables that the plan reads whole. Services plan without sequential scans, so where one is left there is no index;
 * and an index that is read without a condition is read whole, which is no better. A limit ends either early, unless a
 * filter passes over rows.
 * @param isPartial whether an index holds some rows of its table, such as what is open or due: it may be read whole
 */
export function tablesReadWhole(plan: PlanNode, isPartial: (index: string) => boolean): string[] {
  const found = new Set<string>()
  const visit = (node: PlanNode, isLimited: boolean, parentTable?: string) => {
    const type = node['Node Type']
    const table = node['Relation Name'] ?? parentTable
    if (scans.has(type) && node['Index Cond'] === undefined) {
      const endsEarly = isLimited && node.Filter === undefined
      if (!endsEarly && !isPartial(node['Index Name'] ?? '')) found.add(withoutPartition(table ?? '?'))
    }
    const limited = type === 'Limit' || (isLimited && streaming.has(type))
    for (const one of node.Plans ?? []) visit(one, limited, table)
  }
  visit(plan, false)
  return [...found]
}

const withoutPartition = (table: string) => table.replace(/_(\d{4}_\d{2}|default)$/, '')

export type LoggedPlan = { role: string; text: string; plan: PlanNode }

/** What `auto_explain` wrote, in a log whose lines begin with `<role> `. */
export async function* plansIn(lines: AsyncIterable<string>): AsyncGenerator<LoggedPlan> {
  let role: string | undefined
  let json: string[] = []
  const read = (): LoggedPlan | undefined => {
    if (role === undefined || json.length === 0) return undefined
    const { 'Query Text': text, Plan: plan } = JSON.parse(json.join('\n')) as {
      'Query Text': string
      Plan: PlanNode
    }
    return { role, text, plan }
  }
  for await (const line of lines) {
    if (line.startsWith('\t')) {
      if (role !== undefined) json.push(line)
      continue
    }
    const logged = read()
    if (logged) yield logged
    role = /^(\S+) LOG: {2}duration: .* plan:$/.exec(line)?.[1]
    json = []
  }
  const last = read()
  if (last) yield last
}

// Proves from the database alone that no paisa was lost or doubled: every rule on one snapshot of all schemas.
import type { Sql, Tx } from '@bahi/kit/sql/sql.ts'
import { answerRules } from './answers.ts'
import { auditRules } from './audit.ts'
import { controlRules } from './controls.ts'
import { eventRules } from './events.ts'
import { frozenRules } from './frozen.ts'
import { ledgerRules } from './ledger.ts'
import { rulesOfLimits } from './limits.ts'
import { mandateRules } from './mandates.ts'
import { mandateAcrossRules } from './mandates-across.ts'
import { moneyRules } from './money.ts'
import { networkRules } from './network.ts'
import { paymentRules } from './payments.ts'
import { orderRules } from './orders.ts'
import { requestRules } from './requests.ts'
import type { Expected, Fault, RuleInput, Rule } from './rule.ts'
import { messageRules } from './messages.ts'
import { scheduleRules } from './schedules.ts'

export type { Acknowledged, Expected, Fault } from './rule.ts'

export const rules: readonly Rule[] = [
  ...ledgerRules,
  ...paymentRules,
  ...requestRules,
  ...scheduleRules,
  ...mandateRules,
  ...mandateAcrossRules,
  ...orderRules,
  ...answerRules,
  ...moneyRules,
  ...networkRules,
  ...rulesOfLimits,
  ...controlRules,
  ...frozenRules,
  ...eventRules,
  ...auditRules,
  ...messageRules,
]

export type Verdict = {
  rule: string
  says: string
  /** Rows examined; undefined when a table that the rule needs is absent. */
  examined: number | undefined
  faults: string[]
  /** The number of all faults; `faults` lists the first ones. */
  total: number
  ms: number
}

/** All faults, up to the first ones of each rule. Empty: the books balance. */
export async function check(sql: Sql, expected: Expected = {}): Promise<Fault[]> {
  const verdicts = await inspect(sql, expected)
  return verdicts.flatMap(({ rule, faults, total }) => {
    const all = faults.map((detail) => ({ rule, detail }))
    return total > faults.length ? [...all, { rule, detail: `… ${total} in all` }] : all
  })
}

/**
 * Runs all rules on one read-only snapshot, so that a running system can be checked: every rule sees the same state.
 */
export function inspect(sql: Sql, expected: Expected = {}): Promise<Verdict[]> {
  return sql.begin('isolation level repeatable read read only', (tx) => inspectIn(tx, expected)) as Promise<
    Verdict[]
  >
}

/** The same inside a transaction that is already open. */
export async function inspectIn(tx: Tx, expected: Expected = {}): Promise<Verdict[]> {
  await tx`set local statement_timeout = 0`
  await tx`set local idle_in_transaction_session_timeout = 0`
  await tx`set local work_mem = '128MB'`
  await tx`set local jit = off`
  const names = await namesIn(tx)
  const input: RuleInput = {
    tx,
    quiescent: expected.quiescent ?? false,
    asOf: expected.asOf ?? (await tx<{ at: Date }[]>`select now() as at`)[0]!.at,
    acknowledged: expected.acknowledged ?? [],
    refused: expected.refused ?? [],
    has: (name) => names.has(name),
    isArchived: (id) =>
      names.has('payment.archived_months')
        ? tx`exists (select from payment.archived_months a where ${id} >= a.from_id and ${id} < a.to_id)`
        : tx`false`,
  }
  const counts = new Map<string, number>()
  const verdicts: Verdict[] = []
  for (const rule of rules) verdicts.push(await judge(rule, input, counts))
  return verdicts
}

async function judge(rule: Rule, input: RuleInput, counts: Map<string, number>): Promise<Verdict> {
  const began = performance.now()
  const verdict = { rule: rule.name, says: rule.says, faults: [] as string[], total: 0 }
  if (!rule.needs.every(input.has)) return { ...verdict, examined: undefined, ms: 0 }
  const found = await rule.find(input)
  if (!counts.has(rule.over)) counts.set(rule.over, await countOf(input.tx, rule.over))
  return {
    ...verdict,
    examined: counts.get(rule.over),
    faults: found.map((one) => one.detail),
    total: found[0]?.total ?? 0,
    ms: Math.round(performance.now() - began),
  }
}

async function countOf(tx: Tx, table: string): Promise<number> {
  const [schema, name] = table.split('.') as [string, string]
  const [row] = await tx<{ count: number }[]>`select count(*) as count from ${tx(schema)}.${tx(name)}`
  return row!.count
}

async function namesIn(tx: Tx): Promise<Set<string>> {
  const rows = await tx<{ name: string; column: string }[]>`
    select n.nspname || '.' || c.relname as name, n.nspname || '.' || c.relname || '.' || a.attname as column
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
      and n.nspname not in ('pg_catalog', 'information_schema')`
  return new Set(rows.flatMap((row) => [row.name, row.column]))
}

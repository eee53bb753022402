// SQL of the fault rules.
import type { Rule } from '@bahi/contracts/scenario.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'

/** In the order of their creation. */
export function allRules(sql: Queryable): Promise<Rule[]> {
  return sql<Rule[]>`
    select id, name, conditions as "when", effects, enabled from scenario_rules order by position`
}

export async function readSeed(sql: Queryable): Promise<string | undefined> {
  const [row] = await sql<{ seed: string }[]>`select seed from scenario_seed`
  return row?.seed
}

export async function writeSeed(sql: Queryable, seed: string): Promise<void> {
  await sql`
    insert into scenario_seed (seed) values (${seed}) on conflict (single) do update set seed = excluded.seed`
}

export async function insertRules(sql: Queryable, rules: Rule[]): Promise<void> {
  for (const { id, name, when, effects, enabled } of rules) {
    await sql`
      insert into scenario_rules (id, name, conditions, effects, enabled)
      values (${id}, ${name}, ${sql.json(when)}, ${sql.json(effects)}, ${enabled})`
  }
}

/** @param id null: all of them */
export async function deleteRules(sql: Queryable, id: string | null): Promise<void> {
  await sql`delete from scenario_rules where ${id === null ? sql`true` : sql`id = ${id}`}`
}

export async function setEnabled(sql: Queryable, id: string, enabled: boolean): Promise<Rule | undefined> {
  const [row] = await sql<Rule[]>`
    update scenario_rules set enabled = ${enabled} where id = ${id}
    returning id, name, conditions as "when", effects, enabled`
  return row
}

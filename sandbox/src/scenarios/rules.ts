// The fault rules: add, list, switch, remove. A transaction uses the rules that are stored when it begins.
import { randomUUID } from 'node:crypto'
import type { Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { listScenarios, NewRule, Rule } from '@bahi/contracts/scenario.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { describeAddresses } from './addresses.ts'
import type { SandboxDeps } from '../sandbox.ts'
import { allRules, deleteRules, insertRules, readSeed, setEnabled, writeSeed } from './store.ts'

export type Scenarios = Output<typeof listScenarios>
type ActiveRules = { rules: Rule[]; seed: string }

export async function activeRules(deps: Pick<SandboxDeps, 'config'>, sql: Queryable): Promise<ActiveRules> {
  const [rules, seed] = await Promise.all([allRules(sql), readSeed(sql)])
  return { rules, seed: seed ?? deps.config.BAHI_SANDBOX_SEED }
}

export async function showScenarios(deps: SandboxDeps): Promise<Scenarios> {
  return { ...(await activeRules(deps, deps.sql)), addresses: describeAddresses() }
}

const newRule = (rule: NewRule): Rule => ({ enabled: true, ...rule, id: randomUUID() })

export async function addRule(deps: SandboxDeps, rule: NewRule): Promise<Rule> {
  const added = newRule(rule)
  await insertRules(deps.sql, [added])
  return added
}

export async function replaceRules(
  deps: SandboxDeps,
  { rules, seed }: { rules: NewRule[]; seed?: string },
): Promise<Scenarios> {
  await deps.transaction(async (tx) => {
    await deleteRules(tx, null)
    await insertRules(tx, rules.map(newRule))
    if (seed !== undefined) await writeSeed(tx, seed)
  })
  return showScenarios(deps)
}

/** Throws `not-found`. */
export async function switchRule(deps: SandboxDeps, id: string, enabled: boolean): Promise<Rule> {
  const rule = await setEnabled(deps.sql, id, enabled)
  if (!rule) throw new Problem('not-found', 'there is no such rule')
  return rule
}

export async function removeRule(deps: SandboxDeps, id: string): Promise<void> {
  await deleteRules(deps.sql, id)
}

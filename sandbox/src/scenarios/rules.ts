// The rules of faults: kept, listed, switched; each transaction asks for those in force when it begins.
import { randomUUID } from 'node:crypto'
import type { Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { listScenarios, NewRule, Rule } from '@bahi/contracts/scenario.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { explainedAddresses } from './addresses.ts'
import type { SandboxDeps } from '../sandbox.ts'
import { allRules, deleteRules, insertRules, readSeed, setEnabled, writeSeed } from './store.ts'

export type Scenarios = Output<typeof listScenarios>
type InForce = { rules: Rule[]; seed: string }

export async function rulesInForce(deps: Pick<SandboxDeps, 'config'>, sql: Queryable): Promise<InForce> {
  const [rules, seed] = await Promise.all([allRules(sql), readSeed(sql)])
  return { rules, seed: seed ?? deps.config.BAHI_SANDBOX_SEED }
}

export async function showScenarios(deps: SandboxDeps): Promise<Scenarios> {
  return { ...(await rulesInForce(deps, deps.sql)), addresses: explainedAddresses() }
}

const ruleOf = (asked: NewRule): Rule => ({ enabled: true, ...asked, id: randomUUID() })

export async function addRule(deps: SandboxDeps, asked: NewRule): Promise<Rule> {
  const rule = ruleOf(asked)
  await insertRules(deps.sql, [rule])
  return rule
}

export async function replaceRules(
  deps: SandboxDeps,
  { rules, seed }: { rules: NewRule[]; seed?: string },
): Promise<Scenarios> {
  await deps.transaction(async (tx) => {
    await deleteRules(tx, null)
    await insertRules(tx, rules.map(ruleOf))
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

// Which faults a transaction gets: those of its address at `@sandbox`, or of the first rule that matches.
import { createHash } from 'node:crypto'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import type { Conditions, Effect, Rule } from '@bahi/contracts/scenario.ts'
import { effectsOfAddress } from './addresses.ts'
import type { Party } from '../switch/transaction.ts'

type Of<D extends Effect['do']> = Extract<Effect, { do: D }>

export function declineAt(effects: Effect[], at: Of<'decline'>['at']): string | undefined {
  return effects.find((e): e is Of<'decline'> => e.do === 'decline' && e.at === at)?.code
}

export function delayMs(effects: Effect[], what: Of<'delay'>['what']): number {
  return effects.find((e): e is Of<'delay'> => e.do === 'delay' && e.what === what)?.ms ?? 0
}

export const drops = (effects: Effect[], what: Of<'drop'>['what']): boolean =>
  effects.some((e) => e.do === 'drop' && e.what === what)

export const isDuplicated = (effects: Effect[], what: string): boolean =>
  effects.some((e) => e.do === 'twice' && e.what === what)

export const isLate = (effects: Effect[], what: string): boolean =>
  effects.some((e) => e.do === 'late' && e.what === what)

export const isReordered = (effects: Effect[], how: Of<'disorder'>['how']): boolean =>
  effects.some((e) => e.do === 'disorder' && e.how === how)

export const isOffline = (effects: Effect[], side: Of<'offline'>['side']): boolean =>
  effects.some((e) => e.do === 'offline' && e.side === side)

export const deemedBy = (effects: Effect[]): Of<'deemed'> | undefined =>
  effects.find((e) => e.do === 'deemed')

export const reversalFails = (effects: Effect[]): boolean => effects.some((e) => e.do === 'reversal-fails')

/** From 0 up to 1, the same for the same seed and words. */
export function draw(...words: string[]): number {
  return createHash('sha256').update(words.join('\0')).digest().readUIntBE(0, 6) / 2 ** 48
}

export type TransactionFacts = { txnId: string; amountPaise: number; payer: Party; payee: Party }
export type ChosenEffects = { effects: Effect[]; scenario?: string }

/** An address takes precedence over the rules: it is entered for its effect. */
export function chooseEffects(facts: TransactionFacts, rules: Rule[], seed: string): ChosenEffects {
  const roll = (word: string) => draw(seed, word, facts.txnId)
  for (const [side, as] of [
    [facts.payee, 'payee'],
    [facts.payer, 'payer'],
  ] as const) {
    const effects = effectsOfAddress(side.addr, as, roll)
    if (effects) return { effects, scenario: side.addr }
  }
  const rule = rules.find((r) => r.enabled && matches(r.when, facts, () => roll(r.name)))
  return rule ? { effects: rule.effects, scenario: rule.name } : { effects: [] }
}

export function matches(when: Conditions, facts: TransactionFacts, roll: () => number): boolean {
  const { payer, payee, amountPaise } = facts
  if (when.payeeVpa !== undefined && !isVpa(when.payeeVpa, payee.addr)) return false
  if (when.payerVpa !== undefined && !isVpa(when.payerVpa, payer.addr)) return false
  if (when.bank !== undefined && payer.bank !== when.bank && payee.bank !== when.bank) return false
  if (when.minPaise !== undefined && amountPaise < when.minPaise) return false
  if (when.maxPaise !== undefined && amountPaise > when.maxPaise) return false
  return when.share === undefined || roll() < when.share
}

function isVpa(wanted: string, addr: string): boolean {
  const normal = normaliseVpa(wanted)
  return normal.startsWith('@') ? addr.endsWith(normal) : addr === normal
}

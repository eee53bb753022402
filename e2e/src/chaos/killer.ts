// Kills processes at random, but the same ones in the same order for the same seed.
import { setTimeout as delay } from 'node:timers/promises'
import type { Part } from './cluster.ts'

/** How often each kind is chosen, against the others; RabbitMQ takes seconds to come back. */
const weights: Record<string, number> = { postgres: 0.08, redis: 0.08, rabbitmq: 0.04 }
const pairs = 0.15

export function choose(parts: Part[], roll: () => number): Part[] {
  const kinds = new Map<string, Part[]>()
  for (const part of parts) kinds.set(part.kind, [...(kinds.get(part.kind) ?? []), part])
  const serviceKinds = [...kinds.keys()].filter((kind) => !(kind in weights)).length
  const servers = Object.values(weights).reduce((sum, weight) => sum + weight, 0)
  const weighed = [...kinds].map(
    ([kind, all]) => [weights[kind] ?? (1 - servers) / serviceKinds, all] as const,
  )
  const one = (): Part => {
    let left = roll() * weighed.reduce((sum, [weight]) => sum + weight, 0)
    const [, all] = weighed.find(([weight]) => (left -= weight) < 0) ?? weighed[0]!
    return all[Math.floor(roll() * all.length)]!
  }
  const first = one()
  if (roll() >= pairs) return [first]
  const second = one()
  return second === first ? [first] : [first, second]
}

export type Killer = {
  kills: Map<string, number>
  /** Resolves when no further process dies and all that died are back. */
  stop(): Promise<void>
}

/** @param everyMs between two kills, half as long to half again as long */
export function startKiller(
  parts: Part[],
  everyMs: number,
  roll: () => number,
  say: (what: string) => void,
): Killer {
  const kills = new Map<string, number>()
  const underWay = new Set<Promise<void>>()
  const faults: unknown[] = []
  const stopping = new AbortController()
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await delay(everyMs * (0.5 + roll()), undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return
      for (const victim of choose(parts, roll)) {
        if (!victim.up) continue
        kills.set(victim.kind, (kills.get(victim.kind) ?? 0) + 1)
        say(`kill -9 ${victim.name}`)
        const killed = victim.kill().catch((error: unknown) => void faults.push(error))
        underWay.add(killed)
        void killed.then(() => underWay.delete(killed))
      }
    }
  }
  const looped = loop()
  return {
    kills,
    async stop() {
      stopping.abort()
      await looped
      await Promise.all(underWay)
      if (faults.length > 0) throw faults[0]
    },
  }
}

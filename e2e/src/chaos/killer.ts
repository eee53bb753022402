// Kills processes at random; the same seed kills the same ones in the same order.
import { setTimeout as delay } from 'node:timers/promises'
import type { Part } from './cluster.ts'

/** The probability of each server; services share the rest. RabbitMQ is rare: it takes seconds to restart. */
const weights: Record<string, number> = { postgres: 0.08, redis: 0.08, rabbitmq: 0.04 }
/** The probability that two processes are killed at once. */
const pairProbability = 0.15

export function choose(parts: Part[], random: () => number): Part[] {
  const kinds = new Map<string, Part[]>()
  for (const part of parts) kinds.set(part.kind, [...(kinds.get(part.kind) ?? []), part])
  const serviceKinds = [...kinds.keys()].filter((kind) => !(kind in weights)).length
  const servers = Object.values(weights).reduce((sum, weight) => sum + weight, 0)
  const weighted = [...kinds].map(
    ([kind, all]) => [weights[kind] ?? (1 - servers) / serviceKinds, all] as const,
  )
  const drawPart = (): Part => {
    let left = random() * weighted.reduce((sum, [weight]) => sum + weight, 0)
    const [, all] = weighted.find(([weight]) => (left -= weight) < 0) ?? weighted[0]!
    return all[Math.floor(random() * all.length)]!
  }
  const first = drawPart()
  if (random() >= pairProbability) return [first]
  const second = drawPart()
  return second === first ? [first] : [first, second]
}

export type Killer = {
  kills: Map<string, number>
  /** Stops killing; resolves when every killed process is back. */
  stop(): Promise<void>
}

/**
 * @param everyMs mean time between kills; each wait is 0.5 to 1.5 times that
 * @param mayKill asked once that time is over, until it says yes
 */
export function startKiller(
  parts: Part[],
  everyMs: number,
  random: () => number,
  log: (line: string) => void,
  mayKill: () => boolean = () => true,
): Killer {
  const kills = new Map<string, number>()
  const pendingKills = new Set<Promise<void>>()
  const faults: unknown[] = []
  const stopping = new AbortController()
  const wait = (ms: number) => delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined)
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await wait(everyMs * (0.5 + random()))
      while (!stopping.signal.aborted && !mayKill()) await wait(50)
      if (stopping.signal.aborted) return
      for (const victim of choose(parts, random)) {
        if (!victim.up) continue
        kills.set(victim.kind, (kills.get(victim.kind) ?? 0) + 1)
        log(`kill -9 ${victim.name}`)
        const killed = victim.kill().catch((error: unknown) => void faults.push(error))
        pendingKills.add(killed)
        void killed.then(() => pendingKills.delete(killed))
      }
    }
  }
  const ended = loop()
  return {
    kills,
    async stop() {
      stopping.abort()
      await ended
      await Promise.all(pendingKills)
      if (faults.length > 0) throw faults[0]
    },
  }
}

// A short chaos run: real servers and processes are killed while clients pay; no money is lost or doubled.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureServers } from '@bahi/testing/servers.ts'
import { seeded } from '@bahi/testing/random.ts'
import { describe, expect, it } from 'vitest'
import type { Part } from './cluster.ts'
import { choose } from './killer.ts'
import { killsOf, toMarkdown } from './report.ts'
import { runChaos } from './run.ts'

const { missing } = await ensureServers(['redis-server', 'rabbitmq-server'])

describe.skipIf(missing.length > 0)('while processes are killed', () => {
  it('every answer holds and the books balance', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bahi-chaos-'))
    const report = await runChaos({
      ...{ folder, seconds: 10, minKills: 6, minAnswers: 60, answersPerKill: 8 },
      ...{ killEveryMs: 1_500, rate: 12, seed: 16, copies: 1 },
    })
    expect(report.faults, `data and logs: ${folder}`).toEqual([])
    expect(killsOf(report)).toBeGreaterThanOrEqual(6)
    // The seed is one that chooses each of them among the first six.
    expect(Object.keys(report.kills).sort()).toEqual([
      'payment-path',
      'postgres',
      'rabbitmq',
      'redis',
      'rest',
    ])
    expect(report.payments.acknowledged).toBeGreaterThanOrEqual(60)
    expect(report.payments.ended['settled']).toBeGreaterThan(0)
    expect(toMarkdown(report)).toContain('No fault')
    await rm(folder, { recursive: true, force: true })
  }, 1_200_000)
})

describe('the choice of processes', () => {
  const parts = ['gateway', 'payment', 'account', 'postgres', 'redis', 'rabbitmq'].map((kind): Part => ({
    name: kind,
    kind,
    up: true,
    kill: () => Promise.resolve(),
  }))
  const chosen = (seed: number) => {
    const roll = seeded(seed)
    return Array.from({ length: 1_000 }, () => choose(parts, roll).map((part) => part.name))
  }

  it('is the same for the same seed', () => {
    expect(chosen(3)).toEqual(chosen(3))
    expect(chosen(3)).not.toEqual(chosen(4))
  })

  it('chooses servers less often than services, RabbitMQ least, but each sometimes', () => {
    const counts = new Map<string, number>()
    for (const name of chosen(5).flat()) counts.set(name, (counts.get(name) ?? 0) + 1)
    const of = (name: string) => counts.get(name) ?? 0
    expect(of('rabbitmq')).toBeGreaterThan(0)
    expect(of('rabbitmq')).toBeLessThan(of('postgres'))
    expect(of('postgres')).toBeLessThan(of('payment'))
    expect(chosen(5).some((both) => both.length === 2)).toBe(true)
  })
})

// A short storm: real servers, real processes, a dozen of them killed while people pay; nothing is lost or doubled.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureServers } from '@bahi/testing/servers.ts'
import { seeded } from '@bahi/testing/random.ts'
import { describe, expect, it } from 'vitest'
import type { Part } from './cluster.ts'
import { choose } from './killer.ts'
import { killsOf, spreadOf, toMarkdown } from './report.ts'
import { runChaos } from './run.ts'

const { missing } = await ensureServers(['redis-server', 'rabbitmq-server'])

describe.skipIf(missing.length > 0)('while processes die', () => {
  it('every answer stays true and every paisa is where it belongs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bahi-chaos-'))
    const report = await runChaos({ folder, seconds: 28, killEveryMs: 1_800, rate: 12, seed: 20, copies: 1 })
    expect(report.faults, `data and logs: ${folder}`).toEqual([])
    expect(killsOf(report)).toBeGreaterThanOrEqual(12)
    expect(report.payments.acknowledged).toBeGreaterThan(200)
    expect(report.payments.ended['settled']).toBeGreaterThan(100)
    expect(toMarkdown(report)).toContain('No fault')
    await rm(folder, { recursive: true, force: true })
  }, 240_000)
})

describe('chance', () => {
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

  it('spares the servers, RabbitMQ most of all, and spares nobody for ever', () => {
    const counts = new Map<string, number>()
    for (const name of chosen(5).flat()) counts.set(name, (counts.get(name) ?? 0) + 1)
    const of = (name: string) => counts.get(name) ?? 0
    expect(of('rabbitmq')).toBeGreaterThan(0)
    expect(of('rabbitmq')).toBeLessThan(of('postgres'))
    expect(of('postgres')).toBeLessThan(of('payment'))
    expect(chosen(5).some((both) => both.length === 2)).toBe(true)
  })

  it('is told as a middle, an edge and a worst', () => {
    expect(spreadOf([5, 1, 3])).toEqual({ count: 3, p50: 3, p99: 5, max: 5 })
    expect(spreadOf([])).toEqual({ count: 0, p50: 0, p99: 0, max: 0 })
  })
})

// What a leader watch has seen becomes the numbers that its alerts and its panels ask for.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { metricsText } from '@bahi/kit/metrics-text.ts'
import { expect, it } from 'vitest'
import { createWatchMetrics } from './watch-metrics.ts'
import type { Found } from './watch.ts'

const prefix = 'bahi_leader_watch_'

/** A watch from its start, and what it says then: by name, with its labels but `service`. */
function watching() {
  let now = 1_000_000
  const seen = createWatchMetrics(() => now)
  const values = async () => {
    const lines = (await metricsText([seen.metrics])).split('\n').filter((line) => line.startsWith(prefix))
    const entries = lines.map((line): [string, number] => {
      const [name, value] = line.slice(prefix.length).split(' ')
      return [name!.replace(/,?service="leader-watch"/, '').replace('{}', ''), Number(value)]
    })
    return Object.fromEntries(entries)
  }
  return { seen, values, pass: (seconds: number) => void (now += seconds * 1_000) }
}

const answers = (leader: string) => ({ state: 'answers', leader }) as const
const silent = (leader: string) =>
  ({ state: 'silent', leader, silentS: 1, why: 'it renews its lock' }) as const
const idle = { state: 'idle', why: 'nobody leads' } as const

it('a leader that falls silent, loses its lock, and is followed by another one', async () => {
  const { seen, values, pass } = watching()
  const at = async (seconds: number, found: Found) => {
    pass(seconds)
    seen.saw(found)
    return values()
  }
  // It does not know yet whether somebody led before.
  expect(await at(2, idle)).toEqual({
    ...{ changes_total: 0, failures_total: 0, look_age_seconds: 0, silent_seconds: 2, takeovers_total: 0 },
  })
  expect(await at(1, answers('a'))).toMatchObject({
    changes_total: 0,
    silent_seconds: 0,
    'leader{leader="a"}': 1,
  })
  expect(await at(1, silent('a'))).toMatchObject({ silent_seconds: 1, 'leader{leader="a"}': 1 })
  const ended = { state: 'ended' as const, leader: 'a', silentS: 7, by: ['a', 'b'] } satisfies Found
  expect(await at(6, ended)).toMatchObject({ silent_seconds: 7, takeovers_total: 1, changes_total: 0 })
  // Nobody leads: no leader answers either.
  const none = await at(30, idle)
  expect(none).toMatchObject({ silent_seconds: 37, takeovers_total: 1 })
  expect(Object.keys(none).filter((name) => name.startsWith('leader'))).toEqual([])
  const next = await at(1, silent('b'))
  expect(next).toMatchObject({ changes_total: 1, silent_seconds: 38, 'leader{leader="b"}': 1 })
  expect(next).not.toHaveProperty('leader{leader="a"}')
  expect(await at(1, answers('b'))).toMatchObject({ changes_total: 1, silent_seconds: 0 })
  // The same one again is no change, a takeover or not.
  await at(1, idle)
  expect(await at(1, answers('b'))).toMatchObject({ changes_total: 1 })
})

it('while etcd does not answer it says nothing of the leader, and how old its look is', async () => {
  const { seen, values, pass } = watching()
  seen.saw(answers('a'))
  pass(9)
  seen.failed()
  expect(seen.isBlind()).toBe(false)
  expect(await values()).toMatchObject({ failures_total: 1, look_age_seconds: 9, silent_seconds: 0 })
  pass(1)
  seen.failed()
  expect(seen.isBlind()).toBe(true)
  expect(await values()).toEqual({
    ...{ changes_total: 0, failures_total: 2, look_age_seconds: 10, takeovers_total: 0 },
  })
  seen.saw(answers('a'))
  expect(seen.isBlind()).toBe(false)
  expect(await values()).toMatchObject({ changes_total: 0, look_age_seconds: 0, silent_seconds: 0 })
})

it('its metrics are those that are documented', async () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/operate/disaster.md'), 'utf8')
  const documented = [...guide.matchAll(/^\| `(bahi_leader_watch_\w+)` \| (\w+) \| (.+) \|$/gm)]
  const metrics = await createWatchMetrics().metrics.registry.getMetricsAsJSON()
  const own = metrics.filter(({ name }) => name.startsWith(prefix))
  expect(documented.map(([, name, type, help]) => ({ name, type, help }))).toEqual(
    own.map(({ name, type, help }) => ({ name, type, help })),
  )
})

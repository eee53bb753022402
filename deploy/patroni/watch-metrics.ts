// What a leader watch has seen of its cluster, as metrics.
import { createMetrics, type Metrics } from '@bahi/kit/metrics.ts'
import type { Found } from './watch.ts'

/** Looks that failed for so long: it watches nothing. */
const blindMs = 10_000

export type WatchMetrics = {
  metrics: Metrics
  saw(found: Found): void
  /** A look that failed. */
  failed(): void
  isBlind(): boolean
}

export function createWatchMetrics(nowMs = () => performance.now()): WatchMetrics {
  const metrics = createMetrics('leader-watch')
  let [lookedMs, answeredMs] = [nowMs(), nowMs()]
  /** Who had the lock last, and whether somebody has it now. */
  let leader: string | undefined
  let isLocked = false
  const isBlind = () => nowMs() - lookedMs >= blindMs

  const changes = metrics.counter(
    'bahi_leader_watch_changes_total',
    'Changes of the leader that this one has seen.',
  )
  const failures = metrics.counter(
    'bahi_leader_watch_failures_total',
    'Looks that failed, because etcd did not answer.',
  )
  metrics.gauge(
    'bahi_leader_watch_leader',
    'Always 1; its label says who has the lock. No value when nobody has it, or while etcd does not answer.',
    (samples) => {
      if (isLocked && !isBlind()) samples.set({ leader: leader! }, 1)
    },
    ['leader'],
  )
  metrics.gauge('bahi_leader_watch_look_age_seconds', 'Seconds since etcd answered.', (samples) =>
    samples.set((nowMs() - lookedMs) / 1_000),
  )
  metrics.gauge(
    'bahi_leader_watch_silent_seconds',
    'Seconds since a leader answered, whether or not one has the lock; no value while etcd does not answer.',
    (samples) => {
      if (!isBlind()) samples.set((lookedMs - answeredMs) / 1_000)
    },
  )
  const takeovers = metrics.counter(
    'bahi_leader_watch_takeovers_total',
    'Locks of silent leaders that this one ended.',
  )
  return {
    ...{ metrics, isBlind },
    saw(found) {
      lookedMs = nowMs()
      if (found.state === 'answers') answeredMs = lookedMs
      if (found.state === 'ended') takeovers.inc()
      isLocked = found.state === 'answers' || found.state === 'silent'
      if (!('leader' in found)) return
      if (leader !== undefined && leader !== found.leader) changes.inc()
      leader = found.leader
    },
    failed: () => failures.inc(),
  }
}

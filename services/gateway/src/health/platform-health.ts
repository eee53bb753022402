// Health as operators see it: what every service says of itself, put together. A pure function of the answers.
import type { HealthMetric, PlatformHealth, ServiceFacts } from '@bahi/contracts/health.ts'
import { recentMinutes } from '@bahi/contracts/health.ts'

/** Undefined: it did not answer. */
export type Answers = ReadonlyMap<string, ServiceFacts | undefined>

type Sample = { service: string; labels: Record<string, string>; value: number }
type ServiceHealth = PlatformHealth['services'][number]

/** @param sinceOf since when a service is in a state that is not up */
export function platformHealth(
  answers: Answers,
  sinceOf: (service: string, status: ServiceHealth['status']) => string,
): Omit<PlatformHealth, 'at' | 'backup'> {
  const samples = (name: HealthMetric): Sample[] =>
    [...answers].flatMap(([service, facts]) =>
      (facts?.samples ?? [])
        .filter((sample) => sample.name === name)
        .map(({ labels, value }) => ({ service, labels, value })),
    )
  const valueOf = (
    name: HealthMetric,
    label?: 'status' | 'queue' | 'kind',
    is?: string,
  ): number | undefined =>
    samples(name).find(({ labels }) => label === undefined || labels[label] === is)?.value
  const atLeast0 = (value: number) => Math.max(0, value)

  function serviceHealth(name: string, facts: ServiceFacts | undefined): ServiceHealth {
    const of = (metric: HealthMetric) => samples(metric).filter(({ service }) => service === name)
    const dependencies = of('bahi_dependency_up')
      .map(({ labels, value }) => ({ name: labels['dependency'] ?? '', up: value === 1 }))
      // A further check of its own says whether it works, and names no server.
      .filter((one) => one.name !== 'service' || !one.up)
    const stalledWorkers = of('bahi_worker_stalled')
      .filter(({ value }) => value === 1)
      .map(({ labels }) => labels['worker'] ?? '')
    const isWhole = dependencies.every(({ up }) => up) && stalledWorkers.length === 0
    const status = facts === undefined ? 'down' : isWhole ? 'up' : 'degraded'
    const noticed = sinceOf(name, status)
    return {
      ...{ name, status, dependencies, stalledWorkers },
      since: status === 'up' && facts ? facts.startedAt : noticed,
      ...(facts ? { version: facts.version } : {}),
    }
  }

  const pending = valueOf('bahi_payments_pending')
  const settled = valueOf('bahi_payments_recent', 'status', 'settled')
  const failed = valueOf('bahi_payments_recent', 'status', 'failed')
  const bookFaults = valueOf('bahi_book_faults')
  const records = valueOf('bahi_audit_records')
  const checkpointAgeS = valueOf('bahi_audit_checkpoint_age_seconds')
  const differences = samples('bahi_differences_open')
  return {
    services: [...answers].map(([name, facts]) => serviceHealth(name, facts)),
    ...(pending !== undefined && settled !== undefined && failed !== undefined
      ? {
          payments: {
            ...{ minutes: recentMinutes, settled, failed, pending },
            pendingOldestS: valueOf('bahi_payments_pending_oldest_seconds') ?? 0,
            deemed: valueOf('bahi_payments_deemed') ?? 0,
          },
        }
      : {}),
    ...(bookFaults === undefined ? {} : { bookFaults }),
    queues: samples('bahi_queue_messages').map(({ labels: { queue = '' }, value }) => ({
      name: queue,
      waiting: value,
      deadLetters: valueOf('bahi_dead_letters', 'queue', queue) ?? 0,
    })),
    unpublished: samples('bahi_relay_lag_seconds').map(({ service, value }) => ({ service, oldestS: value })),
    dueWork: samples('bahi_due_work_waited_seconds').map(({ service, labels: { kind = '' }, value }) => ({
      ...{ service, kind, lateS: atLeast0(value) },
      givenUp:
        samples('bahi_due_work_given_up').find(
          (one) => one.service === service && one.labels['kind'] === kind,
        )?.value ?? 0,
    })),
    ...(differences.length === 0
      ? {}
      : {
          differences: differences
            .filter(({ value }) => value > 0)
            .map(({ labels: { kind = '' }, value }) => ({
              ...{ kind, open: value },
              oldestS: valueOf('bahi_differences_oldest_seconds', 'kind', kind) ?? 0,
            })),
        }),
    ...(records === undefined
      ? {}
      : {
          audit: {
            records,
            ...(checkpointAgeS === undefined ? {} : { checkpointAgeS: atLeast0(checkpointAgeS) }),
          },
        }),
  }
}

// Prometheus metrics of one service: a registry, and the instruments that every service has.
import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type OpenMetricsContentType,
} from 'prom-client'
import { currentTrace } from './trace.ts'

/** A gauge that is read from a server must not hold up the others while that server is away. */
const collectTimeoutMs = 1_000

const noLabels = {}

/** Of prom-client: sums of the gauges beside them, named as counters are. */
const totalsThatAreGauges = ['handles', 'requests', 'resources'].map((of) => `nodejs_active_${of}_total`)

export type Samples = { set(value: number): void; set(labels: Record<string, string>, value: number): void }
export type Collect = (samples: Samples) => void | Promise<void>

export type Metrics = {
  registry: Registry<OpenMetricsContentType>
  /** Gauges that Prometheus does not read, since it counts the same otherwise. */
  unscraped: Registry<OpenMetricsContentType>
  /** Counts a request that was answered, with the trace that shows it where there is one. */
  answered(labels: { method: string; route: string; status: string }, seconds: number): void
  counter(name: string, help: string, labels?: string[]): Counter
  /**
   * @param collect sets its values, whenever they are read. While it fails, or takes longer than a second, the gauge
   * has no value and every other metric has its own.
   */
  gauge(
    name: string,
    help: string,
    collect: Collect,
    labels?: string[],
    options?: { isScraped?: boolean },
  ): Gauge
  /** A counter that something else counts. */
  total(name: string, help: string, read: () => number): void
  histogram(name: string, help: string, buckets: number[], labels?: string[]): Histogram
}

export function createMetrics(service: string, options: { process?: boolean } = {}): Metrics {
  // Its own texts are not used (metrics-text.ts): of this type only, it keeps exemplars.
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  registry.setDefaultLabels({ service })
  if (options.process) {
    collectDefaultMetrics({ register: registry })
    for (const name of totalsThatAreGauges) registry.removeSingleMetric(name)
  }
  const unscraped = new Registry<OpenMetricsContentType>()
  const registers = [registry]
  const requests = new Histogram({
    name: 'bahi_http_request_seconds',
    help: 'Time to answer a request.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10],
    enableExemplars: true,
    registers,
  })
  return {
    registry,
    unscraped,
    answered(labels, value) {
      const trace = currentTrace()
      const exemplarLabels = trace?.recording?.isKept ? { trace_id: trace.traceId } : noLabels
      requests.observe({ labels, value, exemplarLabels })
    },
    total(name, help, read) {
      const counter: Counter = new Counter({
        ...{ name, help, registers },
        collect() {
          counter.reset()
          counter.inc(read())
        },
      })
    },
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: labels, registers }),
    histogram: (name, help, buckets, labels = []) =>
      new Histogram({ name, help, buckets, labelNames: labels, registers }),
    gauge: (name, help, collect, labels = [], { isScraped = true } = {}) => {
      const read = samplesOf(collect)
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: labels,
        registers: isScraped ? registers : [unscraped],
        async collect() {
          const samples = await withinDeadline(read())
          gauge.reset()
          // A reset leaves a 0 where there are no labels: a wrong value, when none is known.
          if (!samples?.length && labels.length === 0) gauge.remove()
          for (const [at, value] of samples ?? []) gauge.set(at, value)
        },
      })
      return gauge
    },
  }
}

type Sample = [labels: Record<string, string>, value: number]

/** Who asks while it is being read waits for the same values: for gauges that one query has the values of. */
export function readOnce<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined
  return () => (reading ??= read().finally(() => (reading = undefined)))
}

/** For gauges that one read has the values of. One whose value is null has no sample. */
export function gaugesOf<T>(
  { gauge }: Pick<Metrics, 'gauge'>,
  read: () => Promise<T>,
): (name: string, help: string, valueOf: (of: T) => number | null) => void {
  const once = readOnce(read)
  return (name, help, valueOf) =>
    void gauge(name, help, async (samples) => {
      const value = valueOf(await once())
      if (value !== null) samples.set(value)
    })
}

function samplesOf(collect: Collect): () => Promise<Sample[] | undefined> {
  async function read(): Promise<Sample[] | undefined> {
    const samples: Sample[] = []
    try {
      await collect({
        set: (at: number | Record<string, string>, value?: number) =>
          void samples.push(typeof at === 'number' ? [{}, at] : [at, value!]),
      })
      return samples
    } catch {
      return undefined
    }
  }
  return readOnce(read)
}

async function withinDeadline<T>(run: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), collectTimeoutMs)
  })
  return Promise.race([run, late]).finally(() => clearTimeout(timer))
}

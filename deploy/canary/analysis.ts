// Whether a canary is as good as what runs beside it: by its errors and its 99th percentile, as Prometheus has them.

/** What the pods of one kind did in a window. */
export type Sample = {
  requests: number
  /** Share of answers of 500 and above; undefined without requests. */
  errors: number | undefined
  /** Seconds; undefined without requests. */
  p99: number | undefined
}

export type Bounds = {
  /** Fewer in a window say nothing. */
  minRequests: number
  /** More is never good, whatever the others do. */
  maxErrors: number
  /** Seconds; as above. */
  maxP99: number
  /** How many times the errors and the 99th percentile of the others the canary may have, below these bounds. */
  worseBy: number
}

export type Verdict = { is: 'good' | 'bad' | 'unclear'; why: string }

/** Both are a moment's noise below it: a share of errors, and seconds. */
const noise = { errors: 0.001, p99: 0.05 }

const percent = (share: number) => `${(share * 100).toFixed(2)} %`

export function judge(canary: Sample, stable: Sample, bounds: Bounds): Verdict {
  const { requests, errors, p99 } = canary
  if (requests < bounds.minRequests || errors === undefined || p99 === undefined)
    return { is: 'unclear', why: `${Math.round(requests)} requests, ${bounds.minRequests} say something` }
  const bad = (why: string): Verdict => ({ is: 'bad', why })
  if (errors > bounds.maxErrors) return bad(`${percent(errors)} of its requests fail`)
  if (p99 > bounds.maxP99) return bad(`its 99th percentile is ${p99.toFixed(3)} s`)
  // Without others beside it, the bounds decide alone.
  if (stable.requests >= bounds.minRequests) {
    const { errors: othersFail = 0, p99: othersTake = 0 } = stable
    if (errors > Math.max(othersFail * bounds.worseBy, noise.errors))
      return bad(`${percent(errors)} of its requests fail, ${percent(othersFail)} of others`)
    if (p99 > Math.max(othersTake * bounds.worseBy, noise.p99))
      return bad(`its 99th percentile is ${p99.toFixed(3)} s, that of others ${othersTake.toFixed(3)} s`)
  }
  return { is: 'good', why: `${percent(errors)} of ${Math.round(requests)} failed, p99 ${p99.toFixed(3)} s` }
}

/** The value of an instant query; undefined when there is none, as of 0 / 0. */
export type Query = (expression: string) => Promise<number | undefined>

/** @param selector matchers of labels, such as `pod=~"bahi-payment-canary-.*"` */
export async function sampleOf(query: Query, selector: string, windowS: number): Promise<Sample> {
  const name = 'bahi_http_request_seconds'
  const window = `[${windowS}s]`
  const [requests, failed, p99] = await Promise.all([
    query(`sum(increase(${name}_count{${selector}}${window}))`),
    query(`sum(increase(${name}_count{${selector},status=~"5.."}${window}))`),
    query(`histogram_quantile(0.99, sum by (le) (rate(${name}_bucket{${selector}}${window})))`),
  ])
  const isSome = requests !== undefined && requests > 0
  return {
    requests: requests ?? 0,
    errors: isSome ? (failed ?? 0) / requests : undefined,
    p99: isSome ? p99 : undefined,
  }
}

export function prometheusAt(url: string): Query {
  return async (expression) => {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`, {
      signal: AbortSignal.timeout(10_000),
    })
    if (!answer.ok) throw new Error(`Prometheus answers ${answer.status}`)
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } }
    const value = Number(data.result[0]?.value[1])
    return Number.isNaN(value) ? undefined : value
  }
}

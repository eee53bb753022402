// Latencies in numbers: quantiles of all, and of each second.

export type Spread = {
  count: number
  p50: number
  p90: number
  p99: number
  p999: number
  max: number
  mean: number
}

const round = (ms: number) => Math.round(ms * 10) / 10

/** In order, and the value that such a share of them lies below; 0 without any. */
function ranked(values: number[]) {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return { sorted, at }
}

export function spreadOf(values: number[]): Spread {
  const { sorted, at } = ranked(values)
  const sum = sorted.reduce((all, one) => all + one, 0)
  return {
    count: sorted.length,
    p50: round(at(0.5)),
    p90: round(at(0.9)),
    p99: round(at(0.99)),
    p999: round(at(0.999)),
    max: round(sorted.at(-1) ?? 0),
    mean: round(sorted.length === 0 ? 0 : sum / sorted.length),
  }
}

export function medianOf(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/** At 0, 1, … 100 of a hundred. */
export function percentilesOf(values: number[]): number[] {
  const { at } = ranked(values)
  return Array.from({ length: 101 }, (_, n) => round(at(n / 100)))
}

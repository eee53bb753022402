// The rules of Prometheus with shorter windows, for a drill that shall not last for days: nothing else is changed.

import { join } from 'node:path'

export const rulesFile = join(import.meta.dirname, '../../../deploy/observability/prometheus/rules.yml')

const unitS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }

export type Shortened = {
  rules: string
  /** The longest window, in seconds. */
  longestS: number
}

/**
 * Each window (`[1h]`, `offset 15m`) becomes a few seconds, the longer ones longer; each `for` and `interval` becomes
 * `everyS`. Thresholds stay.
 */
export function shortenWindows(
  text: string,
  { everyS, shortestS }: { everyS: number; shortestS: number },
): Shortened {
  const secondsOf = (duration: string) =>
    [...duration.matchAll(/(\d+)([smhdw])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * unitS[unit!]!, 0)
  const windows = [...text.matchAll(/\[(\d+[smhdw])\]/g)].map(([, duration]) => secondsOf(duration!))
  const known = [...new Set(windows)].sort((a, b) => a - b)
  const shortOf = (duration: string) =>
    shortestS + 2 * everyS * known.findIndex((s) => s >= secondsOf(duration))
  const rules = text
    .replace(/\[(\d+[smhdw])\]/g, (_, duration: string) => `[${shortOf(duration)}s]`)
    .replace(/\boffset (\d+[smhdw])/g, (_, duration: string) => `offset ${shortOf(duration)}s`)
    .replace(/^(\s+(?:for|interval): )\d+[smhdw]$/gm, `$1${everyS}s`)
  return { rules, longestS: shortestS + 2 * everyS * (known.length - 1) }
}

// Shorter windows leave everything else of the rules as it is.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { rulesFile, shortenWindows } from './rule-windows.ts'

const text = readFileSync(rulesFile, 'utf8')

it('longer windows stay longer, and thresholds are what they were', () => {
  const { rules } = shortenWindows(
    `      - alert: A
        expr: rate(a[5m]) > 300 and rate(a[1h]) > 3600 or increase(a[6h] offset 5m) == 5
        for: 15m
`,
    { everyS: 2, shortestS: 8 },
  )
  expect(rules).toBe(`      - alert: A
        expr: rate(a[8s]) > 300 and rate(a[12s]) > 3600 or increase(a[16s] offset 8s) == 5
        for: 2s
`)
})

it('no rule that is shipped keeps a window of minutes', () => {
  const { rules, longestS } = shortenWindows(text, { everyS: 2, shortestS: 8 })
  expect(rules).not.toMatch(/\[\d+[mhdw]\]|offset \d+[mhdw]|for: \d+[mhdw]/)
  expect(longestS).toBeLessThan(60)
  expect(rules.match(/- alert:/g)).toHaveLength(text.match(/- alert:/g)!.length)
})

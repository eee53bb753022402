// The colours: readable in light and in dark (WCAG AA), and the brand's hue far from those that say how it went.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { bankInitials, bankLook } from '../components/bank-mark.tsx'
import { brandInk, brandPaper, brandThread } from './brand.ts'

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')
const css = read('tokens.css')

function tokensOf(selector: string): Record<string, string> {
  const block = css.split(`${selector} {`)[1]?.split('}')[0] ?? ''
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
  )
}

const channels = (hex: string) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)

function luminance(hex: string): number {
  const [red, green, blue] = channels(hex).map((one) =>
    one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light! + 0.05) / (dark! + 0.05)
}

/** In degrees. */
function hue(hex: string): number {
  const [red, green, blue] = channels(hex) as [number, number, number]
  const most = Math.max(red, green, blue)
  const range = most - Math.min(red, green, blue)
  const sixths =
    most === red
      ? (green - blue) / range
      : most === green
        ? 2 + (blue - red) / range
        : 4 + (red - green) / range
  return (sixths * 60 + 360) % 360
}

const apart = (one: string, other: string) => {
  const difference = Math.abs(hue(one) - hue(other))
  return Math.min(difference, 360 - difference)
}

const written: [text: string, ...on: string[]][] = [
  ['ink', 'paper', 'card', 'sunk', 'tint', 'good-tint', 'wait-tint', 'bad-tint'],
  ['soft', 'paper', 'card', 'sunk'],
  ['accent', 'paper', 'card', 'sunk', 'tint'],
  ['on-accent', 'accent'],
  ['good', 'paper', 'card', 'good-tint'],
  ['wait', 'paper', 'card', 'wait-tint'],
  ['bad', 'paper', 'card', 'bad-tint'],
]

describe.each([
  ['light', ':root'],
  ['dark', "[data-theme='dark']"],
])('in %s', (_, selector) => {
  const tokens = tokensOf(`\n${selector}`)
  it.each(written.flatMap(([text, ...on]) => on.map((under) => [text, under] as const)))(
    '%s on %s is readable',
    (text, under) => {
      expect(contrast(tokens[text]!, tokens[under]!)).toBeGreaterThanOrEqual(4.5)
    },
  )
  it.each(['bad', 'wait', 'good'])('the accent is another colour than %s', (name) => {
    expect(apart(tokens['accent']!, tokens[name]!)).toBeGreaterThan(60)
  })
})

test('what is drawn outside the style has the colours of the style', () => {
  const light = tokensOf('\n:root')
  expect([brandInk, brandPaper]).toEqual([light['accent'], light['paper']])
  for (const path of ['../../../pay/public/icon.svg', '../../../pay/index.html']) {
    for (const colour of [brandInk, brandPaper, brandThread]) expect(read(path)).toContain(colour)
  }
})

describe('the mark of a bank', () => {
  it.each([
    ['State Bank of India', 'SBI'],
    ['Kaveri Bank', 'KB'],
    ['Canara', 'CA'],
    ['Jammu & Kashmir Bank Ltd.', 'JKB'],
  ])('%s is %s', (name, initials) => expect(bankInitials(name)).toBe(initials))
  it('is always the same, readable, and differs between the banks of the sandbox', () => {
    const codes = ['BAHI', 'GANG', 'KAVE']
    const looks = codes.map(bankLook)
    expect(codes.map(bankLook)).toEqual(looks)
    expect(new Set(looks.map(({ colour }) => colour)).size).toBe(3)
    expect(new Set(looks.map(({ shape }) => shape)).size).toBe(3)
    const many = Array.from({ length: 500 }, (_, at) => bankLook(`B${at.toString(26)}`))
    for (const { colour } of many) expect(contrast(colour, '#ffffff')).toBeGreaterThanOrEqual(4.5)
    expect(new Set(many.map(({ colour, shape }) => colour + shape)).size).toBeGreaterThan(60)
  })
})

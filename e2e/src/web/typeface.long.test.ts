// The typeface: our own file for every letter, digit and `₹`, digits of one width, and nothing from elsewhere.
import { describe, expect, inject } from 'vitest'
import type { Page } from 'playwright-core'
import { pay, type Customer } from '@bahi/platform/api-client.ts'
import { changeMe } from '@bahi/contracts/user.ts'
import { it, t, type BrowserPlatform } from './browser.ts'

/** The fonts that the letters of the page are drawn with, and whether each was served with it. */
async function fontsOn(page: Page): Promise<Record<string, boolean>> {
  const session = await page.context().newCDPSession(page)
  await session.send('DOM.enable')
  await session.send('CSS.enable')
  const { root } = await session.send('DOM.getDocument')
  const { nodeIds } = await session.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector: 'main *' })
  const fonts: Record<string, boolean> = {}
  for (const nodeId of nodeIds) {
    const used = await session.send('CSS.getPlatformFontsForNode', { nodeId })
    for (const { familyName, isCustomFont } of used.fonts) fonts[familyName] = isCustomFont
  }
  return fonts
}

/** The first characters of each file. */
const firstOf: Record<string, string> = { latin: 'U+0', rupee: 'U+20B9', devanagari: 'U+900' }

describe.skipIf(inject('chromium') === '')('the typeface', () => {
  let platform: BrowserPlatform
  let asha: Customer
  it.beforeAll(async ({ platform: shared }) => {
    platform = shared
    const ravi = await platform.customer()
    asha = await platform.customer()
    await pay(asha, { payeeVpa: ravi.vpa, amountPaise: 1_11_888_50 })
  })

  it.each([
    ['en', ['latin', 'rupee']],
    ['hi', ['latin', 'rupee', 'devanagari']],
  ] as const)('in %s draws everything, from these files: %j', async (language, files) => {
    await asha.call(changeMe, { body: { language } })
    const visit = await platform.visit({ language })
    const asked: string[] = []
    visit.page.on('request', (request) => asked.push(request.url()))
    await visit.signInAs(asha)
    await visit.page.goto('/history')
    await visit.page.getByRole('heading', { name: t('history.title', {}, language) }).waitFor()
    await visit.page
      .getByText(/₹1,11,888/)
      .first()
      .waitFor()
    await visit.page.evaluate(() => document.fonts.ready.then(() => undefined))
    expect(Object.entries(await fontsOn(visit.page))).toEqual([['Noto Sans Devanagari', true]])
    const loaded = await visit.page.evaluate(() =>
      [...document.fonts].flatMap(({ status, unicodeRange }) => (status === 'loaded' ? [unicodeRange] : [])),
    )
    expect(
      Object.keys(firstOf).filter((name) => loaded.some((range) => range.startsWith(firstOf[name]!))),
    ).toEqual(files)
    expect(asked.filter((url) => !url.startsWith(platform.url))).toEqual([])
    expect(visit.faults).toEqual([])
    await visit.close()
  })

  it('has a rupee sign as high as the digits', async () => {
    const visit = await platform.visit()
    await visit.signInAs(asha)
    await visit.page.goto('/')
    const heights = await visit.page.evaluate(async () => {
      const font = "700 100px 'bahi sans'"
      await document.fonts.load(font, '₹7')
      const pen = document.createElement('canvas').getContext('2d')!
      pen.font = font
      return ['₹', '7'].map((text) => pen.measureText(text).actualBoundingBoxAscent)
    })
    expect(Math.abs(heights[0]! / heights[1]! - 1)).toBeLessThan(0.04)
    await visit.close()
  })

  it('has digits of one width, so that amounts stand in columns', async () => {
    const visit = await platform.visit()
    await visit.signInAs(asha)
    await visit.page.goto('/')
    const widths = await visit.page.evaluate(async () => {
      await document.fonts.ready
      const span = document.body.appendChild(document.createElement('span'))
      span.className = 'tabular-nums text-4xl font-bold'
      return [...'0123456789'].map((digit) => {
        span.textContent = digit.repeat(10)
        return span.getBoundingClientRect().width
      })
    })
    expect(new Set(widths).size).toBe(1)
    await visit.close()
  })
})

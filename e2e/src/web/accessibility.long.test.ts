// Every screen of the web app: accessible, in light and dark, in Hindi, on a small phone, in an old browser.
import type { Page } from 'playwright-core'
import { describe, expect, inject } from 'vitest'
import { listPayments } from '@bahi/contracts/payment.ts'
import { changeMe } from '@bahi/contracts/user.ts'
import { pay, planDaily, type Customer } from '@bahi/platform/api-client.ts'
import { accessFaults, coloursSettled, openEach, phone, it, t, type BrowserPlatform } from './browser.ts'
import { ageBrowser } from './aged-browser.ts'
import { screensOf } from './screens.ts'

/** Returns once the colours have changed. */
async function inTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  await page.waitForFunction((name) => document.documentElement.dataset['theme'] === name, theme)
  await coloursSettled(page)
}

describe.skipIf(inject('chromium') === '')('every screen', () => {
  let platform: BrowserPlatform
  let asha: Customer
  let screens: Record<string, string>
  it.beforeAll(async ({ platform: shared }) => {
    platform = shared
    const ravi = await platform.customer()
    asha = await platform.customer()
    await pay(asha, { payeeVpa: ravi.vpa, amountPaise: 250_00, note: 'Mangoes' })
    await pay(ravi, { payeeVpa: asha.vpa, amountPaise: 99_50 })
    const { payments } = await asha.call(listPayments, { querystring: {} })
    const about = { accountId: asha.accountId, paymentId: payments[0]!.id, payeeVpa: ravi.vpa }
    screens = screensOf({ ...about, scheduleId: (await planDaily(asha, ravi.vpa, 450_00)).id })
  })

  it('shows a payment that travels, to the developer', async () => {
    const visit = await platform.visit({ viewport: { width: 1280, height: 800 } })
    const { page } = visit
    await page.goto('/developer')
    await page.getByText('₹99.50').first().waitFor()
    await page.getByLabel(t('developer.outside-payee')).fill(asha.vpa)
    await page.getByRole('button', { name: t('developer.outside-pay') }).click()
    await page.getByRole('img', { name: /₹250\.00: o•••@sandbox/ }).waitFor()
    await page.getByText(t('developer.status-settled')).first().waitFor()
    await page.getByText('−₹250.00', { exact: true }).first().waitFor()
    expect(await page.locator('body').textContent()).not.toContain(asha.vpa.split('@')[0]!)
    expect(visit.faults).toEqual([])
    await visit.close()
  })

  it('looks the same from the keyboard: what has the focus is seen', async () => {
    const visit = await platform.visit({ viewport: phone })
    await visit.signInAs(asha)
    await visit.page.goto('/')
    await visit.page.getByText(t('home.pay')).first().waitFor()
    await visit.page.keyboard.press('Tab')
    const outline = await visit.page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement!)
      return `${outlineStyle} ${outlineWidth}`
    })
    expect(outline).toMatch(/^solid [1-9]/)
    await visit.close()
  })

  it('is accessible in light and dark, speaks Hindi, fits a small phone, and runs in the oldest browsers', async () => {
    await asha.call(changeMe, { body: { language: 'hi' } })
    const visit = await platform.visit({ language: 'hi', viewport: { width: 360, height: 640 } })
    await visit.context.addInitScript(ageBrowser)
    const { page } = visit
    await visit.signInAs(asha)
    await page.goto('/')
    await page
      .getByText(t('home.pay', {}, 'hi'))
      .first()
      .waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('hi')
    const found: Record<string, string[]> = {}
    await openEach(page, screens, async (name, path) => {
      // There is no camera here.
      const alerts = path === '/scan' ? 1 : 0
      expect([path, await page.getByRole('alert').count()]).toEqual([path, alerts])
      const isWide = await page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
      )
      const faults = isWide ? ['is wider than the phone'] : []
      await inTheme(page, 'light')
      faults.push(...(await accessFaults(page)))
      // Other colours are all that changes.
      await inTheme(page, 'dark')
      faults.push(...(await accessFaults(page, ['color-contrast'])).map((fault) => `dark: ${fault}`))
      if (faults.length > 0) found[name] = faults
    })
    expect(found).toEqual({})
    expect(visit.faults).toEqual([])
    await visit.close()
  })
})

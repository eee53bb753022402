// What each step of a payment shows on a screen of one size: no tabs, the button in reach, and shown once.
import { expect } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import type { Customer } from '@bahi/platform/api-client.ts'
import { button, heading, link, t, typePin, type BrowserPlatform } from './browser.ts'

/** Whole on the screen without scrolling, and nothing lies over its middle. */
export async function inReach(page: Page, one: Locator): Promise<boolean> {
  const box = await one.boundingBox()
  const size = page.viewportSize()!
  if (!box || box.y < 0 || box.y + box.height > size.height || box.x + box.width > size.width) return false
  return one.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect()
    const top = document.elementFromPoint(x + width / 2, y + height / 2)
    return top !== null && (element.contains(top) || top.contains(element))
  })
}
const noTabs = (page: Page) => page.getByRole('navigation').count()

/** Somebody new pays on a screen of this size. */
export async function paymentFits(
  platform: BrowserPlatform,
  payee: Customer,
  viewport: { width: number; height: number },
): Promise<void> {
  const asha = await platform.customer()
  const visit = await platform.visit({ viewport })
  const { page } = visit
  await visit.signInAs(asha)
  await page.goto(`/pay/${encodeURIComponent(payee.vpa)}`)
  await button(page, 'action.continue').waitFor()
  expect(await noTabs(page)).toBe(0)
  const keys = page.getByRole('group', { name: t('amount.pad') }).getByRole('button')
  expect(await keys.count()).toBe(12)
  for (const key of await keys.all()) expect(await inReach(page, key), await key.innerText()).toBe(true)
  for (const digit of '250') await keys.getByText(digit, { exact: true }).click()
  expect(await inReach(page, button(page, 'action.continue'))).toBe(true)
  await button(page, 'action.continue').click()
  await button(page, 'pay.to-pin').waitFor()
  expect(await inReach(page, button(page, 'pay.to-pin'))).toBe(true)
  await button(page, 'pay.to-pin').click()
  await button(page, 'pin.confirm').waitFor()
  expect(await noTabs(page)).toBe(0)
  const pin = page.getByRole('group', { name: /UPI PIN/ }).getByRole('button')
  for (const key of await pin.all()) expect(await inReach(page, key)).toBe(true)
  await typePin(page, asha.pin)
  await heading(page, 'pay.paid').waitFor()
  expect(await noTabs(page)).toBe(0)
  expect(await inReach(page, link(page, 'action.done'))).toBe(true)

  // The screen is shown once: neither its address nor the way back leads to it again.
  const path = new URL(page.url()).pathname
  await link(page, 'action.done').click()
  await page.getByRole('main').getByRole('link', { name: payee.name }).first().waitFor()
  await page.goBack()
  await page.waitForTimeout(300)
  expect(await heading(page, 'pay.paid').count()).toBe(0)
  await page.goto(path)
  await page.waitForURL(path.replace('/pay/result/', '/payments/'))
  await page.getByText(/ago$/).first().waitFor()
  expect(visit.faults).toEqual([])
  await visit.close()
}

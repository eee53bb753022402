// A stranger's first payment, in a browser: from the first screen until both see it, on a phone and on a desk.
import { describe, expect, inject } from 'vitest'
import type { Page } from 'playwright-core'
import type { Customer } from '@bahi/platform/api-client.ts'
import { button, desktop, heading, link, it, phone, t, typePin, type BrowserPlatform } from './browser.ts'

describe.skipIf(inject('chromium') === '')('a first payment', () => {
  let platform: BrowserPlatform
  let ravi: Customer
  it.beforeAll(async ({ platform: shared }) => {
    platform = shared
    ravi = await platform.customer()
  })

  it.each([
    ['phone', phone, '9811100001', '250'],
    ['desk', desktop, '9811100002', '99.50'],
  ])('on a %s', async (_, viewport, number, rupees) => {
    const [payer, payee] = await Promise.all([platform.visit({ viewport }), platform.visit({ viewport })])
    const { page } = payer
    await payee.signInAs(ravi)
    await payee.page.goto('/history')

    await page.goto('/')
    await link(page, 'welcome.start').click()
    await registerAs(page, number, 'Tara Bose')
    await link(page, 'home.action-link').click()
    await openPlayAccount(page)
    await choosePin(page, '4826')
    await page.getByRole('heading', { name: t('upi-ids.first') }).waitFor()
    await page.getByLabel(t('upi-ids.label'), { exact: true }).fill(`tara${number.slice(-4)}`)
    await page.locator('form button[type=submit]').click()
    await heading(page, 'upi-ids.ready').waitFor()
    await link(page, 'nav.home').last().click()

    await page
      .getByRole('main')
      .getByRole('link', { name: t('home.pay'), exact: true })
      .click()
    await page.getByLabel(t('pay.payee')).fill(ravi.vpa)
    await button(page, 'action.continue').click()
    await page.getByText(ravi.name).first().waitFor()
    await page.getByLabel(t('pay.amount'), { exact: true }).fill(rupees)
    await button(page, 'action.continue').click()
    await button(page, 'pay.to-pin').click()
    await typePin(page, '4826')
    await page.getByRole('heading', { name: t('pay.paid') }).waitFor()

    // Nobody touched the payee's screen.
    const amount = new RegExp(`₹${rupees.replace('.', '\\.')}`)
    await payee.page.getByText('Tara Bose').first().waitFor()
    await payee.page.getByText(amount).first().waitFor()

    await page.goto('/history')
    await page.getByText(ravi.name).first().waitFor()
    expect([...payer.faults, ...payee.faults]).toEqual([])
    await Promise.all([payer.close(), payee.close()])
  })
})

async function registerAs(page: Page, number: string, name: string): Promise<void> {
  await page.getByLabel(t('sign-in.phone')).fill(number)
  await page.getByLabel(t('sign-in.name')).fill(name)
  await page.getByLabel(t('sign-in.password')).fill('boats on the river')
  await button(page, 'action.continue').click()
  await button(page, 'sign-in.code-inbox').click()
  await page.getByText(t('home.first-steps')).waitFor()
}

async function openPlayAccount(page: Page): Promise<void> {
  await page.getByRole('listitem').getByRole('button', { name: /bahi/i }).first().click()
  await button(page, 'accounts.sandbox-account-open').click()
  await button(page, 'accounts.opened-next').click()
}

/** The card was filled in as the account was opened. */
async function choosePin(page: Page, pin: string): Promise<void> {
  await button(page, 'action.continue').click()
  await button(page, 'sign-in.code-inbox').click()
  await typePin(page, pin)
  await page.getByText(t('accounts.pin-again'), { exact: true }).waitFor()
  await typePin(page, pin)
}

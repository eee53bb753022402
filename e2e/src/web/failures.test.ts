// The web app when something fails: a wrong PIN, a network that does not answer, no connection, an ended session.
import { logout } from '@bahi/contracts/auth.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import type { Customer } from '@bahi/platform/api-client.ts'
import {
  button,
  heading,
  link,
  startBrowserPlatform,
  payBy,
  t,
  typePin,
  type BrowserPlatform,
  type Visit,
} from './browser.ts'

describe.skipIf(inject('chromium') === '')('failures', () => {
  let platform: BrowserPlatform
  let ravi: Customer
  let visit: Visit
  beforeAll(async () => {
    // Slow enough to show a pending payment, fast enough to wait for its outcome.
    platform = await startBrowserPlatform({ BAHI_NETWORK_TIME_SCALE: '8' })
    ravi = await platform.customer()
  })
  afterAll(() => platform.stop())
  afterEach(async () => {
    expect(visit.faults).toEqual([])
    await visit.close()
    expect(await platform.bookFaults()).toEqual([])
  })

  async function arrive(options: Parameters<BrowserPlatform['visit']>[0] = {}): Promise<Customer> {
    const asha = await platform.customer()
    visit = await platform.visit(options)
    await visit.signInAs(asha)
    return asha
  }

  it('a wrong PIN shows the attempts left, and then the PIN is locked', async () => {
    await arrive()
    const { page } = visit
    for (const left of [2, 1, 0]) {
      await payBy(page, ravi.vpa, '10', '9031')
      await page.getByRole('heading', { name: t('pay.failed') }).waitFor()
      await page.getByText(upiCodeText('ZM', 'en')).waitFor()
      await page.getByText(t('pay.tries-left', { count: left })).waitFor()
    }
    await payBy(page, ravi.vpa, '10', '9031')
    await page.getByText(upiCodeText('Z6', 'en')).waitFor()
  })

  it('a network that does not answer: pending, and paid once the outcome is known', async () => {
    const asha = await arrive()
    const { page } = visit
    await payBy(page, 'timeout@sandbox', '20', asha.pin)
    await page.getByRole('heading', { name: t('pay.pending') }).waitFor()
    await page.getByRole('heading', { name: t('pay.paid') }).waitFor()
  })

  it('a network that is lost at the PIN: the status is checked, and known once it is back', async () => {
    const asha = await arrive()
    const { page, context } = visit
    const resultLoaded = page.waitForResponse(/payment-result-page/)
    await page.goto(`/pay/${encodeURIComponent(ravi.vpa)}`)
    await page.getByLabel(t('pay.amount'), { exact: true }).fill('33')
    await button(page, 'action.continue').click()
    await button(page, 'pay.to-pin').click()
    await button(page, 'pin.confirm').waitFor()
    await resultLoaded
    await context.setOffline(true)
    await typePin(page, asha.pin)
    await heading(page, 'pay.checking').waitFor()
    await context.setOffline(false)
    await heading(page, 'pay.paid').or(heading(page, 'pay.not-received')).first().waitFor()
  })

  it('a code in a picture leads to its payee', async () => {
    const asha = await arrive()
    const payee = await platform.visit()
    await payee.signInAs(ravi)
    await payee.page.goto('/receive')
    const code = payee.page.getByRole('img').first()
    await code.waitFor()
    const buffer = await code.screenshot()
    const { page } = visit
    await page.goto('/scan')
    await page.locator('input[type=file]').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer })
    await page.getByLabel(t('pay.amount'), { exact: true }).fill('15')
    await page.getByText(ravi.vpa).first().waitFor()
    await button(page, 'action.continue').click()
    await button(page, 'pay.to-pin').click()
    await typePin(page, asha.pin)
    await page.getByRole('heading', { name: t('pay.paid') }).waitFor()
    expect(payee.faults).toEqual([])
    await payee.close()
  })

  it('without a connection it shows what it has kept, after a new start too, and goes on afterwards', async () => {
    const asha = await arrive({ serviceWorker: true })
    const { page, context } = visit
    const offline = page.getByText(/offline/i).first()
    await payBy(page, ravi.vpa, '12', asha.pin)
    await page.getByRole('heading', { name: t('pay.paid') }).waitFor()
    await page.goto('/history')
    await page.getByText('₹12').first().waitFor()
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    // The worker serves from the second start on, and what is kept is written a moment later.
    await page.reload()
    await page.getByText('₹12').first().waitFor()
    await page.waitForTimeout(1_500)
    await context.setOffline(true)
    await offline.waitFor()
    await page.reload()
    await offline.waitFor()
    await page.getByText('₹12').first().waitFor()
    await context.setOffline(false)
    await offline.waitFor({ state: 'hidden' })
    await page.goto('/')
    await link(page, 'home.pay').waitFor()
  })

  it('a session that ended elsewhere is asked for in place, and what was being done goes on', async () => {
    const asha = await arrive()
    const { page } = visit
    const isSignedIn = page.waitForResponse('**/v1/auth/refresh')
    await page.goto(`/pay/${encodeURIComponent(ravi.vpa)}`)
    await page.getByLabel(t('pay.amount'), { exact: true }).fill('31')
    await isSignedIn
    await asha.call(logout, { body: { all: true, stepUp: { password: asha.password } } })
    await button(page, 'action.continue').click()
    // What the payment may be is asked for before the PIN.
    await heading(page, 'sign-in.reauthenticate').waitFor()
    const number = page.getByLabel(t('sign-in.phone'))
    // Who is here is known when a screen before had asked.
    if (await number.isVisible()) await number.fill(asha.phone.slice(3))
    await page.getByLabel(t('sign-in.password')).fill(asha.password)
    await button(page, 'sign-in.title').click()
    // To log out everywhere unbinds this device too.
    await button(page, 'sign-in.code-inbox').click()
    // The screen may be there behind the sheet, before the sheet is closed.
    await heading(page, 'sign-in.reauthenticate').waitFor({ state: 'hidden' })
    await button(page, 'pay.to-pin').click()
    await typePin(page, asha.pin)
    await heading(page, 'pay.paid').waitFor()
    await page.getByText('₹31.00').first().waitFor()
  })

  it('two tabs, and one that is loaded again and again, stay signed in', async () => {
    await arrive()
    const { page, context } = visit
    const other = await context.newPage()
    for (let times = 0; times < 3; times++) {
      await Promise.allSettled([page.goto('/'), other.goto('/history')])
      // Before its first answer came.
      await page.evaluate(() => setTimeout(() => location.reload(), 10))
      await page.waitForTimeout(60)
      await page.evaluate(() => setTimeout(() => location.reload(), 10)).catch(() => undefined)
      await page.waitForTimeout(60)
    }
    await link(page, 'home.pay').waitFor()
    await other.getByRole('heading', { name: t('history.title') }).waitFor()
  })
})

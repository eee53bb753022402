// The steps of a payment on a small phone, and to somebody who was paid before. What was paid is then found, seen with
// one person, and summed up, in both languages.
import { describe, expect, inject } from 'vitest'
import type { Locator } from 'playwright-core'
import { becomeCustomer, pay, type Customer } from '@bahi/platform/api-client.ts'
import { changeMe } from '@bahi/contracts/user.ts'
import { accessFaults, button, heading, it, link, t, type BrowserPlatform } from './browser.ts'
import { inReach, paymentFits } from './payment-steps.ts'

describe.skipIf(inject('chromium') === '')('the steps of a payment', () => {
  let platform: BrowserPlatform
  let ravi: Customer
  it.beforeAll(async ({ platform: shared }) => {
    platform = shared
    ravi = await platform.customer()
  })

  it('fit a small phone', () => paymentFits(platform, ravi, { width: 360, height: 640 }))

  it('of somebody who was paid before: three taps beside the digits, on the screen alone', async () => {
    const asha = await platform.customer()
    const visit = await platform.visit({ viewport: { width: 360, height: 640 } })
    const { page } = visit
    await visit.signInAs(asha)
    let taps = 0
    const tap = async (one: Locator) => {
      taps += 1
      await one.click()
    }
    for (const isFirst of [true, false]) {
      taps = 0
      if (isFirst) await page.goto(`/pay/${encodeURIComponent(ravi.vpa)}`)
      else await tap(page.getByRole('main').getByRole('link', { name: ravi.name, exact: true }))
      const amount = page.getByRole('group', { name: t('amount.pad') })
      await button(page, 'action.continue').waitFor()
      if (!isFirst) await page.getByText(/^You paid/).waitFor()
      for (const key of await amount.getByRole('button').all())
        expect(await inReach(page, key), await key.innerText()).toBe(true)
      for (const digit of '250') await amount.getByText(digit, { exact: true }).click()
      await tap(button(page, 'action.continue'))
      if (isFirst) await button(page, 'pay.to-pin').click()
      const pad = page.getByRole('group', { name: /UPI PIN/ })
      for (const digit of asha.pin) await pad.getByText(digit, { exact: true }).click()
      await tap(button(page, 'pin.confirm'))
      await heading(page, 'pay.paid').waitFor()
      if (isFirst) await link(page, 'action.done').click()
    }
    expect(taps).toBe(3)
    await visit.close()
  })

  it('are found again by their words, with one person, and by what they were for', async () => {
    const [asha, dairy] = await Promise.all([
      platform.customer(),
      platform
        .person('Surabhi Dairy')
        .then((human) =>
          becomeCustomer(human, { vpa: 'dairy@bahi', pin: '4071', balancePaise: 0, mcc: '5451' }),
        ),
    ])
    await pay(asha, { payeeVpa: ravi.vpa, amountPaise: 250_00, note: 'Mangoes' })
    await pay(ravi, { payeeVpa: asha.vpa, amountPaise: 90_00, note: 'Bus' })
    await pay(asha, { payeeVpa: dairy.vpa, amountPaise: 184_00, note: 'Curd' })
    for (const language of ['en', 'hi'] as const) {
      await asha.call(changeMe, { body: { language } })
      const visit = await platform.visit({ viewport: { width: 360, height: 640 }, language })
      const { page } = visit
      await visit.signInAs(asha)
      const say = (key: Parameters<typeof t>[0], values = {}) => t(key, values, language)
      const row = (name: string) => page.getByRole('main').getByRole('link', { name: new RegExp(name) })

      await page.goto('/history')
      await row(dairy.name).waitFor()
      await page.getByLabel(say('history.search')).fill('mangoes')
      await row(dairy.name).waitFor({ state: 'detached' })
      await page.getByLabel(say('history.search')).fill('mangoes of nobody')
      await page.getByText(say('history.no-match'), { exact: true }).waitFor()
      expect(await accessFaults(page)).toEqual([])
      await page.getByLabel(say('history.search')).fill('mangoes')
      await row(ravi.name).click()

      await page.getByRole('link', { name: say('payment.all-with', { name: ravi.name }) }).click()
      for (const [what, rupees] of [
        ['thread.paid', '₹250'],
        ['thread.received', '₹90'],
      ] as const)
        await row(`${say(what)} ${rupees}`).waitFor()
      expect(await accessFaults(page)).toEqual([])

      await page.goto('/history')
      await page.getByRole('link', { name: say('spending.title') }).click()
      const groceries = page.getByRole('listitem').filter({ hasText: say('spending.groceries') })
      await groceries.getByText('₹184').waitFor()
      await page
        .getByRole('listitem')
        .filter({ hasText: say('spending.people') })
        .getByText('₹250')
        .waitFor()
      expect(await accessFaults(page)).toEqual([])
      const months = page.getByRole('listitem').getByRole('button')
      await months.first().click()
      await page.getByText(say('spending.none'), { exact: true }).waitFor()
      await months.last().click()
      await row(dairy.name).click()
      await row(`${say('thread.paid')} ₹184`).waitFor()
      expect(visit.faults).toEqual([])
      await visit.close()
    }
    expect(await platform.bookFaults()).toEqual([])
  })

  it('leave the site by no back button: a deep link leads home', async () => {
    const asha = await platform.customer()
    const visit = await platform.visit()
    const { page } = visit
    await visit.signInAs(asha)
    await page.goto('/')
    await page.goto('about:blank')
    await page.goto('/notifications')
    await button(page, 'action.back').click()
    await link(page, 'home.pay').first().waitFor()
    expect(new URL(page.url()).pathname).toBe('/')
    await visit.close()
  })
})

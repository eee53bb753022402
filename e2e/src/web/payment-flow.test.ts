// The steps of a payment on small, tall, flat and wide screens: no tabs, the button in reach, and shown once. What was
// paid is then found, seen with one person, and summed up, in both languages.
import { describe, expect, inject } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import { becomeCustomer, pay, type Customer } from '@bahi/platform/api-client.ts'
import { changeMe } from '@bahi/contracts/user.ts'
import { accessFaults, button, heading, it, link, t, typePin, type BrowserPlatform } from './browser.ts'

const sizes = [
  ['a small phone', { width: 360, height: 640 }],
  ['a phone with the bars of its browser', { width: 390, height: 664 }],
  ['a phone', { width: 390, height: 844 }],
  ['a phone on its side', { width: 667, height: 375 }],
  ['a desktop', { width: 1440, height: 900 }],
] as const

describe.skipIf(inject('chromium') === '')('the steps of a payment', () => {
  let platform: BrowserPlatform
  let ravi: Customer
  it.beforeAll(async ({ platform: shared }) => {
    platform = shared
    ravi = await platform.customer()
  })

  /** Whole on the screen without scrolling, and nothing lies over its middle. */
  async function inReach(page: Page, one: Locator): Promise<boolean> {
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

  it.each(sizes)('fit %s', async (_, viewport) => {
    const asha = await platform.customer()
    const visit = await platform.visit({ viewport })
    const { page } = visit
    await visit.signInAs(asha)
    await page.goto(`/pay/${encodeURIComponent(ravi.vpa)}`)
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
    await page.getByRole('main').getByRole('link', { name: ravi.name }).first().waitFor()
    await page.goBack()
    await page.waitForTimeout(300)
    expect(await heading(page, 'pay.paid').count()).toBe(0)
    await page.goto(path)
    await page.waitForURL(path.replace('/pay/result/', '/payments/'))
    await page.getByText(/ago$/).first().waitFor()
    expect(visit.faults).toEqual([])
    await visit.close()
  })

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

// Asking for money and being asked, on a phone: approved and declined, at our bank and across banks, in both languages.
import { requestFromOutside } from '@bahi/contracts/sandbox.ts'
import { changeMe } from '@bahi/contracts/user.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { TextKey } from '@bahi/web-pay/language/en.ts'
import type { Customer } from '@bahi/platform/api-client.ts'
import { accessFaults, startBrowserPlatform, t, type BrowserPlatform, type Visit } from './browser.ts'

describe.skipIf(inject('chromium') === '')('requests', () => {
  let platform: BrowserPlatform
  let asha: Customer
  let ravi: Customer
  beforeAll(async () => {
    platform = await startBrowserPlatform()
    ;[asha, ravi] = await Promise.all([platform.customer(), platform.customer()])
  })
  afterAll(() => platform.stop())

  /** What a person does on the screens, in their language. */
  function hands({ page }: Visit, language: 'en' | 'hi') {
    const say = (key: TextKey, values = {}) => t(key, values, language)
    const press = (key: TextKey, values = {}) =>
      page.getByRole('button', { name: say(key, values), exact: true }).click()
    return {
      say,
      press,
      async ask(payerVpa: string, rupees: string) {
        await page.goto('/requests/new')
        await page.getByLabel(say('pay.payee')).fill(payerVpa)
        await press('action.continue')
        await page.getByLabel(say('pay.amount'), { exact: true }).fill(rupees)
        await press('requests.ask-amount', { amount: `₹${rupees}` })
        await page.getByText(say('requests.until'), { exact: true }).waitFor()
      },
      /** The one that waits for an answer, from home. */
      async openReceived(name: string) {
        await page.goto('/')
        await page
          .getByRole('link', { name: new RegExp(name) })
          .first()
          .waitFor()
        await page.goto('/requests')
        await page
          .getByRole('link', { name: new RegExp(name) })
          .first()
          .click()
        await page.getByRole('link', { name: say('requests.pay'), exact: true }).waitFor()
      },
      async approve(pin: string) {
        await page.getByRole('link', { name: say('requests.pay'), exact: true }).click()
        await press('action.continue')
        await press('pay.to-pin')
        await page.getByRole('button', { name: say('pin.confirm'), exact: true }).waitFor()
        await page.keyboard.type(pin)
        await page.keyboard.press('Enter')
        await page.getByRole('heading', { name: say('pay.paid') }).waitFor({ timeout: 30_000 })
      },
      async decline() {
        await press('requests.decline')
        await page
          .getByRole('dialog')
          .getByRole('button', { name: say('requests.decline'), exact: true })
          .click()
        await page.getByText(say('requests.status-declined'), { exact: true }).waitFor()
      },
    }
  }

  it('at our bank, in English: asked, approved, asked again, declined', async () => {
    const [asks, answers] = [await platform.visit(), await platform.visit()]
    await asks.signInAs(asha)
    await answers.signInAs(ravi)
    const [her, his] = [hands(asks, 'en'), hands(answers, 'en')]
    await her.ask(ravi.vpa, '45')
    expect(await accessFaults(asks.page)).toEqual([])
    await his.openReceived(asha.name)
    expect(await accessFaults(answers.page)).toEqual([])
    await his.approve(ravi.pin)
    await asks.page.getByText(her.say('requests.status-paid'), { exact: true }).waitFor()
    await her.ask(ravi.vpa, '46')
    await his.openReceived(asha.name)
    await his.decline()
    await asks.page.getByText(her.say('requests.status-declined'), { exact: true }).waitFor()
    expect([...asks.faults, ...answers.faults]).toEqual([])
    await Promise.all([asks.close(), answers.close()])
    expect(await platform.bookFaults()).toEqual([])
  })

  it('across banks, in Hindi: ours asks, and is asked', async () => {
    const language = 'hi'
    await asha.call(changeMe, { body: { language } })
    const visit = await platform.visit({ language })
    await visit.signInAs(asha)
    const her = hands(visit, language)
    const { page } = visit
    await her.ask('ok@sandbox', '47')
    await page.getByText(her.say('requests.status-paid'), { exact: true }).waitFor({ timeout: 30_000 })
    await her.ask('asleep@sandbox', '48')
    await page
      .getByText(her.say('requests.across-banks', { date: '' }).slice(0, 30), { exact: false })
      .waitFor()
    expect(await accessFaults(page)).toEqual([])
    const body = { payeeVpa: 'ok@sandbox', payerVpa: asha.vpa, amountPaise: 49_00 }
    await asha.call(requestFromOutside, { body })
    await her.openReceived('Sandbox: ok')
    await her.approve(asha.pin)
    await asha.call(requestFromOutside, { body })
    await her.openReceived('Sandbox: ok')
    await her.decline()
    expect(visit.faults).toEqual([])
    await visit.close()
    expect(await platform.bookFaults()).toEqual([])
  })
})

// On a phone: money that is asked for, at our bank and across banks, in both languages; AutoPay by a link, and in Hindi
// by a picture of its payee's own code, from its first debit to its end; AutoPay of another app, and a UPI number; a
// planned payment; own limits, a stop.
import { mandateLink } from '@bahi/contracts/codes/mandate-order.ts'
import { presentDebit, showMandate } from '@bahi/contracts/mandates.ts'
import { addDays, istDateOf, istTime } from '@bahi/contracts/recurrence.ts'
import { requestFromOutside } from '@bahi/contracts/sandbox.ts'
import { mandateInOtherApp } from '@bahi/contracts/sandbox-ports.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import { changeMe } from '@bahi/contracts/user.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { systemClock, type Clock } from '@bahi/kit/clock.ts'
import { login, type Customer } from '@bahi/platform/api-client.ts'
import {
  accessFaults,
  button,
  heading,
  link,
  startBrowserPlatform,
  t,
  typePin,
  type BrowserPlatform,
  type Visit,
} from './browser.ts'

/** Of a text of the app. */
type Key = Parameters<typeof t>[0]

describe.skipIf(inject('chromium') === '')('requests, AutoPay, plans and limits', () => {
  let platform: BrowserPlatform
  let asha: Customer
  let ravi: Customer
  let meera: Customer
  /** The platform's days pass at once; the browser follows the dates of its answers. */
  let aheadMs = 0
  const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs) }
  const today = () => istDateOf(clock.now())
  /** To an hour of India's day in which debits are made. */
  const goTo = (date: string) => void (aheadMs = istTime(date, 14 * 60).getTime() - Date.now())
  beforeAll(async () => {
    platform = await startBrowserPlatform({}, { clock })
    ;[asha, ravi, meera] = await Promise.all([
      platform.customer(50_000_00),
      platform.customer(),
      platform.customer(10_000_00, 'GANG'),
    ])
  })
  afterAll(() => platform.stop())

  /** What a person does on the screens, in their language. */
  function hands({ page }: Visit, language: 'en' | 'hi') {
    const say = (key: Key, values = {}) => t(key, values, language)
    const press = (key: Key, values = {}) =>
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
        await page.getByRole('heading', { name: say('pay.paid') }).waitFor()
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
    await page.getByText(her.say('requests.status-paid'), { exact: true }).waitFor()
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

  it('AutoPay of another app is seen, one moves here with the PIN; a UPI number is switched on', async () => {
    const payerVpa = `${meera.phone.slice(-10)}@ganga`
    const from = today()
    const terms = { amountRule: 'MAX', amountPaise: 199_00, validFrom: from, revocable: true } as const
    const give = (payeeVpa: string, name: string, isReserved: boolean) => {
      const recurrence = isReserved ? ('ONETIME' as const) : ('ASPRESENTED' as const)
      const all = { ...terms, recurrence, validTo: addDays(from, 80), blockFunds: isReserved }
      return meera.call(mandateInOtherApp, { body: { payerVpa, payeeVpa, name, terms: all } })
    }
    await give('shop@sandbox', 'Music', false)
    await give('ok@sandbox', 'Deposit', true)
    const visit = await platform.visit()
    await visit.signInAs(meera)
    const { page } = visit
    await page.goto('/autopay')
    await page.getByRole('link', { name: 'In other apps' }).click()
    await page.getByRole('link', { name: /Deposit/ }).click()
    await page.getByText(/^It stays in the app of Ganga Bank: money is reserved for it/).waitFor()
    expect(await accessFaults(page)).toEqual([])
    await page.goBack()
    await page.getByRole('link', { name: /Music/ }).click()
    await page.getByText(payerVpa, { exact: true }).waitFor()
    expect(await accessFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Move to this app', exact: true }).click()
    await typePin(page, meera.pin)
    await page.getByText(t('autopay.status-active'), { exact: true }).waitFor()
    await page.goto('/autopay')
    await page.getByRole('link', { name: /Music/ }).waitFor()

    await page.goto('/upi-ids')
    await page.getByRole('link', { name: 'Add UPI number' }).click()
    await page.getByLabel('UPI number', { exact: true }).fill('27182818')
    expect(await accessFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Switch on', exact: true }).click()
    const sheet = page.getByRole('dialog')
    await sheet.getByLabel(t('sign-in.password')).fill(meera.password)
    await sheet.getByRole('button', { name: t('action.continue'), exact: true }).click()
    await page.getByRole('button', { name: /27182818/ }).waitFor()
    expect(visit.faults).toEqual([])
    await visit.close()
    expect(await platform.bookFaults()).toEqual([])
  })

  it('AutoPay by a link: debited, approved above the limit, paused, cancelled', async () => {
    await asha.call(changeMe, { body: { language: 'en' } })
    const visit = await platform.visit()
    await visit.signInAs(asha)
    const { page } = visit
    const shown = (text: string) => page.getByText(text, { exact: true }).first().waitFor()
    const paid = page.getByText(t('autopay.debit-paid'), { exact: true })
    const debited = () => paid.count()
    /** A page that was loaded anew has none yet: it asks first. */
    const debitedAnew = async () => {
      await page.reload()
      await heading(page, 'autopay.debits').waitFor()
      return debited()
    }
    const from = today()
    const code = mandateLink({
      ...{ vpa: ravi.vpa, name: 'Music' },
      terms: {
        ...{ amountRule: 'MAX', amountPaise: 20_000_00, recurrence: 'ASPRESENTED', validFrom: from },
        ...{ validTo: addDays(from, 90), revocable: true, blockFunds: false },
      },
    })
    await page.goto('/autopay')
    await link(page, 'schedules.new').click()
    await page.getByLabel(t('pay.payee')).fill(code)
    await button(page, 'action.continue').click()
    await shown(t('autopay.allows', { name: ravi.name }))
    await shown(t('pay.code-unverified'))
    expect(await accessFaults(page)).toEqual([])
    await button(page, 'autopay.approve').click()
    await typePin(page, asha.pin)
    await shown(t('autopay.status-active'))
    const id = new URL(page.url()).pathname.split('/').at(-1)!
    const { umn } = await asha.call(showMandate, { params: { id } })

    const present = async (sequence: number, amountPaise: number) => {
      const payee = await login(platform.url, ravi)
      const dueOn = addDays(today(), 2)
      await payee.call(presentDebit, { params: { umn: umn! }, body: { sequence, amountPaise, dueOn } })
      await page.reload()
      return dueOn
    }
    const dueOn = await present(1, 199_00)
    await shown(t('autopay.debit-planned'))
    expect(await accessFaults(page)).toEqual([])
    goTo(dueOn)
    await expect.poll(debitedAnew).toBe(1)

    await present(2, 16_000_00)
    await shown(t('autopay.debit-awaiting-approval'))
    expect(await accessFaults(page)).toEqual([])
    await link(page, 'autopay.pay-debit').click()
    // What warns of so large an amount is read before the PIN.
    await button(page, 'pay.to-pin').or(button(page, 'pin.confirm')).first().waitFor()
    if (await button(page, 'pay.to-pin').isVisible()) await button(page, 'pay.to-pin').click()
    await typePin(page, asha.pin)
    await heading(page, 'pay.paid').waitFor()
    await page.goto(`/autopay/${id}`)
    await expect.poll(debited).toBe(2)

    await button(page, 'autopay.pause').click()
    await button(page, 'autopay.pause-now').click()
    await shown(t('autopay.status-paused'))
    await button(page, 'autopay.revoke').click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: t('autopay.revoke'), exact: true })
      .click()
    await shown(t('autopay.status-revoked'))
    expect(await accessFaults(page)).toEqual([])
    expect(visit.faults).toEqual([])
    await visit.close()
    expect(await platform.bookFaults()).toEqual([])
  })

  it('AutoPay in Hindi by a picture of its payee’s code: debited, skipped, paused, resumed, cancelled', async () => {
    /** With a token of the day that it is. */
    const speak = async (language: 'en' | 'hi') =>
      (await login(platform.url, asha)).call(changeMe, { body: { language } })
    const [shows, scans] = [await platform.visit(), await platform.visit({ language: 'hi' })]
    await shows.signInAs(ravi)
    await shows.page.goto('/receive')
    await link(shows.page, 'autopay.own-code').click()
    await shows.page.getByLabel(t('autopay.name')).fill('दूध')
    await shows.page.getByLabel(t('pay.amount'), { exact: true }).fill('60')
    await shows.page.getByLabel(t('schedules.often')).selectOption('DAILY')
    await button(shows.page, 'action.continue').click()
    const code = shows.page.getByRole('img', { name: new RegExp(ravi.name) })
    await code.waitFor()
    expect(await accessFaults(shows.page)).toEqual([])

    await speak('hi')
    await scans.signInAs(asha)
    const { page } = scans
    const { say, press } = hands(scans, 'hi')
    const shown = (key: Key) => page.getByText(say(key), { exact: true }).first().waitFor()
    await page.goto('/scan')
    const picture = { name: 'code.png', mimeType: 'image/png', buffer: await code.screenshot() }
    await page.getByLabel(say('scan.picture')).setInputFiles(picture)
    await page.getByText(say('autopay.allows', { name: ravi.name })).waitFor()
    await shown('pay.code-unverified')
    await press('autopay.approve')
    const typePinIn = async (pin: string) => {
      await page.getByRole('button', { name: say('pin.confirm'), exact: true }).waitFor()
      await page.keyboard.type(pin)
      await page.keyboard.press('Enter')
    }
    await typePinIn('9031')
    await page.getByText(upiCodeText('ZM', 'hi')).first().waitFor()
    await typePinIn(asha.pin)
    await shown('autopay.status-active')
    expect(await accessFaults(page)).toEqual([])

    const askForDebit = async () => {
      await shows.page.goto('/autopay')
      await shows.page
        .getByRole('link', { name: new RegExp(`${asha.name}.*दूध`) })
        .first()
        .click()
      await button(shows.page, 'autopay.present').click()
      const sheet = shows.page.getByRole('dialog')
      const dueOn = await sheet.getByLabel(t('schedules.day')).inputValue()
      await sheet.getByRole('button', { name: t('autopay.present'), exact: true }).click()
      await shows.page.getByText(t('autopay.debit-planned'), { exact: true }).waitFor()
      await page.reload()
      await shown('autopay.debit-planned')
      return dueOn
    }
    goTo(await askForDebit())
    await expect
      .poll(async () => {
        await page.reload()
        await page.getByRole('heading', { name: say('autopay.debits') }).waitFor()
        return page.getByText(say('autopay.debit-paid'), { exact: true }).count()
      })
      .toBe(1)
    await askForDebit()
    await press('autopay.skip')
    await shown('autopay.debit-skipped')
    expect(await accessFaults(page)).toEqual([])
    await press('autopay.pause')
    await press('autopay.pause-now')
    await press('autopay.unpause')
    await typePinIn(asha.pin)
    await page.getByRole('button', { name: say('autopay.pause'), exact: true }).waitFor()
    await press('autopay.revoke')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: say('autopay.revoke'), exact: true })
      .click()
    await shown('autopay.status-revoked')
    expect([...shows.faults, ...scans.faults]).toEqual([])
    await Promise.all([shows.close(), scans.close()])
    await speak('en')
    expect(await platform.bookFaults()).toEqual([])
  })

  it('what is planned for today is paid with the PIN alone; own limits and a stop hold', async () => {
    const visit = await platform.visit()
    await visit.signInAs(asha)
    const { page } = visit
    await page.goto(`/schedules/new/${encodeURIComponent(ravi.vpa)}`)
    await page.getByLabel(t('pay.amount'), { exact: true }).fill('45')
    await page.getByLabel(t('schedules.first-day')).fill(today())
    expect(await accessFaults(page)).toEqual([])
    await button(page, 'schedules.plan').click()
    await page.getByRole('link', { name: t('schedules.pay', { amount: '₹45.00' }) }).click()
    await typePin(page, asha.pin)
    await heading(page, 'pay.paid').waitFor()

    await page.goto('/profile/limits')
    await page.getByRole('button', { name: new RegExp(t('my-limits.perTransactionPaise')) }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('100')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: t('action.save'), exact: true })
      .click()
    await page.getByText('₹100', { exact: true }).waitFor()
    expect(await accessFaults(page)).toEqual([])
    await page.goto(`/pay/${encodeURIComponent(ravi.vpa)}`)
    await page.getByText(t('limits.show'), { exact: true }).click()
    await page.getByText(t('limits.mine')).first().waitFor()

    await page.goto('/profile/limits')
    await button(page, 'my-limits.stop').click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: t('my-limits.stop'), exact: true })
      .click()
    await page.getByText(t('my-limits.stopped'), { exact: true }).waitFor()
    expect(await accessFaults(page)).toEqual([])
    expect(visit.faults).toEqual([])
    await visit.close()
    expect(await platform.bookFaults()).toEqual([])
  })
})

// On a phone: a payment is hidden and its payee reported and blocked; a statement is saved as a file; and whoever lost
// the phone stops payments from the sign-in screen.
import { readFile } from 'node:fs/promises'
import { pay, type Customer } from '@bahi/platform/api-client.ts'
import { describe, expect, inject } from 'vitest'
import { accessFaults, button, heading, it, link, t, type BrowserPlatform } from './browser.ts'

describe.skipIf(inject('chromium') === '')('on a phone', () => {
  let platform: BrowserPlatform
  let asha: Customer
  let ravi: Customer
  it.beforeAll(async ({ platform: shared }) => {
    platform = shared
    ;[asha, ravi] = await Promise.all([platform.customer(), platform.customer()])
  })
  const outcome = (from: Customer, to: Customer) =>
    pay(from, { payeeVpa: to.vpa, amountPaise: 99_00 }).then(
      ({ status, failure }) => failure?.code ?? status,
      (error: { code: string }) => error.code,
    )

  it('a payee is reported, blocked with it, and the payment hidden; a statement still has it', async () => {
    const { id } = await pay(asha, { payeeVpa: ravi.vpa, amountPaise: 250_00, note: 'Never came' })
    const visit = await platform.visit()
    const { page } = visit
    await visit.signInAs(asha)
    await page.goto(`/payments/${id}`)
    await page.getByRole('button', { name: t('people.report', { name: ravi.name }) }).click()
    expect(await accessFaults(page)).toEqual([])
    await page
      .getByRole('dialog')
      .getByRole('button', { name: t('people.send-report') })
      .click()
    await page.getByText(t('people.reported', { name: ravi.name })).waitFor()
    expect(await outcome(ravi, asha)).toBe('ZG')

    await button(page, 'people.hide').click()
    await page.waitForURL('**/history')
    await page.getByText(t('history.empty')).waitFor()
    await page.goto('/history/hidden')
    await page.getByText(ravi.name).waitFor()

    await page.goto('/history/statement')
    await button(page, 'statement.make').click()
    await button(page, 'statement.save').waitFor()
    const download = page.waitForEvent('download')
    await button(page, 'statement.save').click()
    const file = await download
    expect(file.suggestedFilename()).toMatch(/\.pdf$/)
    expect((await readFile(await file.path())).subarray(0, 5).toString()).toBe('%PDF-')
    expect(visit.faults).toEqual([])
    await visit.close()
  })

  it('all payments are stopped from the sign-in screen of a phone that is new, by the password', async () => {
    const visit = await platform.visit()
    const { page } = visit
    await page.goto('/sign-in')
    await link(page, 'stop-payments.link').click()
    // The screen that is left has fields of the same names.
    await heading(page, 'stop-payments.title').waitFor()
    await page.getByLabel(t('sign-in.phone'), { exact: true }).fill(ravi.phone.slice(3))
    await page.getByLabel(t('sign-in.password'), { exact: true }).fill(ravi.password)
    expect(await accessFaults(page)).toEqual([])
    await button(page, 'stop-payments.now').click()
    await page.getByText(t('stop-payments.done'), { exact: true }).waitFor()
    expect(await accessFaults(page)).toEqual([])
    await link(page, 'sign-in.title').click()
    await heading(page, 'sign-in.title').waitFor()
    const shop = await platform.customer()
    // Whoever found the phone is signed out there too, once the event has reached the gateway.
    await expect.poll(() => outcome(ravi, shop)).toBe('unauthenticated')
    expect(visit.faults).toEqual([])
    await visit.close()
  })
})

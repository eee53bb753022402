// Paying an account by its number and branch, at our bank and at another: the registered name first, then as always.
import { openAccount } from '@bahi/contracts/sandbox.ts'
import { linkAccount } from '@bahi/contracts/account.ts'
import { describe, expect, inject } from 'vitest'
import { accessFaults, button, it, t, typePin, type BrowserPlatform } from './browser.ts'

describe.skipIf(inject('chromium') === '')('to an account', () => {
  let platform: BrowserPlatform
  it.beforeAll(async ({ platform: shared }) => {
    platform = shared
  })

  it.each([
    ['at our bank', 'BAHI'],
    ['at another bank', 'GANG'],
  ])('%s', async (_, bank) => {
    const [asha, ravi] = await Promise.all([platform.customer(), platform.customer()])
    const body = { phone: ravi.phone, name: ravi.name, bank, balancePaise: 100 }
    const { accountRef, accountNumber, ifsc } = await ravi.call(openAccount, { body })
    await ravi.call(linkAccount, { body: { bank, accountRef } })
    const visit = await platform.visit()
    const { page } = visit
    await visit.signInAs(asha)
    await page.goto('/pay')
    await page.getByRole('link', { name: t('pay.by-account') }).click()
    await page.getByLabel(t('accounts.number')).fill('999999999999')
    await page.getByLabel('IFSC').fill(ifsc.toLowerCase())
    await button(page, 'action.continue').click()
    await page.getByText(t('pay.account-not-found')).waitFor()
    expect(await accessFaults(page)).toEqual([])
    await page.getByLabel(t('accounts.number')).fill(accountNumber)
    await button(page, 'action.continue').click()
    await page.getByText(ravi.name).first().waitFor()
    await page.getByText(`IFSC ${ifsc}`).waitFor()
    // The number is in no address, and so in no history of the browser.
    expect(page.url()).not.toContain(accountNumber)
    await page.getByLabel(t('pay.amount'), { exact: true }).fill('45')
    await button(page, 'action.continue').click()
    await button(page, 'pay.to-pin').click()
    await typePin(page, asha.pin)
    await page.getByRole('heading', { name: t('pay.paid') }).waitFor()
    await page.getByText(ravi.name).first().waitFor()
    // As a UPI ID that names the account by its number: typed, or in a code.
    await page.goto('/pay')
    await page.getByLabel(t('pay.payee')).fill(`upi://pay?pa=${accountNumber}@${ifsc}.ifsc.npci&am=46`)
    await button(page, 'action.continue').click()
    await page.getByLabel(t('pay.amount'), { exact: true }).waitFor()
    await expect.poll(() => page.url()).not.toContain(accountNumber)
    await button(page, 'action.continue').click()
    await button(page, 'pay.to-pin').click()
    await typePin(page, asha.pin)
    await page.getByRole('heading', { name: t('pay.paid') }).waitFor()
    await page.getByText('₹46.00').first().waitFor()
    expect(visit.faults).toEqual([])
    await visit.close()
    expect(await platform.bookFaults()).toEqual([])
  })
})

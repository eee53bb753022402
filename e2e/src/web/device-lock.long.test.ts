// What a device keeps for its person: locked by a passcode, changed without a network, erased when it must be.
import { afterEach, describe, expect, inject } from 'vitest'
import type { Customer } from '@bahi/platform/api-client.ts'
import { accessFaults, button, heading, it, t, type BrowserPlatform, type Visit } from './browser.ts'

const passcode = '482913'

describe.skipIf(inject('chromium') === '')('a device of one’s own', () => {
  let platform: BrowserPlatform
  let ravi: Customer
  let visit: Visit
  let who: Customer
  it.beforeAll(async ({ platform: shared }) => {
    platform = shared
    ravi = await platform.customer()
  })
  afterEach(async () => {
    expect(visit.faults).toEqual([])
    await visit.close()
  })

  async function arrive(options: Parameters<BrowserPlatform['visit']>[0] = {}): Promise<void> {
    visit = await platform.visit(options)
    who = await platform.customer()
    await visit.signInAs(who)
    await visit.page.goto('/')
    await heading(visit.page, 'nav.home').waitFor({ state: 'attached' })
  }
  const type = (digits: string) => visit.page.locator('dialog[open] input, main input').first().fill(digits)
  const lock = async () => {
    const { page } = visit
    await page.goto('/profile/lock')
    await button(page, 'lock.set').click()
    await page.getByLabel(t('lock.passcode-new'), { exact: true }).fill(passcode)
    await page.getByLabel(t('lock.passcode-again'), { exact: true }).fill(passcode)
    await page.getByText(t('lock.is-on')).waitFor()
  }
  /** Names of what lies in the browser's database, and of what the app remembers beside it. */
  const left = () =>
    visit.page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open('bahi')
        opening.onsuccess = () => resolve(opening.result)
      })
      const names = await new Promise<unknown[]>((resolve) => {
        const asking = database.transaction('kept').objectStore('kept').getAllKeys()
        asking.onsuccess = () => resolve(asking.result)
      })
      database.close()
      return [...names, ...Object.keys(localStorage)].map(String)
    })

  it('asks for the passcode when the app opens, and shows nothing before', async () => {
    await arrive()
    await lock()
    const { page } = visit
    await page.goto('/contacts')
    await heading(page, 'lock.title').waitFor()
    expect(await page.getByRole('navigation').count()).toBe(0)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await heading(page, 'lock.title').waitFor()
    await type('111222')
    await page.getByText(t('lock.wrong', { count: 4 })).waitFor()
    // The focus is still where the next digits go.
    await page.keyboard.type(passcode)
    await heading(page, 'contacts.title').waitFor()
  })

  it('opens the app by its own lock, and by the passcode still', async () => {
    await arrive({ host: 'localhost' })
    await lock()
    const { page } = visit
    await button(page, 'lock.use-device').click()
    await type(passcode)
    await button(page, 'lock.stop-device').waitFor()
    await page.goto('/contacts')
    await heading(page, 'lock.title').waitFor()
    expect(await accessFaults(page)).toEqual([])
    await button(page, 'lock.by-device').click()
    await heading(page, 'contacts.title').waitFor()
    await page.reload()
    await type(passcode)
    await heading(page, 'contacts.title').waitFor()
  })

  it('makes a passkey, which confirms a change in the place of the password', async () => {
    await arrive({ host: 'localhost' })
    const { page } = visit
    await page.goto('/profile/passkeys')
    await page.getByText('You have no passkey yet.').waitFor()
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByRole('dialog').getByLabel(t('sign-in.password')).fill(who.password)
    await page
      .getByRole('dialog')
      .getByRole('button', { name: t('action.continue') })
      .click()
    await page.getByRole('button', { name: /^Remove Chrome/ }).waitFor()
    expect(await accessFaults(page)).toEqual([])
    await page.goto('/profile/data')
    await page.getByRole('button', { name: 'Ask for a copy' }).click()
    await button(page, 'step-up.passkey').click()
    await page.getByText(/^Asked for on/).waitFor()
  })

  it('is signed out and empty after five wrong passcodes', async () => {
    await arrive()
    await lock()
    const { page } = visit
    await page.goto('/')
    for (let count = 4; count > 0; count--) {
      await type('111222')
      await page.getByText(t('lock.wrong', { count })).waitFor()
    }
    await type('111222')
    await page.getByText(t('welcome.start')).waitFor()
    expect(await left()).toEqual(['bahi.device'])
    expect(await visit.context.cookies(`${platform.url}/v1/auth`)).toEqual([])
  })

  it('keeps changes of contacts until the network is back', async () => {
    await arrive()
    const { page, context } = visit
    await page.goto(`/contacts?add=${ravi.vpa}`)
    await button(page, 'action.continue').click()
    await page.getByLabel(t('contacts.name')).fill('Ravi (chai)')
    await button(page, 'action.save').click()
    const star = page.getByRole('button', { name: t('contacts.star', { name: 'Ravi (chai)' }) })
    await star.waitFor()
    await context.setOffline(true)
    await star.click()
    await page.getByText(t('contacts.waiting', { count: 1 })).waitFor()
    await context.setOffline(false)
    await page.getByText(t('contacts.waiting', { count: 1 })).waitFor({ state: 'hidden' })
    await page.reload()
    await heading(page, 'contacts.favourites').waitFor()
  })

  it('is accessible, and leaves nothing after a logout', async () => {
    await arrive()
    const { page } = visit
    for (const path of [
      '/profile',
      '/profile/devices',
      '/profile/lock',
      '/notifications',
      '/contacts?add=',
    ]) {
      await page.goto(path)
      await page.getByRole('heading').first().waitFor()
      await page.waitForTimeout(300)
      expect([path, ...(await accessFaults(page))]).toEqual([path])
    }
    await page.goto('/profile')
    await button(page, 'profile.log-out').click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: t('profile.log-out') })
      .click()
    await page.getByText(t('welcome.start')).waitFor()
    expect(await left()).toEqual(['bahi.device'])
    expect(await visit.context.cookies(`${platform.url}/v1/auth`)).toEqual([])
  })
})

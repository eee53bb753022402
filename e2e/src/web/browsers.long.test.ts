// The browsers that are supported: what is built keeps to what all of them have, and says so where it cannot start.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import browserslist from 'browserslist'
import { Linter } from 'eslint'
import compat from 'eslint-plugin-compat'
import esx from 'eslint-plugin-es-x'
import { describe, expect, inject, test } from 'vitest'
import type { Customer } from '@bahi/platform/api-client.ts'
import { button, heading, link, it, t, type BrowserPlatform } from './browser.ts'

const root = join(import.meta.dirname, '../../..')
const read = (path: string) => readFile(join(root, path), 'utf8')

test('the README and the page of a failed start name the browsers that the app is built for', async () => {
  const names = {
    chrome: 'Chrome',
    edge: 'Edge',
    firefox: 'Firefox',
    safari: 'Safari',
    samsung: 'Samsung Internet',
  }
  const supported = browserslist(undefined, { path: root })
  const [readme, page] = [await read('README.md'), await read('web/pay/public/start-check.js')]
  for (const [engine, name] of Object.entries(names)) {
    const versions = supported
      .filter((one) => one.startsWith(`${engine} `))
      .map((one) => parseFloat(one.split(' ')[1]!))
    const oldest = `${name} ${Math.min(...versions)}`
    expect(page).toContain(oldest)
    expect(readme).toContain(oldest)
  }
})

const rules = [compat.configs['flat/recommended'], esx.configs['flat/restrict-to-es2023']]
/** Used only where the browser has it, by jose and by us; and `cookieEnabled`, which all have. */
const asksBefore = /Uint8Array.+(to|from)Base64|BarcodeDetector|navigator\.(vibrate|cookieEnabled)/

describe.skipIf(inject('chromium') === '')('the built app', () => {
  let platform: BrowserPlatform
  let asha: Customer
  it.beforeAll(async ({ platform: shared }) => {
    platform = shared
    asha = await platform.customer()
  })

  it('uses nothing that one of the supported browsers lacks', async () => {
    const folder = join(inject('webFolder'), 'assets')
    const linter = new Linter({ cwd: root })
    const found: string[] = []
    for (const name of await readdir(folder)) {
      if (!name.endsWith('.js')) continue
      const text = await readFile(join(folder, name), 'utf8')
      const filename = join(root, 'web/pay/dist', name)
      const messages = linter.verify(text, rules as never, { filename, allowInlineConfig: false })
      found.push(...messages.map(({ message, line, column }) => `${name}:${line}:${column} ${message}`))
    }
    expect(found.filter((one) => !asksBefore.test(one))).toEqual([])
    // The rules do see what is built.
    expect(found.length).toBeGreaterThan(0)
  })

  it('works where site data is blocked, and says what that means', async () => {
    const visit = await platform.visit({ siteData: 'blocked' })
    const { page } = visit
    await page.goto('/')
    await page.getByText(t('app.site-data-blocked')).waitFor()
    await link(page, 'welcome.have').click()
    await page.getByLabel(t('sign-in.phone')).fill(asha.phone.slice(3))
    await page.getByLabel(t('sign-in.password')).fill(asha.password)
    await button(page, 'sign-in.title').click()
    await button(page, 'sign-in.code-inbox').click()
    await link(page, 'home.pay').first().waitFor()
    await page
      .getByRole('link', { name: t('nav.history') })
      .first()
      .click()
    await heading(page, 'history.title').waitFor()
    await page
      .getByRole('link', { name: t('nav.profile') })
      .first()
      .click()
    await button(page, 'profile.log-out').click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: t('profile.log-out') })
      .click()
    await link(page, 'welcome.start').waitFor()
    expect(visit.faults).toEqual([])
    await visit.close()
  })

  it('says so where it cannot start', async () => {
    const visit = await platform.visit()
    await visit.context.route('**/assets/*.js', (route) =>
      route.fulfill({ body: 'const = 1', contentType: 'text/javascript' }),
    )
    await visit.page.goto('/')
    await visit.page.getByRole('alert').getByText('bahi could not start').waitFor()
    await visit.close()
  })
})

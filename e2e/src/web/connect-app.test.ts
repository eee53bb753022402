// A person whom an app of somebody else sends to bahi: sign in, see what it asks for, allow it, and take it back.
import { registerClient } from '@bahi/contracts/oauth-apps.ts'
import { calculatePKCECodeChallenge, randomPKCECodeVerifier } from 'openid-client'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, inject } from 'vitest'
import { accessFaults, button, heading, it, t, type BrowserPlatform } from './browser.ts'

describe.skipIf(inject('chromium') === '')('an app of somebody else', () => {
  let platform: BrowserPlatform
  let clientId: string
  let site: Server
  let callback: string
  it.beforeAll(async ({ platform: shared }) => {
    platform = shared
    site = createServer((_request, response) => void response.end('Welcome back'))
    await new Promise<void>((resolve) => void site.listen(0, '127.0.0.1', resolve))
    callback = `http://127.0.0.1:${(site.address() as AddressInfo).port}/callback`
    const operator = await platform.staff(['operator'])
    const registered = await operator.call(registerClient, {
      body: {
        client_name: 'Khata',
        redirect_uris: [callback],
        grant_types: ['authorization_code'],
        scope: 'openid profile payments:read requests:create',
        token_endpoint_auth_method: 'none',
        application_type: 'native',
      },
    })
    clientId = registered.client_id
  })

  afterAll(() => void site?.close())

  it('is connected from a phone that is signed out, and disconnected in the profile', async () => {
    const asha = await platform.customer()
    const visit = await platform.visit()
    const { page } = visit
    page.setDefaultTimeout(20_000)
    const asked = new URLSearchParams({
      ...{ client_id: clientId, response_type: 'code', redirect_uri: callback, state: 'of the app' },
      scope: 'openid profile payments:read requests:create',
      code_challenge: await calculatePKCECodeChallenge(randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    })
    await page.goto(`/v1/oauth/authorize?${asked.toString()}`)
    await page.getByRole('link', { name: t('welcome.have') }).click()
    await page.getByLabel(t('sign-in.phone'), { exact: true }).fill(asha.phone.slice(3))
    await page.getByLabel(t('sign-in.password'), { exact: true }).fill(asha.password)
    await button(page, 'sign-in.title').click()
    // The phone is new to bahi.
    await button(page, 'sign-in.code-inbox').click()
    await page.getByText(t('apps.scope-payments')).waitFor()
    await page.getByText(t('apps.scope-ask')).waitFor()
    await page.getByText(new URL(callback).host).waitFor()
    expect(await accessFaults(page)).toEqual([])
    await button(page, 'apps.allow').click()
    await page.waitForURL(`${callback}**`)
    const back = new URL(page.url())
    expect(back.searchParams.get('state')).toBe('of the app')
    expect(back.searchParams.get('code')).toBeTruthy()

    await page.goto(`${platform.url}/profile`)
    await page.getByRole('link', { name: t('apps.title') }).click()
    await page.getByText(new URL(callback).host).waitFor()
    expect(await accessFaults(page)).toEqual([])
    await page.getByRole('button', { name: t('apps.end-one', { app: 'Khata' }) }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: t('apps.end') })
      .click()
    await page.getByText(t('apps.none')).waitFor()

    await page.goto(`/v1/oauth/authorize?${asked.toString().replace('callback', 'elsewhere')}`)
    await page.getByText(t('apps.refused'), { exact: true }).waitFor()
    await heading(page, 'apps.connect-title').waitFor()
    expect(visit.faults).toEqual([])
    await visit.close()
  })
})

// A stranger in a browser: the first payment, from the first screen until both see it, and who they are, proven.
import { describe, expect, inject } from 'vitest'
import { exportTraces, type TraceExporter } from '@bahi/kit/tracing/otlp.ts'
import type { Page } from 'playwright-core'
import type { Customer } from '@bahi/platform/api-client.ts'
import { cardPicture } from '@bahi/platform/seed-kyc.ts'
import { claimKycReview, decideKycReview, listKycReviews } from '@bahi/contracts/kyc.ts'
import { startCollector, timed, treeOf, type ReceivedSpan } from '../collector.ts'
import {
  accessFaults,
  button,
  desktop,
  heading,
  link,
  it,
  phone,
  t,
  typePin,
  type BrowserPlatform,
} from './browser.ts'

describe.skipIf(inject('chromium') === '')('a first payment', () => {
  let platform: BrowserPlatform
  let ravi: Customer
  let collector: Awaited<ReturnType<typeof startCollector>>
  let traces: TraceExporter
  it.beforeAll(async ({ platform: shared }) => {
    platform = shared
    ravi = await platform.customer()
    collector = await startCollector()
    traces = exportTraces({ endpoint: collector.url, ratio: 1 })
  })
  it.afterAll(async () => {
    await traces.close()
    await collector.close()
  })

  it.each([
    ['phone', phone, '9811100001', '250'],
    ['desk', desktop, '9811100002', '99.50'],
  ])('on a %s', async (_, viewport, number, rupees) => {
    const [payer, payee] = await Promise.all([platform.visit({ viewport }), platform.visit({ viewport })])
    const { page } = payer
    await payee.signInAs(ravi)
    await payee.page.goto('/history')

    await page.goto('/')
    await link(page, 'welcome.start').click()
    await registerAs(page, number, 'Tara Bose')
    await link(page, 'home.action-link').click()
    await openPlayAccount(page)
    await choosePin(page, '4826')
    await page.getByRole('heading', { name: t('upi-ids.first') }).waitFor()
    await page.getByLabel(t('upi-ids.label'), { exact: true }).fill(`tara${number.slice(-4)}`)
    await page.locator('form button[type=submit]').click()
    await heading(page, 'upi-ids.ready').waitFor()
    await link(page, 'nav.home').last().click()
    // The screen that is left has a link of the same name, to somebody else.
    await heading(page, 'nav.home').waitFor({ state: 'attached' })

    await page
      .getByRole('main')
      .getByRole('link', { name: t('home.pay'), exact: true })
      .click()
    await page.getByLabel(t('pay.payee')).fill(ravi.vpa)
    await button(page, 'action.continue').click()
    await page.getByText(ravi.name).first().waitFor()
    await page.getByLabel(t('pay.amount'), { exact: true }).fill(rupees)
    await button(page, 'action.continue').click()
    await button(page, 'pay.to-pin').click()
    const [sent] = await Promise.all([
      page.waitForRequest((request) => request.method() === 'PUT' && request.url().includes('/v1/payments/')),
      typePin(page, '4826'),
    ])
    await page.getByRole('heading', { name: t('pay.paid') }).waitFor()

    // Nobody touched the payee's screen.
    const amount = new RegExp(`₹${rupees.replace('.', '\\.')}`)
    await payee.page.getByText('Tara Bose').first().waitFor()
    await payee.page.getByText(amount).first().waitFor()

    await page.goto('/history')
    await page.getByText(ravi.name).first().waitFor()
    expect([...payer.faults, ...payee.faults]).toEqual([])
    await Promise.all([payer.close(), payee.close()])

    const [, traceId, appSpanId] = sent.headers()['traceparent']!.split('-')
    const spans = () => collector.spans.filter((span) => span.traceId === traceId)
    const named = (service: string, name: string) =>
      spans().filter((span) => span.service === service && span.name === name)
    const messages = () => [
      named('notification', 'send sms').length,
      named('sandbox', 'POST /internal/sandbox/sms').length,
    ]
    await expect.poll(async () => (await traces.flush(), messages())).toEqual([2, 2])
    if (process.env['BAHI_TEST_PRINT']) console.log(treeOf(spans(), timed).join('\n'))
    const [paid] = named('gateway', 'PUT /v1/payments/:id')
    expect(paid!.parentSpanId).toBe(appSpanId)
    expect(attributeOf(paid!, 'bahi.client')).toMatch(/^pay\/\d+\.\d+\.\d+$/)
    expect(named('account', 'post to the ledger')).toHaveLength(1)
  })
})

const attributeOf = ({ attributes }: ReceivedSpan, name: string) =>
  attributes.find(({ key }) => key === name)?.value.stringValue

async function registerAs(page: Page, number: string, name: string): Promise<void> {
  await page.getByLabel(t('sign-in.phone')).fill(number)
  await page.getByLabel(t('sign-in.name')).fill(name)
  await page.getByLabel(t('sign-in.password')).fill('boats on the river')
  await button(page, 'action.continue').click()
  await button(page, 'sign-in.code-inbox').waitFor()
  const isWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth
  expect(await page.evaluate(isWide)).toBe(false)
  await button(page, 'sign-in.code-inbox').click()
  await page.getByText(t('home.first-steps')).waitFor()
}

async function openPlayAccount(page: Page): Promise<void> {
  await page.getByRole('listitem').getByRole('button', { name: /bahi/i }).first().click()
  await button(page, 'accounts.sandbox-account-open').click()
  await button(page, 'accounts.opened-next').click()
}

/** The card was filled in as the account was opened. */
async function choosePin(page: Page, pin: string): Promise<void> {
  await button(page, 'action.continue').click()
  await button(page, 'sign-in.code-inbox').click()
  await typePin(page, pin)
  await page.getByText(t('accounts.pin-again'), { exact: true }).waitFor()
  await typePin(page, pin)
}

describe.skipIf(inject('chromium') === '')('who a person is', () => {
  it('is proven by a form and a photo, sent again once the network is back, and decided by a reviewer', async ({
    platform,
  }) => {
    const asha = await platform.customer()
    const reviewer = await platform.staff(['kyc-reviewer'])
    const visit = await platform.visit()
    const { page, context } = visit
    await visit.signInAs(asha)
    await page.goto('/profile')
    await link(page, 'kyc.title').click()
    await button(page, 'kyc.begin').first().click()
    await button(page, 'action.continue').click()
    await page.getByText(t('kyc.pan-wrong')).waitFor()
    await page.getByLabel(t('kyc.name'), { exact: true }).fill('ಆಶಾ ರಾವ್')
    await page.getByLabel(t('kyc.born-on')).fill('1990-04-12')
    await page.getByLabel(t('kyc.pan'), { exact: true }).fill('abcpr5678f')
    await button(page, 'action.continue').click()
    await page.getByText('PAN XXXXX5678F').waitFor()

    const photo = Buffer.from(cardPicture())
    const choose = (buffer: Buffer) =>
      page
        .locator('input[type=file]')
        .last()
        .setInputFiles({ name: 'pan.png', mimeType: 'image/png', buffer })
    await choose(Buffer.from('no picture at all'))
    await page.getByText(t('kyc.fault-type')).waitFor()
    await context.setOffline(true)
    await choose(photo)
    await button(page, 'action.retry').waitFor()
    await context.setOffline(false)
    await page.getByText(t('kyc.readable'), { exact: true }).waitFor()
    expect(await accessFaults(page)).toEqual([])
    await button(page, 'kyc.submit').click()
    await page.getByText(t('kyc.waiting'), { exact: true }).waitFor()

    const { reviews } = await reviewer.call(listKycReviews, { querystring: {} })
    const params = { id: reviews.find(({ name }) => name === 'ಆಶಾ ರಾವ್')!.id }
    const { documents } = await reviewer.call(claimKycReview, { params })
    const picture = await fetch(
      `${platform.url}/v1/kyc-reviews/${params.id}/documents/${documents[0]!.id}/pages/1`,
      { headers: { authorization: `Bearer ${await reviewer.token()}` } },
    )
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    expect(Buffer.from(await picture.arrayBuffer()).toString('hex', 0, 3)).toBe('ffd8ff')
    const reason = 'The card cannot be read'
    await reviewer.call(decideKycReview, {
      params,
      body: { decision: 'revise', reason, documents: [{ kind: 'pan', reason }] },
    })
    await page.reload()
    await page.getByText(reason).first().waitFor()
    await choose(photo)
    await page.getByText(t('kyc.readable'), { exact: true }).waitFor()
    await button(page, 'kyc.submit').click()
    await page.getByText(t('kyc.waiting'), { exact: true }).waitFor()
    await reviewer.call(claimKycReview, { params })
    await reviewer.call(decideKycReview, { params, body: { decision: 'approve' } })
    await page.reload()
    await page.getByText(t('kyc.tier-minimum')).first().waitFor()
    await button(page, 'kyc.renew').waitFor()
    expect(visit.faults).toEqual([])
    await visit.close()
  })
})
